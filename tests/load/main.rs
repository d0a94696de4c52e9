//! Open-loop load on a release server, beside what the same machine could do at most. `tests/load/run` builds and runs it.

#![expect(clippy::print_stdout, reason = "a report")]
#![expect(clippy::cast_precision_loss, reason = "rates and latencies are printed with three digits")]

mod client;
mod endurance;
mod floors;
mod generator;
mod stage;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use passid_api::time::Timestamp;
use passid_circuits::{Proof, Statement, Verifier};
use passid_issuer::store::{DatabaseUrl, testing};
use passid_issuer::verify::presentation;
use passid_tests::server::{FREE_PORT, Server};

use generator::{Measured, Requests, arrive, saturate};
use stage::Stage;
use url::Url;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The server's limits, off: the load is one key's.
const UNLIMITED: &[&str] = &["--limit", "key=off,wallet=off,workspace=off,address=off,code_misses=off,code_misses_of_all=off"];

/// Requests sent before a server's rate is measured: it opens its connections, compiles its statements, and waits for the disk to have what
/// was staged.
const WARMING: usize = 500;
/// Sessions fulfilled before the rate is measured.
const WARMING_FULFILMENTS: usize = 100;

/// How much of everything.
struct Plan {
    saturating: usize,
    arriving_seconds: f64,
    fulfilments: usize,
    history: i64,
    floors: usize,
}

const QUICK: Plan = Plan { saturating: 4_000, arriving_seconds: 3.0, fulfilments: 400, history: 100_000, floors: 10_000 };
const FULL: Plan = Plan { saturating: 30_000, arriving_seconds: 30.0, fulfilments: 600, history: 1_000_000, floors: 60_000 };

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [mode, address, database] = arguments.as_slice()
        && mode == "--floors"
    {
        return floors::serve(address.parse()?, &database.parse()?).await.map_err(|error| error.to_string().into());
    }
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let plan = if arguments.iter().any(|argument| argument == "--quick") { QUICK } else { FULL };
    let only = arguments.iter().find_map(|argument| argument.strip_prefix("--engine="));
    for database in testing::databases().await {
        if only.is_none_or(|engine| engine.eq_ignore_ascii_case(database.engine)) {
            println!("\n{}", database.engine);
            if arguments.iter().any(|argument| argument == "--endurance") {
                endurance::run(&database.url).await?;
            } else {
                measure(&plan, &database.url).await?;
            }
        }
    }
    Ok(())
}

fn text(database: &DatabaseUrl) -> String {
    match database {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(address) => address.expose().to_owned(),
    }
}

/// The floors' server, in a process of its own like the other; killed with the value.
struct Floors(Child);

impl Drop for Floors {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn line(name: &str, measured: &Measured) {
    let [median, high, higher] = [0.5, 0.99, 0.999].map(|part| measured.percentile(part));
    println!("  {name:<44} {:>8.0}/s   p50 {median:>7.2} ms   p99 {high:>7.2} ms   p99.9 {higher:>7.2} ms", measured.rate);
    if measured.wrong > 0 {
        println!("  !! {} answers were not the expected ones", measured.wrong);
    }
}

/// A server on what its own stage has made ready. A server's address is part of every signed head: the stage has to have the server's.
async fn staged(database: &DatabaseUrl, directory: &Path) -> Result<(Stage, Url), Failed> {
    let mut server = Server::launch_on(database, FREE_PORT, directory, UNLIMITED);
    let url = server.url.clone();
    server.kill();
    Ok((Stage::open(directory, database, &url).await?, url))
}

async fn measure(plan: &Plan, database: &DatabaseUrl) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let bare = floor(plan, database, "bare").await?;
    let commit = floor(plan, database, "commit").await?;
    let rows = floor(plan, database, "rows").await?;

    let (stage, url) = staged(database, directory.path()).await?;
    let mut tokens = stage.shares(2 * (plan.saturating + WARMING)).await?;
    let mut fulfilments = stage.fulfilments(WARMING_FULFILMENTS + plan.fulfilments).await?;
    let sample = fulfilments.first().cloned().ok_or("a fulfilment")?;
    let server = Server::launch_on(database, url.authority(), directory.path(), UNLIMITED);
    let address = *server.url.socket_addrs(|| None)?.first().ok_or("an address")?;

    saturate(address, redeem(tokens.drain(..WARMING).collect())).await?;
    let (before, busy) = (memory(server.process()), processor_seconds(server.process()));
    let some: Vec<_> = tokens.drain(..plan.saturating).collect();
    let saturated = saturate(address, redeem(some)).await?;
    line("redeemed, saturated", &saturated);
    let each = (processor_seconds(server.process()) - busy) / plan.saturating as f64;
    println!("  {:<44} {:.0} microseconds of the server's processor time each", "", each * 1e6);
    let parts = [bare, commit, rows].map(|floor| saturated.rate / floor.rate);
    println!("  {:<44} {:.2} of a bare handler, {:.2} of one durable row, {:.2} of its own rows", "", parts[0], parts[1], parts[2]);
    saturate(address, fulfil(fulfilments.drain(..WARMING_FULFILMENTS).collect())).await?;
    let busy = processor_seconds(server.process());
    let fulfilled = saturate(address, fulfil(fulfilments)).await?;
    line("sessions fulfilled, saturated", &fulfilled);
    let each = (processor_seconds(server.process()) - busy) / plan.fulfilments as f64;
    println!("  {:<44} {:.0} microseconds of the server's processor time each", "", each * 1e6);
    let alone = verify_alone(&stage, &sample).await?;
    println!("  {:<44} {alone:>8.0}/s   fulfilment reaches {:.0} % of it", "Verifier::verify alone, every core", 100.0 * fulfilled.rate / alone);

