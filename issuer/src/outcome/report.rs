//! Reporting an outcome: once for each verification, beside what the record says of it.

use serde_json::json;

use passid_api::claims::encoding::Tier;
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, OutcomeId};
use passid_api::outcome::{OutcomeRecorded, ReportOutcome};
use passid_api::problem::{FieldError, Problem, ProblemCode};
use passid_api::time::Timestamp;
use passid_api::webhook::EventKind;

use crate::audit::{self, Action};
use crate::http::ApiError;
use crate::service::Service;
use crate::store::Connection;
use crate::store::outcomes::{self as table, NewOutcome, VerifiedFacts};
use crate::verify::redeem;
use crate::webhook;

/// The largest amount read, US dollars.
const MAX_AMOUNT_USD: f64 = 1e9;
/// A century.
const MAX_OBSERVATION_DAYS: u32 = 36_500;
const SECONDS_PER_DAY: i64 = 86_400;

/// A request to report whose fields are in range.
pub(crate) struct Report {
    request: ReportOutcome,
    amount_cents: Option<i64>,
}

impl Report {
    /// Reads all fields and reports all that are wrong.
    pub(crate) fn read(request: ReportOutcome) -> Result<Self, ApiError> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: &str, message: &str| {
            errors.push(FieldError { pointer: pointer.to_owned(), code: "invalid".to_owned(), message: message.to_owned() });
        };
        let fits = |text: &str, least: usize, most: usize| (least..=most).contains(&text.chars().count()) && !text.contains('\0');
        if !fits(&request.token, 1, 200) {
            wrong("/token", "Send 1 to 200 characters.");
        }
        if request.product_type.as_deref().is_some_and(|text| !fits(text, 1, 80)) {
            wrong("/productType", "Send 1 to 80 characters.");
        }
        if request.notes.as_deref().is_some_and(|text| !fits(text, 0, 1_000)) {
            wrong("/notes", "Send at most 1000 characters.");
        }
        if request.observation_days.is_some_and(|days| days > MAX_OBSERVATION_DAYS) {
            wrong("/observationDays", "Send at most 36500 days.");
        }
        let amount_cents = request.amount_usd.map(cents);
        if amount_cents == Some(None) {
            wrong("/amountUsd", "Send 0 to 1000000000 US dollars, with at most two decimals.");
        }
        if errors.is_empty() {
            return Ok(Self { request, amount_cents: amount_cents.flatten() });
        }
        let mut problem = Problem::new(ProblemCode::MalformedRequest, "Correct the fields listed in errors.");
        problem.errors = errors;
        Err(problem.into())
    }
}

/// Whole cents; none for what is not an amount.
fn cents(dollars: f64) -> Option<i64> {
    let exact = dollars * 100.0;
    // Binary fractions: 0.29 · 100 is 28.999999999999996.
    let is_whole = (exact - exact.round()).abs() < 1e-4;
    if (0.0..=MAX_AMOUNT_USD).contains(&dollars) && is_whole { format!("{exact:.0}").parse().ok() } else { None }
}

async fn verified(
    service: &Service,
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    token: &str,
) -> Result<VerifiedFacts, ApiError> {
    let found = match token.trim().parse() {
        Ok(id) => table::verified_by_id(connection, institution, environment, id).await?,
        Err(_) => table::verified_by_token(connection, institution, environment, redeem::token_digest(service, token)).await?,
    };
    found.ok_or_else(|| ApiError::new(ProblemCode::NotFound, "You have no verification that accepted this token; verify it first."))
}

/// Records the outcome with its event; `actor` is who reports it, as the audit log names it.
///
/// # Errors
/// `not_found` without an accepted verification, `conflict` when one was reported before.
pub(crate) async fn record(
    service: &Service,
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    report: Report,
    actor: &str,
) -> Result<OutcomeRecorded, ApiError> {
    let Report { request, amount_cents } = report;
    let now = service.clock.now();
    let facts = verified(service, connection, institution, environment, &request.token).await?;
    let id = service.with_random(|random| OutcomeId::generate(service.clock.as_ref(), random));
    let outcome = NewOutcome {
        id,
        outcome: request.outcome,
        product_type: request.product_type,
        amount_cents,
        observation_days: request.observation_days.unwrap_or_else(|| days_between(facts.verified_at, now)),
        notes: request.notes,
        reported_at: now,
        facts,
    };
    if !table::insert(connection, institution, environment, &outcome).await? {
        return Err(ApiError::new(ProblemCode::Conflict, "An outcome was reported for this token before; each token has one."));
    }
    let recorded = OutcomeRecorded {
        outcome_id: id,
        verification_id: outcome.facts.verification,
        outcome: outcome.outcome,
        coverage: outcome.facts.coverage,
        fsi_score: outcome.facts.score,
        tier: outcome.facts.score.map(Tier::of_score),
        reported_at: now,
    };
    let data = json!({
        "outcome_id": id,
        "verification_id": recorded.verification_id,
        "token": redeem::printed(&request.token),
        "outcome": recorded.outcome,
        "product_type": outcome.product_type,
        "amount_usd": request.amount_usd,
        "observation_days": outcome.observation_days,
        "coverage": recorded.coverage,
        "fsi_score": recorded.fsi_score,
        "tier": recorded.tier,
        "reported_at": now,
    });
    webhook::events::record(connection, service, institution, environment, EventKind::OutcomeReported, data).await?;
    audit::append(connection, institution, Action::OutcomeReported, &id.to_string(), actor, now).await?;
    Ok(recorded)
}

fn days_between(earlier: Timestamp, later: Timestamp) -> u32 {
    u32::try_from(later.seconds_since(earlier) / SECONDS_PER_DAY).unwrap_or(0)
}
