//! The document, discovery, and the pages about problems.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use passid_api::problem::ProblemCode;
use passid_api::verify::DenyReason;
use passid_api::{API_RELEASED, API_VERSION};

use crate::derive::MODEL_VERSION;
use crate::http::ApiError;
use crate::sandbox::fixtures::FIXTURES;
use crate::service::Service;

use super::{Chapter, Operation, Routes, document, examples, operations, problem_pages};

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/api/v1", discovery, discovery_operation())
        .get("/openapi.json", openapi, openapi_operation())
        .get("/problems", problems, problems_operation())
        .get("/problems/{code}", problem, problem_operation())
}

/// Versions, and how every operation is called.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Discovery {
    /// The product.
    pub name: &'static str,
    /// Also in `X-PASSID-API-Version` of every answer.
    pub api_version: &'static str,
    /// When this version was released.
    pub released: &'static str,
    /// The policy in force.
    pub policy_version: String,
    /// The model behind the score.
    pub model_version: &'static str,
    /// The issuer's identifier.
    pub issuer: String,
    /// Where the OpenAPI document is.
    pub openapi: String,
    /// Method and path by operation id.
    pub endpoints: Map<String, Value>,
    /// Tokens of the sandbox that always answer the same.
    pub sandbox_tokens: Vec<SandboxToken>,
}

/// A documented token of the sandbox.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SandboxToken {
    /// The token.
    pub token: String,
    /// The 12-character code that stands for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// `credential_valid`, or the reason why it is refused.
    pub answers: String,
}

fn sandbox_tokens() -> Vec<SandboxToken> {
    let answers = |meets: Option<DenyReason>| meets.map_or_else(|| "credential_valid".to_owned(), |reason| reason.to_string());
    FIXTURES.iter().map(|fixture| SandboxToken { token: fixture.token(), code: fixture.code, answers: answers(fixture.meets) }).collect()
}

fn discovery_operation() -> Operation {
    Operation::new(Chapter::Service, "get_discovery", "Versions, and how every operation is called").answers::<Discovery>(
        200,
        "The issuer's versions and operations.",
        examples::discovery(),
    )
}

async fn discovery(State(service): State<Service>) -> Json<Discovery> {
    let issuer = service.config.issuer().to_owned();
    Json(Discovery {
        name: "PASSID",
        api_version: API_VERSION,
        released: API_RELEASED,
        policy_version: service.config.policy.version.clone(),
        model_version: MODEL_VERSION,
        openapi: format!("{issuer}/openapi.json"),
        issuer,
        endpoints: operations().iter().map(|listed| (listed.id.to_owned(), json!(format!("{} {}", listed.method, listed.path)))).collect(),
        sandbox_tokens: sandbox_tokens(),
    })
}

fn openapi_operation() -> Operation {
    Operation::new(Chapter::Service, "get_openapi", "This document").answers::<Map<String, Value>>(
        200,
        "An OpenAPI 3.1 document.",
        json!({ "openapi": "3.1.0", "info": { "title": "PASSID", "version": API_VERSION }, "paths": {} }),
    )
}

async fn openapi() -> Json<&'static Value> {
    Json(document())
}

fn problems_operation() -> Operation {
    Operation::new(Chapter::Service, "list_problems", "All problem codes, as a page").answers_text(200, "A page.", "text/html", "<!doctype html>…")
}

async fn problems() -> Response {
    problem_pages::index()
}

fn problem_operation() -> Operation {
    Operation::new(Chapter::Service, "get_problem", "What a problem code means and what to do, as a page")
        .path::<ProblemCode>("code", "The problem's code.", "not_found")
        .answers_text(200, "A page.", "text/html", "<!doctype html>…")
        .fails([ProblemCode::NotFound])
}

async fn problem(Path(code): Path<String>) -> Result<Response, ApiError> {
    let code = code.parse().map_err(|_| ApiError::not_found())?;
    Ok(problem_pages::show(code))
}
