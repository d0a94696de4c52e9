//! The verification history, on both engines.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use passid_api::verify::DenyReason;
use serde_json::Value;
use tower::ServiceExt;

use super::testing::{Api, Workspace};
use crate::http::router;
use crate::store::testing::databases;
use crate::testing::TestIssuer;
use crate::verify::testing::{Verified, store};

const EMAIL: &str = "ada@meridian.example";

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|row| row["verification_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_one_another_without_gap_or_overlap_while_new_rows_arrive() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let (bank, other) = (Workspace::onboard(&api, EMAIL).await, Workspace::onboard(&api, "bob@other.example").await);
        let mut made = Vec::new();
        for _ in 0..7 {
            issuer.clock.advance(1);
            made.push(store(&issuer.service, bank.onboarded.institution.id, Verified::default()).await.to_string());
            store(&issuer.service, other.onboarded.institution.id, Verified::default()).await;
        }
        made.reverse();
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = bank.call(Method::GET, &format!("/v1/institution/verifications?environment=sandbox&limit=3{after}"), Value::Null).await;
            assert_eq!(page.status, StatusCode::OK, "{}: {}", database.engine, page.body);
            seen.extend(ids(&page.body));
            issuer.clock.advance(1);
            store(&issuer.service, bank.onboarded.institution.id, Verified::default()).await;
            match page.body["next_cursor"].as_str() {
                Some(cursor) => after = format!("&after={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, made, "newest first, each once, and only the institution's own");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_and_what_is_wrong_with_them_is_said_at_once() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let bank = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        let institution = bank.onboarded.institution.id;
        let first = store(&issuer.service, institution, Verified { reference: Some("loan 1".to_owned()), ..Verified::default() }).await.to_string();
        issuer.clock.advance(100);
        let refused = Verified { deny_reason: Some(DenyReason::TokenExpired), ..Verified::default() };
        let second = store(&issuer.service, institution, refused).await.to_string();
        let (early, late) = ("2026-03-17T14:02:11Z", "2026-03-17T14:03:51Z");
        let cases = [
            ("credential_valid=true".to_owned(), vec![&first]),
            ("credential_valid=false&deny_reason=TOKEN_EXPIRED".to_owned(), vec![&second]),
            ("deny_reason=TOKEN_REVOKED".to_owned(), vec![]),
            ("institution_reference=loan%201".to_owned(), vec![&first]),
            (format!("until={late}"), vec![&first]),
            (format!("from={late}"), vec![&second]),
            (format!("from={early}&until={late}"), vec![&first]),
            (String::new(), vec![&second, &first]),
        ];
        for (query, expected) in cases {
            let page = bank.call(Method::GET, &format!("/v1/institution/verifications?environment=sandbox&{query}"), Value::Null).await;
            assert_eq!(ids(&page.body).iter().collect::<Vec<_>>(), expected, "{}: {query}", database.engine);
        }
        let wrong = bank.call(Method::GET, "/v1/institution/verifications?limit=101&from=yesterday&deny_reason=NO&after=vrf_1", Value::Null).await;
        let pointers: Vec<&str> = wrong.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!((wrong.status, pointers), (StatusCode::BAD_REQUEST, vec!["deny_reason", "from", "after", "limit"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lists_its_own_environment_and_no_other() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let (bank, other) = (Workspace::onboard(&api, EMAIL).await, Workspace::onboard(&api, "bob@other.example").await);
        let made = store(&issuer.service, bank.onboarded.institution.id, Verified::default()).await.to_string();
        store(&issuer.service, other.onboarded.institution.id, Verified::default()).await;
        let key = bank.onboarded.keys.sandbox.secret.clone();
        let list = |query: &'static str| {
            let (api, key) = (&api, key.clone());
            async move { api.call(Method::GET, &format!("/v1/verifications{query}"), &[("x-institution-key", &key)], &Value::Null).await }
        };
        assert_eq!(ids(&list("").await.body), std::slice::from_ref(&made), "{}", database.engine);
        assert_eq!(ids(&list("?environment=sandbox&credential_valid=true").await.body), [made]);
        assert!(ids(&list("?credential_valid=false").await.body).is_empty());
        let elsewhere = list("?environment=live").await;
        assert_eq!((elsewhere.status, elsewhere.body["errors"][0]["pointer"].as_str()), (StatusCode::BAD_REQUEST, Some("environment")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_csv_file_holds_all_rows_and_no_formula() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let bank = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        let evil = Some("=HYPERLINK(\"http://evil\"), \"x\"".to_owned());
        for number in 0..510 {
            let reference = if number == 0 { evil.clone() } else { None };
            store(&issuer.service, bank.onboarded.institution.id, Verified { reference, ..Verified::default() }).await;
        }
        let request = Request::get("/v1/institution/verifications?environment=sandbox&limit=1")
            .header("accept", "text/csv")
            .header("authorization", format!("Bearer {}", bank.onboarded.access_token));
        let response = router(issuer.service.clone()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/csv; charset=utf-8");
        let text = String::from_utf8(to_bytes(response.into_body(), 1 << 22).await.unwrap().to_vec()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!((rows.len(), rows[0].len()), (510, 12), "{}", database.engine);
        let references: Vec<&str> = rows.iter().map(|row| &row[5]).filter(|text| !text.is_empty()).collect();
        assert_eq!(references, ["'=HYPERLINK(\"http://evil\"), \"x\""]);
    }
}
