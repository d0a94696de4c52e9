//! Puts the document together.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use passid_api::problem::{FieldError, Problem, ProblemCode};
use passid_api::{API_VERSION, INSTITUTION_KEY_HEADER};

use super::operation::{Chapter, Operation};
use super::routes::Served;
use super::schemas::Schemas;
use super::webhooks;

const DESCRIPTION: &str = "PASSID verifies what people prove about their finances; the institution decides.\n\n\
    Times are RFC 3339 in UTC. Amounts of money are minor units unless said otherwise. Failed requests answer an RFC 9457 problem \
    document whose `code` is one of a closed set; `type` is the address of a page about it. Every answer carries `X-Request-Id`; \
    quote it when asking for help.";

/// One operation of the document: how it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name, `<verb>_<resource>`.
    pub id: &'static str,
    /// The method, in capitals.
    pub method: String,
    /// The path, parameters in braces.
    pub path: String,
    /// Who may call.
    pub caller: super::Caller,
}

/// Every operation of the document, in the order of the routes.
pub fn operations() -> &'static [Listed] {
    static OPERATIONS: OnceLock<Vec<Listed>> = OnceLock::new();
    OPERATIONS.get_or_init(|| {
        let list = crate::http::documented_routes().served.into_iter();
        list.map(|served| Listed { id: served.operation.id, method: served.method.to_uppercase(), path: served.path, caller: served.operation.caller })
            .collect()
    })
}

/// The OpenAPI document, the same for every issuer.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| build(crate::http::documented_routes().served))
}

fn build(served: Vec<Served>) -> Value {
    let mut schemas = Schemas::new();
    let problem = schemas.written(schemars::SchemaGenerator::subschema_for::<Problem>);
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for Served { method, path, operation } in served {
        let described = describe(&mut schemas, &problem, operation);
        paths.entry(path).or_default().insert(method.to_owned(), described);
    }
    let webhooks = webhooks::webhooks(&mut schemas);
    let tags: Vec<Value> = Chapter::ALL.iter().map(|chapter| json!({ "name": chapter.title(), "description": chapter.about() })).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "PASSID",
            "version": API_VERSION,
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "tags": tags,
        "paths": paths,
        "webhooks": webhooks,
        "components": { "schemas": schemas.finish(), "securitySchemes": security_schemes(), "headers": headers(), "examples": problem_examples() },
    })
}

fn security_schemes() -> Value {
    let key = |description: &str| json!({ "type": "apiKey", "in": "header", "name": INSTITUTION_KEY_HEADER, "description": description });
    let bearer = |description: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": description });
    json!({
        "secretKey": key("An institution's secret key, `sk_sandbox_…` or `sk_live_…`; for servers."),
        "publishableKey": key("An institution's publishable key, `pk_sandbox_…` or `pk_live_…`; for pages of registered origins."),
        "institutionToken": bearer("The access token of a signed-in institution user; ten minutes."),
        "walletToken": bearer("The access token of a signed-in wallet; ten minutes."),
    })
}

fn headers() -> Value {
    let text = |description: &str, example: &str| json!({ "description": description, "schema": { "type": "string" }, "example": example });
    json!({
        "RequestId": text("Names this request; quote it when asking for help.", "rid_01hzk3vw0kg9qm2x7r4c8t5y6d"),
        "ApiVersion": text("The version that answered.", API_VERSION),
        "IdempotentReplayed": text("`true` when this is the stored answer to an earlier request with the same key.", "true"),
        "RetryAfter": { "description": "Seconds after which to try again.", "schema": { "type": "integer", "minimum": 0 }, "example": 30 },
    })
}

fn answer_headers() -> Map<String, Value> {
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    [("X-Request-Id".to_owned(), reference("RequestId")), ("X-PASSID-API-Version".to_owned(), reference("ApiVersion"))].into_iter().collect()
}

