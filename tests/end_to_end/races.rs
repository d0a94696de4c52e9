//! What may happen once happens once, however many ask at the same moment and whichever server they ask.

use futures_util::future::join_all;
use passid_tests::world::World;
use serde_json::{Value, json};

/// Sends the body to both servers in turn, 40 times at once. Returns statuses and bodies.
async fn race(world: &World, path: &str, key: Option<&str>, body: Value) -> Vec<(u16, Value)> {
    let servers = [world.url.clone(), world.second_server().await];
    let asked = (0..40).map(|number| {
        let request = world.client.post(servers[number % 2].join(path).unwrap()).json(&body);
        let request = key.iter().fold(request, |request, key| request.header("x-institution-key", *key));
        tokio::spawn(async move {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap())
        })
    });
    join_all(asked).await.into_iter().map(Result::unwrap).collect()
}

fn count(answers: &[(u16, Value)], status: u16) -> usize {
    answers.iter().filter(|(found, _)| *found == status).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_exchanged_once_and_its_reuse_ends_the_sign_in() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let path = "/api/institution/token/refresh";
        let answers = race(&world, path, None, json!({ "refresh_token": bank.onboarded.refresh_token })).await;
        assert_eq!((count(&answers, 200), count(&answers, 401)), (1, 39), "{}: {answers:?}", world.engine);
        let (_, winner) = answers.iter().find(|(status, _)| *status == 200).unwrap();
        let next = world.client.post(world.url.join(path).unwrap()).json(&json!({ "refresh_token": winner["refresh_token"] })).send().await.unwrap();
        assert_eq!(next.status().as_u16(), 401, "{}: what followed from a token used twice is worth nothing", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_reported_once() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let token = "KE8V-3TXY-Z72L";
        assert!(bank.verify(token).await.credential_valid, "{}", world.engine);
        let body = json!({ "token": token, "outcome": "repaid" });
        let answers = race(&world, "/v1/outcome", Some(&bank.onboarded.keys.sandbox.secret), body).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 39), "{}: {answers:?}", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_rotated_once() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let keys = world.client.get(world.url.join("/v1/institution/keys").unwrap()).bearer_auth(&bank.onboarded.access_token);
        let keys: Value = keys.send().await.unwrap().json().await.unwrap();
        let id = keys["data"].as_array().unwrap().iter().find(|key| key["kind"] == "sk" && key["environment"] == "sandbox").unwrap()["id"].clone();
        let servers = [world.url.clone(), world.second_server().await];
        let asked = (0..20).map(|number| {
            let address = servers[number % 2].join(&format!("/v1/institution/keys/{}/rotate", id.as_str().unwrap())).unwrap();
            let request = world.client.post(address).bearer_auth(&bank.onboarded.access_token).json(&json!({}));
            tokio::spawn(async move { request.send().await.unwrap().status().as_u16() })
        });
        let statuses: Vec<u16> = join_all(asked).await.into_iter().map(Result::unwrap).collect();
        let rotated = statuses.iter().filter(|status| **status < 300).count();
        assert_eq!(rotated, 1, "{}: {statuses:?}", world.engine);
    }
}
