//! Backups to and from files, with a passphrase that never stands on the command line.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;

use passid_wallet_core::Wallet;
use passid_wallet_core::backup::{HolderSecretChoice, Passphrase};
use serde_json::json;

use crate::approval::TerminalApproval;
use crate::arguments::{Backup, Restore};
use crate::failure::Failure;
use crate::screen::Screen;

/// Larger files are no backups.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// Makes a backup and writes it to a new file that only its owner may read.
pub(crate) async fn make(wallet: &Wallet, options: &Backup, screen: Screen) -> Result<(), Failure> {
    let secret = if options.include_holder_secret {
        HolderSecretChoice::Include(Arc::new(TerminalApproval { yes: options.yes, quiet: screen.json, language: screen.language }))
    } else {
        HolderSecretChoice::LeaveOut
    };
    if options.file.exists() {
        return Err(Failure::File(format!("{} exists; it is not overwritten", options.file.display())));
    }
    let backup = wallet.backup(passphrase(options.passphrase_file.as_deref(), true)?, secret).await?;
    write_new(&options.file, &backup).map_err(|error| Failure::File(format!("{}: {error}", options.file.display())))?;
    let kept =
        if options.include_holder_secret { "It holds your holder secret: keep it as you keep your keys." } else { "It holds no secret that proves anything." };
    let text =
        format!("Backup written to {} ({} bytes).\n{kept}\nWithout the passphrase nobody can open it, you included.", options.file.display(), backup.len());
    screen.answer(&json!({"ok": true, "file": options.file, "bytes": backup.len(), "holder_secret": options.include_holder_secret}), &text)
}

/// Restores a backup into this wallet.
pub(crate) async fn restore(wallet: &Wallet, options: &Restore, screen: Screen) -> Result<(), Failure> {
    let unreadable = |error: io::Error| Failure::File(format!("{}: {error}", options.file.display()));
    let mut backup = Vec::new();
    File::open(&options.file).map_err(unreadable)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut backup).map_err(unreadable)?;
    let restored = wallet.restore(backup, passphrase(options.passphrase_file.as_deref(), false)?).await?;
    let applicant = if restored.same_applicant { "Institutions recognise you." } else { "Institutions that knew you see a new applicant." };
    let text = format!(
        "Restored {} with {} lines of history; the old device is cut off.\n{applicant}\nLink your bank again for a fresh credential: passid-wallet link-bank",
        restored.user_id, restored.history_lines
    );
    let value = json!({"ok": true, "user_id": restored.user_id, "made_at": restored.made_at, "history_lines": restored.history_lines,
        "same_applicant": restored.same_applicant});
    screen.answer(&value, &text)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The passphrase: the first line of a file, or typed twice (once to restore) at a terminal. What is typed is seen: a terminal's echo is
/// left alone, so that nothing is typed blindly.
fn passphrase(file: Option<&Path>, twice: bool) -> Result<Passphrase, Failure> {
    if let Some(path) = file {
        let mut line = String::new();
        let read = File::open(path).and_then(|file| BufReader::new(file.take(4_096)).read_line(&mut line));
        read.map_err(|error| Failure::File(format!("{}: {error}", path.display())))?;
        return Ok(Passphrase::new(line.trim_end_matches(['\r', '\n']).to_owned()));
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::NoPassphrase);
    }
    let typed = ask("Passphrase, at least twelve characters: ")?;
    if twice && ask("Once more: ")? != typed {
        return Err(Failure::NoPassphrase);
    }
    Ok(Passphrase::new(typed))
}

fn ask(question: &str) -> Result<String, Failure> {
    let mut output = io::stderr().lock();
    write!(output, "{question}")?;
    output.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
