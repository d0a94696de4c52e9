//! The workspace's verification history, as pages or as one CSV file.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;

use passid_api::environment::Environment;
use passid_api::history::VerificationSummary;
use passid_api::ids::{InstitutionId, VerificationId};
use passid_api::institution::Page;
use passid_api::time::Timestamp;
use passid_api::verify::DenyReason;

use crate::http::ApiError;
use crate::http::accept::prefers;
use crate::http::callers::{InstitutionCaller, SecretKeyCaller};
use crate::http::openapi::{Caller, Chapter, Operation, PageSize};
use crate::http::query::QueryReader;
use crate::service::Service;
use crate::store::StoreError;
use crate::store::history::{self, HistoryFilter};

use super::examples;

/// Entries of a page when the caller does not say.
const DEFAULT_PAGE: u32 = 20;
/// Entries of a page at most.
const MAX_PAGE: u32 = 100;
/// Rows read at once for a CSV file.
const CSV_PAGE: u32 = 500;
const CSV: &str = "text/csv";
const CSV_HEAD: &str = "verification_id,verified_at,environment,credential_valid,deny_reason,institution_reference,request_id,applicant_ref,coverage,\
                        fsi_score,tier,outcome\r\n";

pub(super) fn list_operation() -> Operation {
    let operation = Operation::new(Chapter::Workspace, "list_verifications", "The workspace's verifications, newest first")
        .about("With `Accept: text/csv` all that match come as one file; `after` and `limit` do not apply then.")
        .by(Caller::InstitutionUser)
        .query::<Environment>("environment", "Which environment's; live when left out.", "live");
    filtered(operation)
}

pub(super) fn list_by_key_operation() -> Operation {
    let operation = Operation::new(Chapter::Verification, "list_verifications_of_key", "The verifications of the key's environment, newest first")
        .about(
            "The list of `/v1/institution/verifications`, for a server that holds a key. With `Accept: text/csv` all that match come as one \
             file; `after` and `limit` do not apply then.",
        )
        .by(Caller::SecretKey);
    filtered(operation)
}

/// The filters both lists take, and what both answer.
fn filtered(operation: Operation) -> Operation {
    operation
        .query::<bool>("credential_valid", "Only those accepted, or only those refused.", true)
        .query::<DenyReason>("deny_reason", "Only those refused for this reason.", "TOKEN_EXPIRED")
        .query::<String>("institution_reference", "Only those under this name for the application.", "loan_app_10482")
        .query::<Timestamp>("from", "Only those at this time or later.", "2026-03-01T00:00:00Z")
        .query::<Timestamp>("until", "Only those before this time.", "2026-04-01T00:00:00Z")
        .query::<VerificationId>("after", "The `next_cursor` of the page before.", crate::verify::examples::VERIFICATION)
        .query::<PageSize>("limit", "Entries of the page, 1 to 100; 20 when left out.", 20)
        .answers::<Page<VerificationSummary>>(200, "A page.", examples::verifications())
        .answers_text(200, "A page.", CSV, CSV_HEAD)
}

