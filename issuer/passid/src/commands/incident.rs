//! `passid incident`: what the status page tells about incidents and announced work.

use clap::{Args, Subcommand};
use passid_api::ids::IncidentId;
use passid_api::time::{Clock, SystemClock, Timestamp};
use passid_issuer::status::component::Component;
use passid_issuer::status::incident::{self, Impact, NewIncident, Stage};
use passid_issuer::store::{Store, incidents};

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
    /// Open an incident, or announce work with --impact maintenance.
    Open {
        /// What it is about, in a few words.
        name: String,
        /// The first thing to say.
        text: String,
        /// none, minor, major, critical or maintenance.
        #[arg(long, default_value = "minor")]
        impact: Impact,
        /// A component it touches, such as verify-api; may be repeated.
        #[arg(long = "component", value_name = "COMPONENT")]
        components: Vec<Component>,
        /// When it began, or work is to begin, such as 2026-03-18T14:22:00Z; now when left out.
        #[arg(long, value_name = "TIME")]
        from: Option<Timestamp>,
        /// Until when announced work is to last.
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Say something more; resolved (or completed, for announced work) ends it.
    Update {
        /// The incident, `inc_…`.
        incident: IncidentId,
        /// investigating, identified, monitoring, resolved; scheduled, in_progress, completed for announced work.
        status: Stage,
        /// What to say.
        text: String,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// List what is not over and what began in the last 90 days.
    List {
        #[command(flatten)]
        store: StoreOptions,
    },
}

/// Seconds of 90 days.
const LISTED_SECONDS: i64 = 90 * 24 * 3_600;

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut random = system_random()?;
    match options.command {
        Command::Open { name, text, impact, components, from, until, store: options } => {
            let store = Store::open(&options.database()).await?;
            let new = NewIncident { name, impact, components, body: text, started_at: from, scheduled_until: until };
            let opened = store.write(move |connection| Box::pin(async move { incident::open(connection, new, &SystemClock, &mut random).await })).await;
            store.close().await;
            println!("{}", opened.map_err(Failure::because)?);
        }
        Command::Update { incident, status, text, store: options } => {
            let store = Store::open(&options.database()).await?;
            let updated = store
                .write(move |connection| Box::pin(async move { incident::update(connection, incident, status, text, &SystemClock, &mut random).await }))
                .await;
            store.close().await;
            updated.map_err(Failure::because)?;
            println!("{incident} is {status}");
        }
        Command::List { store: options } => {
            let store = Store::open(&options.database()).await?;
            let found = incidents::since(&mut store.reader().await?, SystemClock.now().plus_seconds(-LISTED_SECONDS)).await;
            store.close().await;
            for incident in found? {
                println!("{} {} {} {} {}", incident.id, incident.started_at, incident.impact, incident.stage, incident.name);
            }
        }
    }
    Ok(())
}
