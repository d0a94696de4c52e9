//! Berlin Group NextGenPSD2 1.3.11.

use reqwest::Method;

use super::*;

const SPECIFICATION: &str = "berlin-group-nextgenpsd2-v1.3.11.yaml";
const REQUEST_ID: &str = "99391c7e-ad88-49ec-a2ad-99ddcb1f7721";

/// What a consent lets see, and how it is reached.
struct Consented {
    id: String,
    token: Value,
}

fn everything() -> Value {
    json!({"accounts": [], "balances": [], "transactions": [], "additionalInformation": {"ownerName": []}})
}

fn asking(access: &Value) -> Value {
    json!({"access": access, "recurringIndicator": true, "validUntil": "2027-03-01", "frequencyPerDay": 4, "combinedServiceIndicator": false})
}

impl Visit {
    fn xs2a(&self, method: Method, path: &str, token: &Value) -> reqwest::RequestBuilder {
        let path = path.strip_prefix("/psd2/v1").unwrap_or(path);
        let request = self.http.request(method, format!("{}/psd2/v1{path}", self.bank.base_url())).header("X-Request-ID", REQUEST_ID);
        request.header("PSU-IP-Address", "192.0.2.7").bearer_auth(token["access_token"].as_str().unwrap())
    }

    async fn client(&self) -> Value {
        self.token(&[("grant_type", "client_credentials"), ("scope", "AIS")]).await
    }

    async fn xs2a_consented(&self, specification: &Specification, access: &Value, customer: &str) -> Consented {
        let client = self.client().await;
        let answer = self.xs2a(Method::POST, "/consents", &client).json(&asking(access)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["x-request-id"].as_bytes()), (201, REQUEST_ID.as_bytes()));
        let made: Value = answer.json().await.unwrap();
        specification.check("consentsResponse-201", &made);
        let id = made["consentId"].as_str().unwrap().to_owned();
        let token = self.agreed(customer, &format!("AIS:{id}"), None).await;
        Consented { id, token }
    }

    async fn xs2a_get(&self, path: &str, consented: &Consented) -> (u16, Value) {
        let answer = self.xs2a(Method::GET, path, &consented.token).header("Consent-ID", &consented.id).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }
}

#[tokio::test]
async fn every_answer_is_in_the_official_form() {
    let Some(specification) = Specification::open(SPECIFICATION) else { return };
    let visit = Visit::begin().await;
    for customer in ["amara", "tobenna", "efua"] {
        let consented = visit.xs2a_consented(&specification, &everything(), customer).await;
        let client = visit.client().await;
        for (path, schema) in [("", "consentInformationResponse-200_json"), ("/status", "consentStatusResponse-200")] {
            let answer: Value = visit.xs2a(Method::GET, &format!("/consents/{}{path}", consented.id), &client).send().await.unwrap().json().await.unwrap();
            specification.check(schema, &answer);
            assert_eq!(answer["consentStatus"], "valid");
        }
        let (_, list) = visit.xs2a_get("/accounts?withBalance=true", &consented).await;
        specification.check("accountList", &list);
        for account in list["accounts"].as_array().unwrap() {
            assert!(account["balances"].is_array() && account["ownerName"].is_string());
            let own = format!("/accounts/{}", account["resourceId"].as_str().unwrap());
            specification.check("accountDetails", &visit.xs2a_get(&own, &consented).await.1["account"]);
            specification.check("readAccountBalanceResponse-200", &visit.xs2a_get(account["_links"]["balances"]["href"].as_str().unwrap(), &consented).await.1);
            let mut next = Some(format!("{own}/transactions?bookingStatus=booked&dateFrom=2025-01-01"));
            let mut pages = 0;
            while let Some(path) = next {
                let (status, page) = visit.xs2a_get(&path, &consented).await;
                assert_eq!(status, 200, "{page}");
                specification.check("transactionsResponse-200_json", &page);
                next = page["transactions"]["_links"]["next"]["href"].as_str().map(str::to_owned);
                pages += 1;
            }
            assert!(pages > 0);
        }
    }
}

