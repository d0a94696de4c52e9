//! The holder's credentials: issue, list, and the way from a leaf to the present head.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use passid_api::ids::CredentialId;
use passid_api::issuer::TreePath;
use passid_api::problem::ProblemCode;
use passid_api::wallet::{CredentialRequest, CredentialState, CredentialStatus, IssuedCredential, List};

use crate::credential::{issue as issuance, tree};
use crate::http::callers::WalletCaller;
use crate::http::limits::ClientAddress;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::http::{ApiError, JsonBody};
use crate::service::Service;
use crate::store;

use super::examples;

pub(super) fn issue_operation() -> Operation {
    Operation::new(Chapter::Wallet, "issue_credential", "Read the bank, derive claims, sign a credential")
        .about("Replaces the credential before it. What is answered is kept nowhere at the issuer, so it cannot be replayed.")
        .by(Caller::Wallet)
        .takes::<CredentialRequest>(examples::issue())
        .answers::<IssuedCredential>(201, "The credential, and the way from its leaf to the signed head.", examples::issued())
        .fails([ProblemCode::NotFound, ProblemCode::BankLinkNotReady, ProblemCode::BankUnavailable, ProblemCode::SanctionsMatch, ProblemCode::Conflict])
}

/// Issues afresh on every call: the answer holds what is stored nowhere here, so it cannot be replayed. A lost answer costs the
/// holder one more call, which replaces the credential it missed.
pub(super) async fn issue(
    State(service): State<Service>,
    caller: WalletCaller,
    ClientAddress(holder): ClientAddress,
    body: JsonBody<CredentialRequest>,
) -> Result<Response, ApiError> {
    let issued = issuance::issue(&service, caller, holder, body.value).await?;
    Ok((StatusCode::CREATED, Json(issued)).into_response())
}

pub(super) fn list_operation() -> Operation {
    Operation::new(Chapter::Wallet, "list_credentials", "The holder's credentials as the issuer knows them: no claims")
        .by(Caller::Wallet)
        .answers::<List<CredentialStatus>>(200, "All of them.", serde_json::json!({ "data": [examples::credential()] }))
}

pub(super) async fn list(State(service): State<Service>, caller: WalletCaller) -> Result<Json<List<CredentialStatus>>, ApiError> {
    let now = service.clock.now();
    let stored = store::credentials::list(&mut service.store.reader().await?, caller.user).await?;
    let data: Vec<CredentialStatus> = stored
        .iter()
        .map(|credential| CredentialStatus {
            credential_id: credential.id,
            status: match credential.revoked_at {
                Some(_) => CredentialState::Revoked,
                None if credential.expires_at <= now => CredentialState::Expired,
                None => CredentialState::Active,
            },
            issued_at: credential.issued_at,
            expires_at: credential.expires_at,
        })
        .collect();
    Ok(Json(List { data }))
}

pub(super) fn path_operation() -> Operation {
    Operation::new(Chapter::Wallet, "get_credential_path", "The way from a credential's leaf to the present head")
        .by(Caller::Wallet)
        .path::<CredentialId>("id", "The credential.", examples::CREDENTIAL)
        .answers::<TreePath>(200, "Leaf index, siblings, signed head.", examples::path())
        .fails([ProblemCode::NotFound, ProblemCode::CredentialNotValid])
}

pub(super) async fn path(State(service): State<Service>, caller: WalletCaller, Path(id): Path<String>) -> Result<Json<TreePath>, ApiError> {
    let id: CredentialId = id.parse().map_err(|_| ApiError::not_found())?;
    let credential = store::credentials::find(&mut service.store.reader().await?, caller.user, id).await?.ok_or_else(ApiError::not_found)?;
    if credential.revoked_at.is_some() {
        return Err(ApiError::new(ProblemCode::CredentialNotValid, "The credential was revoked or replaced; get a fresh one."));
    }
    let internal = |error: tree::TreeError| ApiError::internal(&error);
    tree::refresh_head(&service, credential.environment).await.map_err(internal)?;
    // In a write transaction, so that siblings and head are of one moment.
    let path = service.store.write(move |connection| {
        Box::pin(async move { tree::path(connection, credential.environment, credential.leaf_index).await.map_err(|error| ApiError::internal(&error)) })
    });
    Ok(Json(path.await?))
}
