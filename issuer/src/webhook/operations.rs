//! What the document says of this room's operations.

use serde_json::{Value, json};

use passid_api::ids::{EventId, WebhookEndpointId};
use passid_api::institution::{
    CreateWebhookEndpoint, DeliveryView, Page, ReplayEvents, Replayed, RotateWebhookSecret, TestWebhook, UpdateWebhookEndpoint, WebhookEndpointCreated,
    WebhookEndpointView,
};
use passid_api::problem::ProblemCode;
use passid_api::webhook::DeliveryStatus;

use crate::http::Empty;
use crate::http::openapi::{Caller, Chapter, Operation, PageSize};

const ENDPOINT: &str = "whe_01hzk3vw0kg9qm2x7r4c8t5y6d";
const EVENT: &str = "evt_01hzk3vw0kg9qm2x7r4c8t5y6d";
const EVENTS: [&str; 4] = ["verification.completed", "verification.failed", "outcome.reported", "webhook.test"];
const URL: &str = "https://hooks.bank.example/passid";

fn endpoint() -> Value {
    json!({ "id": ENDPOINT, "url": URL, "environment": "sandbox", "events": EVENTS, "enabled": true, "created_at": "2026-03-17T14:02:11Z" })
}

fn endpoint_with_secret() -> Value {
    let mut created = endpoint();
    created["secret"] = json!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    created
}

fn delivered() -> Value {
    json!({
        "event_id": EVENT,
        "event": "verification.completed",
        "status": "delivered",
        "attempts": 1,
        "response_status": 200,
        "response_body": "ok",
        "duration_ms": 84,
        "created_at": "2026-03-17T14:03:40Z",
        "attempted_at": "2026-03-17T14:03:40Z",
        "delivered_at": "2026-03-17T14:03:40Z",
    })
}

fn queued() -> Value {
    json!({
        "event_id": EVENT,
        "event": "webhook.test",
        "status": "pending",
        "attempts": 0,
        "created_at": "2026-03-17T14:03:40Z",
        "next_attempt_at": "2026-03-17T14:03:40Z",
    })
}

fn new(id: &'static str, summary: &'static str) -> Operation {
    Operation::new(Chapter::Webhooks, id, summary).by(Caller::InstitutionUser)
}

/// An operation on one endpoint.
fn on_endpoint(id: &'static str, summary: &'static str) -> Operation {
    new(id, summary).path::<WebhookEndpointId>("id", "The endpoint.", ENDPOINT).fails([ProblemCode::NotFound])
}

/// An operation on one event at one endpoint.
fn on_delivery(id: &'static str, summary: &'static str) -> Operation {
    on_endpoint(id, summary).path::<EventId>("event", "The event.", EVENT)
}

pub(super) fn create() -> Operation {
    new("create_webhook_endpoint", "Register an address for events")
        .idempotent()
        .takes::<CreateWebhookEndpoint>(json!({ "url": URL, "environment": "sandbox", "events": EVENTS }))
        .answers::<WebhookEndpointCreated>(201, "The endpoint; its secret is shown here and never again.", endpoint_with_secret())
        .fails([ProblemCode::Conflict])
}

pub(super) fn list() -> Operation {
    new("list_webhook_endpoints", "The workspace's endpoints").answers::<Page<WebhookEndpointView>>(
        200,
        "All of them.",
        json!({ "data": [endpoint()], "has_more": false }),
    )
}

pub(super) fn show() -> Operation {
    on_endpoint("get_webhook_endpoint", "One endpoint").answers::<WebhookEndpointView>(200, "The endpoint.", endpoint())
}

pub(super) fn update() -> Operation {
    on_endpoint("update_webhook_endpoint", "Change an endpoint; what is left out stays")
        .takes_one_of::<UpdateWebhookEndpoint>([("switch off", json!({ "enabled": false })), ("nothing", json!({}))])
        .answers::<WebhookEndpointView>(200, "The endpoint as it is now.", endpoint())
        .fails([ProblemCode::Conflict])
}

pub(super) fn remove() -> Operation {
    on_endpoint("delete_webhook_endpoint", "Remove an endpoint").answers_nothing(204, "It is removed; what was queued for it is not sent.")
}

pub(super) fn test() -> Operation {
    on_endpoint("test_webhook_endpoint", "Send a test event to an endpoint, once")
        .about(
            "Also to an endpoint that is disabled or does not want the event. Without `event` it is `webhook.test`; the others are invented, \
             look like real ones but for `simulated: true` in their data, and go to sandbox endpoints only.",
        )
        .idempotent()
        .takes_one_of::<TestWebhook>([("a ping", json!({})), ("an event", json!({ "event": "verification.completed" }))])
        .answers::<DeliveryView>(202, "It is queued.", queued())
        .fails([ProblemCode::Conflict])
}

pub(super) fn rotate_secret() -> Operation {
    on_endpoint("rotate_webhook_secret", "Replace an endpoint's secret, both signing for a while")
        .idempotent()
        .takes_one_of::<RotateWebhookSecret>([("an hour", json!({ "overlap_seconds": 3_600 })), ("a day", json!({}))])
        .answers::<WebhookEndpointCreated>(200, "The endpoint; the new secret is shown here and never again.", endpoint_with_secret())
        .fails([ProblemCode::Conflict])
}

pub(super) fn replay() -> Operation {
    on_endpoint("replay_webhook_events", "Send again what happened since a time")
        .idempotent()
        .takes::<ReplayEvents>(json!({ "since": "2026-03-17T00:00:00Z" }))
        .answers::<Replayed>(202, "They are queued.", json!({ "queued": 12, "has_more": false, "last_event_at": "2026-03-17T14:03:40Z" }))
        .fails([ProblemCode::Conflict])
}

pub(super) fn deliveries() -> Operation {
    on_endpoint("list_webhook_deliveries", "What became of events at an endpoint, newest first")
        .query::<EventId>("after", "The `next_cursor` of the page before.", EVENT)
        .query::<PageSize>("limit", "Entries of the page, 1 to 100; 20 when left out.", 20)
        .query::<DeliveryStatus>("status", "Only those.", "failed")
        .answers::<Page<DeliveryView>>(200, "A page.", json!({ "data": [delivered()], "has_more": true, "next_cursor": EVENT }))
}

pub(super) fn delivery() -> Operation {
    on_delivery("get_webhook_delivery", "What became of one event at an endpoint").answers::<DeliveryView>(200, "The delivery.", delivered())
}

pub(super) fn resend() -> Operation {
    on_delivery("resend_webhook_delivery", "Send one event again, once")
        .idempotent()
        .takes::<Empty>(json!({}))
        .answers::<DeliveryView>(202, "It is queued.", queued())
        .fails([ProblemCode::Conflict])
}
