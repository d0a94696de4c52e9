//! Berlin Group NextGenPSD2 1.3: consents, accounts, balances, transactions.
//!
//! Where a real bank asks for the client's certificate, this one takes a token of the client with the scope [`CLIENT_SCOPE`]: it serves this
//! machine without TLS.

mod consents;
mod problem;
mod shapes;
mod transactions;

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::bank::consent::{Permission, Scheme};
use crate::sandbox::bank::problem::Problem;
use crate::sandbox::bank::state::Bank;
use crate::sandbox::bank::view::View;
use problem::TppMessage;

/// Where the resources are below the bank's address.
pub(super) const BASE: &str = "/psd2/v1";
/// The scope of the client's own token.
pub(super) const CLIENT_SCOPE: &str = "AIS";
/// Before the consent's identifier, the scope a holder is sent with (Implementation Guidelines 1.3.11, §13.1).
pub(super) const CONSENT_SCOPE: &str = "AIS:";

/// Names a request; every one must have it, every answer repeats it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The consent a read rests on.
const CONSENT_ID: HeaderName = HeaderName::from_static("consent-id");
/// Where the customer is, if they are there.
const CUSTOMER_ADDRESS: HeaderName = HeaderName::from_static("psu-ip-address");
/// Reads without the customer are counted over so many seconds.
const DAY_SECONDS: i64 = 86_400;

/// The scheme's resources, below [`BASE`].
pub(super) fn router() -> Router<Bank> {
    Router::new()
        .route("/consents", post(consents::create))
        .route("/consents/{id}", get(consents::read).delete(consents::delete))
        .route("/consents/{id}/status", get(consents::status))
        .route("/accounts", get(accounts))
        .route("/accounts/{id}", get(account))
        .route("/accounts/{id}/balances", get(balances))
        .route("/accounts/{id}/transactions", get(transactions::transactions))
        .layer(middleware::from_fn(repeat_request_id))
}

async fn repeat_request_id(request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    if let Some(id) = given {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The identifier the scheme wants with every request: a UUID.
fn require_request_id(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let shaped = given.len() == 36
        && given.char_indices().all(|(place, letter)| if [8, 13, 18, 23].contains(&place) { letter == '-' } else { letter.is_ascii_hexdigit() });
    if shaped { Ok(()) } else { Err(Problem::Malformed("Send a UUID", "X-Request-ID")) }
}

/// What the token shows, if the request is of the consent it names.
fn open(bank: &Bank, headers: &HeaderMap, needed: Permission) -> Result<View, Problem> {
    require_request_id(headers)?;
    let view = View::open(bank, headers, &[needed])?;
    let named = headers.get(CONSENT_ID).is_some_and(|id| id.as_bytes() == view.consent_id.as_bytes());
    if named && view.consent.scheme() == Scheme::BerlinGroup { Ok(view) } else { Err(Problem::ConsentNotValid { expired: false }) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountsQuery {
    #[serde(default)]
    with_balance: bool,
}

/// `GET /accounts`; without the customer, as often a day as the consent says.
async fn accounts(State(bank): State<Bank>, headers: HeaderMap, Query(query): Query<AccountsQuery>) -> Result<Json<Value>, TppMessage> {
    let view = open(&bank, &headers, Permission::ReadAccountsDetail)?;
    if !headers.contains_key(CUSTOMER_ADDRESS) {
        let now = bank.now();
        let mut memory = bank.memory();
        if let Some(terms) = memory.consent_mut(&view.consent_id, Scheme::BerlinGroup).and_then(|consent| consent.terms.as_mut()) {
            terms.unattended.retain(|read| read.plus_seconds(DAY_SECONDS) > now);
            if terms.unattended.len() >= terms.frequency_per_day {
                return Err(Problem::TooMany(None).into());
            }
            terms.unattended.push(now);
        }
    }
    let list: Vec<Value> = view.accounts().map(|account| shapes::account(account, &view.customer, &view.consent, query.with_balance)).collect();
    Ok(Json(json!({"accounts": list})))
}

/// `GET /accounts/{account-id}`.
async fn account(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>, Query(query): Query<AccountsQuery>) -> Result<Json<Value>, TppMessage> {
    let view = open(&bank, &headers, Permission::ReadAccountsDetail)?;
    Ok(Json(json!({"account": shapes::account(view.account(&id)?, &view.customer, &view.consent, query.with_balance)})))
}

/// `GET /accounts/{account-id}/balances`.
async fn balances(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<Value>, TppMessage> {
    let view = open(&bank, &headers, Permission::ReadBalances)?;
    let account = view.account(&id)?;
    Ok(Json(json!({"account": shapes::reference(account, &view.customer), "balances": shapes::balances(account)})))
}
