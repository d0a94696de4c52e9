//! Nothing that must stay where it is turns up elsewhere: every byte that is written or sent is searched.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::CreateSession;
use passid_issuer::store::testing::sqlite;
use passid_tests::receiver::Receiver;
use passid_tests::world::{World, approve};
use passid_wallet_core::consent::KeystoreApproval;
use passid_wallet_core::presentation::PresentationControl;
use passid_wallet_core::share::ShareOptions;
use tracing_subscriber::fmt::MakeWriter;

/// Collects what is logged, at every level, by every crate.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// Every file below a directory, whole.
fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_raw_data_undisclosed_claim_or_secret_is_written_or_sent() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(log.clone()).finish();
    // This test's binary has one subscriber for all its threads; other tests of it may log here too, which does no harm.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let database = sqlite();
    let database_directory = database.directory().to_owned();
    let world = World::start(database).await;
    let (wallet, bank) = (world.amara().await, world.institution("Bank").await);
    let receiver = Receiver::start().await;
    let endpoint = bank.webhook(&receiver.url).await;

    let permissions = PermissionSet::new([Permission::SanctionsClear]).unwrap();
    let session = bank.session(&CreateSession { permissions: Some(permissions.clone()), ..CreateSession::default() }).await;
    approve(&wallet, &wallet.review(&session.deep_link).await.unwrap()).await.unwrap();
    let used = wallet.create_share(ShareOptions::new(permissions.clone()), Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap();
    assert!(bank.verify(&used.code.to_string()).await.credential_valid);
    let waiting = wallet.create_share(ShareOptions::new(permissions), Arc::new(KeystoreApproval), PresentationControl::default()).await.unwrap();
    let sent = receiver.wait_for(2).await;

    let credential = wallet.credentials().await.unwrap().remove(0);
    let income_band = credential.claims["income_band"].as_str().unwrap().to_owned();
    let income = credential.claims["income_monthly"].to_string();
    assert!(income.len() >= 5, "the test needs a figure that cannot appear by chance: {income}");
    wallet.close().await.unwrap();
    world.service.store.close().await;

    let mut places = files(&database_directory);
    places.extend(files(world.directory.path()));
    places.push(("log".to_owned(), log.0.lock().unwrap_or_else(PoisonError::into_inner).clone()));
    places.extend(sent.iter().map(|event| ("webhook".to_owned(), event.body.to_vec())));
    assert!(places.iter().any(|(name, bytes)| name == "log" && contains(bytes, "answered")), "the log was collected");
    assert!(places.iter().any(|(name, _)| name.ends_with("issuer.db")), "the database was found");

    // What a statement says: payees and purposes of Amara's invented history, as her bank serves them.
    let mut forbidden: Vec<(&str, String)> = world.bank_descriptions().await.into_iter().map(|text| ("a transaction", text)).collect();
    assert!(forbidden.len() >= 10, "the history has many different descriptions");
    forbidden.extend([("an undisclosed claim", income_band), ("an undisclosed claim", income), ("the declared name", "Amara Osei".to_owned())]);
    let keys = &bank.onboarded.keys;
    for secret in [
        &keys.sandbox.secret,
        &keys.sandbox.publishable,
        &keys.live.secret,
        &bank.onboarded.refresh_token,
        &bank.onboarded.access_token,
        &endpoint.secret,
        &session.client_secret,
        &session.code.to_string(),
        &waiting.code.to_string(),
        &waiting.token.to_string(),
    ] {
        forbidden.push(("a secret", secret.clone()));
    }
    for (place, bytes) in &places {
        for (what, needle) in &forbidden {
            assert!(!contains(bytes, needle), "{place} holds {what}: {needle}");
        }
    }
}
