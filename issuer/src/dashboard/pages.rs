//! The dashboard's routes, kept in a list, so that a form cannot be added without a test that says who may send it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};

use crate::service::Service;

/// Routes with the addresses their forms go to.
#[derive(Default)]
pub(super) struct Pages {
    router: Router<Service>,
    forms: Vec<&'static str>,
}

impl Pages {
    /// No routes.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A page.
    pub(super) fn get<H: Handler<T, Service>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        Self { router: self.router.route(path, get(handler)), ..self }
    }

    /// Where a form goes.
    pub(super) fn post<H: Handler<T, Service>, T: 'static>(mut self, path: &'static str, handler: H) -> Self {
        self.forms.push(path);
        Self { router: self.router.route(path, post(handler)), ..self }
    }

    /// These and `other`'s.
    pub(super) fn merge(mut self, other: Self) -> Self {
        self.forms.extend(other.forms);
        Self { router: self.router.merge(other.router), forms: self.forms }
    }

    /// The routes for the server.
    pub(super) fn into_router(self) -> Router<Service> {
        self.router
    }

    /// The addresses of all forms.
    #[cfg(test)]
    pub(super) fn forms(&self) -> &[&'static str] {
        &self.forms
    }
}
