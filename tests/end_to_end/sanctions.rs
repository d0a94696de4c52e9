//! Sanctions lists change under holders who have credentials already.

use std::path::Path;
use std::sync::Arc;

use passid_api::ids::UserId;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::{CreateSession, SessionState};
use passid_api::verify::{DenyReason, ReasonCode};
use passid_api::wallet::DeclaredPerson;
use passid_issuer::screening::clearance::{self, ClearanceError};
use passid_issuer::screening::update::{self, Loaded};
use passid_issuer::screening::{UpdateError, follow, holders, log};
use passid_issuer::store;
use passid_tests::world::{World, approve};
use passid_wallet_core::Wallet;
use passid_wallet_core::consent::KeystoreApproval;
use passid_wallet_core::presentation::PresentationControl;
use passid_wallet_core::share::ShareOptions;
use serde_json::json;

/// A list in OFAC's form: number, name, remarks.
fn write(directory: &Path, persons: &[(u32, &str, &str)]) {
    std::fs::create_dir_all(directory).unwrap();
    let row = |(number, name, remarks): &(u32, &str, &str)| {
        format!("{number},\"{name}\",\"individual\",\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"{remarks}\"\r\n")
    };
    std::fs::write(directory.join("sdn.csv"), persons.iter().map(row).collect::<String>() + "\u{1a}").unwrap();
}

async fn load(world: &World, persons: &[(u32, &str, &str)]) -> Result<Loaded, UpdateError> {
    let directory = world.directory.path().join("new-lists");
    write(&directory, persons);
    update::load(&world.service.store, &directory, false, "operator", passid_api::time::Clock::now(world.clock.as_ref())).await
}

async fn share(wallet: &Wallet) -> String {
    let permissions = PermissionSet::new([Permission::SanctionsClear]).unwrap();
    let shared = wallet.create_share(ShareOptions::new(permissions), Arc::new(KeystoreApproval), PresentationControl::default()).await;
    shared.unwrap().code.to_string()
}

async fn user(wallet: &Wallet) -> UserId {
    wallet.registration().await.unwrap().unwrap().user_id
}

