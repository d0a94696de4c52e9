//! The credential tree on both engines: its paths, its heads, its chain.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use passid_api::environment::Environment::{Live, Sandbox};
use passid_api::issuer::{TreeHead, TreePath};
use passid_api::jws::KeyPurpose;
use passid_api::time::Clock;
use passid_circuits::FieldElement;
use passid_circuits::tree::{EMPTY_LEAF, MerklePath};

use super::{keys, tree};
use crate::params;
use crate::service::Service;
use crate::store::testing::databases;
use crate::testing::{TestIssuer, TestSetup};

async fn append(service: &Service, leaf: u64) -> u64 {
    let inside = service.clone();
    let appended =
        service.store.write(move |connection| Box::pin(async move { tree::append(&inside, connection, Sandbox, FieldElement::from_u64(leaf)).await }));
    appended.await.unwrap()
}

async fn revoke(service: &Service, index: u64) {
    let inside = service.clone();
    service.store.write(move |connection| Box::pin(async move { tree::revoke(&inside, connection, Sandbox, index).await })).await.unwrap();
}

async fn path(service: &Service, index: u64) -> TreePath {
    service.store.write(move |connection| Box::pin(async move { tree::path(connection, Sandbox, index).await })).await.unwrap()
}

fn root(path: &TreePath, leaf: FieldElement) -> FieldElement {
    let mut siblings = path.siblings.iter().map(|level| level.clone().map(|text| text.parse().unwrap()));
    MerklePath { leaf_index: path.leaf_index, siblings: std::array::from_fn(|_| siblings.next().unwrap()) }.root(leaf)
}

fn head(service: &Service, signed: &str) -> TreeHead {
    tree::read_head(service, Sandbox, signed).unwrap().0
}

