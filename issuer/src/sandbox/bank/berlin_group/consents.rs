//! The consent resource: made by the client, agreed to by the customer on the bank's page.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use passid_api::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::TppMessage;
use super::{BASE, CUSTOMER_ADDRESS, require_request_id, shapes};
use crate::sandbox::bank::consent::{BerlinGroupTerms, Consent, ConsentStatus, Permission, Scheme};
use crate::sandbox::bank::faults::Fault;
use crate::sandbox::bank::problem::Problem;
use crate::sandbox::bank::state::Bank;
use crate::sandbox::bank::view::require_client;

/// Says how the customer will agree; OAuth2 counts as a redirect.
const APPROACH: HeaderName = HeaderName::from_static("aspsp-sca-approach");
/// Days of a short consent.
const SHORT_DAYS: i64 = 90;
const UNKNOWN: Problem = Problem::NotFound("There is no such consent");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsentRequest {
    access: Access,
    recurring_indicator: bool,
    valid_until: String,
    frequency_per_day: usize,
    combined_service_indicator: bool,
}

/// What is asked for. This bank lets the customer choose the accounts, so every list must be empty.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Access {
    accounts: Option<[(); 0]>,
    balances: Option<[(); 0]>,
    transactions: Option<[(); 0]>,
    additional_information: Option<AdditionalInformation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AdditionalInformation {
    owner_name: Option<[(); 0]>,
}

impl Access {
    fn permissions(&self) -> Vec<Permission> {
        let mut permissions = vec![Permission::ReadAccountsDetail];
        if self.balances.is_some() {
            permissions.push(Permission::ReadBalances);
        }
        if self.transactions.is_some() {
            permissions.extend([
                Permission::ReadTransactionsBasic,
                Permission::ReadTransactionsCredits,
                Permission::ReadTransactionsDebits,
                Permission::ReadTransactionsDetail,
            ]);
        }
        if self.wants_owner_names() {
            permissions.push(Permission::ReadParty);
        }
        permissions
    }

    fn wants_owner_names(&self) -> bool {
        self.additional_information.as_ref().is_some_and(|information| information.owner_name.is_some())
    }
}

/// `POST /consents`.
pub(super) async fn create(State(bank): State<Bank>, headers: HeaderMap, body: Bytes) -> Result<Response, TppMessage> {
    require_request_id(&headers)?;
    require_client(&bank, &headers)?;
    if !headers.contains_key(CUSTOMER_ADDRESS) {
        return Err(Problem::Malformed("Say where the customer is", "PSU-IP-Address").into());
    }
    let request: ConsentRequest = serde_json::from_slice(&body).map_err(|_| Problem::Malformed("The consent is malformed", "access"))?;
    let (access, today) = (&request.access, bank.today());
    if access.accounts.is_none() && access.balances.is_none() && access.transactions.is_none() {
        return Err(Problem::Malformed("The consent asks for nothing", "access").into());
    }
    if request.combined_service_indicator {
        return Err(Problem::Malformed("Payments are not served here", "combinedServiceIndicator").into());
    }
    if request.frequency_per_day == 0 || (!request.recurring_indicator && request.frequency_per_day != 1) {
        return Err(Problem::Malformed("The frequency makes no sense", "frequencyPerDay").into());
    }
    if access.wants_owner_names() && bank.faults().strikes(Fault::OwnerNamesRefused) {
        return Err(Problem::Malformed("Names of owners are not told", "access.additionalInformation").into());
    }
    let asked_until: Date = request.valid_until.parse().map_err(|_| Problem::Malformed("This is no day", "validUntil"))?;
    if asked_until < today {
        return Err(Problem::Malformed("The consent would have ended already", "validUntil").into());
    }
    let short = today.saturating_add(SHORT_DAYS.days());
    if asked_until > short && bank.faults().strikes(Fault::LongConsentRefused) {
        return Err(Problem::Malformed("The consent would last more than ninety days", "validUntil").into());
    }
    let valid_until = if bank.faults().strikes(Fault::ConsentShortened) { asked_until.min(short) } else { asked_until };
    let mut consent = Consent::new(access.permissions(), bank.now());
    consent.expires_at = end_of(valid_until);
    consent.terms = Some(BerlinGroupTerms {
        valid_until,
        recurring: request.recurring_indicator,
        frequency_per_day: request.frequency_per_day,
        unattended: Vec::new(),
        ended_by_client: false,
    });
    let mut memory = bank.memory();
    let id = memory.tokens.fresh();
    memory.consents.insert(id.clone(), consent);
    let mut response = (StatusCode::CREATED, Json(shapes::new_consent(&id, bank.base_url()))).into_response();
    response.headers_mut().insert(APPROACH, HeaderValue::from_static("REDIRECT"));
    if let Ok(location) = HeaderValue::from_str(&format!("{BASE}/consents/{id}")) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The end of a consent's last day, which is still part of it.
fn end_of(day: Date) -> Option<Timestamp> {
    let next = day.checked_add(1.day()).ok()?.to_zoned(TimeZone::UTC).ok()?;
    Timestamp::from_seconds(next.timestamp().as_second()).ok()
}

/// `GET /consents/{consentId}`.
pub(super) async fn read(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<Value>, TppMessage> {
    require_request_id(&headers)?;
    require_client(&bank, &headers)?;
    let memory = bank.memory();
    let consent = memory.consent(&id, Scheme::BerlinGroup).ok_or(UNKNOWN)?;
    let terms = consent.terms.as_ref().ok_or(UNKNOWN)?;
    Ok(Json(shapes::consent(consent, terms, bank.now())))
}

/// `GET /consents/{consentId}/status`.
pub(super) async fn status(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<Value>, TppMessage> {
    require_request_id(&headers)?;
    require_client(&bank, &headers)?;
    let memory = bank.memory();
    let consent = memory.consent(&id, Scheme::BerlinGroup).ok_or(UNKNOWN)?;
    let terms = consent.terms.as_ref().ok_or(UNKNOWN)?;
    Ok(Json(json!({"consentStatus": shapes::status(consent.status(bank.now()), terms)})))
}

/// `DELETE /consents/{consentId}`.
pub(super) async fn delete(State(bank): State<Bank>, headers: HeaderMap, Path(id): Path<String>) -> Result<StatusCode, TppMessage> {
    require_request_id(&headers)?;
    require_client(&bank, &headers)?;
    let now = bank.now();
    let mut memory = bank.memory();
    let consent = memory.consent_mut(&id, Scheme::BerlinGroup).ok_or(UNKNOWN)?;
    let ends = matches!(consent.status(now), ConsentStatus::Awau | ConsentStatus::Auth);
    consent.withdraw(now);
    if let Some(terms) = consent.terms.as_mut().filter(|_| ends) {
        terms.ended_by_client = true;
    }
    memory.tokens.end(&id);
    Ok(StatusCode::NO_CONTENT)
}
