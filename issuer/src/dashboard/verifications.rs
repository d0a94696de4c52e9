//! Verifications: the list with its filters, as a page and as CSV; one of them as a timeline; its evidence.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;

use passid_api::environment::Environment;
use passid_api::history::VerificationSummary;
use passid_api::ids::{RequestId, SessionId, VerificationId};
use passid_api::time::Timestamp;
use passid_api::verify::{DenyReason, VerifyResponse};

use crate::institution::http::history::csv_file;
use crate::service::Service;
use crate::store::dashboard::{self as table, Told};
use crate::store::history::{self, HistoryFilter};
use crate::store::outcomes::{self, ReportedOutcome};
use crate::store::verifications::StoredVerification;
use crate::store::{self, StoreError};

use super::page::{Frame, Page, PageError, show};
use super::pages::Pages;
use super::visit::Visit;

/// Verifications on a page.
const PAGE: u32 = 25;
const DAY: i64 = 86_400;

pub(super) fn routes() -> Pages {
    Pages::new()
        .get("/dashboard/{environment}/verifications", list)
        .get("/dashboard/{environment}/verifications.csv", csv)
        .get("/dashboard/{environment}/verifications/{id}", one)
        .get("/dashboard/{environment}/verifications/{id}/evidence.json", evidence)
}

/// The filters, as the address has them. What cannot be read filters nothing.
#[derive(Deserialize, Default)]
struct Filters {
    #[serde(default)]
    result: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    reference: String,
    /// Days, such as 2026-03-17; both belong to the list.
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    after: Option<String>,
}

impl Filters {
    fn accepted(&self) -> Option<bool> {
        match self.result.as_str() {
            "accepted" => Some(true),
            "refused" => Some(false),
            _ => None,
        }
    }

    fn deny_reason(&self) -> Option<DenyReason> {
        self.reason.parse().ok()
    }

    /// The institution's own name for the application; PostgreSQL's text has no zero byte.
    fn reference(&self) -> Option<&str> {
        Some(self.reference.trim()).filter(|text| !text.is_empty() && !text.contains('\0'))
    }

    fn day(text: &str) -> Option<Timestamp> {
        format!("{text}T00:00:00Z").parse().ok()
    }

    /// The filters for another address, the cursor left out. Only what was understood is repeated.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if self.accepted().is_some() {
            query.append_pair("result", &self.result);
        }
        if let Some(reason) = self.deny_reason() {
            query.append_pair("reason", reason.as_str());
        }
        if let Some(reference) = self.reference() {
            query.append_pair("reference", reference);
        }
        for (name, text) in [("from", &self.from), ("until", &self.until)] {
            if Self::day(text).is_some() {
                query.append_pair(name, text);
            }
        }
        query.finish()
    }

    fn read(&self, environment: Environment) -> HistoryFilter {
        HistoryFilter {
            environment,
            credential_valid: self.accepted(),
            deny_reason: self.deny_reason(),
            institution_reference: self.reference().map(str::to_owned),
            from: Self::day(&self.from),
            until: Self::day(&self.until).map(|day| day.plus_seconds(DAY)),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/verifications.html")]
struct ListPage {
    frame: Frame,
    filters: Filters,
    reasons: &'static [DenyReason],
    query: String,
    verifications: Vec<VerificationSummary>,
    older: Option<String>,
}

impl ListPage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn picked(&self, reason: &DenyReason) -> bool {
        self.filters.deny_reason() == Some(*reason)
    }
}

async fn list(State(service): State<Service>, visit: Visit, Query(filters): Query<Filters>) -> Page {
    let after: Option<VerificationId> = filters.after.as_deref().map(str::parse).transpose().map_err(|_| PageError::not_found())?;
    let filter = filters.read(visit.environment);
    let mut verifications = history::list(&mut service.store.reader().await?, visit.institution.id, &filter, after, PAGE + 1).await?;
    let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let has_more = verifications.len() > limit;
    verifications.truncate(limit);
    let older = verifications.last().filter(|_| has_more).map(|last| last.verification_id.to_string());
    let frame = Frame::new(&service, &visit, "verifications");
    show(&ListPage { frame, query: filters.query(), filters, reasons: DenyReason::ALL, verifications, older })
}

/// All that match, as the API answers them.
async fn csv(State(service): State<Service>, visit: Visit, Query(filters): Query<Filters>) -> Page {
    let filter = filters.read(visit.environment);
    Ok(csv_file(service, visit.institution.id, filter))
}

/// The session that led to a verification.
struct Asked {
    id: SessionId,
    created_at: Timestamp,
}

#[derive(Template)]
#[template(path = "dashboard/verification.html")]
struct OnePage {
    frame: Frame,
    response: VerifyResponse,
    session: Option<Asked>,
    claims: Vec<(String, String)>,
    told: Vec<Told>,
    outcome: Option<ReportedOutcome>,
    has_evidence: bool,
    /// The request that made it, while the log has it.
    request: Option<RequestId>,
}

/// The verification of the address, if it is the workspace's and of the page's environment.
async fn own(service: &Service, visit: &Visit, id: &str) -> Result<StoredVerification, PageError> {
    let id = id.parse().map_err(|_| PageError::not_found())?;
    let found = store::verifications::find(&mut service.store.reader().await?, visit.institution.id, visit.environment, id).await?;
    found.ok_or_else(PageError::not_found)
}

async fn one(State(service): State<Service>, visit: Visit, Path((_, id)): Path<(String, String)>) -> Page {
    let stored = own(&service, &visit, &id).await?;
    let response: VerifyResponse = serde_json::from_str(&stored.response).map_err(|_| StoreError::Corrupt("verification"))?;
    let (institution, environment) = (visit.institution.id, visit.environment);
    let mut reader = service.store.reader().await?;
    let session = match table::session_of(&mut reader, institution, stored.id).await? {
        Some(id) => table::session_created_at(&mut reader, institution, id).await?.map(|created_at| Asked { id, created_at }),
        None => None,
    };
    let mut told = table::told(&mut reader, institution, environment, stored.id, stored.created_at).await?;
    let outcome = outcomes::of_verification(&mut reader, institution, stored.id).await?;
    if let Some(outcome) = outcome.as_ref().filter(|outcome| outcome.reported_at > stored.created_at.plus_seconds(1)) {
        told.extend(table::told(&mut reader, institution, environment, stored.id, outcome.reported_at).await?);
    }
    let request = store::request_log::of_verification(&mut reader, institution, stored.id).await?;
    drop(reader);
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let claims = response.claims.iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect();
    let frame = Frame::new(&service, &visit, "verifications");
    show(&OnePage { frame, response, session, claims, told, outcome, has_evidence: stored.evidence.is_some(), request })
}

/// What lets anyone check the verification again without trusting the server: what the API answers the workspace's secret key.
async fn evidence(State(service): State<Service>, visit: Visit, Path((_, id)): Path<(String, String)>) -> Page {
    let stored = own(&service, &visit, &id).await?;
    let name = format!("attachment; filename=\"{}-evidence.json\"", stored.id);
    Ok(([(header::CONTENT_DISPOSITION, name)], Json(crate::verify::http::evidence_bundle(&service, stored)?)).into_response())
}
