//! The story itself: link, receive, ask, consent, prove, read; then by code; then what is refused.

use std::time::Duration;

use passid_api::institution::WebhookEndpointCreated;
use passid_api::jws::KeySet;
use passid_api::permission::{Permission, PermissionSet};
use passid_api::presentation::PROOF_TYPE;
use passid_api::session::{CreateSession, SessionCreated, SessionView};
use passid_api::time::{Clock, SystemClock};
use passid_api::webhook::{EventKind, WebhookSecret};
use passid_circuits::circuit_manifest;
use passid_wallet_core::Wallet;
use passid_wallet_core::issuer::http_client;

use crate::failure::Failure;
use crate::server;

use super::consumer::{self, ConsumerError};
use super::institution::{CallError, Institution};
use super::receiver::Receiver;
use super::report::{Report, human, pretty, qr};
use super::stage::{ANY_PORT, Stage};
use super::{consent, evidence, refusals};

/// What the institution of the demo is called.
const INSTITUTION: &str = "First National Bank";

/// Everybody who takes part once the institution has its workspace.
pub(super) struct Cast<'a> {
    pub(super) stage: &'a Stage,
    pub(super) wallet: Wallet,
    pub(super) institution: Institution,
    pub(super) receiver: Receiver,
    pub(super) webhook: WebhookEndpointCreated,
}

/// What the demo's sessions ask for: income, identity and sanctions, as in the product's own example.
pub(super) fn asked() -> Result<PermissionSet, Failure> {
    PermissionSet::new([Permission::IncomeVerified, Permission::IdentityVerified, Permission::SanctionsClear])
        .map_err(|error| Failure::Operator(error.to_string()))
}

/// Tells the whole story.
pub(super) async fn tell(report: &mut Report, stage: &Stage) -> Result<(), Failure> {
    let wallet = receive(report, stage).await?;
    let mut cast = ask(report, stage, wallet).await?;
    let session = by_session(report, &mut cast).await?;
    check_event_and_evidence(report, &cast, &session).await?;
    refusals::by_code_and_refusals(report, &mut cast).await?;
    cast.receiver.stop();
    Ok(())
}

/// From nothing to a credential in the vault.
async fn receive(report: &mut Report, stage: &Stage) -> Result<Wallet, Failure> {
    let person = &stage.person;
    let directory = consumer::wallet_directory(&stage.data, person, &stage.url);
    let wallet = report
        .step(&format!("{} opens the wallet: keys, vault, registration", person.name), async {
            let http = http_client()?;
            let wallet = consumer::open(&directory, &stage.url, http).await?;
            let said = format!("vault   {}\nkeys    {}", directory.display(), wallet.protection().description);
            Ok::<_, ConsumerError>((wallet, said))
        })
        .await?;
    let link = report
        .step(&format!("{} links the bank through its own login page (OAuth2 with PKCE)", person.name), async {
            let link = consumer::link_bank(&wallet, &stage.client, person).await?;
            Ok::<_, ConsumerError>((link, format!("{link} is authorised; the bank's password never left the bank's page")))
        })
        .await?;
    report
        .step("The issuer reads, derives, screens, signs; the wallet checks every signature", async {
            let received = consumer::receive_credential(&wallet, link, person).await?;
            let credential = received.credential;
            let screened = if credential.sanctions_lists.is_empty() { "none".to_owned() } else { credential.sanctions_lists.join(", ") };
            let mut said = vec![
                format!("{} transactions read and forgotten; screened against {screened}", received.transactions_read),
                format!("{} in the vault until {}; only its holder can read it:", credential.id, credential.expires_at),
            ];
            said.extend(credential.claims.iter().map(|(name, value)| format!("  {name}: {value}")));
            said.extend(credential.notes.iter().map(|note| format!("  note on {}: {}", note.claim, note.message)));
            let said = said.join("\n");
            Ok::<_, ConsumerError>(((), said))
        })
        .await?;
    Ok(wallet)
}

/// The institution sets up and registers its webhook.
async fn ask<'a>(report: &mut Report, stage: &'a Stage, wallet: Wallet) -> Result<Cast<'a>, Failure> {
    let listener = server::listen(ANY_PORT).await?;
    let address = format!("http://{}/passid/events", server::local_address(&listener)?);
    let receiver = Receiver::start(listener);
    let random = server::system_random()?;
    let (institution, webhook) = report
        .step(&format!("{INSTITUTION} onboards a sandbox workspace and registers a webhook"), async {
            let institution = Institution::onboard(stage.client.clone(), stage.url.clone(), INSTITUTION, random).await?;
            let webhook = institution.register_webhook(address.clone()).await?;
            let said = format!("four keys and one webhook secret, each shown once\nevents go to {address}");
            Ok::<_, CallError>(((institution, webhook), said))
        })
        .await?;
    Ok(Cast { stage, wallet, institution, receiver, webhook })
}

