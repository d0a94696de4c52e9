//! What the job ends, and what it must leave.

use axum::http::{Method, StatusCode};
use passid_api::environment::Environment;
use passid_api::webhook::EventKind;
use serde_json::json;

use crate::http::ApiError;
use crate::institution::testing::{Api, Workspace};
use crate::params;
use crate::store::testing::databases;
use crate::testing::TestIssuer;
use crate::webhook::events;

use super::enforce;

const DAY: i64 = 24 * 3_600;

async fn count(issuer: &TestIssuer, sql: &'static str) -> i64 {
    let mut reader = issuer.service.store.reader().await.unwrap();
    reader.fetch_optional(sql, params![]).await.unwrap().unwrap().get("n").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_ends_after_its_own_time_and_the_audit_log_stays_whole() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let mut workspace = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
        let institution = workspace.onboarded.institution.id;
        let key = workspace.onboarded.keys.sandbox.secret.clone();
        let body = json!({ "token": "PASSID-UNKNOWN" });
        let verified = workspace.api.call(Method::POST, "/v1/verify", &[("x-institution-key", &key)], &body).await;
        assert_eq!(verified.status, StatusCode::OK, "{}", verified.body);
        let path = format!("/v1/verifications/{}", verified.body["verification_id"].as_str().unwrap());
        let inside = issuer.service.clone();
        let written = issuer.service.store.write(move |connection| {
            Box::pin(async move { events::record(connection, &inside, institution, Environment::Sandbox, EventKind::OutcomeReported, json!({})).await })
        });
        written.await.map_err(|error: ApiError| error.0.code).unwrap();

        for (days, events, found) in [(90, 2, StatusCode::OK), (1, 0, StatusCode::OK), (730 - 91, 0, StatusCode::OK), (1, 0, StatusCode::NOT_FOUND)] {
            issuer.clock.advance(days * DAY);
            enforce(&issuer.service).await.unwrap();
            assert_eq!(count(&issuer, "SELECT COUNT(*) AS n FROM events").await, events, "{} after {days} more days", database.engine);
            let fetched = workspace.api.call(Method::GET, &path, &[("x-institution-key", &key)], &json!(null)).await;
            assert_eq!(fetched.status, found, "{} after {days} more days", database.engine);
        }
        assert_eq!(count(&issuer, "SELECT COUNT(*) AS n FROM verifications").await, 1, "that it happened stays");
        assert_eq!(count(&issuer, "SELECT COUNT(*) AS n FROM refresh_tokens").await, 0);
        crate::audit::verify(&mut issuer.service.store.reader().await.unwrap(), institution).await.unwrap();
        workspace.sign_in_again("ada@meridian.example").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_still_being_delivered_stays() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
        let institution = workspace.onboarded.institution.id;
        let request = json!({ "url": "https://example.com/hook", "environment": "sandbox" });
        workspace.call(Method::POST, "/v1/institution/webhooks", request).await;
        let inside = issuer.service.clone();
        let written = issuer.service.store.write(move |connection| {
            Box::pin(async move { events::record(connection, &inside, institution, Environment::Sandbox, EventKind::OutcomeReported, json!({})).await })
        });
        written.await.map_err(|error: ApiError| error.0.code).unwrap();
        issuer.clock.advance(400 * DAY);
        enforce(&issuer.service).await.unwrap();
        assert_eq!(count(&issuer, "SELECT COUNT(*) AS n FROM events").await, 1, "{}", database.engine);
    }
}
