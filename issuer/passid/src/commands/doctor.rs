//! `passid doctor`: looks at everything a server needs, and says what to do about what is wrong.

use clap::Args;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::screening::update;
use passid_issuer::sealing::{MasterKey, Sealer};
use passid_issuer::store::{self, Store};

use crate::failure::Failure;
use crate::settings::{CheckedLayers, ServeOptions};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    layers: CheckedLayers,
}

/// Deliveries that are due for longer mean that no worker runs, seconds.
const LATE_SECONDS: i64 = 300;

/// What was found, line by line.
#[derive(Default)]
struct Report {
    failed: u32,
}

impl Report {
    #[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
    fn note(&mut self, what: &str, found: Result<String, String>) {
        match found {
            Ok(found) => println!("ok    {what}: {found}"),
            Err(wrong) => {
                self.failed += 1;
                println!("FAIL  {what}: {wrong}");
            }
        }
    }
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut report = Report::default();
    let CheckedLayers(mut layers) = options.layers;
    let settings = ServeOptions::from_layers(&mut layers);
    let mistakes: Vec<_> = layers.mistakes.iter().map(ToString::to_string).collect();
    report.note("configuration", if mistakes.is_empty() { Ok("every setting reads".to_owned()) } else { Err(mistakes.join("; ")) });
    if let Some(settings) = settings {
        report.note("data directory", data_directory(&settings));
        report.note("circuit", passid_circuits::Verifier::embedded().map(|_| "its files match their pins".to_owned()).map_err(|error| error.to_string()));
        report.note("sanctions lists to begin with", sanctions(&settings));
        database(&mut report, &settings).await;
    }
    if report.failed == 0 { Ok(()) } else { Err(Failure::Operator(format!("{} of the checks failed", report.failed))) }
}

fn data_directory(settings: &ServeOptions) -> Result<String, String> {
    let path = &settings.store.data;
    let metadata = std::fs::metadata(path).map_err(|error| format!("{}: {error}; `passid serve` makes it", path.display()))?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        return Err(format!("{0}: others may read it; run chmod 700 {0}", path.display()));
    }
    if metadata.is_dir() { Ok(path.display().to_string()) } else { Err(format!("{} is not a directory", path.display())) }
}

fn sanctions(settings: &ServeOptions) -> Result<String, String> {
    match &settings.sanctions {
        None => Ok("none named".to_owned()),
        Some(path) => passid_issuer::screening::Screener::from_directory(path).map(|_| format!("{} loads", path.display())).map_err(|error| error.to_string()),
    }
}

async fn in_force(store: &Store, max_age_days: u32) -> Result<String, String> {
    let failed = |error: store::StoreError| error.to_string();
    let now = SystemClock.now();
    let found = update::in_force(&mut store.reader().await.map_err(failed)?).await.map_err(failed)?;
    let Some((version, lists)) = found else { return Ok("none; nobody is said to be clear".to_owned()) };
    let too_old: Vec<_> = lists.iter().filter(|list| list.version.is_too_old(now, max_age_days)).map(|list| list.version.to_string()).collect();
    if too_old.is_empty() {
        return Ok(format!("version {} of {} lists, confirmed {}", version.version, lists.len(), version.confirmed_at));
    }
    Err(format!("too old, so that nobody is said to be clear: {}; fetch them and run passid lists update", too_old.join(", ")))
}

fn master_key(settings: &ServeOptions) -> Result<MasterKey, String> {
    let path = settings.store.master_key();
    let key = MasterKey::load(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    #[cfg(unix)]
    if std::fs::metadata(&path).is_ok_and(|found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0) {
        return Err(format!("{0}: others may read it; run chmod 600 {0}", path.display()));
    }
    Ok(key)
}

async fn database(report: &mut Report, settings: &ServeOptions) {
    let url = settings.store.database();
    let pending = Store::pending_migrations(&url).await;
    match &pending {
        Ok(pending) if pending.is_empty() => report.note("database", Ok(format!("{url} answers, its schema is up to date"))),
        Ok(pending) => report.note("database", Err(format!("{} migrations are to be applied; run passid migrate", pending.len()))),
        Err(error) => report.note("database", Err(error.to_string())),
    }
    let key = master_key(settings);
    report.note("master key", key.as_ref().map(|_| settings.store.master_key().display().to_string()).map_err(Clone::clone));
    if !pending.is_ok_and(|pending| pending.is_empty()) {
        return;
    }
    let store = match Store::open(&url).await {
        Ok(store) => store,
        Err(error) => return report.note("database", Err(error.to_string())),
    };
    report.note("sanctions lists in force", in_force(&store, settings.sanctions_max_age_days).await);
    if let Ok(key) = key {
        report.note("signing keys", signing_keys(&store, &Sealer::new(key)).await);
    }
    report.note("tree", trees(&store).await);
    report.note("webhook queue", queue(&store).await);
    store.close().await;
}

async fn signing_keys(store: &Store, sealer: &Sealer) -> Result<String, String> {
    let mut reader = store.reader().await.map_err(|error| error.to_string())?;
    let keys = store::keys::all(&mut reader).await.map_err(|error| error.to_string())?;
    for key in &keys {
        let opened = sealer.open(passid_issuer::sealing::Purpose::IssuerKey, &key.kid, &key.sealed_key);
        opened.map_err(|_| format!("{} does not open under this master key; use the one of its time", key.kid))?;
    }
    Ok(format!("{} open", keys.len()))
}

async fn trees(store: &Store) -> Result<String, String> {
    let mut reader = store.reader().await.map_err(|error| error.to_string())?;
    let mut heads = Vec::new();
    for environment in passid_api::environment::Environment::ALL {
        let checked = passid_issuer::credential::tree::check_chain(&mut reader, *environment).await.map_err(|error| error.to_string())?;
        heads.push(format!("{checked} heads of {environment}"));
    }
    Ok(format!("{}, each chained to the one before", heads.join(", ")))
}

async fn queue(store: &Store) -> Result<String, String> {
    let mut reader = store.reader().await.map_err(|error| error.to_string())?;
    let pending = store::webhooks::count_pending(&mut reader).await.map_err(|error| error.to_string())?;
    let now = SystemClock.now();
    match store::webhooks::waiting_since(&mut reader, now).await.map_err(|error| error.to_string())? {
        Some(since) if now.seconds_since(since) > LATE_SECONDS => Err(format!("a delivery has been due since {since}; does a server run?")),
        _ => Ok(format!("{pending} deliveries wait for their time")),
    }
}