/// A session: created, looked up, consented to, proved, read.
async fn by_session(report: &mut Report, cast: &mut Cast<'_>) -> Result<SessionView, Failure> {
    let request = CreateSession { permissions: Some(asked()?), ..CreateSession::default() };
    let created: SessionCreated = report
        .step(&format!("{INSTITUTION} asks: a session, as QR image, link and code"), async {
            let created = cast.institution.create_session(&request).await?;
            let said = format!("{}\nor type {} into the wallet", created.deep_link, created.code);
            Ok::<_, CallError>((created, said))
        })
        .await?;
    if !report.is_quiet() {
        report.block(&qr(&created.deep_link).map_err(|error| Failure::Operator(error.to_string()))?)?;
    }
    let name = cast.stage.person.name.clone();
    let review = report
        .step(&format!("{name} scans it; the wallet shows who asks for what"), async {
            let review = cast.wallet.review(&created.deep_link).await?;
            let drawn = consent::draw(&review);
            Ok::<_, ConsumerError>((review, drawn))
        })
        .await?;
    let proving = report
        .step(&format!("{name} agrees; the wallet proves just these claims and answers"), async {
            let shared = refusals::approve(&cast.wallet, &review).await?;
            let proving = shared.timings.prove;
            let manifest = circuit_manifest();
            let said = format!(
                "proved in {} ({} constraints, {} public signals), answered in {}",
                human(proving),
                manifest.constraints,
                manifest.public_signals,
                human(shared.timings.send)
            );
            Ok::<_, ConsumerError>((proving, said))
        })
        .await?;
    let view = report
        .step(&format!("{INSTITUTION} polls the session and reads the claims"), async {
            let view = cast.institution.session(&created).await?;
            let said = pretty(&view);
            Ok::<_, CallError>((view, said))
        })
        .await?;
    let manifest = circuit_manifest();
    report.summary.claims = view.claims.clone().unwrap_or_default();
    PROOF_TYPE.clone_into(&mut report.summary.proof.proof_type);
    report.summary.proof.constraints = manifest.constraints;
    report.summary.proof.public_signals = manifest.public_signals;
    report.summary.proof.prove_ms = milliseconds(proving);
    Ok(view)
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// The signed event arrives; the evidence holds on the institution's own machine.
async fn check_event_and_evidence(report: &mut Report, cast: &Cast<'_>, view: &SessionView) -> Result<(), Failure> {
    let secret: WebhookSecret = cast.webhook.secret.parse().map_err(|error: passid_api::webhook::InvalidSecret| Failure::Operator(error.to_string()))?;
    let valid = report
        .step("The signed webhook arrives and both its signatures verify", async {
            let event = cast.receiver.take(EventKind::VerificationCompleted).await.ok_or("no event came within ten seconds")?;
            event.verify(&secret, SystemClock.now()).map_err(|_| "a signature does not verify")?;
            let envelope = event.envelope().map_err(|_| "the event is not of the documented form")?;
            Ok::<_, &str>((true, pretty(&envelope)))
        })
        .await?;
    report.summary.webhook.delivered = true;
    report.summary.webhook.signature_valid = valid;
    let id = view.verification_id.map(|id| id.to_string()).unwrap_or_default();
    let verifying = report
        .step(&format!("{INSTITUTION} checks the evidence itself, trusting only the issuer's key"), async {
            let keys: KeySet =
                cast.stage.client.get(format!("{}.well-known/jwks.json", cast.stage.url)).send().await.map_err(stop)?.json().await.map_err(stop)?;
            let evidence = cast.institution.evidence(&id).await.map_err(stop)?;
            let verifying = evidence::check(evidence, &keys).map_err(stop)?;
            Ok::<_, String>((verifying, format!("signed head, root and proof hold; the proof took {:.2} ms to verify", milliseconds(verifying))))
        })
        .await?;
    report.summary.proof.verify_ms = milliseconds(verifying);
    Ok(())
}

fn stop(error: impl std::fmt::Display) -> String {
    error.to_string()
}
