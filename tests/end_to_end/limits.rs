//! Bad input: a typed problem that says what to do, and nothing lost.

use passid_api::INSTITUTION_KEY_HEADER;
use passid_tests::world::World;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn malformed_bodies_get_a_problem_with_a_pointer() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let cases: [(&str, String, u16, &str); 12] = [
            ("/v1/sessions", "{".to_owned(), 400, ""),
            ("/v1/sessions", "[]".to_owned(), 400, ""),
            ("/v1/sessions", r#"{"permissions":["inkome"]}"#.to_owned(), 400, "/permissions"),
            ("/v1/sessions", r#"{"permissions":[]}"#.to_owned(), 400, "/permissions"),
            ("/v1/sessions", r#"{"ttlSeconds":3601}"#.to_owned(), 400, "/ttlSeconds"),
            ("/v1/sessions", r#"{"ttlSeconds":-1}"#.to_owned(), 400, "/ttlSeconds"),
            ("/v1/sessions", r#"{"unknown":1}"#.to_owned(), 400, "/unknown"),
            ("/v1/sessions", r#"{"predicates":[{"claim":"income_band","operator":">=","bound":1}]}"#.to_owned(), 400, "/predicates"),
            ("/v1/sessions", r#"{"predicates":[{"claim":"income_monthly","operator":">=","bound":281474976710656}]}"#.to_owned(), 400, "/predicates"),
            ("/v1/sessions", format!("{{\"a\":{}{}}}", "[".repeat(500), "]".repeat(500)), 400, "/a"),
            ("/v1/verify", "{}".to_owned(), 400, ""),
            ("/v1/verify", format!("{{\"token\":\"{}\"}}", "A".repeat(70_000)), 413, ""),
        ];
        for (path, body, status, pointer) in cases {
            let request = world.client.post(world.url.join(path).unwrap()).header(INSTITUTION_KEY_HEADER, &bank.onboarded.keys.sandbox.secret);
            let answer = request.header("content-type", "application/json").body(body.clone()).send().await.unwrap();
            let shown: String = body.chars().take(60).collect();
            assert_eq!(answer.status().as_u16(), status, "{}: {shown}", world.engine);
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert_eq!(answer.headers()["x-passid-api-version"], "1");
            let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
            let problem: Value = answer.json().await.unwrap();
            assert_eq!((problem["status"].as_u64(), problem["request_id"].as_str()), (Some(u64::from(status)), Some(request_id.as_str())));
            if !pointer.is_empty() {
                assert!(problem["errors"][0]["pointer"].as_str().is_some_and(|found| found.starts_with(pointer)), "{shown}: {problem}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_media_types_bad_text_and_unknown_addresses_are_told_apart() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let request = || world.client.post(world.url.join("/v1/verify").unwrap()).header(INSTITUTION_KEY_HEADER, &bank.onboarded.keys.sandbox.secret);
        let xml = request().header("content-type", "text/xml").body("<token/>").send().await.unwrap();
        assert_eq!(xml.status().as_u16(), 415, "{}", world.engine);
        let bytes = request().header("content-type", "application/json").body(vec![b'{', 0xff, b'}']).send().await.unwrap();
        assert_eq!(bytes.status().as_u16(), 400);
        let unknown = world.client.get(world.url.join("/v1/nothing").unwrap()).send().await.unwrap();
        assert_eq!((unknown.status().as_u16(), unknown.json::<Value>().await.unwrap()["code"].clone()), (404, json!("not_found")));
        let method = world.client.delete(world.url.join("/v1/sessions").unwrap()).send().await.unwrap();
        assert_eq!((method.status().as_u16(), method.json::<Value>().await.unwrap()["code"].clone()), (405, json!("method_not_allowed")));
        let key = request().header("idempotency-key", "x".repeat(256)).json(&json!({"token": "x"})).send().await.unwrap();
        assert_eq!(key.status().as_u16(), 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_discovery_and_the_published_documents_answer_without_a_key() {
    for world in World::on_every_engine().await {
        for path in ["/healthz", "/readyz", "/api/v1", "/.well-known/jwks.json", "/.well-known/passid-issuer", "/v1/circuit", "/v1/tree/head?environment=live"]
        {
            let answer = world.client.get(world.url.join(path).unwrap()).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{}: {path}", world.engine);
        }
        let bad = world.client.get(world.url.join("/v1/tree/head?environment=moon").unwrap()).send().await.unwrap();
        assert_eq!(bad.status().as_u16(), 400);
    }
}
