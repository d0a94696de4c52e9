//! The holder's rights over their account: to have all of it, and to have it erased.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::problem::ProblemCode;
use passid_api::share::ShareView;
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;

use crate::bank::authorisation::BankTokens;
use crate::credential::tree;
use crate::http::ApiError;
use crate::http::callers::WalletCaller;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::screening::holders;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::bank_links::StoredLink;
use crate::store::screened::StoredHolder;
use crate::store::{self, StoreError};

use super::examples;

const NOT_KEPT: &str = "Transactions and the claims derived from them are not kept here; the claims are in your wallet. What an institution \
                        received from you is with that institution.";

/// Everything the issuer keeps about a holder.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AccountExport {
    exported_at: Timestamp,
    account: Account,
    /// Bank connections with the name the holder declared for each.
    bank_links: Vec<Value>,
    credentials: Vec<Value>,
    shares: Vec<ShareView>,
    /// What is kept to screen the holder against sanctions lists again: their names, what they declared, and entries that match.
    screening: Option<Value>,
    /// What is not here, in a sentence.
    not_kept: &'static str,
}

/// The account itself.
#[derive(Debug, Serialize, JsonSchema)]
struct Account {
    user_id: UserId,
    environment: Environment,
    /// A field element in decimal digits.
    holder_commitment: String,
    /// Whether screening against sanctions lists found this holder.
    sanctions_match: bool,
}

pub(super) fn export_operation() -> Operation {
    Operation::new(Chapter::Wallet, "get_account", "Everything the issuer keeps about the holder")
        .by(Caller::Wallet)
        .answers::<AccountExport>(200, "All of it, in one document.", examples::account(NOT_KEPT))
        .fails([ProblemCode::NotFound])
}

pub(super) fn erase_operation() -> Operation {
    Operation::new(Chapter::Wallet, "delete_account", "Erase the holder's account")
        .about("Every credential is revoked, every bank connection ended, every share withdrawn. It cannot be undone.")
        .by(Caller::Wallet)
        .answers_nothing(204, "It is erased.")
        .fails([ProblemCode::NotFound])
}

/// `GET /v1/wallet/account`: everything the issuer keeps about the holder, in one document.
pub(super) async fn export(State(service): State<Service>, caller: WalletCaller) -> Result<Json<AccountExport>, ApiError> {
    let now = service.clock.now();
    let mut reader = service.store.reader().await?;
    let user = store::users::find(&mut reader, caller.user).await?.ok_or_else(ApiError::not_found)?;
    let links: Vec<Value> = store::bank_links::list(&mut reader, caller.user).await?.iter().map(|link| link_of(&service, link)).collect::<Result<_, _>>()?;
    let credentials: Vec<Value> = store::credentials::list(&mut reader, caller.user)
        .await?
        .iter()
        .map(|credential| {
            json!({ "credential_id": credential.id, "bank_link_id": credential.link, "leaf_index": credential.leaf_index,
                    "evidence_digest": hex::encode(credential.evidence_digest), "issued_at": credential.issued_at,
                    "expires_at": credential.expires_at, "revoked_at": credential.revoked_at })
        })
        .collect();
    let shares = store::shares::history(&mut reader, caller.user, now).await?;
    let screening = store::screened::find(&mut reader, caller.user).await?.map(|kept| screening_of(&service, &kept)).transpose()?;
    Ok(Json(AccountExport {
        exported_at: now,
        account: Account { user_id: user.id, environment: user.environment, holder_commitment: user.holder_commitment, sanctions_match: user.sanctions_match },
        bank_links: links,
        credentials,
        shares,
        screening,
        not_kept: NOT_KEPT,
    }))
}

fn link_of(service: &Service, link: &StoredLink) -> Result<Value, ApiError> {
    let name = if link.sealed_name.is_empty() {
        None
    } else {
        let plain = service.sealer.open(Purpose::DeclaredName, &link.id.to_string(), &link.sealed_name)?;
        Some(String::from_utf8_lossy(&plain).into_owned())
    };
    Ok(json!({ "bank_link_id": link.id, "provider": link.provider, "status": link.status, "declared_name": name, "expires_at": link.expires_at }))
}

fn screening_of(service: &Service, kept: &StoredHolder) -> Result<Value, ApiError> {
    let person = holders::open_person(service, kept)?;
    let hits = holders::open_hits(service, kept)?;
    let matches: Vec<Value> = hits.iter().map(|hit| json!({ "list": hit.list, "entry": hit.entry, "listed_name": hit.matched_name })).collect();
    Ok(json!({ "names": person.names, "declared": person.qualifiers, "screened_at": kept.screened_at, "matches": matches }))
}

/// `DELETE /v1/wallet/account`: revokes every credential, ends every bank connection, withdraws every share, and erases the account.
/// What stays is an identifier that credentials in the tree and audit logs point to, and nothing behind it.
pub(super) async fn erase(State(service): State<Service>, caller: WalletCaller) -> Result<StatusCode, ApiError> {
    let links = store::bank_links::list(&mut service.store.reader().await?, caller.user).await?;
    let inside = service.clone();
    service.store.write(move |connection| Box::pin(async move { erase_account(&inside, connection, caller.user).await })).await?;
    for link in links {
        end_consent(&service, &link).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn erase_account(service: &Service, connection: &mut store::Connection, user: UserId) -> Result<(), ApiError> {
    let mut nothing = [0; 32];
    service.with_random(|random| random.fill_bytes(&mut nothing));
    let now = service.clock.now();
    if !store::users::erase(connection, user, nothing, now).await? {
        return Err(ApiError::not_found());
    }
    let environment = store::users::environment(connection, user).await?.ok_or(StoreError::Corrupt("wallet user"))?;
    for leaf in store::credentials::revoke_all(connection, user, now).await? {
        tree::revoke(service, connection, environment, leaf).await.map_err(|error| ApiError::internal(&error))?;
    }
    store::users::delete_recovery_key(connection, user).await?;
    store::screened::erase(connection, user).await?;
    store::credentials::erase_evidence(connection, user).await?;
    store::shares::remove_all(connection, user).await?;
    for link in store::bank_links::list(connection, user).await? {
        store::bank_syncs::clear(connection, link.id).await?;
    }
    Ok(store::bank_links::erase_all(connection, user, BankLinkStatus::Revoked).await?)
}

/// Ends the consent at the bank too. The right to read is gone here already, so a bank that does not answer changes little.
async fn end_consent(service: &Service, link: &StoredLink) {
    let Some(sealed) = &link.sealed_tokens else { return };
    let consent = service.sealer.open(Purpose::BankConnection, &link.id.to_string(), sealed).ok();
    let consent = consent.and_then(|plain| serde_json::from_slice::<BankTokens>(&plain).ok()).map(|tokens| tokens.consent_id.clone());
    let bank = service.banks.iter().find(|bank| bank.description().id == link.provider);
    if let (Some(bank), Some(consent)) = (bank, consent)
        && let Err(error) = bank.revoke(&consent).await
    {
        tracing::warn!(link = %link.id, code = error.code(), "a bank was not told that its consent ended");
    }
}
