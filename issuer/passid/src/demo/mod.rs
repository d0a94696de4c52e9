//! The demo: one share from bank to institution, both ways of sharing, and the refusals, on one machine.

mod consent;
mod consumer;
mod evidence;
mod institution;
mod options;
mod receiver;
mod refusals;
mod report;
mod stage;
mod story;
mod tamper;

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::data_directory::DataDirectory;
use crate::failure::Failure;
use crate::server;

pub(crate) use options::Options;

use report::Report;
use stage::Stage;

/// Runs the demo, and stays up afterwards unless told otherwise.
pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let directory = DataDirectory::open(&options.data)?;
    log_to(&directory.path().join("passid.log"))?;
    let mut report = Report::new(options.json);
    report.line(&format!("PASSID: one share, from bank to institution\nEverything is kept in {}", directory.path().display()))?;

    let stage = Stage::start(&mut report, &options, directory.path()).await?;
    let told = story::tell(&mut report, &stage).await;
    let ended = match told {
        Ok(()) => report.finish(),
        Err(failure) => Err(failure),
    };
    if ended.is_ok() && !options.once && !options.json {
        report.line(&stage.where_to_look(directory.path()))?;
        server::asked_to_stop().await;
    }
    stage.stop().await?;
    ended
}

/// The story belongs to the terminal; what the server logs goes to a file beside the data.
fn log_to(path: &Path) -> Result<(), Failure> {
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(|source| Failure::DataDirectory { path: path.to_owned(), source })?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Mutex::new(file)).init();
    Ok(())
}
