//! UK Open Banking, 4.0.0 and 3.1.11: consents, accounts, balances, parties, transactions.

mod problem;
mod shapes;
mod transactions;
mod version;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use passid_api::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::bank::consent::{Consent, Permission, Scheme};
use crate::sandbox::bank::faults::Fault;
use crate::sandbox::bank::problem::Problem;
use crate::sandbox::bank::state::Bank;
use crate::sandbox::bank::view::{View, require_client};
use problem::ObieProblem;

pub use version::ApiVersion;

/// Correlates a request with the bank's records.
const INTERACTION_ID: HeaderName = HeaderName::from_static("x-fapi-interaction-id");

/// The scheme's resources as a version has them, below its [`ApiVersion::base`].
pub(super) fn router(bank: Bank, version: ApiVersion) -> Router<Bank> {
    Router::new()
        .route("/account-access-consents", post(create_consent))
        .route("/account-access-consents/{id}", get(read_consent).delete(delete_consent))
        .route("/accounts", get(accounts))
        .route("/accounts/{id}", get(account))
        .route("/accounts/{id}/balances", get(balances))
        .route("/accounts/{id}/party", get(account_party))
        .route("/accounts/{id}/transactions", get(transactions::transactions))
        .route("/party", get(party))
        .layer(Extension(version))
        .layer(middleware::map_response(move |response| async move { problem::in_words_of(version, response) }))
        .layer(middleware::from_fn_with_state(bank, echo_interaction))
}

/// Every answer carries the caller's interaction identifier, or a fresh one.
async fn echo_interaction(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let given = request.headers().get(INTERACTION_ID).filter(|id| id.len() <= 64).cloned();
    let mut response = next.run(request).await;
    let id = given.or_else(|| HeaderValue::from_str(&bank.memory().tokens.fresh()).ok());
    if let Some(id) = id {
        response.headers_mut().insert(INTERACTION_ID, id);
    }
    response
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConsentRequest {
    data: ConsentData,
    #[expect(dead_code, reason = "the scheme requires the field and defines nothing inside it")]
    risk: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ConsentData {
    permissions: Vec<Permission>,
    expiration_date_time: Option<Timestamp>,
    transaction_from_date_time: Option<Timestamp>,
    transaction_to_date_time: Option<Timestamp>,
}

/// `POST /account-access-consents`.
async fn create_consent(State(bank): State<Bank>, Extension(version): Extension<ApiVersion>, headers: HeaderMap, body: Bytes) -> Result<Response, ObieProblem> {
    require_client(&bank, &headers)?;
    let request: ConsentRequest = serde_json::from_slice(&body).map_err(|_| Problem::Malformed("The consent is malformed", "Data"))?;
    let ConsentData { permissions, expiration_date_time, transaction_from_date_time, transaction_to_date_time } = request.data;
    let has = |permission| permissions.contains(&permission);
    let reads_transactions = has(Permission::ReadTransactionsBasic) || has(Permission::ReadTransactionsDetail);
    let names_direction = has(Permission::ReadTransactionsCredits) || has(Permission::ReadTransactionsDebits);
    if permissions.is_empty() || reads_transactions != names_direction {
        return Err(Problem::Malformed("The permissions do not make sense together", "Data.Permissions").into());
    }
    let now = bank.now();
    if expiration_date_time.is_some_and(|end| end <= now) {
        return Err(Problem::Malformed("The consent would have ended already", "Data.ExpirationDateTime").into());
    }
    let long = expiration_date_time.is_none_or(|end| end > now.plus_seconds(90 * 86_400));
    if long && bank.faults().strikes(Fault::LongConsentRefused) {
        return Err(Problem::Malformed("The consent would last more than ninety days", "Data.ExpirationDateTime").into());
    }
    let mut consent = Consent::new(permissions, now);
    consent.expires_at = expiration_date_time;
    consent.transactions_from = transaction_from_date_time;
    consent.transactions_to = transaction_to_date_time;
    let mut memory = bank.memory();
    let id = memory.tokens.fresh();
    let answer = shapes::consent(version, &id, &consent, now, &consent_link(&bank, version, &id));
    memory.consents.insert(id, consent);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `GET /account-access-consents/{id}`.
async fn read_consent(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ObieProblem> {
    require_client(&bank, &headers)?;
    let memory = bank.memory();
    let consent = memory.consent(&id, Scheme::Obie).ok_or(Problem::NotFound("There is no such consent"))?;
    Ok(Json(shapes::consent(version, &id, consent, bank.now(), &consent_link(&bank, version, &id))))
}

/// `DELETE /account-access-consents/{id}`.
async fn delete_consent(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<StatusCode, ObieProblem> {
    require_client(&bank, &headers)?;
    let now = bank.now();
    let mut memory = bank.memory();
    memory.consent_mut(&id, Scheme::Obie).ok_or(Problem::NotFound("There is no such consent"))?.withdraw(now);
    memory.tokens.end(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /accounts`.
async fn accounts(State(bank): State<Bank>, Extension(version): Extension<ApiVersion>, headers: HeaderMap) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadAccountsBasic, Permission::ReadAccountsDetail])?;
    let list: Vec<Value> = view.accounts().map(|account| shapes::account(version, account, &view.customer.name, &view.consent)).collect();
    Ok(single_page(&bank, version, "/accounts", &json!({"Account": list})))
}

/// `GET /accounts/{id}`.
async fn account(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadAccountsBasic, Permission::ReadAccountsDetail])?;
    let value = shapes::account(version, view.account(&id)?, &view.customer.name, &view.consent);
    Ok(single_page(&bank, version, &format!("/accounts/{id}"), &json!({"Account": [value]})))
}

/// `GET /accounts/{id}/balances`.
async fn balances(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadBalances])?;
    let value = shapes::balances(version, view.account(&id)?, bank.now());
    Ok(single_page(&bank, version, &format!("/accounts/{id}/balances"), &json!({"Balance": value})))
}

/// `GET /accounts/{id}/party`.
async fn account_party(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadParty])?;
    view.account(&id)?;
    Ok(single_page(&bank, version, &format!("/accounts/{id}/party"), &json!({"Party": shapes::party(version, &view.customer)})))
}

/// `GET /party`.
async fn party(State(bank): State<Bank>, Extension(version): Extension<ApiVersion>, headers: HeaderMap) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadPartyPSU])?;
    Ok(single_page(&bank, version, "/party", &json!({"Party": shapes::party(version, &view.customer)})))
}

fn single_page(bank: &Bank, version: ApiVersion, path: &str, data: &Value) -> Json<Value> {
    Json(json!({"Data": data, "Links": {"Self": format!("{}{}{path}", bank.base_url(), version.base())}, "Meta": {"TotalPages": 1}}))
}

fn consent_link(bank: &Bank, version: ApiVersion, id: &str) -> String {
    format!("{}{}/account-access-consents/{id}", bank.base_url(), version.base())
}
