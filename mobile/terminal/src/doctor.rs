//! Explains what protects the wallet on this machine, and finds what is wrong.

use serde::Serialize;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::place;
use crate::screen::Screen;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    well: bool,
    detail: String,
}

/// Looks at everything and prints it; fails only when the wallet does not open.
pub(crate) async fn run(arguments: &Arguments, screen: Screen) -> Result<(), Failure> {
    let directory = place::directory(arguments)?;
    let mut findings = vec![Finding { what: "directory", well: true, detail: directory.display().to_string() }];
    let mut found = |what, well, detail: String| findings.push(Finding { what, well, detail });
    let outcome = match place::open(arguments).await {
        Ok(wallet) => {
            let protection = wallet.protection();
            found("vault", true, "encrypted (SQLCipher), intact, its key opens".to_owned());
            found("keystore", true, format!("{}: {}", protection.kind, protection.description));
            found(
                "approval",
                true,
                if protection.asks_for_presence { "asks for your presence" } else { "asks at the terminal; the keystore asks for nothing more" }.to_owned(),
            );
            match wallet.registration().await {
                Ok(Some(account)) => found("account", true, format!("{} at {} ({})", account.user_id, account.issuer, account.environment)),
                Ok(None) => found("account", true, "not registered yet; run: passid-wallet register".to_owned()),
                Err(error) => found("account", false, format!("{error} ({})", error.code())),
            }
            match wallet.banks().await {
                Ok(banks) => found("issuer", true, format!("{} answers; {} banks can be linked", wallet.issuer(), banks.len())),
                Err(error) => found("issuer", false, format!("{}: {error} ({})", wallet.issuer(), error.code())),
            }
            match wallet.credentials().await {
                Ok(credentials) => found("credentials", true, format!("{} kept, all signatures and commitments check out", credentials.len())),
                Err(passid_wallet_core::WalletError::NotRegistered) => {}
                Err(error) => found("credentials", false, format!("{error} ({})", error.code())),
            }
            wallet.close().await.map_err(Failure::from)
        }
        Err(failure) => {
            found("vault", false, format!("{failure} ({}); nothing was changed", failure.code()));
            Err(failure)
        }
    };
    let well = findings.iter().all(|finding| finding.well);
    let text: Vec<String> = findings.iter().map(|finding| format!("{} {}: {}", if finding.well { "ok" } else { "!!" }, finding.what, finding.detail)).collect();
    screen.answer(&serde_json::json!({"ok": well, "findings": findings}), &text.join("\n"))?;
    outcome
}