fn named(examples: Vec<(&'static str, Value)>) -> Value {
    Value::Object(examples.into_iter().map(|(name, value)| (name.to_owned(), json!({ "value": value }))).collect())
}

fn describe(schemas: &mut Schemas, problem: &Value, operation: Operation) -> Value {
    let mut described = Map::new();
    described.insert("operationId".to_owned(), json!(operation.id));
    described.insert("tags".to_owned(), json!([operation.chapter.title()]));
    described.insert("summary".to_owned(), json!(operation.summary));
    if !operation.description.is_empty() {
        described.insert("description".to_owned(), json!(operation.description));
    }
    described.insert("security".to_owned(), operation.caller.security());
    let mut parameters: Vec<Value> = Vec::new();
    for parameter in &operation.parameters {
        parameters.push(json!({
            "in": parameter.place,
            "name": parameter.name,
            "description": parameter.description,
            "required": parameter.required,
            "schema": schemas.read(parameter.schema),
            "example": parameter.example,
        }));
    }
    if operation.idempotent {
        parameters.push(json!({
            "in": "header",
            "name": "Idempotency-Key",
            "description": "Makes a retry safe: the same key with the same body answers as the first time, for 24 hours.",
            "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$" },
            "example": "7f1c2f0e-5d0b-4a39-9f0a-1f6f1f0c9f11",
        }));
    }
    if !parameters.is_empty() {
        described.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(body) = operation.body {
        let content = json!({ "application/json": { "schema": schemas.read(body.schema), "examples": named(body.examples) } });
        described.insert("requestBody".to_owned(), json!({ "required": body.required, "content": content }));
    }
    let mut responses = Map::new();
    for (status, answer) in operation.answers {
        let mut headers = answer_headers();
        if operation.idempotent {
            headers.insert("Idempotent-Replayed".to_owned(), json!({ "$ref": "#/components/headers/IdempotentReplayed" }));
        }
        let mut response = json!({ "description": answer.description, "headers": headers });
        if !answer.contents.is_empty() {
            let contents: Map<String, Value> = answer
                .contents
                .into_iter()
                .map(|content| {
                    let body = json!({ "schema": schemas.written(content.schema), "examples": named(content.examples) });
                    (content.media_type.to_owned(), body)
                })
                .collect();
            response["content"] = Value::Object(contents);
        }
        responses.insert(status.to_string(), response);
    }
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in operation.problems {
        by_status.entry(code.status()).or_default().push(code);
    }
    for (status, codes) in by_status {
        responses.insert(status.to_string(), refusal(problem, status, &codes));
    }
    described.insert("responses".to_owned(), Value::Object(responses));
    Value::Object(described)
}

fn refusal(problem: &Value, status: u16, codes: &[ProblemCode]) -> Value {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{code}`: {}", code.title())).collect();
    let examples: Map<String, Value> = codes.iter().map(|code| (code.to_string(), json!({ "$ref": format!("#/components/examples/{code}") }))).collect();
    let mut headers = answer_headers();
    if status == ProblemCode::RateLimited.status() {
        headers.insert("Retry-After".to_owned(), json!({ "$ref": "#/components/headers/RetryAfter" }));
    }
    json!({
        "description": lines.join("\n\n"),
        "headers": headers,
        "content": { "application/problem+json": { "schema": problem, "examples": examples } },
    })
}

/// One example for each code, referred to wherever the code may be answered.
fn problem_examples() -> Map<String, Value> {
    ProblemCode::ALL.iter().map(|code| (code.to_string(), json!({ "summary": code.title(), "value": example_problem(*code) }))).collect()
}

/// A problem of this code as a caller meets it.
pub(super) fn example_problem(code: ProblemCode) -> Problem {
    let mut problem = Problem::new(code, code.advice());
    "rid_01hzk3vw0kg9qm2x7r4c8t5y6d".clone_into(&mut problem.request_id);
    match code {
        ProblemCode::MalformedRequest => {
            let message = "Choose 30 to 3600 seconds.".to_owned();
            problem.errors.push(FieldError { pointer: "/ttlSeconds".to_owned(), code: "invalid".to_owned(), message });
        }
        ProblemCode::RateLimited => problem.retry_after = Some(30),
        _ => {}
    }
    problem
}
