//! What each command does.

use std::sync::Arc;
use std::time::Duration;

use passid_api::permission::PermissionSet;
use passid_api::wallet::{BankLink, BankLinkStatus, DeclaredPerson};
use passid_wallet_core::credential::CredentialView;
use passid_wallet_core::history::HistoryFilter;
use passid_wallet_core::keystore::KeystoreError;
use passid_wallet_core::presentation::{PresentationControl, PresentationTimings};
use passid_wallet_core::share::{Share as StoredShare, ShareOptions};
use passid_wallet_core::{Wallet, WalletError};
use serde_json::json;

use crate::approval::TerminalApproval;
use crate::arguments::{Approve, Arguments, Command, LinkBank, Share};
use crate::failure::Failure;
use crate::screen::{self, Screen};
use crate::{backup, doctor, place, qr_image};

/// Seconds between two looks at a bank link.
const POLL_SECONDS: u64 = 2;
/// How long to wait for the person to come back from the bank.
const MAX_POLLS: u32 = 300;

/// Runs a command on an open wallet.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let screen = Screen::new(arguments);
    if matches!(arguments.command, Command::Doctor) {
        return doctor::run(arguments, screen).await;
    }
    if matches!(arguments.command, Command::Lock) {
        return lock(arguments, screen).await;
    }
    let wallet = place::open(arguments).await?;
    let done = on(&wallet, &arguments.command, screen).await;
    let closed = wallet.close().await;
    done?;
    Ok(closed?)
}

async fn on(wallet: &Wallet, command: &Command, screen: Screen) -> Result<(), Failure> {
    match command {
        Command::Register => {
            let account = wallet.register().await?;
            let text = format!("Registered with {} ({}) as {}.\n{}", account.issuer, account.environment, account.user_id, wallet.protection().description);
            screen.answer(&json!({"ok": true, "user_id": account.user_id, "issuer": account.issuer, "environment": account.environment}), &text)
        }
        Command::LinkBank(options) => link_bank(wallet, options, screen).await,
        Command::Credentials { refresh } => {
            let credentials = if *refresh { wallet.refresh_credentials().await? } else { wallet.credentials().await? };
            let text = credentials.iter().map(credential).collect::<Vec<_>>().join("\n");
            screen.answer(&json!({"ok": true, "credentials": credentials}), if text.is_empty() { "No credentials yet." } else { &text })
        }
        Command::DeleteCredential { credential } => {
            wallet.delete_credential(*credential).await?;
            screen.answer(&json!({"ok": true}), "Deleted from this device.")
        }
        Command::Review { request } => {
            let review = wallet.review(&qr_image::request(request)?).await?;
            let text = format!("{}\nRequest hash: {}", screen::review(&review, screen.language), review.request_hash);
            screen.answer(&json!({"ok": true, "review": review}), &text)
        }
        Command::Approve(options) => approve(wallet, options, screen).await,
        Command::Decline { request, reason } => {
            let review = wallet.review(&qr_image::request(request)?).await?;
            wallet.decline(review.session, reason.as_deref()).await?;
            screen.answer(&json!({"ok": true, "session": review.session}), &format!("Declined. {} learns nothing else.", review.verifier.name))
        }
        Command::Share(options) => share(wallet, options, screen).await,
        Command::Shares { refresh } => {
            let shares = if *refresh { wallet.refresh_shares().await? } else { wallet.shares().await? };
            let text = shares.iter().map(stored_share).collect::<Vec<_>>().join("\n");
            screen.answer(&json!({"ok": true, "shares": shares}), if text.is_empty() { "No shares." } else { &text })
        }
        Command::Revoke { share } => {
            wallet.revoke_share(*share).await?;
            screen.answer(&json!({"ok": true}), "Withdrawn: the code no longer works.")
        }
        Command::History { verifier, limit } => {
            let entries = wallet.history(HistoryFilter { verifier: *verifier, limit: *limit, ..HistoryFilter::default() }).await?;
            let line = |entry: &passid_wallet_core::history::HistoryEntry| {
                let permissions: Vec<&str> = entry.permissions.iter().map(passid_api::permission::Permission::as_str).collect();
                let verifier = entry.verifier.as_deref().unwrap_or("anyone with the code");
                let reason = entry.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
                format!("{}  {}{reason}  {verifier}  {}", entry.at, entry.outcome, permissions.join(", "))
            };
            let text = entries.iter().map(line).collect::<Vec<_>>().join("\n");
            screen.answer(&json!({"ok": true, "history": entries}), if text.is_empty() { "Nothing yet." } else { &text })
        }
        Command::Export => {
            let document = wallet.export_history().await?;
            let value: serde_json::Value = serde_json::from_str(&document).map_err(std::io::Error::from)?;
            screen.answer(&value, &document)
        }
        Command::Resume => {
            let resumed = wallet.resume_attempts().await?;
            let text: Vec<String> = resumed.iter().map(|attempt| format!("{}: {}", attempt.subject, attempt.outcome)).collect();
            let value: Vec<_> = resumed.iter().map(|attempt| json!({"subject": attempt.subject, "outcome": attempt.outcome})).collect();
            screen.answer(&json!({"ok": true, "attempts": value}), &if text.is_empty() { "Nothing was interrupted.".to_owned() } else { text.join("\n") })
        }
        Command::ForgetHistory { line } => {
            let deleted = wallet.delete_history(*line).await?;
            screen.answer(&json!({"ok": true, "deleted": deleted}), &format!("{deleted} lines deleted."))
        }
        Command::KeepHistory { keep } => {
            wallet.keep_history(*keep).await?;
            let text = if *keep { "From now on a history is kept." } else { "From now on no history is kept; lines already there stay." };
            screen.answer(&json!({"ok": true, "keep": keep}), text)
        }
        Command::Backup(options) => backup::make(wallet, options, screen).await,
        Command::Restore(options) => backup::restore(wallet, options, screen).await,
        Command::WithdrawBackups => {
            wallet.withdraw_backups().await?;
            screen.answer(&json!({"ok": true}), "Withdrawn: no backup made so far moves your account any more.")
        }
        // Answered before a wallet is opened.
        Command::Doctor | Command::Lock => Ok(()),
    }
}

