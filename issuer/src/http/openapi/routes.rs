//! Routes that cannot be added without saying what they do.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};

use passid_api::problem::ProblemCode;

use crate::service::Service;

use super::{Caller, Operation};

/// An operation where it is served.
pub(super) struct Served {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) operation: Operation,
}

/// A room's routes with what the document says of them.
#[derive(Default)]
pub struct Routes {
    router: Router<Service>,
    pub(super) served: Vec<Served>,
}

macro_rules! methods {
    ($($name:ident = $filter:ident;)+) => {$(
        /// Serves `path` for this method.
        #[must_use]
        pub fn $name<H: Handler<T, Service>, T: 'static>(self, path: &str, handler: H, operation: Operation) -> Self {
            self.serve(stringify!($name), MethodFilter::$filter, path, handler, operation)
        }
    )+};
}

impl Routes {
    /// No routes.
    pub fn new() -> Self {
        Self::default()
    }

    methods! {
        get = GET;
        post = POST;
        put = PUT;
        patch = PATCH;
        delete = DELETE;
    }

    fn serve<H: Handler<T, Service>, T: 'static>(mut self, method: &'static str, filter: MethodFilter, path: &str, handler: H, operation: Operation) -> Self {
        let operation = if method != "get" && operation.caller == Caller::InstitutionUser { operation.fails([ProblemCode::RoleNotAllowed]) } else { operation };
        self.served.push(Served { method, path: path.to_owned(), operation });
        Self { router: self.router.route(path, on(filter, handler)), served: self.served }
    }

    /// These and `other`'s routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.served.extend(other.served);
        Self { router: self.router.merge(other.router), served: self.served }
    }

    /// The routes for the server.
    pub fn into_router(self) -> Router<Service> {
        self.router
    }
}
