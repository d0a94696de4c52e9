//! A browser without scripts: keeps cookies, follows links and sends the forms it finds on pages.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt;

use passid_api::institution::Role;

use crate::http::router;
use crate::service::Service;

pub(super) const ORIGIN: &str = "http://127.0.0.1:8420";
pub(super) const PASSWORD: &str = "correct horse battery";

/// A page as it came.
pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Shown {
    /// Where a redirect leads.
    pub(super) fn location(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field on the page.
    pub(super) fn hidden(&self, name: &str) -> String {
        self.between(&format!("name=\"{name}\" value=\""), "\"").unwrap_or_default()
    }

    /// The text between two others.
    pub(super) fn between(&self, before: &str, after: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(before)?;
        Some(rest.split_once(after)?.0.to_owned())
    }
}

#[derive(Clone)]
pub(super) struct Browser {
    router: Router,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn new(service: &Service) -> Self {
        Self { router: router(service.clone()), cookies: BTreeMap::new() }
    }

    pub(super) async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Shown {
        self.request(method, path, headers, Body::from(body)).await
    }

    /// A form with files.
    pub(super) async fn send_bytes(&mut self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Shown {
        self.request(Method::POST, path, headers, Body::from(body)).await
    }

    async fn request(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Shown {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Shown { status: parts.status, headers: parts.headers, text }
    }

    pub(super) async fn open(&mut self, path: &str) -> Shown {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// Sends the fields as a form of one of our pages does.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("origin", ORIGIN), ("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, body).await
    }

    /// Opens a page and sends a form to `path` with the page's hidden values and these fields.
    pub(super) async fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        let shown = self.open(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}: {}", shown.text);
        let (token, once) = (shown.hidden("form_token"), shown.hidden("once"));
        let mut all = vec![("form_token", token.as_str()), ("once", once.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Invites somebody and returns the path of the link.
    pub(super) async fn invite(&mut self, email: &str, role: Role) -> String {
        let team = "/dashboard/sandbox/team";
        let shown = self.fill(team, &format!("{team}/invitations"), &[("email", email), ("role", role.as_str())]).await;
        assert_eq!(shown.status, StatusCode::CREATED, "{}", shown.text);
        format!("/dashboard/join/{}", shown.between("/dashboard/join/", "<").unwrap())
    }

    /// The browser of somebody this one's user invited.
    pub(super) async fn invited(&mut self, service: &Service, email: &str, role: Role) -> Self {
        let link = self.invite(email, role).await;
        let mut browser = Self::new(service);
        let joined = browser.fill(&link, &link, &[("password", PASSWORD)]).await;
        assert_eq!((joined.status, joined.location()), (StatusCode::SEE_OTHER, "/dashboard/sandbox?done=joined"), "{}", joined.text);
        browser
    }

    /// A browser whose user made a workspace.
    pub(super) async fn onboarded(service: &Service, email: &str) -> (Self, Shown) {
        let mut browser = Self::new(service);
        let fields = [("name", "Meridian Bank"), ("email", email), ("password", PASSWORD)];
        let welcome = browser.fill("/dashboard/onboard", "/dashboard/onboard", &fields).await;
        assert_eq!(welcome.status, StatusCode::CREATED, "{}", welcome.text);
        (browser, welcome)
    }
}
