//! Every operation of signed-in users as each role: who only looks changes nothing.

use axum::http::{Method, StatusCode};
use serde_json::Value;

use passid_api::ids::InstitutionUserId;
use passid_api::institution::Role;

use crate::access::{self, Subject};
use crate::http::openapi::{self, Caller};
use crate::params;
use crate::store::institutions::{UserRow, insert_user};
use crate::store::testing::databases;

use super::stage::{Headers, Stage};
use super::table;

/// A user of the owner's workspace with this role, by an access token.
async fn user(stage: &Stage, role: Role) -> Headers {
    let (service, institution) = (&stage.issuer.service, stage.owner.onboarded.institution.id);
    let id = service.with_random(|random| InstitutionUserId::generate(service.clock.as_ref(), random));
    let now = service.clock.now();
    let row = UserRow { id, institution, role, password_hash: String::new().into() };
    let written = service.store.write(move |connection| Box::pin(async move { insert_user(connection, &row, &format!("{role}@meridian.example"), now).await }));
    assert!(written.await.unwrap());
    Stage::token(&access::issue(&service.keys, service.config.issuer(), Subject::Institution { sub: institution, user: id }, now).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_reads_and_changes_nothing_and_a_developer_does_both() {
    for database in databases().await {
        let stage = Stage::set(&database).await;
        let (viewer, developer) = (user(&stage, Role::Viewer).await, user(&stage, Role::Developer).await);
        for operation in openapi::operations().iter().filter(|operation| operation.caller == Caller::InstitutionUser) {
            let row = table::of(&operation.method, &operation.path);
            let things = stage.things().await;
            if operation.method == "GET" {
                for (role, headers) in [("viewer", &viewer), ("developer", &developer)] {
                    let status = stage.call_text(row, &things, headers).await;
                    assert!(status.is_success(), "{}: {} as a {role}: {status}", database.engine, row.operation);
                }
            } else {
                let answer = stage.call(row, &things, &viewer).await;
                let got = (answer.status, answer.body["code"].as_str());
                assert_eq!(got, (StatusCode::FORBIDDEN, Some("role_not_allowed")), "{}: {} as a viewer", database.engine, row.operation);
                let answer = stage.call(row, &things, &developer).await;
                assert!(answer.status.is_success(), "{}: {} as a developer: {}", database.engine, row.operation, answer.body);
            }
            stage.tidy(&things).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_removed_is_a_stranger_with_the_same_token() {
    for database in databases().await {
        let stage = Stage::set(&database).await;
        let developer = user(&stage, Role::Developer).await;
        let headers: Vec<_> = developer.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let look = async || stage.api.call(Method::GET, "/v1/institution", &headers, &Value::Null).await.status;
        assert_eq!(look().await, StatusCode::OK);
        let sql = "UPDATE institution_users SET removed_at = 1 WHERE role = 'developer'";
        stage.issuer.service.store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await })).await.unwrap();
        assert_eq!(look().await, StatusCode::UNAUTHORIZED, "{}", database.engine);
    }
}
