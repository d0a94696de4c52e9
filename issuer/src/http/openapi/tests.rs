//! The document is what is served, whole, and what is committed.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use passid_api::problem::ProblemCode;

use super::{Caller, document, operations};
use crate::http::router;
use crate::institution::testing::{Api, Workspace};
use crate::store::testing::sqlite;
use crate::testing::TestIssuer;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../api/openapi.json");

/// Every operation with its path, method and description.
fn described() -> Vec<(String, String, Value)> {
    let paths = document()["paths"].as_object().unwrap();
    let each = |(path, item): (&String, &Value)| {
        item.as_object().unwrap().iter().map(|(method, operation)| (path.clone(), method.clone(), operation.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(each).collect()
}

#[test]
fn the_committed_document_is_the_present_one() {
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(COMMITTED).unwrap()).unwrap();
    if &committed != document() {
        let present = std::env::temp_dir().join("passid-openapi.json");
        std::fs::write(&present, serde_json::to_string_pretty(document()).unwrap() + "\n").unwrap();
        panic!("the API changed: run `cargo run -p passid -- openapi > api/openapi.json` and review the difference; {} holds it too", present.display());
    }
}

#[test]
fn every_example_fits_its_schema() {
    let mut checked = 0;
    let mut check = |schema: &Value, example: &Value, place: &str| {
        let mut whole = schema.clone();
        whole["components"] = document()["components"].clone();
        let validator = jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{place}: {error}"));
        let errors: Vec<String> = validator.iter_errors(example).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{place}: {errors:?}\n{example:#}");
        checked += 1;
    };
    for (path, method, operation) in described() {
        let bodies = std::iter::once(("request".to_owned(), &operation["requestBody"]));
        let responses = operation["responses"].as_object().unwrap().iter().map(|(status, response)| (status.clone(), response));
        for (place, body) in bodies.chain(responses) {
            for (media, content) in body["content"].as_object().into_iter().flatten() {
                let examples = content["examples"].as_object().unwrap();
                assert!(!examples.is_empty(), "{method} {path} {place} {media} shows no example");
                for (name, example) in examples {
                    let example = example["$ref"].as_str().map_or(example, |pointer| document().pointer(&pointer[1..]).unwrap());
                    check(&content["schema"], &example["value"], &format!("{method} {path} {place} {name}"));
                }
            }
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            check(&parameter["schema"], &parameter["example"], &format!("{method} {path} {}", parameter["name"]));
        }
    }
    assert!(checked > 200, "{checked} examples");
}

#[test]
fn operations_have_names_of_one_form_and_say_how_they_fail() {
    let verbs = [
        "verify",
        "get",
        "list",
        "create",
        "update",
        "delete",
        "replace",
        "fulfill",
        "decline",
        "revoke",
        "rotate",
        "replay",
        "resend",
        "test",
        "onboard",
        "login",
        "logout",
        "refresh",
        "register",
        "issue",
        "complete",
        "rebind",
        "reconfirm",
        "set",
        "report",
        "package",
        "stream",
    ];
    let mut seen = BTreeSet::new();
    for (path, method, operation) in described() {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(verbs.contains(&id.split('_').next().unwrap()), "{id} begins with no known verb");
        assert!(seen.insert(id.clone()), "{id} names two operations");
        for status in ["429", "500"] {
            assert!(operation["responses"].get(status).is_some(), "{method} {path} does not say {status}");
        }
        let braces: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named: Vec<&str> = parameters.iter().filter(|parameter| parameter["in"] == "path").map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(braces, named, "{method} {path}");
    }
    assert_eq!(seen.len(), operations().len());
}

/// axum does not list its routes, but prints them.
fn routed(printed: &str) -> BTreeSet<String> {
    let starts = printed.match_indices("\"/").map(|(index, _)| index + 1);
    let paths = starts.filter_map(|start| printed[start..].split('"').next());
    paths.filter(|path| *path != "/" && !path.contains("__private__")).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_to_endpoints_is_what_the_document_says() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    let workspace = Workspace::onboard(&api, "ada@meridian.example").await;
    let headers = [("x-institution-key", workspace.onboarded.keys.sandbox.secret.as_str())];
    for (path, body) in [
        ("/v1/verify", json!({ "token": "PASSID-SANDBOX-TIER1AAA" })),
        ("/v1/verify", json!({ "token": "PASSID-SANDBOX-EXPIRED" })),
        ("/v1/outcome", json!({ "token": "PASSID-SANDBOX-TIER1AAA", "outcome": "repaid" })),
    ] {
        let answer = api.call(Method::POST, path, &headers, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }
    let written = issuer.service.store.reader().await.unwrap().fetch_all("SELECT kind, body FROM events ORDER BY id", Vec::new()).await.unwrap();
    assert_eq!(written.len(), 3);
    for row in written {
        let (kind, body): (String, Value) = (row.get("kind").unwrap(), row.json("body").unwrap());
        let mut schema = document()["webhooks"][&kind]["post"]["requestBody"]["content"]["application/json"]["schema"].clone();
        schema["components"] = document()["components"].clone();
        let errors: Vec<String> = jsonschema::validator_for(&schema).unwrap().iter_errors(&body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}\n{body:#}");
        let example = &document()["webhooks"][&kind]["post"]["requestBody"]["content"]["application/json"]["examples"]["example"]["value"];
        let fields = |data: &Value| data.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert!(fields(&example["data"]).is_subset(&fields(&body["data"])), "{kind}: the example shows fields that are not sent: {example:#}\n{body:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_document() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let routes = routed(&format!("{:?}", router(issuer.service)));
    assert!(routes.contains("/v1/verify") && routes.len() > 30, "the router prints its routes otherwise now: {routes:?}");
    let documented: BTreeSet<String> = described().into_iter().map(|(path, ..)| path).collect();
    // Pages for people, and what only the operator's monitoring reads, are no part of the API.
    let pages = ["/dashboard", "/status", "/assets", "/metrics"];
    let missing: Vec<&String> = routes.difference(&documented).filter(|path| !pages.iter().any(|page| path.starts_with(page))).collect();
    assert!(missing.is_empty(), "routes that the document does not know: {missing:?}");
    let gone: Vec<&String> = documented.difference(&routes).collect();
    assert!(gone.is_empty(), "described but not routed: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn document_and_discovery_are_served_alike() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    let served = api.call(Method::GET, "/openapi.json", &[], &Value::Null).await;
    assert_eq!((served.status.as_u16(), &served.body), (200, document()));
    let discovery = api.call(Method::GET, "/api/v1", &[], &Value::Null).await;
    let endpoints = discovery.body["endpoints"].as_object().unwrap();
    assert_eq!(endpoints["verify_token"], json!("POST /v1/verify"));
    assert_eq!(endpoints.len(), operations().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_without_a_key_are_refused_wherever_the_document_says_so() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    for operation in operations().iter().filter(|operation| operation.caller != Caller::Anyone) {
        let path = operation.path.replace(['{', '}'], "");
        let answer = api.call(operation.method.parse().unwrap(), &path, &[], &Value::Null).await;
        assert_eq!(answer.code(), "unauthenticated", "{} {}", operation.method, operation.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_names_the_address_of_its_page() {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let refused = Api::new(&issuer.service).call(Method::GET, "/v1/nothing", &[], &Value::Null).await;
    assert_eq!(refused.body["type"], json!("http://127.0.0.1:8420/problems/not_found"));
    for code in ProblemCode::ALL {
        let request = Request::get(format!("/problems/{code}")).body(Body::empty()).unwrap();
        let response = router(issuer.service.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{code}");
        let html = String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        assert!(html.contains(code.advice()) && html.contains(code.title()), "{code}: {html}");
    }
}
