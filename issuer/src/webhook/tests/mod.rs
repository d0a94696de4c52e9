//! Webhooks as receivers and institutions meet them, over real connections on loopback and on both engines.

mod attempts;
mod deliveries;
mod endpoints;
mod isolation;
mod receiver;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use passid_api::environment::Environment;
use passid_api::ids::EventId;
use passid_api::institution::{AttemptView, DeliveryView, Page, WebhookEndpointCreated, WebhookEndpointView};
use passid_api::webhook::EventKind;

use crate::http::ApiError;
use crate::institution::testing::{Api, Workspace};
use crate::service::Service;
use crate::store::testing::TestDatabase;
use crate::testing::TestIssuer;
use crate::webhook::{events, worker};

const EMAIL: &str = "ada@meridian.example";

/// An issuer with one workspace, signed in.
struct Setting {
    issuer: TestIssuer,
    workspace: Workspace,
}

impl Setting {
    async fn on(database: &TestDatabase) -> Self {
        let issuer = TestIssuer::start(database).await;
        let workspace = Workspace::onboard(&Api::new(&issuer.service), EMAIL).await;
        Self { issuer, workspace }
    }

    fn service(&self) -> &Service {
        &self.issuer.service
    }

    /// Lets time pass; signs in again where the access token would have ended.
    async fn pass(&mut self, seconds: i64) {
        self.issuer.clock.advance(seconds);
        self.workspace.sign_in_again(EMAIL).await;
    }

    async fn register(&self, url: &str, events: Value) -> WebhookEndpointCreated {
        let mut request = json!({ "url": url, "environment": "sandbox" });
        if !events.is_null() {
            request["events"] = events;
        }
        let answer = self.workspace.call(Method::POST, "/v1/institution/webhooks", request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        serde_json::from_value(answer.body).unwrap()
    }

    /// Something happens in the sandbox.
    async fn happen(&self, kind: EventKind) -> EventId {
        let (inside, institution) = (self.service().clone(), self.workspace.onboarded.institution.id);
        let written = self.service().store.write(move |connection| {
            Box::pin(async move {
                let event = events::record(connection, &inside, institution, Environment::Sandbox, kind, json!({ "verification_id": "vrf_1" })).await?;
                Ok::<_, ApiError>(event)
            })
        });
        let event = written.await.unwrap();
        self.service().deliveries_due.notify_one();
        event
    }

    async fn deliver(&self) -> usize {
        worker::deliver_due(self.service()).await.unwrap()
    }

    async fn endpoint(&self, created: &WebhookEndpointCreated) -> WebhookEndpointView {
        let answer = self.workspace.call(Method::GET, &format!("/v1/institution/webhooks/{}", created.endpoint.id), Value::Null).await;
        serde_json::from_value(answer.body).unwrap()
    }

    /// The endpoint's log, newest first.
    async fn log(&self, created: &WebhookEndpointCreated) -> Vec<DeliveryView> {
        let answer = self.workspace.call(Method::GET, &format!("/v1/institution/webhooks/{}/deliveries", created.endpoint.id), Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        serde_json::from_value::<Page<DeliveryView>>(answer.body).unwrap().data
    }

    /// Every attempt at one delivery, oldest first.
    async fn attempts(&self, created: &WebhookEndpointCreated, event: EventId) -> Vec<AttemptView> {
        let path = format!("/v1/institution/webhooks/{}/deliveries/{event}", created.endpoint.id);
        let answer = self.workspace.call(Method::GET, &path, Value::Null).await;
        serde_json::from_value::<DeliveryView>(answer.body).unwrap().attempt_log.unwrap()
    }

    async fn act(&self, created: &WebhookEndpointCreated, what: &str, body: Value) -> crate::institution::testing::Answered {
        self.workspace.call(Method::POST, &format!("/v1/institution/webhooks/{}/{what}", created.endpoint.id), body).await
    }
}
