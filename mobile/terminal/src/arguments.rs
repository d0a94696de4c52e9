//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use passid_api::claims::Slot;
use passid_api::claims::encoding::Country;
use passid_api::environment::Environment;
use passid_api::ids::{BankLinkId, CredentialId, InstitutionId, ShareId};
use passid_api::permission::Permission;
use passid_api::predicate::{Operator, Predicate};
use passid_wallet_core::issuer::{CertificatePin, IssuerAddress};

/// Your PASSID wallet: keeps credentials, shows what an institution asks for, and shares only what you approve.
///
/// Exit codes: 0 done, 1 failed, 2 wrong usage, 3 you declined, 4 the issuer cannot be reached, 5 it is not known whether it was shared
/// (run `resume`), 6 the keystore did not open, 7 something must be set up first.
#[derive(Debug, Parser)]
#[command(name = "passid-wallet", version)]
pub(crate) struct Arguments {
    /// Where the wallet is kept.
    #[arg(long, env = "PASSID_WALLET_DIR", global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The issuer's address.
    #[arg(long, env = "PASSID_ISSUER", global = true, default_value = "http://127.0.0.1:8420", value_name = "URL")]
    pub(crate) issuer: IssuerAddress,
    /// Sandbox or live.
    #[arg(long, global = true, default_value = "sandbox")]
    pub(crate) environment: Environment,
    /// Where the outermost keys are kept.
    #[arg(long, env = "PASSID_WALLET_KEYSTORE", global = true, value_enum, default_value_t = KeystoreKind::Platform)]
    pub(crate) keystore: KeystoreKind,
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The language of what you are asked to agree to, such as en or fr-CA.
    #[arg(long, env = "LANG", global = true, default_value = "en", value_name = "LOCALE")]
    pub(crate) language: String,
    /// A public key of which the issuer's certificate chain must show one (sha256/BASE64); may be given several times.
    #[arg(long = "certificate-pin", global = true, value_name = "PIN")]
    pub(crate) certificate_pins: Vec<CertificatePin>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the outermost keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeystoreKind {
    /// This system's credential store.
    Platform,
    /// Files only you may read: weaker, but works everywhere.
    File,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make this wallet's keys and register them with the issuer.
    Register,
    /// Link a bank: prints where to sign in, waits until you did, and asks for a credential.
    LinkBank(LinkBank),
    /// List your credentials.
    Credentials {
        /// Ask the issuer where they stand.
        #[arg(long)]
        refresh: bool,
    },
    /// Delete a credential from this device; the issuer is not told.
    DeleteCredential {
        /// Which one.
        credential: CredentialId,
    },
    /// Show what an institution asks for; nothing is shared.
    Review {
        /// The link, the code, or a PNG file with the QR image you were given.
        request: String,
    },
    /// Show what an institution asks for and share it when you say yes.
    Approve(Approve),
    /// Decline a request.
    Decline {
        /// The link, the code, or a PNG file with the QR image you were given.
        request: String,
        /// Told to the institution; leave it out to tell nothing.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Make a one-time share and print its code.
    Share(Share),
    /// List your shares.
    Shares {
        /// Ask the issuer which were used.
        #[arg(long)]
        refresh: bool,
    },
    /// Withdraw a share nobody has redeemed yet.
    Revoke {
        /// Which one.
        share: ShareId,
    },
    /// Show what was shared, with whom, and what came of it.
    History {
        /// Only with this institution.
        #[arg(long)]
        verifier: Option<InstitutionId>,
        /// At most so many lines, the newest.
        #[arg(long)]
        limit: Option<u32>,
    },
    /// Print the whole history as a JSON document.
    Export,
    /// Delete the history, or one line of it.
    ForgetHistory {
        /// The line's number; all lines when left out.
        #[arg(long)]
        line: Option<i64>,
    },
    /// Switch the keeping of a history on or off.
    KeepHistory {
        /// on or off.
        #[arg(value_parser = clap::builder::BoolishValueParser::new(), action = clap::ArgAction::Set)]
        keep: bool,
    },
    /// Write a backup to a file, sealed under a passphrase.
    Backup(Backup),
    /// Restore a backup into this wallet, which must be new: the account moves here, the old device is cut off.
    Restore(Restore),
    /// Withdraw every backup made so far: none moves your account any more.
    WithdrawBackups,
    /// Lock the wallet: destroy nothing, but make sure that no program on this machine has it open.
    Lock,
    /// Find out what became of sharing that was interrupted.
    Resume,
    /// Explain what protects this wallet and whether all is well.
    Doctor,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct LinkBank {
    /// Your name as you write it; compared with the bank's.
    #[arg(long)]
    pub(crate) name: String,
    /// The bank; the first of the issuer's when left out.
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// The country whose institutions you turn to, such as GB.
    #[arg(long)]
    pub(crate) destination: Country,
    /// The day you were born, such as 1990-04-28; tells you from people of your name on sanctions lists, and is in no claim.
    #[arg(long, value_name = "DAY")]
    pub(crate) birth_date: Option<String>,
    /// The country of your nationality, such as KE; for the same.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) nationality: Option<String>,
    /// female or male; for the same.
    #[arg(long)]
    pub(crate) gender: Option<String>,
    /// Do not begin anew: ask for a credential from this bank link.
    #[arg(long, value_name = "LINK")]
    pub(crate) resume: Option<BankLinkId>,
    /// Print the address and do not wait; continue later with `--resume`.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; it must not exist yet.
    pub(crate) file: PathBuf,
    /// A file whose first line is the passphrase; asked for at the terminal when left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Put the holder secret into the file too. With it, institutions recognise you after a move; and whoever opens the file can appear as
    /// you. Without it you stay safer, and institutions see a new applicant after a move.
    #[arg(long)]
    pub(crate) include_holder_secret: bool,
    /// Include the holder secret without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    pub(crate) file: PathBuf,
    /// A file whose first line is the passphrase; asked for at the terminal when left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The link, the code, or a PNG file with the QR image you were given.
    pub(crate) request: String,
    /// Approve without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Approve only what an earlier `review` showed under this hash.
    #[arg(long, value_name = "HASH")]
    pub(crate) request_hash: Option<passid_wallet_core::consent::RequestHash>,
}

#[derive(Debug, Args)]
pub(crate) struct Share {
    /// What to disclose; may be given several times.
    #[arg(long = "permission", required = true, value_name = "NAME")]
    pub(crate) permissions: Vec<Permission>,
    /// What to prove without disclosing it, such as `income_monthly>=250000` (minor units); up to four.
    #[arg(long = "condition", value_parser = condition, value_name = "CLAIM OP NUMBER")]
    pub(crate) conditions: Vec<Predicate>,
    /// The one institution that may redeem it; any when left out.
    #[arg(long, value_name = "INSTITUTION")]
    pub(crate) audience: Option<InstitutionId>,
    /// Seconds it can be redeemed, 60 to 86400.
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    pub(crate) lifetime: u32,
    /// Share without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Reads `claim`, operator and number, with or without spaces.
fn condition(text: &str) -> Result<Predicate, String> {
    let at = text.find(['<', '>', '=', '!']).ok_or("write it like income_monthly>=250000")?;
    let (claim, rest) = text.split_at(at);
    let digits = rest.find(|character: char| character.is_ascii_digit()).ok_or("the number is missing")?;
    let (operator, bound) = rest.split_at(digits);
    let claim: Slot = claim.trim().parse().map_err(|error| format!("{error}"))?;
    let operator: Operator = operator.trim().parse().map_err(|error| format!("{error}"))?;
    let bound = bound.trim().parse().map_err(|_| "the bound must be a whole number")?;
    Ok(Predicate { claim, operator, bound })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn conditions_are_read_strictly() {
        let expected = Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound: 250_000 };
        assert_eq!(condition("income_monthly>=250000"), Ok(expected));
        assert_eq!(condition("income_monthly >= 250000"), Ok(expected));
        for text in ["", "income_monthly", "income_monthly=>1", "income_monthly>=", "income_monthly>=-1", "income_monthly>=1.5", "income>=1", ">=1"] {
            assert!(condition(text).is_err(), "{text}");
        }
    }
}
