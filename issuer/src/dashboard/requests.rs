//! The request log: what the API answered to the workspace, by filters in the address, and one request by the identifier it answered.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use passid_api::api_key::KeyKind;
use passid_api::ids::{ApiKeyId, RequestId};
use passid_api::problem::ProblemCode;
use passid_api::time::Timestamp;

use crate::http::openapi::{self, Caller};
use crate::service::Service;
use crate::store::institutions::{self, KeyRow};
use crate::store::request_log::{self as table, RequestFilter, RequestRow};

use super::page::{Frame, Page, PageError, show};
use super::pages::Pages;
use super::visit::Visit;

/// Requests on a page.
const PAGE: u32 = 50;
/// Keys to choose from.
const MAX_KEYS: u32 = 100;
const DAY: i64 = 86_400;
/// What is said of an identifier that is not in the log.
const MISSING: &str = "There is no such request in this environment’s log. Check the identifier, and whether the key was one of the other \
                       environment; requests without a working key are in nobody’s log.";

/// Answers by the first digit of their status: the word in the address, the statuses, the words on the page.
const ANSWERS: [(&str, (u16, u16), &str); 3] =
    [("ok", (100, 400), "Succeeded"), ("refused", (400, 500), "Refused (4xx)"), ("failed", (500, 1_000), "Failed (5xx)")];

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/{environment}/requests", list).get("/dashboard/{environment}/requests/{id}", one)
}

/// The filters, as the address has them. What cannot be read filters nothing.
#[derive(Deserialize, Default)]
struct Filters {
    /// `POST /v1/verify`.
    #[serde(default)]
    operation: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    problem: String,
    #[serde(default)]
    key: String,
    /// Days, such as 2026-03-17; both belong to the list.
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    /// A request to look up instead.
    #[serde(default)]
    id: String,
    after: Option<String>,
}

/// What institutions call, as `POST /v1/verify`.
fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let theirs = |caller: Caller| matches!(caller, Caller::AnyKey | Caller::SecretKey | Caller::InstitutionUser);
    openapi::operations().iter().filter(move |operation| theirs(operation.caller)).map(|operation| (operation.method.as_str(), operation.path.as_str()))
}

fn day(text: &str) -> Option<Timestamp> {
    format!("{text}T00:00:00Z").parse().ok()
}

impl Filters {
    /// Only routes there are: what is typed into the address never reaches the database as it came.
    fn operation(&self) -> Option<(&'static str, &'static str)> {
        let (method, path) = self.operation.split_once(' ')?;
        operations().find(|operation| *operation == (method, path))
    }

    fn answer(&self) -> Option<(u16, u16)> {
        ANSWERS.iter().find(|(word, _, _)| *word == self.answer).map(|(_, statuses, _)| *statuses)
    }

    fn problem(&self) -> Option<ProblemCode> {
        self.problem.parse().ok()
    }

    fn key(&self) -> Option<ApiKeyId> {
        self.key.parse().ok()
    }

    fn read(&self) -> RequestFilter {
        RequestFilter {
            method: self.operation().map(|(method, _)| method.to_owned()),
            route: self.operation().map(|(_, path)| path.to_owned()),
            status: self.answer(),
            problem: self.problem(),
            key: self.key(),
            from: day(&self.from),
            until: day(&self.until).map(|day| day.plus_seconds(DAY)),
        }
    }

    /// The filters for another address, the cursor left out. Only what was understood is repeated.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let understood = [
            ("operation", &self.operation, self.operation().is_some()),
            ("answer", &self.answer, self.answer().is_some()),
            ("problem", &self.problem, self.problem().is_some()),
            ("key", &self.key, self.key().is_some()),
            ("from", &self.from, day(&self.from).is_some()),
            ("until", &self.until, day(&self.until).is_some()),
        ];
        for (name, text, _) in understood.into_iter().filter(|(_, _, understood)| *understood) {
            query.append_pair(name, text);
        }
        query.finish()
    }
}

/// A key to choose.
struct KeyChoice {
    id: String,
    masked: String,
}

impl From<KeyRow> for KeyChoice {
    fn from(key: KeyRow) -> Self {
        let kind = match key.kind {
            KeyKind::Publishable => "Publishable",
            KeyKind::Secret => "Secret",
        };
        Self { id: key.id.to_string(), masked: format!("{kind} …{}", key.last_four) }
    }
}

#[derive(Template)]
#[template(path = "dashboard/requests.html")]
struct ListPage {
    frame: Frame,
    /// Days entries are kept.
    kept_days: u32,
    filters: Filters,
    operations: Vec<String>,
    keys: Vec<KeyChoice>,
    problems: &'static [ProblemCode],
    query: String,
    requests: Vec<RequestRow>,
    older: Option<String>,
    /// What was looked up and not found.
    missing: Option<&'static str>,
}

impl ListPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn answers(&self) -> [(&'static str, (u16, u16), &'static str); 3] {
        ANSWERS
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn picked(&self, problem: &ProblemCode) -> bool {
        self.filters.problem() == Some(*problem)
    }
}

/// How an answer is marked, beside its number.
fn mark(request: &RequestRow) -> &'static str {
    match request.status {
        ..400 => "good",
        400..500 => "fair",
        _ => "poor",
    }
}

async fn list(State(service): State<Service>, visit: Visit, Query(filters): Query<Filters>) -> Page {
    let (institution, environment) = (visit.institution.id, visit.environment);
    let mut reader = service.store.reader().await?;
    let mut missing = None;
    if !filters.id.trim().is_empty() {
        let found = match filters.id.trim().parse::<RequestId>() {
            Ok(id) => table::find(&mut reader, institution, environment, id).await?,
            Err(_) => None,
        };
        match found {
            Some(request) => return Ok(Redirect::to(&format!("/dashboard/{environment}/requests/{}", request.id)).into_response()),
            None => missing = Some(MISSING),
        }
    }
    let after: Option<RequestId> = filters.after.as_deref().map(str::parse).transpose().map_err(|_| PageError::not_found())?;
    let mut requests = table::list(&mut reader, institution, environment, &filters.read(), after, PAGE + 1).await?;
    let keys = institutions::list_keys(&mut reader, institution, MAX_KEYS).await?;
    drop(reader);
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = requests.len() > limit;
    requests.truncate(limit);
    let older = requests.last().filter(|_| has_more).map(|last| last.id.to_string());
    show(&ListPage {
        frame: Frame::new(&service, &visit, "requests"),
        kept_days: service.config.retention.requests,
        query: filters.query(),
        filters,
        operations: operations().map(|(method, path)| format!("{method} {path}")).collect(),
        keys: keys.into_iter().filter(|key| key.environment == environment).map(KeyChoice::from).collect(),
        problems: ProblemCode::ALL,
        requests,
        older,
        missing,
    })
}

#[derive(Template)]
#[template(path = "dashboard/request.html")]
struct OnePage {
    frame: Frame,
    kept_days: u32,
    request: RequestRow,
}

async fn one(State(service): State<Service>, visit: Visit, Path((_, id)): Path<(String, String)>) -> Page {
    let id = id.parse().map_err(|_| PageError::not_found())?;
    let found = table::find(&mut service.store.reader().await?, visit.institution.id, visit.environment, id).await?;
    let request = found.ok_or_else(PageError::not_found)?;
    show(&OnePage { frame: Frame::new(&service, &visit, "requests"), kept_days: service.config.retention.requests, request })
}