async fn refresh(world: &World, wallet: &Wallet) -> Result<(), passid_wallet_core::WalletError> {
    world.clock.advance(60);
    let link = world.link(wallet, "amara", "Amara Osei").await;
    wallet.request_credential(link, "GB".parse().unwrap()).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_list_revokes_whom_it_names_and_nothing_of_theirs_verifies_until_it_is_cleared() {
    for world in World::on_every_engine().await {
        let (amara, tobenna) = (world.amara().await, world.holder("tobenna", "Tobenna Eze").await);
        let bank = world.institution("Bank").await;
        let before = [(1, "EXAMPLE, Other", ""), (2, "OSEI, Kwame", "DOB 1950.")];
        load(&world, &before).await.unwrap();
        let done = follow::follow(&world.service).await.unwrap();
        assert_eq!((done.screened, done.matched), (2, 0), "{}: everybody is screened against the first version", world.engine);
        let (hers, theirs) = (share(&amara).await, share(&tobenna).await);

        let listed = [(1, "EXAMPLE, Other", ""), (2, "OSEI, Kwame", "DOB 1951."), (3, "OSEI, Amara", "nationality Kenya.")];
        let loaded = load(&world, &listed).await.unwrap();
        let changes = &loaded.lists[0].changes;
        assert_eq!((changes.added.len(), changes.changed.len(), changes.removed.len()), (1, 1, 0), "{}", world.engine);
        assert_eq!(changes.added[0].name, "OSEI, Amara");
        let done = follow::follow(&world.service).await.unwrap();
        assert_eq!((done.screened, done.matched, done.freed, done.unreadable), (2, 1, 0, 0), "{}", world.engine);
        assert_eq!(follow::follow(&world.service).await.unwrap().screened, 0, "{}: nobody is screened twice", world.engine);

        // Her share was made when she was clear; what it rests on is not relied on any more.
        let refused = bank.verify(&hers).await;
        assert_eq!((refused.credential_valid, refused.deny_reason), (false, Some(DenyReason::HardDenySanctionsMatch)), "{}", world.engine);
        assert_eq!((refused.reason_code, refused.claims.is_none()), (Some(ReasonCode::SanctionsMatch), true));
        assert!(bank.verify(&theirs).await.credential_valid, "{}: others notice nothing", world.engine);
        let asking = CreateSession { permissions: Some(PermissionSet::new([Permission::IdentityVerified]).unwrap()), ..CreateSession::default() };
        let session = bank.session(&asking).await;
        assert!(approve(&amara, &amara.review(&session.deep_link).await.unwrap()).await.is_err(), "{}", world.engine);
        assert_eq!(bank.poll(&session).await.status, SessionState::Pending);
        assert_eq!(refresh(&world, &amara).await.unwrap_err().code(), "sanctions_match", "{}: no fresh credential either", world.engine);

        // An operator looks, and clears with a reason.
        let id = user(&amara).await;
        let kept = store::screened::matched(&mut world.service.store.reader().await.unwrap(), 10).await.unwrap();
        assert_eq!(kept.iter().map(|holder| holder.user).collect::<Vec<_>>(), [id]);
        let hits = holders::open_hits(&world.service, &kept[0]).unwrap();
        assert_eq!((hits.len(), hits[0].list.as_str(), hits[0].entry.as_str()), (1, "OFAC SDN", "3"));
        let clear_entry = |entry: &'static str, reason: &'static str| clearance::clear(&world.service, id, ("OFAC SDN", entry), reason, "ada");
        assert!(matches!(clear_entry("2", "another person").await, Err(ClearanceError::NoSuchMatch)));
        assert!(matches!(clear_entry("3", " ").await, Err(ClearanceError::NoReason)));
        assert_eq!(clear_entry("3", "born 1990, the listed person 1950").await.unwrap(), 0, "{}", world.engine);
        refresh(&world, &amara).await.unwrap();
        assert!(bank.verify(&share(&amara).await).await.credential_valid, "{}", world.engine);

        // Another edition that leaves her entry as it is changes nothing; one that changes the entry asks again.
        load(&world, &[listed[0], (2, "OSEI, Kwame", "DOB 1952."), listed[2]]).await.unwrap();
        assert_eq!(follow::follow(&world.service).await.unwrap().matched, 0, "{}: cleared once", world.engine);
        load(&world, &[listed[0], listed[1], (3, "OSEI, Amara", "nationality Kenya; Gender Female.")]).await.unwrap();
        assert_eq!(follow::follow(&world.service).await.unwrap().matched, 1, "{}: the entry changed", world.engine);
        let permissions = PermissionSet::new([Permission::SanctionsClear]).unwrap();
        let refused = amara.create_share(ShareOptions::new(permissions), Arc::new(KeystoreApproval), PresentationControl::default()).await;
        assert!(refused.is_err(), "{}: nothing to share", world.engine);

        // When the entry goes, so does the match; the credential stays revoked.
        load(&world, &[listed[0], listed[1], (4, "EXAMPLE, Third", "")]).await.unwrap();
        let done = follow::follow(&world.service).await.unwrap();
        assert_eq!((done.matched, done.freed), (0, 1), "{}", world.engine);
        refresh(&world, &amara).await.unwrap();
        assert!(bank.verify(&share(&amara).await).await.credential_valid, "{}", world.engine);
        let mut actions = Vec::new();
        let keys = world.service.keys.public_keys();
        log::read(&mut world.service.store.reader().await.unwrap(), &keys, &[], |row| actions.push(row.action.clone())).await.unwrap();
        assert_eq!(actions.iter().filter(|action| *action == "holder.matched").count(), 3, "{}: {actions:?}", world.engine);
        assert_eq!(actions.iter().filter(|action| *action == "match.cleared").count(), 1);
        assert_eq!(actions.iter().filter(|action| *action == "holder.freed").count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_out_of_a_match_by_another_name() {
    for world in World::on_every_engine().await {
        let wallet = world.amara().await;
        load(&world, &[(1, "KARIMOVA, Zulfiya", "")]).await.unwrap();
        follow::follow(&world.service).await.unwrap();
        let link = world.link(&wallet, "amara", "Zulfiya Karimova").await;
        let refused = wallet.request_credential(link, "GB".parse().unwrap()).await.unwrap_err();
        assert_eq!(refused.code(), "sanctions_match", "{}", world.engine);
        assert_eq!(refresh(&world, &wallet).await.unwrap_err().code(), "sanctions_match", "{}: what they said before counts on", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_holder_declares_tells_them_from_a_listed_namesake_and_counts_when_the_lists_change() {
    for world in World::on_every_engine().await {
        let listed = (3, "OSEI, Amara", "DOB 12 Jan 1950; nationality Russia.");
        load(&world, &[listed]).await.unwrap();
        follow::follow(&world.service).await.unwrap();
        let wallet = world.wallet("amara").await;
        wallet.register().await.unwrap();
        let link = world.link(&wallet, "amara", "Amara Osei").await;
        let declared = |birth: &str| DeclaredPerson { birth_date: Some(birth.into()), nationality: Some("KE".into()), gender: Some("female".into()) };
        let request = async |declared| wallet.request_credential_declaring(link, "GB".parse().unwrap(), Some(declared)).await;
        for nonsense in [declared("1990-02-30"), DeclaredPerson { nationality: Some("Atlantis".into()), ..declared("1990-04-28") }] {
            assert_eq!(request(nonsense).await.unwrap_err().code(), "malformed_request", "{}", world.engine);
        }
        request(declared("1990-04-28")).await.unwrap();
        world.clock.advance(60);
        wallet.request_credential(link, "GB".parse().unwrap()).await.unwrap();

        load(&world, &[(3, "OSEI, Amara", "DOB 12 Jan 1951.")]).await.unwrap();
        assert_eq!(follow::follow(&world.service).await.unwrap().matched, 0, "{}: born another year", world.engine);
        load(&world, &[(3, "OSEI, Amara", "DOB 28 Apr 1990; nationality Kenya.")]).await.unwrap();
        assert_eq!(follow::follow(&world.service).await.unwrap().matched, 1, "{}: the same day", world.engine);
        world.clock.advance(60);
        assert_eq!(request(declared("1970-01-01")).await.unwrap_err().code(), "sanctions_match", "{}: another day is too late", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_that_nobody_confirms_make_nobody_clear_until_they_are_confirmed() {
    for world in World::on_every_engine().await {
        let persons = [(1, "EXAMPLE, Other", "")];
        load(&world, &persons).await.unwrap();
        follow::follow(&world.service).await.unwrap();
        let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
        let clear = async || bank.verify(&share(&wallet).await).await.claims.unwrap()["sanctions_screening_clear"].clone();
        assert_eq!(clear().await, json!(true), "{}", world.engine);
        world.clock.advance(15 * 86_400);
        refresh(&world, &wallet).await.unwrap();
        assert_eq!(clear().await, json!(false), "{}: the lists are too old", world.engine);
        let confirmed = load(&world, &persons).await.unwrap();
        assert!(confirmed.unchanged, "{}", world.engine);
        follow::follow(&world.service).await.unwrap();
        refresh(&world, &wallet).await.unwrap();
        assert_eq!(clear().await, json!(true), "{}: the same lists, confirmed", world.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_to_screen_again_ends_when_nothing_is_vouched_for_and_a_match_stays() {
    for world in World::on_every_engine().await {
        let _holders = (world.amara().await, world.holder("tobenna", "Tobenna Eze").await);
        load(&world, &[(3, "OSEI, Amara", "")]).await.unwrap();
        follow::follow(&world.service).await.unwrap();
        let kept = async || store::screened::count(&mut world.service.store.reader().await.unwrap(), 0).await.unwrap().0;
        // A credential lasts 30 days, and what was declared for it is kept 30 more.
        for (days, left) in [(59, 2), (2, 1), (400, 1)] {
            world.clock.advance(days * 86_400);
            passid_issuer::retention::enforce(&world.service).await.unwrap();
            assert_eq!(kept().await, left, "{} after {days} more days", world.engine);
        }
    }
}