#[tokio::test]
async fn every_refusal_is_in_the_official_form() {
    let Some(specification) = Specification::open(SPECIFICATION) else { return };
    let visit = Visit::begin().await;
    let consented = visit.xs2a_consented(&specification, &json!({"accounts": []}), "amara").await;
    let stranger = Consented { id: "another".into(), token: consented.token.clone() };
    let tokenless = Consented { id: consented.id.clone(), token: json!({"access_token": "made-up"}) };
    let client = Consented { id: consented.id.clone(), token: visit.client().await };
    let everywhere = visit.xs2a_consented(&specification, &everything(), "amara").await;
    visit.bank.faults().inject(super::super::Fault::LongRangeRefused, 1);
    for (path, consented, status, code) in [
        ("/accounts/amara-usd/transactions?bookingStatus=booked&dateFrom=2025-01-01", &everywhere, 400, "PERIOD_INVALID"),
        ("/accounts/amara-usd/transactions?bookingStatus=booked&dateFrom=yesterday", &everywhere, 400, "FORMAT_ERROR"),
        ("/accounts/amara-usd/transactions?bookingStatus=booked", &everywhere, 400, "FORMAT_ERROR"),
        ("/accounts/amara-usd/transactions?bookingStatus=pending&dateFrom=2026-01-01", &everywhere, 400, "FORMAT_ERROR"),
        ("/accounts/amara-usd/balances", &consented, 403, "SERVICE_BLOCKED"),
        ("/accounts/nobody", &consented, 404, "RESOURCE_UNKNOWN"),
        ("/accounts", &stranger, 401, "CONSENT_INVALID"),
        ("/accounts", &tokenless, 401, "TOKEN_INVALID"),
        ("/accounts", &client, 403, "SERVICE_BLOCKED"),
        ("/consents/none", &client, 404, "RESOURCE_UNKNOWN"),
    ] {
        let (given, body) = visit.xs2a_get(path, consented).await;
        assert_eq!((given, body["tppMessages"][0]["code"].as_str()), (status, Some(code)), "{path}");
        specification.check(&format!("Error{status}_NG_AIS"), &body);
    }
    visit.bank.faults().inject(super::super::Fault::TooManyRequests, 1);
    let (given, body) = visit.xs2a_get("/accounts", &everywhere).await;
    assert_eq!((given, body["tppMessages"][0]["code"].as_str()), (429, Some("ACCESS_EXCEEDED")));
    specification.check("Error429_NG_AIS", &body);
}

#[tokio::test]
async fn a_consent_that_makes_no_sense_is_refused() {
    let Some(specification) = Specification::open(SPECIFICATION) else { return };
    let visit = Visit::begin().await;
    let client = visit.client().await;
    let with = |name: &str, value: Value| {
        let mut body = asking(&everything());
        body[name] = value;
        body
    };
    for body in [
        json!({}),
        with("validUntil", json!("2020-01-01")),
        with("validUntil", json!("never")),
        with("frequencyPerDay", json!(0)),
        with("combinedServiceIndicator", json!(true)),
        with("access", json!({})),
        with("access", json!({"accounts": [{"iban": "DE89370400440532013000"}]})),
        with("access", json!({"allPsd2": "allAccounts"})),
    ] {
        let answer = visit.xs2a(Method::POST, "/consents", &client).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{body}");
        specification.check("Error400_NG_AIS", &answer.json().await.unwrap());
    }
    let url = format!("{}/psd2/v1/consents", visit.bank.base_url());
    let token = client["access_token"].as_str().unwrap();
    for (name, value) in [("X-Request-ID", REQUEST_ID), ("PSU-IP-Address", "192.0.2.7"), ("X-Request-ID", "17")] {
        let answer = visit.http.post(&url).bearer_auth(token).header(name, value).json(&asking(&everything())).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{name} alone is not enough");
    }
}

#[tokio::test]
async fn only_what_the_consent_covers_is_shown() {
    let Some(specification) = Specification::open(SPECIFICATION) else { return };
    let visit = Visit::begin().await;
    let consented = visit.xs2a_consented(&specification, &json!({"accounts": []}), "amara").await;
    let (_, list) = visit.xs2a_get("/accounts?withBalance=true", &consented).await;
    let account = &list["accounts"][0];
    assert!(account["iban"].is_string() && account.get("ownerName").is_none() && account.get("balances").is_none());
    let (status, _) = visit.xs2a_get("/accounts/amara-usd/transactions?bookingStatus=booked&dateFrom=2026-01-01", &consented).await;
    assert_eq!(status, 403);
}

#[test]
fn the_check_itself_sees_a_wrong_answer() {
    let Some(specification) = Specification::open(SPECIFICATION) else { return };
    let row = json!({"transactionAmount": {"amount": "+1", "currency": "euro"}, "bookingDate": "yesterday", "purposeCode": "GIFT"});
    let errors = specification.errors("transactionsResponse-200_json", &json!({"transactions": {"booked": [row]}})).join(" ");
    for part in ["bookingDate", "currency", "purposeCode", "_links"] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
}