async fn heads(service: &Service) -> Vec<String> {
    let mut reader = service.store.reader().await.unwrap();
    let rows = reader.fetch_all("SELECT head FROM tree_heads WHERE environment = $1 ORDER BY sequence", params![Sandbox]).await.unwrap();
    rows.iter().map(|row| row.get("head").unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_leaf_leads_to_the_signed_root_until_it_is_revoked() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        for leaf in 1..=6_u64 {
            assert_eq!(append(service, leaf).await, leaf - 1);
        }
        for leaf in 1..=6_u64 {
            let path = path(service, leaf - 1).await;
            let head = head(service, &path.head);
            assert_eq!(root(&path, FieldElement::from_u64(leaf)).to_string(), head.root, "{}", database.engine);
            assert_eq!((head.tree_size, head.revocations), (6, 0));
        }
        revoke(service, 2).await;
        let revoked = path(service, 2).await;
        let head = head(service, &revoked.head);
        assert_eq!(head.revocations, 1);
        assert_ne!(root(&revoked, FieldElement::from_u64(3)).to_string(), head.root);
        assert_eq!(root(&revoked, EMPTY_LEAF).to_string(), head.root);
        let neighbour = path(service, 3).await;
        assert_eq!(root(&neighbour, FieldElement::from_u64(4)).to_string(), head.root);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_appends_make_one_chain_of_heads() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let appends = (1..=20_u64).map(|leaf| {
            let service = issuer.service.clone();
            tokio::spawn(async move { append(&service, leaf).await })
        });
        let mut places = HashSet::new();
        for append in appends.collect::<Vec<_>>() {
            places.insert(append.await.unwrap());
        }
        assert_eq!(places.len(), 20, "{}: every leaf has its own place", database.engine);
        let heads = heads(&issuer.service).await;
        assert_eq!(heads.len(), 21, "{}", database.engine);
        for pair in heads.windows(2) {
            let (earlier, later) = (head(&issuer.service, &pair[0]), head(&issuer.service, &pair[1]));
            assert_eq!(later.previous, hex::encode(Sha256::digest(&pair[0])));
            assert_eq!(later.tree_size, earlier.tree_size + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_head_is_signed_again_and_a_fresh_one_is_not() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let first = tree::refresh_head(&issuer.service, Sandbox).await.unwrap();
        assert_eq!(tree::refresh_head(&issuer.service, Sandbox).await.unwrap(), first);
        issuer.clock.advance(61);
        let second = tree::refresh_head(&issuer.service, Sandbox).await.unwrap();
        assert_ne!(second, first);
        assert_eq!(head(&issuer.service, &second).root, head(&issuer.service, &first).root);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_of_the_sandbox_is_no_head_of_live() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let signed = tree::refresh_head(&issuer.service, Sandbox).await.unwrap();
        assert!(tree::read_head(&issuer.service, Sandbox, &signed).is_ok());
        assert!(tree::read_head(&issuer.service, Live, &signed).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_tree_outlive_a_restart_and_two_processes_share_them() {
    for database in databases().await {
        let first = TestIssuer::start(&database).await;
        append(&first.service, 1).await;
        let second = TestIssuer::start(&database).await;
        assert_eq!(first.service.keys.public_keys(), second.service.keys.public_keys(), "{}", database.engine);
        assert_eq!(append(&second.service, 2).await, 1);
        let path = path(&second.service, 0).await;
        assert_eq!(root(&path, FieldElement::from_u64(1)).to_string(), head(&first.service, &path.head).root);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_published_before_it_signs_and_the_old_one_after() {
    for database in databases().await {
        let first = TestIssuer::start(&database).await;
        let second = TestIssuer::start_with(&database, TestSetup { clock: Some(first.clock.clone()), ..TestSetup::default() }).await;
        let (store, sealer) = (&first.service.store, &first.service.sealer);
        let which = (Sandbox, KeyPurpose::Credential);
        let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(0x5eed_5eed);
        let old = first.service.keys.credentials(Sandbox).public_key().kid.clone();
        let head = tree::refresh_head(&first.service, Sandbox).await.unwrap();
        assert!(matches!(keys::rotate(store, sealer, which, 59, first.clock.now(), &mut random).await, Err(keys::RotationError::TooSoon)));
        let (new, begins) = keys::rotate(store, sealer, which, 3_600, first.clock.now(), &mut random).await.unwrap();
        let again = keys::rotate(store, sealer, which, 3_600, first.clock.now(), &mut random).await;
        assert!(matches!(again, Err(keys::RotationError::UnderWay(_))), "{}: {again:?}", database.engine);
        assert!(matches!(keys::withdraw(store, &old, first.clock.now()).await, Err(keys::RotationError::StillSigns)));
        for issuer in [&first, &second] {
            issuer.service.keys.reload(&issuer.service.store, &issuer.service.sealer).await.unwrap();
            let published = issuer.service.keys.public_keys();
            assert!(published.keys.iter().any(|key| key.kid == new), "{}: published before it signs", database.engine);
            assert_eq!(issuer.service.keys.credentials(Sandbox).public_key().kid, old);
        }
        first.clock.advance(begins.seconds_since(first.clock.now()));
        assert_eq!(second.service.keys.credentials(Sandbox).public_key().kid, new, "{}: both change at the same second", database.engine);
        assert!(tree::read_head(&second.service, Sandbox, &head).is_ok(), "what the old key signed holds");
        assert!(matches!(keys::withdraw(store, &old, first.clock.now()).await, Err(keys::RotationError::HeadIsByIt)));
        tree::refresh_head(&second.service, Sandbox).await.unwrap();
        keys::withdraw(store, &old, first.clock.now()).await.unwrap();
        first.service.keys.reload(store, sealer).await.unwrap();
        assert!(tree::read_head(&first.service, Sandbox, &head).is_err(), "{}: what a withdrawn key signed is refused", database.engine);
        tree::check_chain(&mut store.reader().await.unwrap(), Sandbox).await.unwrap();
    }
}
