//! The account information resources: consents, accounts, balances, parties.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use passid_api::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::consent::{Consent, ConsentStatus, Grant, Permission};
use super::faults::Fault;
use super::ledger::{BookedAccount, BookedCustomer};
use super::obie_json;
use super::problem::Problem;
use super::state::Bank;
use super::tokens::Audience;
use super::version::ApiVersion;

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
pub(super) async fn create_consent(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    require_client(&bank, &headers)?;
    let request: ConsentRequest = serde_json::from_slice(&body).map_err(|_| Problem::Malformed("The consent is malformed", "Data"))?;
    let ConsentData { permissions, expiration_date_time, transaction_from_date_time, transaction_to_date_time } = request.data;
    let has = |permission| permissions.contains(&permission);
    let reads_transactions = has(Permission::ReadTransactionsBasic) || has(Permission::ReadTransactionsDetail);
    let names_direction = has(Permission::ReadTransactionsCredits) || has(Permission::ReadTransactionsDebits);
    if permissions.is_empty() || reads_transactions != names_direction {
        return Err(Problem::Malformed("The permissions do not make sense together", "Data.Permissions"));
    }
    let now = bank.now();
    if expiration_date_time.is_some_and(|end| end <= now) {
        return Err(Problem::Malformed("The consent would have ended already", "Data.ExpirationDateTime"));
    }
    let long = expiration_date_time.is_none_or(|end| end > now.plus_seconds(90 * 86_400));
    if long && bank.faults().strikes(Fault::LongConsentRefused) {
        return Err(Problem::Malformed("The consent would last more than ninety days", "Data.ExpirationDateTime"));
    }
    let mut consent = Consent::new(permissions, now);
    consent.expires_at = expiration_date_time;
    consent.transactions_from = transaction_from_date_time;
    consent.transactions_to = transaction_to_date_time;
    let mut memory = bank.memory();
    let id = memory.tokens.fresh();
    let answer = obie_json::consent(version, &id, &consent, now, &consent_link(&bank, version, &id));
    memory.consents.insert(id, consent);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// `GET /account-access-consents/{id}`.
pub(super) async fn read_consent(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    require_client(&bank, &headers)?;
    let memory = bank.memory();
    let consent = memory.consents.get(&id).ok_or(Problem::NotFound("There is no such consent"))?;
    Ok(Json(obie_json::consent(version, &id, consent, bank.now(), &consent_link(&bank, version, &id))))
}

/// `DELETE /account-access-consents/{id}`.
pub(super) async fn delete_consent(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    require_client(&bank, &headers)?;
    let now = bank.now();
    let mut memory = bank.memory();
    memory.consents.get_mut(&id).ok_or(Problem::NotFound("There is no such consent"))?.withdraw(now);
    memory.tokens.end(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /accounts`.
pub(super) async fn accounts(State(bank): State<Bank>, Extension(version): Extension<ApiVersion>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadAccountsBasic, Permission::ReadAccountsDetail])?;
    let list: Vec<Value> = view.accounts().map(|account| obie_json::account(version, account, &view.customer.name, &view.consent)).collect();
    Ok(single_page(&bank, version, "/accounts", &json!({"Account": list})))
}

/// `GET /accounts/{id}`.
pub(super) async fn account(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadAccountsBasic, Permission::ReadAccountsDetail])?;
    let value = obie_json::account(version, view.account(&id)?, &view.customer.name, &view.consent);
    Ok(single_page(&bank, version, &format!("/accounts/{id}"), &json!({"Account": [value]})))
}

/// `GET /accounts/{id}/balances`.
pub(super) async fn balances(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadBalances])?;
    let value = obie_json::balances(version, view.account(&id)?, bank.now());
    Ok(single_page(&bank, version, &format!("/accounts/{id}/balances"), &json!({"Balance": value})))
}

/// `GET /accounts/{id}/party`.
pub(super) async fn account_party(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadParty])?;
    view.account(&id)?;
    Ok(single_page(&bank, version, &format!("/accounts/{id}/party"), &json!({"Party": obie_json::party(version, &view.customer)})))
}

/// `GET /party`.
pub(super) async fn party(State(bank): State<Bank>, Extension(version): Extension<ApiVersion>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadPartyPSU])?;
    Ok(single_page(&bank, version, "/party", &json!({"Party": obie_json::party(version, &view.customer)})))
}

fn single_page(bank: &Bank, version: ApiVersion, path: &str, data: &Value) -> Json<Value> {
    Json(json!({"Data": data, "Links": {"Self": format!("{}{}{path}", bank.base_url(), version.base())}, "Meta": {"TotalPages": 1}}))
}

/// What one access token shows.
pub(super) struct View {
    pub(super) consent: Consent,
    grant: Grant,
    customer: BookedCustomer,
}

impl View {
    /// Opens the view if the token is good, the consent in force and one of `needed` allowed.
    pub(super) fn open(bank: &Bank, headers: &HeaderMap, needed: &[Permission]) -> Result<Self, Problem> {
        let customers = bank.customers();
        let mut memory = bank.memory();
        if bank.faults().strikes(Fault::TooManyRequests) {
            return Err(Problem::TooMany(2));
        }
        if bank.faults().strikes(Fault::ResourceFault) {
            return Err(Problem::Fault);
        }
        if bank.faults().strikes(Fault::AccessTokenDropped) {
            memory.tokens.drop_access(bearer(headers)?);
        }
        if bank.faults().strikes(Fault::ConsentWithdrawn)
            && let Some(Audience::Consent(id)) = memory.tokens.audience(bearer(headers)?, bank.now()).cloned()
            && let Some(consent) = memory.consents.get_mut(&id)
        {
            consent.withdraw(bank.now());
        }
        let audience = memory.tokens.audience(bearer(headers)?, bank.now()).ok_or(Problem::Unauthorised)?;
        let Audience::Consent(id) = audience else { return Err(Problem::Forbidden("This token is for consents only")) };
        let consent = memory.consents.get(id).ok_or(Problem::Unauthorised)?;
        if consent.status(bank.now()) != ConsentStatus::Auth {
            return Err(Problem::Forbidden("The consent is not in force"));
        }
        if !needed.iter().any(|permission| consent.allows(*permission)) {
            return Err(Problem::Forbidden("The consent does not cover this resource"));
        }
        let grant = consent.granted.clone().ok_or(Problem::Fault)?;
        let customer = customers.iter().find(|customer| customer.id == grant.customer).cloned().ok_or(Problem::Fault)?;
        Ok(Self { consent: consent.clone(), grant, customer })
    }

    fn accounts(&self) -> impl Iterator<Item = &BookedAccount> {
        self.customer.accounts.iter().filter(|account| self.grant.accounts.contains(&account.id))
    }

    pub(super) fn account(&self, id: &str) -> Result<&BookedAccount, Problem> {
        self.accounts().find(|account| account.id == id).ok_or(Problem::NotFound("There is no such account"))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::Unauthorised)
}

fn consent_link(bank: &Bank, version: ApiVersion, id: &str) -> String {
    format!("{}{}/account-access-consents/{id}", bank.base_url(), version.base())
}

fn require_client(bank: &Bank, headers: &HeaderMap) -> Result<(), Problem> {
    match bank.memory().tokens.audience(bearer(headers)?, bank.now()) {
        Some(Audience::Client) => Ok(()),
        Some(Audience::Consent(_)) => Err(Problem::Forbidden("This token is for account data only")),
        None => Err(Problem::Unauthorised),
    }
}
