//! A holder takes everything that is kept about them, and has it erased.

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_issuer::access::{self, Subject};
use passid_issuer::credential::tree;
use passid_tests::world::World;
use serde_json::Value;

async fn text(world: &World, sql: &'static str) -> String {
    let mut reader = world.service.store.reader().await.unwrap();
    reader.fetch_optional(sql, Vec::new()).await.unwrap().unwrap().get("found").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_exported_and_after_erasing_only_what_the_tree_needs_is_left() {
    for world in World::on_every_engine().await {
        let _wallet = world.amara().await;
        let user: UserId = text(&world, "SELECT id AS found FROM wallet_users").await.parse().unwrap();
        let commitment = text(&world, "SELECT holder_commitment AS found FROM wallet_users").await;
        let subject = Subject::Wallet { sub: user, environment: Environment::Sandbox, device: 0 };
        let token = access::issue(&world.service.keys, world.service.config.issuer(), subject, world.service.clock.now()).unwrap();
        let account = world.url.join("/v1/wallet/account").unwrap();
        let get = || world.client.get(account.clone()).bearer_auth(&token).send();

        let exported: Value = get().await.unwrap().json().await.unwrap();
        assert_eq!(exported["account"]["holder_commitment"], commitment.as_str(), "{}", world.engine);
        assert_eq!(exported["bank_links"][0]["declared_name"], "Amara Osei");
        assert_eq!(exported["screening"]["names"][0], "Amara Osei", "what is kept to screen again");
        assert_eq!(exported["credentials"].as_array().unwrap().len(), 1);
        assert!(exported["credentials"][0]["revoked_at"].is_null());

        let nobody = world.client.delete(account.clone()).send().await.unwrap();
        assert_eq!(nobody.status().as_u16(), 401);
        let erased = world.client.delete(account.clone()).bearer_auth(&token).send().await.unwrap();
        assert_eq!(erased.status().as_u16(), 204, "{}", world.engine);
        assert_eq!(get().await.unwrap().status().as_u16(), 401, "the token ended with the account");

        let left = text(&world, "SELECT holder_commitment AS found FROM wallet_users").await;
        assert!(!left.contains(&commitment), "{left}");
        let links =
            "SELECT status || provider || CAST(LENGTH(sealed_name) AS TEXT) || COALESCE(CAST(LENGTH(sealed_tokens) AS TEXT), 'none') AS found FROM bank_links";
        assert_eq!(text(&world, links).await, "revoked0none", "{}", world.engine);
        assert_eq!(text(&world, "SELECT CAST(COUNT(*) AS TEXT) AS found FROM screened_holders").await, "0", "{}", world.engine);
        let mut reader = world.service.store.reader().await.unwrap();
        let state = passid_issuer::store::trees::state(&mut reader, Environment::Sandbox).await.unwrap();
        assert_eq!((state.size, state.revocations), (1, 1), "the credential is revoked in the tree");
        tree::check_chain(&mut reader, Environment::Sandbox).await.unwrap();
    }
}
