//! What the issuer publishes: its keys, its description, the head of its tree.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;

use passid_api::claims;
use passid_api::environment::Environment;
use passid_api::issuer::{CircuitDescription, IssuerDescription, SignedHead};
use passid_api::jws::KeySet;
use passid_api::policy::VerifierPolicy;

use crate::http::ApiError;
use crate::http::openapi::{Chapter, Operation, Routes};
use crate::service::Service;

use super::{examples, tree};

/// The room's routes.
pub fn routes() -> Routes {
    Routes::new()
        .get("/.well-known/jwks.json", keys, keys_operation())
        .get("/.well-known/passid-issuer", description, description_operation())
        .get("/v1/policy", policy, policy_operation())
        .get("/v1/circuit", circuit, circuit_operation())
        .get("/v1/tree/head", head, head_operation())
}

fn keys_operation() -> Operation {
    Operation::new(Chapter::Issuer, "get_issuer_keys", "The issuer's public keys")
        .about("A JSON Web Key Set (RFC 7517) of Ed25519 keys (RFC 8037): those in use, and those whose documents are still valid.")
        .answers::<KeySet>(200, "The keys.", examples::keys())
}

async fn keys(State(service): State<Service>) -> Json<KeySet> {
    Json(KeySet::clone(&service.keys.public_keys()))
}

fn description_operation() -> Operation {
    Operation::new(Chapter::Issuer, "get_issuer", "The issuer's description").answers::<IssuerDescription>(
        200,
        "Where its keys are, what it issues, which banks can be linked.",
        examples::description(),
    )
}

async fn description(State(service): State<Service>) -> Result<Json<IssuerDescription>, ApiError> {
    let issuer = service.config.issuer();
    Ok(Json(IssuerDescription {
        issuer: issuer.to_owned(),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        claim_schema: claims::SCHEMA_NAME.to_owned(),
        policy_version: service.config.policy.version.clone(),
        model_version: crate::derive::MODEL_VERSION.to_owned(),
        circuit: serde_json::to_value(passid_circuits::circuit_manifest())?,
        bank_providers: service.banks.iter().map(|bank| bank.description().clone()).collect(),
    }))
}

fn policy_operation() -> Operation {
    Operation::new(Chapter::Issuer, "get_policy", "The verifier's policy in force")
        .about("Its version is in every answer that rests on it.")
        .answers::<VerifierPolicy>(200, "The policy.", examples::policy())
}

async fn policy(State(service): State<Service>) -> Json<VerifierPolicy> {
    Json(service.config.policy.clone())
}

fn circuit_operation() -> Operation {
    Operation::new(Chapter::Issuer, "get_circuit", "The circuit, its size and the hashes of its artifacts").answers::<CircuitDescription>(
        200,
        "The circuit's manifest.",
        examples::circuit(),
    )
}

async fn circuit() -> Result<Json<serde_json::Value>, ApiError> {
    Ok(Json(serde_json::to_value(passid_circuits::circuit_manifest())?))
}

fn head_operation() -> Operation {
    Operation::new(Chapter::Issuer, "get_tree_head", "The signed head of the credential tree")
        .required_query::<Environment>("environment", "Each environment has its own tree.", "sandbox")
        .answers::<SignedHead>(200, "The head as it stands, signed anew when it was old.", examples::head())
}

#[derive(Deserialize)]
struct HeadQuery {
    environment: Environment,
}

async fn head(State(service): State<Service>, query: Result<Query<HeadQuery>, axum::extract::rejection::QueryRejection>) -> Result<Json<SignedHead>, ApiError> {
    let Query(query) = query.map_err(|_| ApiError::field("/environment", "invalid", "Add ?environment=sandbox or ?environment=live."))?;
    let head = tree::refresh_head(&service, query.environment).await.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(SignedHead { head }))
}
