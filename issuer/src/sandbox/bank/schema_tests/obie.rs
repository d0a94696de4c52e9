//! UK Open Banking, 4.0.0 and 3.1.11.

use super::*;

const fn file_of(version: ApiVersion) -> &'static str {
    match version {
        ApiVersion::V3 => "obie-account-info-v3.1.11.yaml",
        ApiVersion::V4 => "obie-account-info-v4.0.0.yaml",
    }
}

/// A visit by one version.
struct ObieVisit {
    version: ApiVersion,
    visit: Visit,
}

impl std::ops::Deref for ObieVisit {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl ObieVisit {
    async fn begin(version: ApiVersion) -> Self {
        Self { version, visit: Visit::begin().await }
    }

    fn resource(&self, method: reqwest::Method, path: &str, token: &Value) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{}{path}", self.bank.base_url(), self.version.base()) };
        self.http.request(method, url).bearer_auth(token["access_token"].as_str().unwrap())
    }

    async fn get(&self, path: &str, token: &Value) -> (u16, Value) {
        let answer = self.resource(reqwest::Method::GET, path, token).send().await.unwrap();
        assert!(answer.headers().contains_key("x-fapi-interaction-id"), "{path}");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Makes a consent with these permissions, agrees as `customer` and exchanges the code.
    async fn consented(&self, permissions: &Value, customer: &str) -> (Value, Value) {
        let client = self.token(&[("grant_type", "client_credentials"), ("scope", "accounts")]).await;
        let body = json!({"Data": {"Permissions": permissions, "ExpirationDateTime": "2027-01-01T00:00:00.000+00:00"}, "Risk": {}});
        let consent: Value = self.resource(reqwest::Method::POST, "/account-access-consents", &client).json(&body).send().await.unwrap().json().await.unwrap();
        let claims = json!({"id_token": {"openbanking_intent_id": {"value": consent["Data"]["ConsentId"]}}}).to_string();
        let token = self.agreed(customer, "openid accounts", Some(&claims)).await;
        (consent, token)
    }
}

const EVERYTHING: [&str; 9] = [
    "ReadAccountsBasic",
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadParty",
    "ReadPartyPSU",
    "ReadTransactionsBasic",
    "ReadTransactionsCredits",
    "ReadTransactionsDebits",
    "ReadTransactionsDetail",
];

#[tokio::test]
async fn every_answer_is_in_the_official_form() {
    for version in ApiVersion::ALL {
        every_answer(version).await;
    }
}

async fn every_answer(version: ApiVersion) {
    let Some(specification) = Specification::open(file_of(version)) else { return };
    let visit = ObieVisit::begin(version).await;
    for customer in ["amara", "tobenna", "efua"] {
        let (consent, token) = visit.consented(&json!(EVERYTHING), customer).await;
        specification.check("OBReadConsentResponse1", &consent);
        let (_, accounts) = visit.get("/accounts", &token).await;
        specification.check("OBReadAccount6", &accounts);
        specification.check("OBReadParty2", &visit.get("/party", &token).await.1);
        for account in accounts["Data"]["Account"].as_array().unwrap() {
            let id = account["AccountId"].as_str().unwrap();
            specification.check("OBReadAccount6", &visit.get(&format!("/accounts/{id}"), &token).await.1);
            specification.check("OBReadBalance1", &visit.get(&format!("/accounts/{id}/balances"), &token).await.1);
            specification.check("OBReadParty2", &visit.get(&format!("/accounts/{id}/party"), &token).await.1);
            let mut next = Some(format!("/accounts/{id}/transactions?fromBookingDateTime=2025-01-01T00:00:00"));
            while let Some(path) = next {
                let (status, page) = visit.get(&path, &token).await;
                assert_eq!(status, 200);
                specification.check("OBReadTransaction6", &page);
                next = page["Links"]["Next"].as_str().map(str::to_owned);
            }
        }
    }
}

#[test]
fn the_check_itself_sees_a_wrong_answer() {
    let Some(specification) = Specification::open(file_of(ApiVersion::V4)) else { return };
    let row = json!({"AccountId": "a", "CreditDebitIndicator": "Credit", "Status": "BOOK", "BookingDateTime": "yesterday", "Amount": {"Amount": "-1", "Currency": "GBP"}});
    let errors = specification.errors("OBReadTransaction6", &json!({"Data": {"Transaction": [row]}})).join(" ");
    assert!(errors.contains("BookingDateTime") && errors.contains("Amount"), "{errors}");
    // The words of one version are not those of the other.
    let Some(older) = Specification::open(file_of(ApiVersion::V3)) else { return };
    let row = |status: &str| json!({"AccountId": "a", "CreditDebitIndicator": "Credit", "Status": status, "BookingDateTime": "2026-03-17T00:00:00+00:00", "Amount": {"Amount": "1.00", "Currency": "GBP"}});
    let page = |status: &str| json!({"Data": {"Transaction": [row(status)]}});
    assert!(older.errors("OBReadTransaction6", &page("BOOK")).join(" ").contains("BOOK"));
    assert!(specification.errors("OBReadTransaction6", &page("Booked")).join(" ").contains("Booked"));
}

#[tokio::test]
async fn every_refusal_is_in_the_official_form() {
    for version in ApiVersion::ALL {
        every_refusal(version).await;
    }
}

async fn every_refusal(version: ApiVersion) {
    let Some(specification) = Specification::open(file_of(version)) else { return };
    let visit = ObieVisit::begin(version).await;
    let (_, token) = visit.consented(&json!(["ReadAccountsBasic"]), "amara").await;
    let client = visit.token(&[("grant_type", "client_credentials")]).await;
    for (path, token, expected) in [
        ("/party", &token, 403),
        ("/accounts/amara-usd/balances", &token, 403),
        ("/accounts/nobody", &token, 400),
        ("/accounts", &client, 403),
        ("/account-access-consents/none", &client, 400),
    ] {
        let (status, body) = visit.get(path, token).await;
        assert_eq!(status, expected, "{path}");
        specification.check("OBErrorResponse1", &body);
    }
    let malformed = visit.resource(reqwest::Method::POST, "/account-access-consents", &client).json(&json!({"Data": {}})).send().await.unwrap();
    assert_eq!(malformed.status(), 400);
    specification.check("OBErrorResponse1", &malformed.json().await.unwrap());
}

#[tokio::test]
async fn an_unknown_token_is_told_nothing() {
    let visit = ObieVisit::begin(ApiVersion::V4).await;
    let (status, body) = visit.get("/accounts", &json!({"access_token": "made-up"})).await;
    assert_eq!((status, body), (401, Value::Null));
}

#[tokio::test]
async fn only_what_the_consent_covers_is_shown() {
    let visit = ObieVisit::begin(ApiVersion::V4).await;
    let (_, token) = visit.consented(&json!(["ReadAccountsBasic", "ReadTransactionsBasic", "ReadTransactionsCredits"]), "amara").await;
    let (_, accounts) = visit.get("/accounts", &token).await;
    assert!(accounts["Data"]["Account"][0].get("Account").is_none());
    let (_, page) = visit.get("/accounts/amara-usd/transactions", &token).await;
    let rows = page["Data"]["Transaction"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(row["CreditDebitIndicator"], "Credit");
        assert!(row.get("TransactionInformation").is_none() && row.get("Balance").is_none());
    }
    let (_, others) = visit.get("/accounts/efua-current/transactions", &token).await;
    assert_eq!(others["Errors"][0]["Message"], "There is no such account");
}