/// This wallet is open only while a command runs. Locking shows that it can be opened alone, and closes it: its key is wiped from memory.
async fn lock(arguments: &Arguments, screen: Screen) -> Result<(), Failure> {
    place::open(arguments).await?.close().await?;
    screen.answer(&json!({"ok": true, "locked": true}), "Locked: no program on this machine has this wallet open.")
}

async fn link_bank(wallet: &Wallet, options: &LinkBank, screen: Screen) -> Result<(), Failure> {
    let link = if let Some(link) = options.resume {
        wallet.bank_link(link).await?
    } else {
        let provider = match &options.provider {
            Some(provider) => provider.clone(),
            None => wallet.banks().await?.into_iter().next().ok_or(Failure::NoBank)?.id,
        };
        wallet.link_bank(&provider, &options.name).await?
    };
    let address = link.authorization_url.clone().unwrap_or_default();
    if options.no_wait && link.status == BankLinkStatus::AwaitingAuthorisation {
        let text = format!("Sign in to your bank here:\n{address}\nThen continue with: link-bank --resume {} …", link.link_id);
        return screen.answer(&json!({"ok": true, "link_id": link.link_id, "authorization_url": address, "status": link.status}), &text);
    }
    if link.status == BankLinkStatus::AwaitingAuthorisation {
        screen.note(&format!("Sign in to your bank here, then come back:\n{address}"))?;
    }
    let link = authorised(wallet, link).await?;
    screen.note("The bank is linked. The issuer now reads your transactions, derives claims and deletes what it read…")?;
    let LinkBank { birth_date, nationality, gender, .. } = options.clone();
    let declared = DeclaredPerson { birth_date, nationality, gender };
    let declared = Some(declared).filter(|declared| *declared != DeclaredPerson::default());
    let received = wallet.request_credential_declaring(link.link_id, options.destination, declared).await?;
    let text = format!("{}\nDerived from {} transactions.", credential(&received.credential), received.transactions_read);
    screen.answer(&json!({"ok": true, "credential": received.credential, "transactions_read": received.transactions_read}), &text)
}

