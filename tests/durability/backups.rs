//! A backup taken from a server under load, and a server started on what it restores.

use passid_issuer::network;
use passid_tests::institution::Institution;
use passid_tests::program;
use passid_tests::receiver::Receiver;
use passid_tests::server::Server;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::load;

fn run(arguments: &[&str]) -> (bool, String) {
    let output = program::run(arguments);
    (output.status.success(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_comes_back_from_its_backup_and_its_master_key() {
    let directory = tempfile::tempdir().unwrap();
    let (data, other) = (directory.path().join("data"), directory.path().join("other"));
    let client = network::client().unwrap();
    let server = Server::start(&data, &[]).await;
    let institution = Institution::onboard(client.clone(), server.url.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    let receiver = Receiver::start().await;
    institution.webhook(&receiver.url).await;
    let before = load::verify(&client, &server.url, &institution, &load::key()).await.unwrap();

    let loading = tokio::spawn({
        let (client, base, institution) = (client.clone(), server.url.clone(), institution.clone());
        async move { while load::verify(&client, &base, &institution, &load::key()).await.is_some() {} }
    });
    let backup = directory.path().join("backup.db");
    let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
    let (data_text, backup_text, other_text, key) = (text(&data), text(&backup), text(&other), text(&data.join("master.key")));
    let (well, said) = tokio::task::spawn_blocking({
        let (data, backup) = (data_text.clone(), backup_text.clone());
        move || run(&["backup", "--data", &data, "--to", &backup])
    })
    .await
    .unwrap();
    assert!(well, "{said}");
    drop(server);
    loading.await.unwrap();

    let (well, said) = run(&["restore", "--data", &data_text, "--from", &backup_text]);
    assert!(!well && said.contains("exists"), "a database that is there is not overwritten: {said}");
    let (well, said) = run(&["restore", "--data", &other_text, "--from", &backup_text]);
    assert!(well, "{said}");
    std::fs::copy(&key, other.join("master.key")).unwrap();
    let mut server = Server::start(&other, &[]).await;
    let (status, found) = institution.at(server.url.clone()).read(&format!("/v1/verifications/{before}")).await;
    assert_eq!((status, found["verification_id"].as_str()), (200, Some(before.as_str())));
    assert!(load::verify(&client, &server.url, &institution, &load::key()).await.is_some(), "it works on");
    assert!(server.stop());

    let (well, said) = run(&["doctor", "--data", &other_text]);
    assert!(well && said.contains("each chained to the one before"), "{said}");
    std::fs::write(other.join("master.key"), "ab".repeat(32)).unwrap();
    let (well, said) = run(&["doctor", "--data", &other_text]);
    assert!(!well && said.contains("does not open under this master key"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_replaced_while_the_server_runs() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().to_str().unwrap().to_owned();
    let client = network::client().unwrap();
    let server = Server::start(directory.path(), &[]).await;
    let institution = Institution::onboard(client.clone(), server.url.clone(), "Meridian", StdRng::seed_from_u64(1)).await;
    let receiver = Receiver::start().await;
    institution.webhook(&receiver.url).await;
    let (well, said) = run(&["keys", "rotate", "sandbox", "credential", "--ahead", "60", "--data", &data]);
    assert!(well, "{said}");
    let kid = said.split_whitespace().next().unwrap().to_owned();
    let (well, said) = run(&["keys", "rotate", "sandbox", "credential", "--ahead", "60", "--data", &data]);
    assert!(!well && said.contains("under way"), "{said}");
    let (well, said) = run(&["keys", "withdraw", &kid, "--data", &data]);
    assert!(!well && said.contains("still signs"), "{said}");
    for step in ["prepare", "activate", "again"] {
        let (well, said) = run(&["keys", "sealing", step, "--data", &data]);
        assert!(well, "{step}: {said}");
    }
    drop(server);

    // With the file of two keys, everything opens: signing keys, and the secret the next event is signed with.
    let mut server = Server::start(directory.path(), &[]).await;
    let keys: serde_json::Value = client.get(server.url.join("/.well-known/jwks.json").unwrap()).send().await.unwrap().json().await.unwrap();
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid.as_str()), "the new key is published before it signs");
    let verification = load::verify(&client, &server.url, &institution, &load::key()).await.unwrap();
    receiver.wait_until(|received| load::events(received).contains_key(&verification)).await;
    assert!(server.stop());
}
