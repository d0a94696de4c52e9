//! The provider against the sandbox bank over real HTTP.

mod faults;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use passid_api::claims::Slot;
use passid_api::time::{Clock, ManualClock, Timestamp};
use passid_api::wallet::BankLinkStatus;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{Obie, ObieConfig};
use crate::bank::authorisation::{AuthorisationResponse, BankTokens, Secret};
use crate::bank::client::ReadLimits;
use crate::bank::client_authentication::{ClientAuthentication, SigningKey};
use crate::bank::data::BankSnapshot;
use crate::bank::error::BankError;
use crate::bank::pause::Pause;
use crate::bank::provider::{BankFuture, BankProvider, ReadObserver, ReadProgress, ReadWindow};
use crate::bank::sync::{self, NoStaging, Staged, StagedPage, Staging};
use crate::derive::{DeclaredHolder, derive};
use crate::sandbox::bank::{BankSource, RegisteredClient, SandboxBank, SandboxBankConfig, visitor};
use crate::screening::ScreeningOutcome;

const BACK: &str = "http://127.0.0.1:9/bank/back";

/// Moves the clock instead of waiting.
struct ClockPause(Arc<ManualClock>);

impl Pause for ClockPause {
    fn pause<'a>(&'a self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        self.0.advance(i64::try_from(duration.as_secs()).unwrap());
        Box::pin(async {})
    }
}

/// Keeps what it is told.
#[derive(Default)]
struct Notebook {
    rotations: Mutex<Vec<BankTokens>>,
    last: Mutex<Option<ReadProgress>>,
    refuses: bool,
}

impl ReadObserver for Notebook {
    fn progress(&self, progress: ReadProgress) {
        *self.last.lock().unwrap() = Some(progress);
    }

    fn tokens_rotated<'a>(&'a self, tokens: &'a BankTokens) -> BankFuture<'a, ()> {
        self.rotations.lock().unwrap().push(tokens.clone());
        Box::pin(async { if self.refuses { Err(BankError::TokensNotStored) } else { Ok(()) } })
    }
}

struct World {
    clock: Arc<ManualClock>,
    bank: SandboxBank,
    provider: Obie,
    http: reqwest::Client,
}