#[derive(Deserialize)]
pub(super) struct HistoryQuery {
    environment: Option<String>,
    credential_valid: Option<String>,
    deny_reason: Option<String>,
    institution_reference: Option<String>,
    from: Option<String>,
    until: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

impl HistoryQuery {
    /// The filter, the place and the size of the page; or everything that is wrong.
    fn read(self) -> Result<(HistoryFilter, Option<VerificationId>, u32), ApiError> {
        let mut reader = QueryReader::default();
        let filter = HistoryFilter {
            environment: reader.parse("environment", self.environment.as_deref()).unwrap_or(Environment::Live),
            credential_valid: reader.parse("credential_valid", self.credential_valid.as_deref()),
            deny_reason: reader.parse("deny_reason", self.deny_reason.as_deref()),
            institution_reference: self.institution_reference,
            from: reader.parse("from", self.from.as_deref()),
            until: reader.parse("until", self.until.as_deref()),
        };
        let after = reader.parse("after", self.after.as_deref());
        let limit = reader.within("limit", self.limit.as_deref(), 1..=MAX_PAGE).unwrap_or(DEFAULT_PAGE);
        if filter.institution_reference.as_deref().is_some_and(|text| text.contains('\0')) {
            reader.wrong("institution_reference", "Send text without zero bytes.");
        }
        reader.finish()?;
        Ok((filter, after, limit))
    }
}

pub(super) async fn list(
    State(service): State<Service>,
    caller: InstitutionCaller,
    headers: HeaderMap,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, ApiError> {
    answer(service, caller.institution, &headers, query.read()?).await
}

/// The list of the key's environment. Naming another one is refused rather than answered with this one's.
pub(super) async fn list_by_key(
    State(service): State<Service>,
    SecretKeyCaller(caller): SecretKeyCaller,
    headers: HeaderMap,
    Query(mut query): Query<HistoryQuery>,
) -> Result<Response, ApiError> {
    let own = caller.environment.as_str();
    if query.environment.get_or_insert_with(|| own.to_owned()) != own {
        return Err(ApiError::field("environment", "invalid", format!("This is a {own} key; leave the environment out, or use a key of the other one.")));
    }
    answer(service, caller.institution, &headers, query.read()?).await
}

async fn answer(
    service: Service,
    institution: InstitutionId,
    headers: &HeaderMap,
    (filter, after, limit): (HistoryFilter, Option<VerificationId>, u32),
) -> Result<Response, ApiError> {
    if prefers(headers, &["application/json", CSV]) == Some(CSV) {
        return Ok(csv_file(service, institution, filter));
    }
    let mut data = history::list(&mut service.store.reader().await?, institution, &filter, after, limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = data.len() > limit;
    data.truncate(limit);
    let next_cursor = data.last().filter(|_| has_more).map(|last| last.verification_id.to_string());
    Ok(Json(Page { data, has_more, next_cursor }).into_response())
}

/// Reads page after page while the file is being sent, so that its length costs no memory.
pub(crate) fn csv_file(service: Service, institution: InstitutionId, filter: HistoryFilter) -> Response {
    let pages = stream::try_unfold(Next::Head, move |next| {
        let (service, filter) = (service.clone(), filter.clone());
        async move {
            let after = match next {
                Next::Head => return Ok(Some((Bytes::from_static(CSV_HEAD.as_bytes()), Next::After(None)))),
                Next::After(after) => after,
                Next::End => return Ok(None),
            };
            let rows = history::list(&mut service.store.reader().await?, institution, &filter, after, CSV_PAGE).await?;
            let whole = rows.len() == usize::try_from(CSV_PAGE).unwrap_or(usize::MAX);
            let next = rows.last().filter(|_| whole).map_or(Next::End, |last| Next::After(Some(last.verification_id)));
            Ok::<_, StoreError>(Some((csv_rows(&rows)?, next)))
        }
    });
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"verifications.csv\"")];
    (headers, Body::from_stream(pages)).into_response()
}

/// Where the next piece of the file begins.
enum Next {
    Head,
    After(Option<VerificationId>),
    End,
}

fn csv_rows(rows: &[VerificationSummary]) -> Result<Bytes, StoreError> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        let text = |value: Option<String>| value.unwrap_or_default();
        let written = writer.write_record([
            row.verification_id.to_string(),
            row.verified_at.to_string(),
            row.environment.to_string(),
            row.credential_valid.to_string(),
            text(row.deny_reason.map(|reason| reason.to_string())),
            harmless(row.institution_reference.as_deref().unwrap_or_default()),
            text(row.request_id.map(|id| id.to_string())),
            text(row.applicant_ref.clone()),
            text(row.coverage.map(|coverage| coverage.to_string())),
            text(row.fsi_score.map(|score| score.to_string())),
            text(row.tier.map(|tier| tier.to_string())),
            text(row.outcome.map(|outcome| outcome.to_string())),
        ]);
        written.map_err(|_| StoreError::Corrupt("history"))?;
    }
    writer.into_inner().map(Bytes::from).map_err(|_| StoreError::Corrupt("history"))
}

/// A spreadsheet takes a cell with one of these at its beginning for a formula (OWASP, CSV injection): a quotation mark keeps it text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
