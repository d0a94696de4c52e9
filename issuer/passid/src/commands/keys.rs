//! `passid keys`: the issuer's signing keys and the keys that seal secrets at rest, listed and replaced.

use clap::{Args, Subcommand};
use passid_api::environment::Environment;
use passid_api::jws::KeyPurpose;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::credential::keys;
use passid_issuer::sealing::{self, MasterKey, Sealer};
use passid_issuer::store::Store;

use crate::failure::Failure;
use crate::server::system_random;
use crate::settings::StoreOptions;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show the signing keys and when each signs.
    List {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Replace a signing key: the new one is published at once and signs later, the old one stays published after.
    Rotate {
        /// sandbox or live.
        environment: Environment,
        /// credential or access.
        purpose: KeyPurpose,
        /// Seconds until the new key signs; whoever keeps the published keys that long knows it by then.
        #[arg(long, default_value_t = 86_400)]
        ahead: u32,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Publish a key that has stopped signing no more: what it signed is refused from then on.
    Withdraw {
        /// The key's name, as `list` shows it; one in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Replace the key that seals secrets at rest, in three steps.
    Sealing {
        #[command(subcommand)]
        command: SealingCommand,
    },
}

#[derive(Debug, Subcommand)]
enum SealingCommand {
    /// First: add a key to the master key's file. Then give the file to every machine and restart every server.
    Prepare {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Second: let it seal. Then give the file to every machine and restart every server.
    Activate {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Third: seal everything again under it, while servers run.
    Again {
        #[command(flatten)]
        store: StoreOptions,
    },
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut random = system_random()?;
    match options.command {
        Command::List { store: options } => {
            let store = Store::open(&options.database()).await?;
            for key in passid_issuer::store::keys::all(&mut store.reader().await?).await? {
                let until = key.retired_at.map_or_else(String::new, |until| format!(" until {until}"));
                println!("{} {} {} signs from {}{until}", key.kid, key.environment, key.purpose, key.signs_from);
            }
            store.close().await;
        }
        Command::Rotate { environment, purpose, ahead, store: options } => {
            let store = Store::open(&options.database()).await?;
            let sealer = Sealer::new(MasterKey::load(&options.master_key())?);
            let rotated = keys::rotate(&store, &sealer, (environment, purpose), ahead, SystemClock.now(), &mut random).await;
            store.close().await;
            let (kid, begins) = rotated.map_err(Failure::because)?;
            println!("{kid} is published within 15 seconds and signs from {begins}; the key before it stays published");
        }
        Command::Withdraw { kid, store: options } => {
            let store = Store::open(&options.database()).await?;
            let withdrawn = keys::withdraw(&store, &kid, SystemClock.now()).await;
            store.close().await;
            withdrawn.map_err(Failure::because)?;
            println!("{kid} is published no more, within 15 seconds");
        }
        Command::Sealing { command: SealingCommand::Prepare { store } } => {
            MasterKey::prepare_next(&store.master_key(), &mut random)?;
            println!("{} holds a further key; give it to every machine, restart every server, then activate it", store.master_key().display());
        }
        Command::Sealing { command: SealingCommand::Activate { store } } => {
            MasterKey::activate_next(&store.master_key())?;
            println!(
                "{}: the further key seals; give it to every machine, restart every server, then run `passid keys sealing again`",
                store.master_key().display()
            );
        }
        Command::Sealing { command: SealingCommand::Again { store: options } } => {
            let sealer = Sealer::new(MasterKey::load(&options.master_key())?);
            let store = Store::open(&options.database()).await?;
            let done = sealing::seal_again(&store, &sealer, &mut random).await;
            store.close().await;
            let done = done.map_err(Failure::because)?;
            println!("{} values sealed again, {} were under the present key already", done.changed, done.current);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }

    #[test]
    fn a_key_whose_name_begins_with_a_hyphen_can_be_withdrawn() {
        for kid in ["-kBq0", "-_-", "Xm86"] {
            match Line::try_parse_from(["keys", "withdraw", kid, "--data", "here"]).map(|line| line.command) {
                Ok(Command::Withdraw { kid: read, .. }) => assert_eq!(read, kid),
                Ok(other) => panic!("{kid} is read as {other:?}"),
                Err(error) => panic!("{kid}: {error}"),
            }
        }
    }
}