async fn authorised(wallet: &Wallet, mut link: BankLink) -> Result<BankLink, Failure> {
    for _ in 0..MAX_POLLS {
        if link.status != BankLinkStatus::AwaitingAuthorisation {
            break;
        }
        tokio::time::sleep(Duration::from_secs(POLL_SECONDS)).await;
        link = wallet.bank_link(link.link_id).await?;
    }
    if link.status == BankLinkStatus::Authorised { Ok(link) } else { Err(Failure::BankLink(link.status)) }
}

async fn approve(wallet: &Wallet, options: &Approve, screen: Screen) -> Result<(), Failure> {
    let review = wallet.review(&qr_image::request(&options.request)?).await?;
    let hash = options.request_hash.unwrap_or(review.request_hash);
    let approval = Arc::new(TerminalApproval { yes: options.yes, quiet: screen.json, language: screen.language });
    let shared = wallet.approve(review.session, hash, approval, PresentationControl::default()).await.map_err(no_answer)?;
    let verification = shared.verification_id.map(|id| format!(" Verification {id}.")).unwrap_or_default();
    let text = format!("Shared with {}.{verification}\n{}", review.verifier.name, timings(&shared.timings));
    let value = json!({"ok": true, "session": shared.session, "verification_id": shared.verification_id, "verified_at": shared.verified_at,
        "prove_ms": shared.timings.prove.as_millis(), "total_ms": shared.timings.total().as_millis()});
    screen.answer(&value, &text)
}

async fn share(wallet: &Wallet, options: &Share, screen: Screen) -> Result<(), Failure> {
    let permissions = PermissionSet::new(options.permissions.iter().copied()).unwrap_or_else(|_| PermissionSet::summary());
    let asked = ShareOptions { permissions, predicates: options.conditions.clone(), audience: options.audience, lifetime_seconds: options.lifetime };
    let approval = Arc::new(TerminalApproval { yes: options.yes, quiet: screen.json, language: screen.language });
    let made = wallet.create_share(asked, approval, PresentationControl::default()).await.map_err(no_answer)?;
    let text = format!(
        "Code:  {}\n       {}\nToken: {}\nIt works once, until {}.\n{}",
        made.code,
        made.spelled.join("\n       "),
        made.token,
        made.expires_at,
        timings(&made.timings)
    );
    let value = json!({"ok": true, "share_id": made.id, "code": made.code, "spelled": made.spelled, "token": made.token, "expires_at": made.expires_at,
        "prove_ms": made.timings.prove.as_millis(), "total_ms": made.timings.total().as_millis()});
    screen.answer(&value, &text)
}

/// Tells a person's no from a keystore's.
fn no_answer(error: WalletError) -> Failure {
    match error {
        WalletError::Keystore(KeystoreError::Cancelled) => Failure::NotApproved("you did not say yes (without a terminal, say --yes)"),
        error => error.into(),
    }
}

fn timings(timings: &PresentationTimings) -> String {
    format!("Proved in {} ms, {} ms in all.", timings.prove.as_millis(), timings.total().as_millis())
}

fn credential(view: &CredentialView) -> String {
    let mut text = vec![format!("{}  {}  until {}", view.id, view.state, view.expires_at)];
    text.extend(view.claims.iter().map(|(name, value)| format!("  {name}: {value}")));
    text.extend(view.notes.iter().map(|note| format!("  * {}: {}", note.claim, note.message)));
    if view.sanctions_lists.is_empty() {
        text.push("  * No sanctions list was screened.".to_owned());
    }
    text.join("\n")
}

fn stored_share(share: &StoredShare) -> String {
    let code = share.code.map(|code| format!("  {code}")).unwrap_or_default();
    let used = share.used_by.as_ref().map(|by| format!("  by {by}")).unwrap_or_default();
    format!("{}  {}{code}{used}  until {}", share.id, share.state, share.expires_at)
}
