//! What a holder's wallet lives through: restarts, refreshes, replays, a second device.

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::{CreateSession, SessionState};
use passid_tests::world::{World, approve};
use passid_wallet_core::backup::{HolderSecretChoice, Passphrase};
use serde_json::Value;

fn asking() -> CreateSession {
    CreateSession { permissions: Some(PermissionSet::new([Permission::IdentityVerified]).unwrap()), ..CreateSession::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_outlives_the_app_and_registering_again_changes_nothing() {
    for world in World::on_every_engine().await {
        let wallet = world.amara().await;
        let before = wallet.credentials().await.unwrap();
        wallet.close().await.unwrap();
        drop(wallet);
        let wallet = world.wallet("amara").await;
        wallet.register().await.unwrap();
        assert_eq!(wallet.credentials().await.unwrap(), before, "{}", world.engine);
        let bank = world.institution("Bank").await;
        let session = bank.session(&asking()).await;
        approve(&wallet, &wallet.review(&session.deep_link).await.unwrap()).await.unwrap();
        assert_eq!(bank.poll(&session).await.status, SessionState::Completed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_credential_replaces_the_old_one_and_other_holders_notice_nothing() {
    for world in World::on_every_engine().await {
        let (amara, tobenna) = (world.amara().await, world.holder("tobenna", "Tobenna Eze").await);
        world.clock.advance(120);
        let link = world.link(&amara, "amara", "Amara Osei").await;
        amara.request_credential(link, "GB".parse().unwrap()).await.unwrap();
        let bank = world.institution("Bank").await;
        for wallet in [&tobenna, &amara] {
            let session = bank.session(&asking()).await;
            approve(wallet, &wallet.review(&session.deep_link).await.unwrap()).await.unwrap();
            assert_eq!(bank.poll(&session).await.status, SessionState::Completed, "{}", world.engine);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_credential_proves_nothing() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        world.clock.advance(31 * 86_400);
        let session = bank.session(&asking()).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        assert!(review.obstacle.is_some(), "{}", world.engine);
        assert!(approve(&wallet, &review).await.is_err());
        assert_eq!(bank.poll(&session).await.status, SessionState::Pending);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_link_and_a_strangers_link_open_nothing() {
    for world in World::on_every_engine().await {
        let bank = world.institution("Bank").await;
        let other = world.institution("Other").await;
        let wallet = world.amara().await;
        let session = bank.session(&asking()).await;
        let forged = session.deep_link.replace(&bank.id().to_string(), &other.id().to_string());
        assert!(wallet.review(&forged).await.is_err(), "{}: the institution of the link is not the one that asks", world.engine);
        for text in ["passid://verify-request", "https://verify-request?r=1&i=2", "passid://other?r=1&i=2", &"x".repeat(5_000)] {
            assert!(wallet.review(text).await.is_err());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_from_the_bank_works_once_and_only_with_its_state() {
    for world in World::on_every_engine().await {
        let wallet = world.wallet("amara").await;
        wallet.register().await.unwrap();
        let link = wallet.link_bank("sandbox-bank", "Amara Osei").await.unwrap();
        let page = link.authorization_url.unwrap();
        let back = passid_issuer::sandbox::bank::visitor::approve(&world.client, &page, "amara").await.unwrap();
        let mut forged = back.clone();
        forged.query_pairs_mut().clear().append_pair("code", "stolen").append_pair("state", "guessed");
        assert_eq!(world.client.get(forged).send().await.unwrap().status().as_u16(), 404, "{}", world.engine);
        assert_eq!(world.client.get(back.clone()).send().await.unwrap().status().as_u16(), 200);
        assert_eq!(world.client.get(back).send().await.unwrap().status().as_u16(), 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_at_the_bank_has_linked_nothing() {
    for world in World::on_every_engine().await {
        let wallet = world.wallet("efua").await;
        wallet.register().await.unwrap();
        let link = wallet.link_bank("sandbox-bank", "Efua Mensah").await.unwrap();
        let back = passid_issuer::sandbox::bank::visitor::refuse(&world.client, &link.authorization_url.unwrap(), "efua").await.unwrap();
        assert!(!world.client.get(back).send().await.unwrap().status().is_success());
        assert_eq!(wallet.bank_link(link.link_id).await.unwrap().status.as_str(), "rejected", "{}", world.engine);
        assert!(wallet.request_credential(link.link_id, "GB".parse().unwrap()).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_on_a_sanctions_list_gets_no_credential_and_loses_what_it_had() {
    for world in World::on_every_engine().await {
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let listed = listed_name();
        let link = world.link(&wallet, "amara", &listed).await;
        let refused = wallet.request_credential(link, "GB".parse().unwrap()).await.unwrap_err();
        assert!(refused.to_string().contains("sanctions") || refused.code().contains("sanctions"), "{}: {refused}", world.engine);
        let session = bank.session(&asking()).await;
        let review = wallet.review(&session.deep_link).await.unwrap();
        assert!(approve(&wallet, &review).await.is_err(), "{}", world.engine);
        assert_eq!(bank.poll(&session).await.status, SessionState::Pending);
    }
}

/// The first person of the shipped excerpt, as the public list writes them.
fn listed_name() -> String {
    let list = include_str!("../../issuer/assets/sanctions/sdn.csv");
    let row = list.lines().find(|line| line.contains("\"individual\"")).expect("a person");
    row.split('"').nth(1).expect("a name").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_answered_only_about_itself() {
    for world in World::on_every_engine().await {
        let (amara, tobenna) = (world.amara().await, world.holder("tobenna", "Tobenna Eze").await);
        let own = amara.registration().await.unwrap().unwrap();
        let other = tobenna.registration().await.unwrap().unwrap();
        assert_ne!(own.user_id, other.user_id, "{}", world.engine);
        let answer = world.client.get(world.url.join(&format!("/api/v1/bridge/share/user/{}", other.user_id)).unwrap()).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].as_str().map(str::to_owned)),
            (401, Some("unauthenticated".to_owned()))
        );
    }
}

/// A phone is lost: the backup moves the account to a new one. The old phone is out at once, not when its token ends; whoever restores
/// must sign in to the bank before there is a credential again.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_moves_the_account_to_a_new_phone_and_the_old_one_is_out_at_once() {
    let passphrase = || Passphrase::new("a long passphrase".to_owned());
    for world in World::on_every_engine().await {
        let (old, bank) = (world.amara().await, world.institution("Bank").await);
        let session = bank.session(&asking()).await;
        approve(&old, &old.review(&session.deep_link).await.unwrap()).await.unwrap();
        let file = old.backup(passphrase(), HolderSecretChoice::LeaveOut).await.unwrap();
        let link = world.link(&old, "amara", "Amara Osei").await;

        let new = world.wallet("new phone").await;
        let restored = new.restore(file.clone(), passphrase()).await.unwrap();
        assert_eq!((restored.history_lines, restored.same_applicant), (1, false), "{}", world.engine);
        assert_eq!(Some(restored.user_id), old.registration().await.unwrap().map(|account| account.user_id));

        assert_eq!(old.refresh_credentials().await.unwrap_err().code(), "unauthenticated", "{}", world.engine);
        let states: Vec<_> = new.refresh_credentials().await.unwrap();
        assert!(states.is_empty(), "no credential travels");
        let refused = new.request_credential(link, "GB".parse().unwrap()).await.unwrap_err();
        assert_ne!(refused.code(), "unauthenticated", "the old phone's bank link has ended: {refused}");
        let link = world.link(&new, "amara", "Amara Osei").await;
        new.request_credential(link, "GB".parse().unwrap()).await.unwrap();
        let session = bank.session(&asking()).await;
        approve(&new, &new.review(&session.deep_link).await.unwrap()).await.unwrap();
        assert_eq!(bank.poll(&session).await.status, SessionState::Completed, "{}", world.engine);

        new.withdraw_backups().await.unwrap();
        let third = world.wallet("third phone").await;
        assert_eq!(third.restore(file, passphrase()).await.unwrap_err().code(), "backup_withdrawn", "{}", world.engine);
    }
}
