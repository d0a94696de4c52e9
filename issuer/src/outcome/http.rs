//! Report an outcome; read the cohort.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use passid_api::environment::Environment;
use passid_api::outcome::{Cohort, OutcomeRecorded, ReportOutcome};
use passid_api::problem::ProblemCode;

use crate::http::callers::{InstitutionCaller, SecretKeyCaller};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::openapi::{Caller, Chapter, Operation, Routes};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;

use super::{cohort, examples, report};

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new().post("/v1/outcome", report, report_operation()).get("/v1/outcome/cohort", cohort, cohort_operation())
}

fn report_operation() -> Operation {
    Operation::new(Chapter::Outcomes, "report_outcome", "Report what became of a verified applicant")
        .about("One outcome for each token. Coverage and score are those of the verification; they are never read from the request.")
        .by(Caller::SecretKey)
        .idempotent()
        .takes::<ReportOutcome>(examples::report())
        .answers::<OutcomeRecorded>(201, "It is recorded, and `outcome.reported` is sent.", examples::recorded())
        .fails([ProblemCode::NotFound, ProblemCode::Conflict])
}

async fn report(State(service): State<Service>, caller: SecretKeyCaller, key: IdempotencyKey, body: JsonBody<ReportOutcome>) -> Result<Answer, ApiError> {
    reported(&service, caller, &key, body, |recorded| Answer::new(StatusCode::CREATED, recorded)).await
}

/// Records the outcome and answers in the surface's own form.
pub(crate) async fn reported(
    service: &Service,
    SecretKeyCaller(caller): SecretKeyCaller,
    key: &IdempotencyKey,
    JsonBody { value, digest }: JsonBody<ReportOutcome>,
    form: fn(&OutcomeRecorded) -> Result<Answer, ApiError>,
) -> Result<Answer, ApiError> {
    let report = report::Report::read(value)?;
    let inside = service.clone();
    let answer = once(service, &format!("{} {}", caller.institution, caller.environment), key, digest, move |connection| {
        Box::pin(async move { form(&report::record(&inside, connection, caller.institution, caller.environment, report, "api key").await?) })
    })
    .await?;
    service.deliveries_due.notify_one();
    Ok(answer)
}

fn cohort_operation() -> Operation {
    Operation::new(Chapter::Outcomes, "get_cohort", "How verified applicants did, and how predictions held")
        .about("Rates come with Wilson's 95 % interval; groups below `minimum_group` are suppressed; calibration counts mature outcomes only.")
        .by(Caller::InstitutionUser)
        .query::<Environment>("environment", "Which environment's outcomes; live when left out.", "live")
        .answers::<Cohort>(200, "The institution's own outcomes.", examples::cohort())
}

#[derive(Deserialize)]
struct CohortQuery {
    environment: Option<String>,
}

async fn cohort(State(service): State<Service>, caller: InstitutionCaller, Query(query): Query<CohortQuery>) -> Result<Json<Cohort>, ApiError> {
    let environment = query.environment.as_deref().map_or(Ok(Environment::Live), str::parse);
    let environment = environment.map_err(|error| ApiError::field("environment", "invalid", error.to_string()))?;
    let counted = cohort::count(&mut service.store.reader().await?, caller.institution, environment, service.clock.now()).await?;
    Ok(Json(counted))
}