fn http() -> reqwest::Client {
    // The process needs one provider of cryptography; whoever comes first installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

impl World {
    async fn start() -> Self {
        Self::with_page_size(50).await
    }

    async fn with_page_size(page_size: usize) -> Self {
        Self::at("2026-11-21T04:00:00Z", page_size).await
    }

    async fn at(now: &str, page_size: usize) -> Self {
        Self::serving(BankSource::Personas, now, page_size).await
    }

    async fn serving(source: BankSource, now: &str, page_size: usize) -> Self {
        Self::build(source, now, page_size, None).await
    }

    async fn build(source: BankSource, now: &str, page_size: usize, statement_key: Option<Vec<u8>>) -> Self {
        let clock = Arc::new(ManualClock::new(now.parse().unwrap()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = RegisteredClient {
            client_id: "passid".into(),
            client_secret: Secret::new("a secret: with/odd+signs".into()),
            statement_key,
            redirect_urls: vec![BACK.into()],
        };
        let config = SandboxBankConfig { clock: clock.clone(), source, client, random: StdRng::seed_from_u64(1), page_size };
        let bank = SandboxBank::start(listener, config).await.unwrap();
        let http = http();
        let provider = Self::provider(&clock, &http, bank.connection());
        Self { clock, bank, provider, http }
    }

    fn provider(clock: &Arc<ManualClock>, http: &reqwest::Client, config: ObieConfig) -> Obie {
        Obie::new(config, http.clone(), clock.clone(), Arc::new(ClockPause(clock.clone())), StdRng::seed_from_u64(2))
    }

    async fn link(&self, customer: &str) -> BankTokens {
        let pending = self.provider.begin(BACK).await.unwrap();
        let back = visitor::approve(&self.http, pending.authorization_url.expose(), customer).await.unwrap();
        self.provider.complete(&pending, &response(&back)).await.unwrap()
    }

    fn window(&self) -> ReadWindow {
        ReadWindow::up_to(self.clock.now())
    }

    async fn read(&self, tokens: &mut BankTokens) -> Result<BankSnapshot, BankError> {
        sync::read(&self.provider, tokens, self.window(), &NoStaging, &Notebook::default()).await
    }
}

fn response(back: &url::Url) -> AuthorisationResponse {
    serde_json::from_value(serde_json::Value::Object(back.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect())).unwrap()
}

/// What a read found, comparable: what banks call a row may change.
fn contents(snapshot: &BankSnapshot) -> Vec<(String, i64, String)> {
    let rows = snapshot.accounts.iter().flat_map(|history| &history.transactions);
    let mut found: Vec<_> = rows.map(|row| (row.booked_on.to_string(), row.signed_minor(), row.description.clone())).collect();
    found.sort_unstable();
    found
}

#[tokio::test]
async fn a_linked_bank_gives_every_transaction_of_the_window_once() {
    let world = World::start().await;
    let mut tokens = world.link("amara").await;
    let notebook = Notebook::default();
    let snapshot = sync::read(&world.provider, &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap();
    assert_eq!(snapshot.accounts.len(), 3);
    assert!(snapshot.transaction_count() > 300, "{}", snapshot.transaction_count());
    let progress = notebook.last.lock().unwrap().unwrap();
    assert_eq!((progress.accounts_done, progress.transactions), (3, snapshot.transaction_count()));
    assert!(notebook.rotations.lock().unwrap().is_empty());
    assert_eq!(snapshot.accounts[0].holders[0].name, "Amara Osei");
    for history in &snapshot.accounts {
        assert!(history.transactions.iter().all(|row| (world.window().from..=world.window().to).contains(&row.booked_on)));
    }
    let small_pages = World::with_page_size(7).await;
    let mut tokens = small_pages.link("amara").await;
    assert_eq!(contents(&small_pages.read(&mut tokens).await.unwrap()), contents(&snapshot));
    world.bank.stop().await;
}

#[tokio::test]
async fn a_refusal_at_the_bank_is_a_refusal() {
    let world = World::start().await;
    let pending = world.provider.begin(BACK).await.unwrap();
    assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::AwaitingAuthorisation));
    let back = visitor::refuse(&world.http, pending.authorization_url.expose(), "amara").await.unwrap();
    assert_eq!(world.provider.complete(&pending, &response(&back)).await.unwrap_err(), BankError::Refused);
    assert_eq!(world.provider.status(&pending.consent_id).await, Ok(BankLinkStatus::Rejected));
}

#[tokio::test]
async fn a_code_for_another_linking_is_not_exchanged() {
    let world = World::start().await;
    let mine = world.provider.begin(BACK).await.unwrap();
    let other = world.provider.begin(BACK).await.unwrap();
    let others_back = response(&visitor::approve(&world.http, other.authorization_url.expose(), "efua").await.unwrap());
    assert_eq!(world.provider.complete(&mine, &others_back).await.unwrap_err(), BankError::ResponseMismatch);
    // Even with the right state, the code is bound to the other's verifier.
    let forged = AuthorisationResponse { state: mine.state.clone(), ..others_back.clone() };
    assert_eq!(world.provider.complete(&mine, &forged).await.unwrap_err(), BankError::AuthorisationLost);
    let elsewhere = AuthorisationResponse { iss: Some("https://evil.example".into()), ..others_back.clone() };
    assert_eq!(world.provider.complete(&other, &elsewhere).await.unwrap_err(), BankError::ResponseMismatch);
}

#[tokio::test]
async fn a_late_return_begins_again() {
    let world = World::start().await;
    let pending = world.provider.begin(BACK).await.unwrap();
    let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
    world.clock.advance(900);
    assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::LinkingExpired);
}

#[tokio::test]
async fn an_old_access_token_is_renewed_and_the_new_pair_stored_before_use() {
    let world = World::start().await;
    let mut tokens = world.link("tobenna").await;
    let first = tokens.clone();
    world.clock.advance(3_600);
    let notebook = Notebook::default();
    sync::read(&world.provider, &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap();
    assert_eq!(notebook.rotations.lock().unwrap().as_slice(), std::slice::from_ref(&tokens));
    assert!(tokens.refresh_token != first.refresh_token);
    // The old pair is worth nothing any more, and trying it ends the family.
    let mut replayed = first;
    world.clock.advance(3_600);
    assert_eq!(world.read(&mut replayed).await.unwrap_err(), BankError::AuthorisationLost);
    assert_eq!(world.read(&mut tokens).await.unwrap_err(), BankError::AuthorisationLost);
}

#[tokio::test]
async fn reading_stops_when_renewed_tokens_cannot_be_stored() {
    let world = World::start().await;
    let mut tokens = world.link("tobenna").await;
    world.clock.advance(3_600);
    let notebook = Notebook { refuses: true, ..Notebook::default() };
    assert_eq!(sync::read(&world.provider, &mut tokens, world.window(), &NoStaging, &notebook).await.unwrap_err(), BankError::TokensNotStored);
}

#[tokio::test]
async fn a_withdrawn_consent_and_an_ended_one_are_told_apart() {
    let world = World::start().await;
    let mut withdrawn = world.link("efua").await;
    let mut ended = world.link("efua").await;
    world.provider.revoke(&withdrawn.consent_id).await.unwrap();
    world.provider.revoke(&withdrawn.consent_id).await.unwrap();
    assert_eq!(world.read(&mut withdrawn).await.unwrap_err(), BankError::ConsentRevoked);
    assert_eq!(world.provider.status(&withdrawn.consent_id).await, Ok(BankLinkStatus::Revoked));
    world.clock.advance(365 * 86_400);
    assert_eq!(world.read(&mut ended).await.unwrap_err(), BankError::ConsentExpired);
    assert_eq!(world.provider.status(&ended.consent_id).await, Ok(BankLinkStatus::Expired));
}

#[tokio::test]
async fn limits_hold() {
    let world = World::start().await;
    let mut tokens = world.link("amara").await;
    for (change, expected) in [
        ((|limits| limits.transactions = 20) as fn(&mut ReadLimits), BankError::TooLarge("transactions")),
        (|limits| limits.pages = 2, BankError::TooLarge("pages of one resource")),
        (|limits| limits.accounts = 2, BankError::TooLarge("accounts of one consent")),
        (|limits| limits.response_bytes = 400, BankError::TooLarge("bytes of one answer")),
    ] {
        let mut config = world.bank.connection();
        change(&mut config.limits);
        let provider = World::provider(&world.clock, &world.http, config);
        assert_eq!(sync::read(&provider, &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_wrong_secret_and_an_absent_bank_are_told_apart() {
    let world = World::start().await;
    let mut config = world.bank.connection();
    config.server.authentication = ClientAuthentication::Secret(Secret::new("guess".into()));
    let provider = World::provider(&world.clock, &world.http, config);
    assert!(matches!(provider.begin(BACK).await.unwrap_err(), BankError::Configuration(_)));
    let config = world.bank.connection();
    world.bank.stop().await;
    let provider = World::provider(&world.clock, &world.http, config);
    assert_eq!(provider.begin(BACK).await.unwrap_err(), BankError::Unreachable);
}

/// A P-256 key in PEM, and its public point.
fn signing_key() -> (Vec<u8>, Vec<u8>) {
    use base64::Engine;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    let random = ring::rand::SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", base64::engine::general_purpose::STANDARD.encode(document.as_ref()));
    (pem.into_bytes(), pair.public_key().as_ref().to_vec())
}

#[tokio::test]
async fn a_client_with_a_key_signs_every_token_request_anew() {
    let (pem, public) = signing_key();
    let world = World::build(BankSource::Personas, "2026-11-21T04:00:00Z", 50, Some(public)).await;
    let mut config = world.bank.connection();
    config.server.authentication = ClientAuthentication::PrivateKeyJwt(SigningKey::from_pem("key-1", &pem).unwrap());
    let provider = World::provider(&world.clock, &world.http, config.clone());
    let pending = provider.begin(BACK).await.unwrap();
    let back = visitor::approve(&world.http, pending.authorization_url.expose(), "tobenna").await.unwrap();
    let mut tokens = provider.complete(&pending, &response(&back)).await.unwrap();
    world.clock.advance(3_600);
    assert!(sync::read(&provider, &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.is_ok());
    // Another key of the same name is nobody.
    config.server.authentication = ClientAuthentication::PrivateKeyJwt(SigningKey::from_pem("key-1", &signing_key().0).unwrap());
    assert!(matches!(World::provider(&world.clock, &world.http, config).begin(BACK).await, Err(BankError::Configuration(_))));
    assert!(SigningKey::from_pem("key-1", b"no key").is_err());
}

#[tokio::test]
async fn an_identity_token_for_another_linking_is_refused() {
    let world = World::start().await;
    let mut pending = world.provider.begin(BACK).await.unwrap();
    let back = response(&visitor::approve(&world.http, pending.authorization_url.expose(), "efua").await.unwrap());
    pending.nonce = Some(Secret::new("another".into()));
    assert_eq!(world.provider.complete(&pending, &back).await.unwrap_err(), BankError::ResponseMismatch);
}

#[tokio::test]
async fn a_bank_that_refuses_a_long_consent_is_asked_for_a_shorter_one() {
    let world = World::start().await;
    let long = world.provider.begin(BACK).await.unwrap();
    world.bank.faults().inject(crate::sandbox::bank::Fault::LongConsentRefused, 1);
    let short = world.provider.begin(BACK).await.unwrap();
    let days = |pending: &crate::bank::authorisation::PendingAuthorisation| (pending.consent_expires_at.seconds() - world.clock.now().seconds()) / 86_400;
    assert_eq!((days(&long), days(&short)), (365, 90));
}

/// Keeps pages as a database would, and counts them.
#[derive(Default)]
struct Shelf {
    pages: Mutex<Vec<(String, u32, Vec<u8>)>>,
    finished: Mutex<Vec<(String, jiff::civil::Date)>>,
}

impl Staging for Shelf {
    fn load(&self) -> BankFuture<'_, Staged> {
        let pages = self.pages.lock().unwrap().clone();
        let pages = pages.into_iter().map(|(account, walk, rows)| StagedPage { account, walk, rows: crate::bank::file::kept::page_from_bytes(&rows).unwrap() });
        let staged = Staged { pages: pages.collect(), finished: self.finished.lock().unwrap().clone() };
        Box::pin(async { Ok(staged) })
    }

    fn save(&self, page: StagedPage) -> BankFuture<'_, ()> {
        let rows = crate::bank::file::kept::page_to_bytes(page.rows).unwrap().to_vec();
        self.pages.lock().unwrap().push((page.account, page.walk, rows));
        Box::pin(async { Ok(()) })
    }

    fn finish<'a>(&'a self, account: &'a str, through: jiff::civil::Date) -> BankFuture<'a, ()> {
        self.finished.lock().unwrap().push((account.to_owned(), through));
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_read_that_broke_off_goes_on_with_the_account_it_was_at() {
    let world = World::with_page_size(20).await;
    let mut tokens = world.link("amara").await;
    let whole = contents(&world.read(&mut tokens).await.unwrap());
    let shelf = Shelf::default();
    // The first account is read whole; somewhere in the second the bank fails for good.
    let first_pages = {
        let counting = Shelf::default();
        sync::read(&world.provider, &mut tokens, world.window(), &counting, &Notebook::default()).await.unwrap();
        let first = counting.finished.lock().unwrap()[0].0.clone();
        let pages = counting.pages.lock().unwrap().iter().filter(|page| page.0 == first).count();
        u32::try_from(pages).unwrap()
    };
    // Accounts, party, and party and balance of three accounts come before the pages.
    world.bank.faults().inject_after(crate::sandbox::bank::Fault::ResourceFault, 2 + 3 * 2 + first_pages + 1, 40);
    let error = sync::read(&world.provider, &mut tokens, world.window(), &shelf, &Notebook::default()).await.unwrap_err();
    assert_eq!(error.code(), "bank_fault");
    assert_eq!(shelf.finished.lock().unwrap().len(), 1, "the cursor moves only after the last page");
    let kept = shelf.pages.lock().unwrap().len();
    assert!(kept > usize::try_from(first_pages).unwrap());
    world.bank.faults().clear();
    let snapshot = sync::read(&world.provider, &mut tokens, world.window(), &shelf, &Notebook::default()).await.unwrap();
    assert_eq!(contents(&snapshot), whole);
    let first = shelf.finished.lock().unwrap()[0].0.clone();
    assert!(shelf.pages.lock().unwrap()[kept..].iter().all(|page| page.0 != first), "what was finished is not read again");
}

#[test]
fn secrets_do_not_print() {
    let tokens = BankTokens {
        access_token: Secret::new("very-secret".into()),
        refresh_token: Some(Secret::new("very-secret".into())),
        access_expires_at: Timestamp::from_seconds(0).unwrap(),
        consent_id: "consent".into(),
        consent_expires_at: Timestamp::from_seconds(0).unwrap(),
    };
    assert!(!format!("{tokens:?} {:?}", tokens.access_token).contains("very-secret"));
}

/// From the bank's page to the credential's numbers: the customers come out as the sandbox promises, whatever the day.
#[tokio::test]
async fn the_three_customers_come_out_as_promised() {
    use Slot::{FraudRisk, IdentityAndFraudChecksPassed, IdentityVerified, IncomeVerified, PaymentBehaviorVerified, SavingsBehaviorVerified};
    let slots = [IdentityVerified, IncomeVerified, PaymentBehaviorVerified, SavingsBehaviorVerified, IdentityAndFraudChecksPassed, FraudRisk];
    for now in ["2026-11-21T04:00:00Z", "2026-12-31T23:59:59Z", "2027-02-01T00:00:00Z", "2027-05-14T12:00:00Z", "2024-02-29T08:00:00Z"] {
        let world = World::at(now, 100).await;
        let mut scores = Vec::new();
        for (customer, name, destination, expected) in [
            ("amara", "Amara Osei", "GB", [1, 1, 1, 1, 1, 0]),
            ("tobenna", "Tobenna Eze", "US", [1, 1, 1, 1, 1, 0]),
            ("efua", "Efua Mensah", "EU", [0, 1, 1, 1, 0, 1]),
        ] {
            let mut tokens = world.link(customer).await;
            let snapshot = world.read(&mut tokens).await.unwrap();
            let holder = DeclaredHolder { name: name.into(), destination: destination.parse().unwrap(), origin: None };
            let derived = derive(snapshot, &holder, &ScreeningOutcome::default(), world.clock.now()).unwrap();
            assert_eq!(slots.map(|slot| derived.values[slot.index()]), expected, "{customer} at {now}: {:?}", derived.notes);
            scores.push(derived.values[Slot::StabilityScore.index()]);
        }
        println!("{now}: {scores:?}");
        // The score knows cash flow alone: what speaks against Efua is her identity, and that is a claim of its own.
        assert!(scores[0] > scores[1].max(scores[2]), "{scores:?} at {now}");
    }
}

/// A real person's account, from the bank's page to the credential's numbers.
///
/// With `PASSID_BERKA_DIR` naming the real files; says so and passes when it is not set.
#[tokio::test]
async fn a_real_account_gives_claims() {
    let Some(directory) = std::env::var_os("PASSID_BERKA_DIR") else {
        println!("skipped: PASSID_BERKA_DIR is not set");
        return;
    };
    let source = BankSource::Berka { directory: directory.into(), accounts: vec![1787, 2] };
    let world = World::serving(source, "2026-11-21T04:00:00Z", 100).await;
    let customers: Vec<&str> = world.bank.customers().iter().map(|customer| customer.id.as_str()).collect();
    assert_eq!(customers, ["account-2", "account-1787"]);
    for customer in world.bank.customers() {
        let mut tokens = world.link(&customer.id).await;
        let snapshot = world.read(&mut tokens).await.unwrap();
        let holder = DeclaredHolder { name: customer.declared_name.clone(), destination: "EU".parse().unwrap(), origin: None };
        let derived = derive(snapshot, &holder, &ScreeningOutcome::default(), world.clock.now()).unwrap();
        assert_eq!(derived.values[Slot::IdentityVerified.index()], 1);
        assert!(derived.transactions_read > 20, "{}", derived.transactions_read);
        let codes: Vec<&str> = derived.notes.iter().map(|note| note.code.as_str()).collect();
        println!("{}: score {} {codes:?}", customer.id, derived.values[Slot::StabilityScore.index()]);
        // Nearly everything paid into 1787 is cash: that is nobody's verified income.
        assert_eq!(derived.values[Slot::IncomeVerified.index()], u64::from(customer.id == "account-2"));
    }
}
