//! What another workspace, another environment, or nobody may not see or do.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use passid_api::environment::Environment;
use passid_api::webhook::EventKind;

use super::Setting;
use super::receiver::Receiver;
use crate::institution::testing::{Api, Workspace};
use crate::store::testing::databases;
use crate::webhook::events;

#[tokio::test(flavor = "multi_thread")]
async fn another_workspaces_endpoint_is_not_there_and_nobody_gets_in() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(EventKind::VerificationCompleted).await;
        setting.deliver().await;
        receiver.taken();
        let api = Api::new(setting.service());
        let stranger = Workspace::onboard(&api, "eve@other.example").await;
        let base = format!("/v1/institution/webhooks/{}", created.endpoint.id);
        let requests = [
            (Method::GET, base.clone(), Value::Null),
            (Method::PATCH, base.clone(), json!({ "url": "https://example.com" })),
            (Method::DELETE, base.clone(), Value::Null),
            (Method::POST, format!("{base}/test"), json!({})),
            (Method::POST, format!("{base}/rotate-secret"), json!({})),
            (Method::POST, format!("{base}/replay"), json!({ "since": "2026-01-01T00:00:00Z" })),
            (Method::GET, format!("{base}/deliveries"), Value::Null),
            (Method::GET, format!("{base}/deliveries/{event}"), Value::Null),
            (Method::POST, format!("{base}/deliveries/{event}/resend"), json!({})),
        ];
        for (method, path, body) in requests {
            let answer = stranger.call(method.clone(), &path, body.clone()).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found"), "{} {method} {path}", database.engine);
            let nobody = api.call(method.clone(), &path, &[], &body).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let unknown = path.replace(&created.endpoint.id.to_string(), "whe_x");
            assert_eq!(setting.workspace.call(method.clone(), &unknown, body).await.status, StatusCode::NOT_FOUND, "{method} {unknown}");
        }
        assert_eq!((setting.deliver().await, setting.endpoint(&created).await.url), (0, receiver.url.clone()), "nothing happened");
        assert!(stranger.call(Method::GET, "/v1/institution/webhooks", Value::Null).await.body["data"].as_array().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_another_workspace_or_environment_do_not_arrive() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        setting.register(&receiver.url, Value::Null).await;
        let stranger = Workspace::onboard(&Api::new(setting.service()), "eve@other.example").await;
        let own = setting.workspace.onboarded.institution.id;
        for (institution, environment) in [(stranger.onboarded.institution.id, Environment::Sandbox), (own, Environment::Live)] {
            let inside = setting.service().clone();
            let written = setting.service().store.write(move |connection| {
                Box::pin(async move { events::record(connection, &inside, institution, environment, EventKind::VerificationCompleted, json!({})).await })
            });
            written.await.unwrap();
        }
        assert_eq!((setting.deliver().await, receiver.taken().len()), (0, 0), "{}", database.engine);
    }
}
