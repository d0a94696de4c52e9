//! What the issuer publishes: its keys, its description, the head of its tree.

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use passid_api::environment::Environment;
use passid_api::issuer::{IssuerDescription, SignedHead};
use passid_api::jws::KeySet;
use passid_api::{POLICY_VERSION, claims};

use crate::http::ApiError;
use crate::service::Service;

use super::tree;

/// The room's routes.
pub fn routes() -> Router<Service> {
    Router::new()
        .route("/.well-known/jwks.json", get(keys))
        .route("/.well-known/passid-issuer", get(description))
        .route("/v1/circuit", get(circuit))
        .route("/v1/tree/head", get(head))
}

async fn keys(State(service): State<Service>) -> Json<KeySet> {
    Json(service.keys.public_keys().clone())
}

async fn description(State(service): State<Service>) -> Result<Json<IssuerDescription>, ApiError> {
    let issuer = service.config.issuer();
    Ok(Json(IssuerDescription {
        issuer: issuer.to_owned(),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        claim_schema: claims::SCHEMA_NAME.to_owned(),
        policy_version: POLICY_VERSION.to_owned(),
        model_version: crate::derive::MODEL_VERSION.to_owned(),
        circuit: serde_json::to_value(passid_circuits::circuit_manifest())?,
        bank_providers: service.banks.iter().map(|bank| bank.description().clone()).collect(),
    }))
}

async fn circuit() -> Result<Json<serde_json::Value>, ApiError> {
    Ok(Json(serde_json::to_value(passid_circuits::circuit_manifest())?))
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
