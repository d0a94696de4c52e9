//! Asks the person at the terminal, then lets the keystore open the lock.

use std::io::{self, IsTerminal, Write};

use passid_wallet_core::consent::{ApprovalSubject, UserApproval};
use passid_wallet_core::identity::{ConsentLock, HolderSecret};
use passid_wallet_core::keystore::KeystoreError;
use passid_wallet_core::words::Language;

use crate::screen;

/// What it means to keep the holder secret in a backup.
const HOLDER_SECRET: &str = "The backup will hold your holder secret.
  + After a move, institutions that knew you recognise you.
  - Whoever has the file and the passphrase can appear as you there.
  Your credentials and your bank data are not in it either way.";

/// Shows exactly what is being approved and asks; `yes` answers in advance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TerminalApproval {
    pub(crate) yes: bool,
    pub(crate) quiet: bool,
    pub(crate) language: Language,
}

impl UserApproval for TerminalApproval {
    fn approve(&self, subject: ApprovalSubject<'_>, lock: &ConsentLock) -> Result<HolderSecret, KeystoreError> {
        if !self.quiet {
            let shown = match subject {
                ApprovalSubject::Request(review) => screen::review(review, self.language),
                ApprovalSubject::Share(proposal) => screen::proposal(proposal, self.language),
                ApprovalSubject::BackupOfHolderSecret => HOLDER_SECRET.to_owned(),
            };
            writeln!(io::stdout().lock(), "{shown}").map_err(|_| KeystoreError::Cancelled)?;
        }
        if !self.yes && !asked_and_agreed().map_err(|_| KeystoreError::Cancelled)? {
            return Err(KeystoreError::Cancelled);
        }
        lock.open()
    }
}

/// Whether somebody is there and types yes.
fn asked_and_agreed() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    let mut output = io::stderr().lock();
    write!(output, "Agree? Type yes: ")?;
    output.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "yes" | "y" | "Yes" | "YES"))
}
