//! The request log's pages.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::institution::testing::Api;
use crate::request_log::worker;
use crate::store::testing::databases;
use crate::testing::TestIssuer;

use super::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_found_by_filters_by_its_identifier_and_from_its_verification_and_by_nobody_else() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, welcome) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let (mut stranger, _) = Browser::onboarded(&issuer.service, "eve@other.example").await;
        let list = "/dashboard/sandbox/requests";
        assert!(browser.open(list).await.text.contains("No requests yet"), "{}", database.engine);
        let key = format!("sk_sandbox_{}", welcome.between("sk_sandbox_", "<").unwrap());
        let api = Api::new(&issuer.service);
        let headers = [("x-institution-key", key.as_str())];
        let verified = api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": "PASSID-SANDBOX-TIER1AAA" })).await;
        let id = verified.headers["x-request-id"].to_str().unwrap();
        let refused = api.call(Method::GET, "/v1/verifications/vrf_nobody", &headers, &Value::Null).await;
        let other = refused.headers["x-request-id"].to_str().unwrap();
        worker::flush(&issuer.service).await;

        let shows = async |browser: &mut Browser, query: &str| {
            let shown = browser.open(&format!("{list}?{query}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{query}: {}", shown.text);
            (shown.text.contains(id), shown.text.contains(other))
        };
        for (query, expected) in [
            ("", (true, true)),
            ("operation=POST+%2Fv1%2Fverify", (true, false)),
            ("answer=refused", (false, true)),
            ("problem=not_found", (false, true)),
            ("problem=internal", (false, false)),
            ("from=2000-01-01&until=2000-01-02", (false, false)),
            ("operation=nonsense%00&answer=x&problem=x&key=x&from=x", (true, true)),
        ] {
            assert_eq!(shows(&mut browser, query).await, expected, "{}: {query}", database.engine);
        }
        assert!(browser.open(&format!("{list}?problem=internal")).await.text.contains("None that match"));
        assert_eq!(shows(&mut stranger, "").await, (false, false), "{}", database.engine);

        let found = browser.open(&format!("{list}?id=+{id}+")).await;
        assert_eq!((found.status, found.location()), (StatusCode::SEE_OTHER, format!("{list}/{id}").as_str()));
        let page = browser.open(found.location()).await;
        let verification = verified.body["verification_id"].as_str().unwrap();
        assert!(page.text.contains(&format!("/dashboard/sandbox/verifications/{verification}")), "{}", page.text);
        let timeline = browser.open(&format!("/dashboard/sandbox/verifications/{verification}")).await;
        assert!(timeline.text.contains(&format!("{list}/{id}")), "{}", timeline.text);
        assert!(browser.open(&format!("{list}/{other}")).await.text.contains("/problems/not_found"));

        assert_eq!(browser.open(&format!("/dashboard/live/requests/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.open(&format!("{list}/{id}")).await.status, StatusCode::NOT_FOUND);
        for unknown in [id, "rid_nobody", "%3Cscript%3E"] {
            let missing = stranger.open(&format!("{list}?id={unknown}")).await;
            assert!(missing.text.contains("There is no such request") && !missing.text.contains("<script>"), "{unknown}");
        }
    }
}
