//! What is another's is not there; what a key may not do it is told.

use passid_api::INSTITUTION_KEY_HEADER;
use passid_api::session::CreateSession;
use passid_tests::world::World;
use serde_json::Value;

/// The routes of the verifier's surface an institution key opens, with what stands in for the identifier.
const KEYED: [(&str, &str); 8] = [
    ("POST", "/v1/verify"),
    ("POST", "/api/v1/bridge/verify"),
    ("GET", "/api/v1/bridge/verify/2345-6789-ABCD"),
    ("GET", "/v1/verifications/{verification}"),
    ("GET", "/v1/verifications/{verification}/evidence"),
    ("POST", "/v1/sessions"),
    ("GET", "/v1/sessions/{session}"),
    ("GET", "/v1/sessions/{session}/qr"),
];

async fn call(world: &World, method: &str, path: &str, key: Option<&str>) -> (u16, Value) {
    let address = world.url.join(path).unwrap();
    let mut request = match method {
        "POST" => world.client.post(address).json(&serde_json::json!({})),
        _ => world.client.get(address),
    };
    if let Some(key) = key {
        request = request.header(INSTITUTION_KEY_HEADER, key);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_a_wrong_key_and_a_live_key_are_refused_everywhere() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let secret = &bank.onboarded.keys.sandbox.secret;
        let mistyped = format!("{}{}", &secret[..secret.len() - 1], if secret.ends_with('a') { 'b' } else { 'a' });
        let session = bank.session(&CreateSession::default()).await.request_id.to_string();
        let verification = bank.verify("2345-6789-ABCD").await.verification_id.to_string();
        for (method, path) in KEYED {
            let path = path.replace("{session}", &session).replace("{verification}", &verification);
            for key in [None, Some("sk_sandbox_nonsense"), Some(mistyped.as_str())] {
                let (status, problem) = call(&world, method, &path, key).await;
                assert_eq!((status, &problem["code"]), (401, &Value::from("unauthenticated")), "{}: {method} {path}", world.engine);
            }
            let (status, problem) = call(&world, method, &path, Some(&bank.onboarded.keys.live.secret)).await;
            assert_eq!((status, &problem["code"]), (403, &Value::from("live_mode_not_enabled")), "{}: {method} {path}", world.engine);
            assert!(problem["request_id"].as_str().unwrap().starts_with("rid_"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_institutions_things_are_not_there() {
    for world in World::on_every_engine().await {
        let (bank, other) = (world.institution("Bank").await, world.institution("Other").await);
        let session = bank.session(&CreateSession::default()).await.request_id.to_string();
        let verification = bank.verify("2345-6789-ABCD").await.verification_id.to_string();
        for (method, path) in KEYED.into_iter().filter(|(_, path)| path.contains('{') || path.contains("/verify/")) {
            let path = path.replace("{session}", &session).replace("{verification}", &verification);
            let (status, _) = call(&world, method, &path, Some(&other.onboarded.keys.sandbox.secret)).await;
            assert_eq!(status, 404, "{}: {method} {path}", world.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publishable_key_reads_only_the_session_whose_secret_it_shows() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let publishable = &bank.onboarded.keys.sandbox.publishable;
        let session = bank.session(&CreateSession::default()).await;
        let path = format!("/v1/sessions/{}", session.request_id);
        assert_eq!(call(&world, "GET", &path, Some(publishable)).await.0, 404, "{}", world.engine);
        for (secret, expected) in [(session.client_secret.as_str(), 200), ("cs_wrong", 404)] {
            let request = world.client.get(world.url.join(&path).unwrap()).header(INSTITUTION_KEY_HEADER, publishable);
            let answer = request.header("x-passid-client-secret", secret).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), expected);
        }
        let verification = bank.verify("2345-6789-ABCD").await.verification_id;
        let (status, problem) = call(&world, "GET", &format!("/v1/verifications/{verification}"), Some(publishable)).await;
        assert_eq!((status, &problem["code"]), (403, &Value::from("wrong_key_kind")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_one_kind_do_not_open_what_is_for_another() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let institution_token = &bank.onboarded.access_token;
        for path in ["/v1/wallet/credentials", "/v1/wallet/bank-links"] {
            let answer = world.client.get(world.url.join(path).unwrap()).bearer_auth(institution_token).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 401, "{}: {path}", world.engine);
        }
        world.clock.advance(601);
        let answer = world.client.get(world.url.join("/v1/institution").unwrap()).bearer_auth(institution_token).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "an access token lasts ten minutes");
    }
}
