//! `passid lists`: sanctions lists put in force, every holder screened again, matches looked at and false positives cleared.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use passid_api::ids::UserId;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::http::ApiError;
use passid_issuer::screening::lists::changes::ChangedEntry;
use passid_issuer::screening::log::{self, Checked};
use passid_issuer::screening::rescreen::Rescreened;
use passid_issuer::screening::update::{self, ListReport, Loaded};
use passid_issuer::screening::{clearance, follow, holders};
use passid_issuer::service::Service;
use passid_issuer::store::{self, Store};

use super::checkpoints::Kept;
use crate::failure::Failure;
use crate::server;
use crate::settings::StoreOptions;

/// Entries named on the terminal for each list and kind of change; the report has all.
const SHOWN: usize = 5;
/// Matches shown.
const MATCHES: u32 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Put the lists in a directory in force, all or none; say what changed; screen every holder again.
    ///
    /// Run it daily with freshly fetched files: the same lists again are confirmed, and do not grow too old. Running servers take a new
    /// version within 15 seconds.
    Update {
        /// Directory with the lists, in the folders ofac, un and eu or itself.
        #[arg(long, value_name = "DIR")]
        dir: PathBuf,
        /// Put them in force although a list is missing, older, or shorter by more than a tenth than the one in force.
        #[arg(long)]
        accept_loss: bool,
        /// Where the whole report goes, as JSON.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Show the lists in force, and how many holders are screened against them.
    Show {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Show the holders a list matches, with what there is to judge by. This prints personal data.
    Matches {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Clear a false positive: for this holder and this entry, until either changes.
    Clear {
        /// The account, as `matches` shows it.
        user: UserId,
        /// The list's name.
        #[arg(long)]
        list: String,
        /// The entry's number in it.
        #[arg(long)]
        entry: String,
        /// Why it is not the same person.
        #[arg(long)]
        reason: String,
        /// Who says so.
        #[arg(long, value_name = "NAME")]
        by: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Print a signed note of where the log of screening ends. Kept elsewhere, it shows later that nothing was cut off.
    Checkpoint {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Show the log of screening, and check against its signed checkpoints that none of it was changed or cut off.
    Log {
        #[command(flatten)]
        kept: Kept,
        #[command(flatten)]
        store: StoreOptions,
    },
}

fn problem(error: ApiError) -> Failure {
    Failure::because(error.0.detail)
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let options = options.command;
    let (Command::Update { store: place, .. }
    | Command::Show { store: place }
    | Command::Matches { store: place }
    | Command::Clear { store: place, .. }
    | Command::Checkpoint { store: place }
    | Command::Log { store: place, .. }) = &options;
    let place = place.clone();
    let store = Store::open(&place.database()).await?;
    let done = on(&store, &place, options).await;
    store.close().await;
    done
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
async fn on(store: &Store, place: &StoreOptions, command: Command) -> Result<(), Failure> {
    match command {
        Command::Update { dir, accept_loss, report, .. } => {
            let loaded = update::load(store, &dir, accept_loss, "operator", SystemClock.now()).await?;
            // First what matters; a terminal that has gone away must not stop it.
            let done = rescreen(store, place).await;
            if let Some(path) = report {
                let text = serde_json::to_string_pretty(&loaded).map_err(Failure::because)?;
                std::fs::write(&path, text).map_err(|source| Failure::File { path, source })?;
            }
            say(&loaded);
            let Some(done) = done? else {
                println!("no holder to screen yet");
                return Ok(());
            };
            println!("{} holders screened again: {} matched and revoked, {} freed", done.screened, done.matched, done.freed);
            match done.unreadable {
                0 => Ok(()),
                some => Err(Failure::because(format!("{some} holders could not be screened: their records do not open under this master key"))),
            }
        }
        Command::Show { .. } => show(store).await,
        Command::Matches { .. } => {
            let Some(service) = server::inside(store, &place.master_key()).await? else {
                println!("no holder yet");
                return Ok(());
            };
            matches(&service).await
        }
        Command::Clear { user, list, entry, reason, by, .. } => {
            let service = server::inside(store, &place.master_key()).await?.ok_or_else(|| Failure::because("no holder yet"))?;
            let left = clearance::clear(&service, user, (&list, &entry), &reason, &by).await.map_err(Failure::because)?;
            match left {
                0 => println!("cleared; nothing stands against {user} any more, who may ask for a fresh credential"),
                left => println!("cleared; {left} more stand against {user}"),
            }
            Ok(())
        }
        Command::Checkpoint { .. } => {
            let service = server::inside(store, &place.master_key()).await?.ok_or_else(|| Failure::because("no holder yet"))?;
            let note = log::checkpoint(&service).await.map_err(Failure::because)?;
            print!("{}", note.ok_or_else(|| Failure::because("nothing is logged yet"))?);
            Ok(())
        }
        Command::Log { kept, .. } => {
            let mut lines = Vec::new();
            let mut reader = store.reader().await?;
            let keys = kept.keys(&mut reader).await?;
            let notes = kept.notes()?;
            let read = log::read(&mut reader, &keys, &notes, |row| {
                lines.push(format!("{} {} {} {} {} by {}", row.sequence, row.created_at, row.action, row.subject, row.detail, row.actor));
            });
            let Checked { entries, checkpoints } = read.await.map_err(Failure::because)?;
            println!("{}", lines.join("\n"));
            println!("{entries} entries, each follows from the one before; they agree with {checkpoints} signed checkpoints");
            Ok(())
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
fn say(loaded: &Loaded) {
    if loaded.unchanged {
        return println!("version {} is in force already and confirmed; no entry changed", loaded.version);
    }
    println!("version {} is in force", loaded.version);
    for ListReport { list, edition, entries, changes } in &loaded.lists {
        let edition = edition.as_deref().unwrap_or("not in force any more");
        println!("{list} {edition}: {entries} entries; {} added, {} changed, {} removed", changes.added.len(), changes.changed.len(), changes.removed.len());
        let some = |sign: char, entries: &[ChangedEntry]| {
            for ChangedEntry { entry, name } in entries.iter().take(SHOWN) {
                println!("  {sign} {entry} {name}");
            }
            if entries.len() > SHOWN {
                println!("  {sign} and {} more", entries.len() - SHOWN);
            }
        };
        some('+', &changes.added);
        some('~', &changes.changed);
        some('-', &changes.removed);
    }
}

/// Nothing where there is no holder yet.
async fn rescreen(store: &Store, place: &StoreOptions) -> Result<Option<Rescreened>, Failure> {
    let Some(service) = server::inside(store, &place.master_key()).await? else { return Ok(None) };
    follow::follow(&service).await.map(Some).map_err(problem)
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
async fn show(store: &Store) -> Result<(), Failure> {
    let mut reader = store.reader().await?;
    let Some(version) = store::sanctions::latest(&mut reader).await? else {
        println!("no sanctions list is loaded; nobody is said to be clear");
        return Ok(());
    };
    println!("version {} of {}, confirmed {}", version.version, version.loaded_at, version.confirmed_at);
    for list in store::sanctions::lists(&mut reader, version.version).await? {
        println!("{} {}: {} entries{}", list.name, list.edition, list.entries, if list.excerpt { ", an excerpt" } else { "" });
    }
    let (kept, due) = store::screened::count(&mut reader, version.version).await?;
    println!("{kept} holders, {due} not yet screened against this version");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
async fn matches(service: &Service) -> Result<(), Failure> {
    let matched = store::screened::matched(&mut service.store.reader().await?, MATCHES).await?;
    for holder in &matched {
        let person = holders::open_person(service, holder).map_err(problem)?;
        println!("{} screened {}: {}", holder.user, holder.screened_at, person.names.join(" / "));
        for hit in holders::open_hits(service, holder).map_err(problem)? {
            println!("  {} {} {:?} {:.3}, {}: {}, {}", hit.list, hit.entry, hit.grade, hit.score, hit.matched_name, hit.reasons.join(", "), hit.version);
        }
    }
    println!("{} holders match", matched.len());
    Ok(())
}
