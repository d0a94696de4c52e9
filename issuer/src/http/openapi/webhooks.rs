//! The events that endpoints receive, as the document's `webhooks`.

use serde_json::{Map, Value, json};

use passid_api::webhook::{Envelope, EventKind, ID_HEADER, SIGNATURE_HEADER, STANDARD_SIGNATURE_HEADER, TIMESTAMP_HEADER};

use super::examples;
use super::schemas::Schemas;

/// One entry for each kind of event, under its name.
pub(super) fn webhooks(schemas: &mut Schemas) -> Map<String, Value> {
    let envelope = schemas.written(schemars::SchemaGenerator::subschema_for::<Envelope>);
    EventKind::ALL.iter().map(|kind| (kind.to_string(), json!({ "post": received(*kind, &envelope) }))).collect()
}

const fn when(kind: EventKind) -> &'static str {
    match kind {
        EventKind::VerificationCompleted => "A token, code or session was verified",
        EventKind::VerificationFailed => "A token, code or session was refused",
        EventKind::OutcomeReported => "An outcome was reported",
        EventKind::WebhookTest => "A test event was asked for",
    }
}

fn received(kind: EventKind, envelope: &Value) -> Value {
    let header =
        |name: &str, description: &str| json!({ "in": "header", "name": name, "description": description, "required": true, "schema": { "type": "string" } });
    let schema = json!({ "allOf": [envelope, { "type": "object", "properties": { "event": { "const": kind.to_string() } } }] });
    json!({
        "operationId": format!("receive_{}", kind.to_string().replace('.', "_")),
        "tags": ["Webhooks"],
        "summary": when(kind),
        "description": "Check the signature over the raw body before you read it. Events may arrive twice and in any order; `id` tells them apart.",
        "parameters": [
            header(ID_HEADER, "The event's identifier, the same over all attempts."),
            header(TIMESTAMP_HEADER, "When this attempt was made, in seconds since the epoch."),
            header(STANDARD_SIGNATURE_HEADER, "Standard Webhooks: `v1,` and base64 of HMAC-SHA256; two of them during a rotation."),
            header(SIGNATURE_HEADER, "`sha256=` and hexadecimal HMAC-SHA256 over the body."),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": schema, "examples": { "example": { "value": examples::event(kind) } } } },
        },
        "responses": {
            "2XX": { "description": "Received. Answer within ten seconds and work on it afterwards." },
            "410": { "description": "Send no more: the endpoint is disabled." },
            "default": { "description": "It is tried again, five times in all." },
        },
    })
}
