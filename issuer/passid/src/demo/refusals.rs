//! The second way to share, by code; and what is refused, each with the answer an institution sees.

use std::sync::Arc;

use passid_api::session::{CreateSession, SessionState};
use passid_api::verify::VerifyResponse;
use passid_api::webhook::EventKind;
use passid_issuer::network;
use passid_wallet_core::consent::{ConsentReview, KeystoreApproval};
use passid_wallet_core::presentation::{PresentationControl, Shared};
use passid_wallet_core::share::{NewShare, ShareOptions};
use passid_wallet_core::{Wallet, WalletError};

use crate::failure::Failure;
use crate::server;

use super::consumer;
use super::report::{Refusal, Report, pretty};
use super::stage::ANY_PORT;
use super::story::{Cast, asked};
use super::tamper::TamperingProxy;

/// Approves as the demo's person does: by letting the keystore open.
pub(super) async fn approve(wallet: &Wallet, review: &ConsentReview) -> Result<Shared, WalletError> {
    wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), PresentationControl::default()).await
}

/// Any failure of either side, as the story prints it.
fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Shares by code, and plays every refusal.
pub(super) async fn by_code_and_refusals(report: &mut Report, cast: &mut Cast<'_>) -> Result<(), Failure> {
    by_code(report, cast).await?;
    declined(report, cast).await?;
    revoked(report, cast).await?;
    tampered(report, cast).await
}

async fn share(cast: &Cast<'_>) -> Result<NewShare, String> {
    let options = ShareOptions::new(asked().map_err(said)?);
    cast.wallet.create_share(options, Arc::new(KeystoreApproval), PresentationControl::default()).await.map_err(said)
}

async fn by_code(report: &mut Report, cast: &mut Cast<'_>) -> Result<(), Failure> {
    let name = cast.stage.person.name.clone();
    let created = report
        .step(&format!("The other way: {name} makes a one-time share and reads its code aloud"), async {
            let created = share(cast).await?;
            let text = format!("{}   (or, for copying, {})\n{}", created.code, created.token, created.spelled.join("\n"));
            Ok::<_, String>((created, text))
        })
        .await?;
    let code = created.code.to_string();
    let bank = cast.institution.name.clone();
    report
        .step(&format!("{bank} types it in and reads the claims"), async {
            let response = cast.institution.verify(&code, "loan_app_10482").await.map_err(said)?;
            if response.credential_valid { Ok(((), pretty(&response))) } else { Err(format!("refused: {}", pretty(&response))) }
        })
        .await?;
    let second = report
        .step(&format!("{bank} tries the same code again: it works once"), async {
            let response = cast.institution.verify(&code, "loan_app_10482").await.map_err(said)?;
            refused(response)
        })
        .await?;
    report.refusal("share_used_twice", &second);
    Ok(())
}

/// The answer, when it is the refusal the step is about.
fn refused(response: VerifyResponse) -> Result<(VerifyResponse, String), String> {
    if response.credential_valid {
        return Err("it was accepted".to_owned());
    }
    let text = pretty(&response);
    Ok((response, text))
}

async fn declined(report: &mut Report, cast: &mut Cast<'_>) -> Result<(), Failure> {
    let name = cast.stage.person.name.clone();
    let request = CreateSession { permissions: Some(asked()?), ..CreateSession::default() };
    let view = report
        .step(&format!("Another session, which {name} declines: nothing is shared"), async {
            let created = cast.institution.create_session(&request).await.map_err(said)?;
            let review = cast.wallet.review(&created.deep_link).await.map_err(said)?;
            cast.wallet.decline(review.session, Some("I would rather not")).await.map_err(said)?;
            let view = cast.institution.session(&created).await.map_err(said)?;
            if view.status == SessionState::Declined { Ok((view.clone(), pretty(&view))) } else { Err(format!("the session is {}", view.status)) }
        })
        .await?;
    report.summary.refusals.push(Refusal { case: "session_declined", reason_code: view.status.to_string() });
    Ok(())
}

async fn revoked(report: &mut Report, cast: &mut Cast<'_>) -> Result<(), Failure> {
    let name = cast.stage.person.name.clone();
    let response = report
        .step(&format!("A share that {name} withdraws before anyone uses it"), async {
            let created = share(cast).await?;
            cast.wallet.revoke_share(created.id).await.map_err(said)?;
            let response = cast.institution.verify(&created.code.to_string(), "loan_app_10483").await.map_err(said)?;
            refused(response)
        })
        .await?;
    report.refusal("share_revoked", &response);
    Ok(())
}

/// The same wallet behind a network that changes what it sends. The session stays open for an honest answer; the institution is told.
async fn tampered(report: &mut Report, cast: &mut Cast<'_>) -> Result<(), Failure> {
    let listener = server::listen(ANY_PORT).await?;
    let proxy_url = server::url_of(server::local_address(&listener)?)?;
    let proxy = TamperingProxy::start(listener, cast.stage.client.clone());
    cast.wallet.close().await.map_err(|error| Failure::Operator(error.to_string()))?;
    let request = CreateSession { permissions: Some(asked()?), ..CreateSession::default() };
    let response = report
        .step("A proof changed on its way: one second is shaved off the data's age", async {
            let proxied = reqwest::Proxy::http(proxy_url.clone()).map_err(said)?;
            let behind = network::builder().map_err(said)?.proxy(proxied).build().map_err(said)?;
            let directory = consumer::wallet_directory(&cast.stage.data, &cast.stage.person, &cast.stage.url);
            let wallet = consumer::open(&directory, &cast.stage.url, behind).await.map_err(said)?;
            let created = cast.institution.create_session(&request).await.map_err(said)?;
            let review = wallet.review(&created.deep_link).await.map_err(said)?;
            let outcome = approve(&wallet, &review).await;
            wallet.close().await.map_err(said)?;
            let Err(refusal) = outcome else { return Err("the changed proof was accepted".to_owned()) };
            let event = cast.receiver.take(EventKind::VerificationFailed).await;
            // Earlier refusals sent events too; the one about this session names it.
            let id = failure_of(cast, event, &created.request_id.to_string()).await?;
            let response = cast.institution.verification(&id).await.map_err(said)?;
            let (response, text) = refused(response)?;
            Ok((response, format!("the wallet is told: {refusal} ({})\nthe bank is told by webhook, and reads:\n{text}", refusal.code())))
        })
        .await?;
    proxy.stop();
    report.refusal("proof_tampered", &response);
    Ok(())
}

/// The verification that a failure event about this session names.
async fn failure_of(cast: &Cast<'_>, first: Option<super::receiver::Received>, session: &str) -> Result<String, String> {
    let mut next = first;
    while let Some(event) = next {
        let envelope = event.envelope().map_err(said)?;
        if envelope.data["request_id"] == session {
            return envelope.data["verification_id"].as_str().map(str::to_owned).ok_or_else(|| "the event names no verification".to_owned());
        }
        next = cast.receiver.take(EventKind::VerificationFailed).await;
    }
    Err("no event about it came within ten seconds".to_owned())
}
