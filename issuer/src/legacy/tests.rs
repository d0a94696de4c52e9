//! The integration guide's shapes.

use serde_json::json;

use crate::institution::testing::{Api, Workspace};
use crate::store::testing::databases;
use crate::testing::TestIssuer;

#[tokio::test(flavor = "multi_thread")]
async fn a_session_and_a_refusal_come_wrapped() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let bank = Workspace::onboard(&api, "ada@meridian.example").await;
        let key = [("x-institution-key", bank.onboarded.keys.sandbox.secret.as_str())];
        let created = api.call(axum::http::Method::POST, "/api/bridge/request", &key, &json!({ "permissions": ["income_verified"] })).await;
        assert_eq!((created.status.as_u16(), &created.body["success"]), (201, &json!(true)), "{}", database.engine);
        let id = created.body["data"]["requestId"].as_str().unwrap().to_owned();
        let code = created.body["data"]["code"].as_str().unwrap().replace('-', "").to_lowercase();
        for path in [format!("/api/bridge/request/{id}/public"), format!("/api/bridge/request/by-code/{code}/public")] {
            let public = api.call(axum::http::Method::GET, &path, &[], &json!(null)).await;
            assert_eq!(public.body["data"]["requestId"].as_str(), Some(id.as_str()), "{path}");
        }
        let polled = api.call(axum::http::Method::GET, &format!("/api/bridge/request/{id}"), &key, &json!(null)).await;
        assert_eq!(polled.body["data"]["status"], json!("pending"));
        let verified = api.call(axum::http::Method::POST, "/api/bridge/verify", &key, &json!({ "token": "PASSID-AB3X-7YQM-K9PQ-3MNX" })).await;
        assert_eq!((verified.status.as_u16(), &verified.body["success"], &verified.body["denyReason"]), (200, &json!(false), &json!("TOKEN_NOT_FOUND")));
        assert_eq!((&verified.body["data"]["credential_valid"], &verified.body["data"]["signature_valid"]), (&json!(false), &json!(false)));
        assert!(verified.body["data"]["audit_id"].as_str().unwrap().starts_with("vrf_"));
    }
}