    let history = stage_history(&stage, plan, server, &url, directory.path(), database).await?;
    let server = history;
    saturate(address, redeem(tokens.drain(..WARMING).collect())).await?;
    let again = saturate(address, redeem(tokens)).await?;
    line(&format!("redeemed, saturated, behind {} others", plan.history), &again);
    println!("  {:<44} {:.2} times the cost of the first", "", saturated.rate / again.rate);
    for part in [0.5, 0.8] {
        let rate = again.rate * part;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of requests")]
        let tokens = stage.shares((rate * plan.arriving_seconds) as usize).await?;
        let arrived = arrive(address, redeem(tokens), rate).await?;
        line(&format!("redeemed, arriving at {:.0} % of that", part * 100.0), &arrived);
    }
    println!("  memory of the server: {before} KiB before, {} KiB after", memory(server.process()));
    stage.service.store.close().await;
    Ok(())
}

fn redeem(all: Vec<Vec<u8>>) -> Arc<Requests> {
    Arc::new(Requests { all, expects: b"\"credential_valid\":true" })
}

fn fulfil(all: Vec<Vec<u8>>) -> Arc<Requests> {
    Arc::new(Requests { all, expects: b"completed" })
}

async fn stage_history(stage: &Stage, plan: &Plan, mut server: Server, url: &Url, directory: &Path, database: &DatabaseUrl) -> Result<Server, Failed> {
    server.kill();
    stage.history(0, plan.history).await?;
    Ok(Server::launch_on(database, url.authority(), directory, UNLIMITED))
}

async fn floor(plan: &Plan, database: &DatabaseUrl, path: &str) -> Result<Measured, Failed> {
    let address: SocketAddr = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut command = Command::new(std::env::current_exe()?);
    let _server = Floors(command.args(["--floors", &address.to_string(), &text(database)]).spawn()?);
    while client::Client::connect(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    let request = |number: usize| client::request(&format!("/{path}"), &[], &format!(r#"{{"token":"{number:032}","institution_reference":"load"}}"#));
    let requests = Arc::new(Requests { all: (0..plan.floors).map(request).collect(), expects: b"\"ok\":true" });
    let measured = saturate(address, requests).await?;
    let name = match path {
        "bare" => "a bare handler",
        "commit" => "one durable row",
        _ => "a redemption's rows, durable",
    };
    line(&format!("floor: {name}, saturated"), &measured);
    Ok(measured)
}

/// Verifies one real proof over and over on every core, and returns how many a second.
async fn verify_alone(stage: &Stage, request: &[u8]) -> Result<f64, Failed> {
    let body = request.windows(4).position(|window| window == b"\r\n\r\n").map(|end| &request[end + 4..]).ok_or("a body")?;
    let fulfil: passid_api::session::FulfillRequest = serde_json::from_slice(body)?;
    let path = String::from_utf8_lossy(request);
    let session = path.split('/').nth(3).ok_or("a session")?.parse().map_err(|_| "a session")?;
    let stored = passid_issuer::store::sessions::find(&mut stage.service.store.reader().await?, session).await?.ok_or("the session")?;
    let agreement = passid_issuer::session::fulfill::agreement(&stored);
    // As when it was presented: a slow machine has measured for longer since than clocks may differ.
    let presented = Timestamp::from_seconds(fulfil.presentation.presented_at.try_into()?)?;
    let checked = presentation::check_at(&stage.service, &agreement, &fulfil.presentation, presented).await.map_err(|error| format!("{:?}", error.0))?;
    let statement = Statement::new(checked.statement)?;
    let proof: Proof = serde_json::from_value(serde_json::Value::String(fulfil.presentation.proof))?;
    let (verifier, began) = (Verifier::embedded()?, Instant::now());
    let each = |_| {
        let mut count = 0_u32;
        while began.elapsed() < Duration::from_secs(3) {
            if verifier.verify(&statement, &proof).is_err() {
                return 0;
            }
            count += 1;
        }
        count
    };
    let cores = std::thread::available_parallelism()?.get();
    let total: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|number| scope.spawn(move || each(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    });
    Ok(f64::from(total) / began.elapsed().as_secs_f64())
}

/// What the process has used of the processors, seconds; 0 where the system does not say.
fn processor_seconds(process: u32) -> f64 {
    /// Clock ticks a second, the same on every Linux.
    const TICKS: f64 = 100.0;
    let status = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // User and system time are the 12th and 13th field behind the program's name in parentheses.
    let fields: Vec<f64> = status.rsplit(')').next().unwrap_or_default().split_whitespace().map(|field| field.parse().unwrap_or(0.0)).collect();
    fields.get(11..13).map_or(0.0, |times| times.iter().sum::<f64>() / TICKS)
}

/// Resident memory, KiB; 0 where the system does not say.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
