//! `passid serve` as a process of its own, which a test kills at any moment and starts again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use passid_issuer::store::DatabaseUrl;
use url::Url;

use crate::program;

/// Where any free port will do.
pub const FREE_PORT: &str = "127.0.0.1:0";

/// What tests that send much from one address to loopback receivers ask of a server.
const LENIENT: [&str; 9] =
    ["--allow-loopback-webhooks", "--limit", "key=off", "--limit", "address=off", "--limit", "code_misses=off", "--limit", "code_misses_of_all=off"];

/// A running server. It is killed with the value, as a power loss would.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub url: Url,
}

impl Server {
    /// Starts a server that listens on `address`, with its files in `data`, and blocks until it says that it is ready.
    pub fn launch(address: &str, data: &Path, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--data", data.to_str().expect("a path that is text"), "--listen", address];
        all.extend(arguments);
        let mut process = program::command(&all).env("RUST_LOG", "warn,passid::commands::serve=info").stdout(Stdio::null()).spawn().expect("the program runs");
        let mut log = BufReader::new(process.stderr.take().expect("its log"));
        let mut said = String::new();
        let url = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).expect("its log reads"), 0, "the server ended before it was ready:\n{said}");
            if let Some((_, rest)) = line.split_once("ready address=") {
                let address = rest.split_whitespace().next().expect("an address");
                break format!("http://{address}").parse().expect("an address");
            }
            said.push_str(&line);
        };
        // Read on, so that the server never waits for its log to be read.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { process, url }
    }

    /// [`Server::launch`] on the given database.
    pub fn launch_on(database: &DatabaseUrl, address: &str, data: &Path, arguments: &[&str]) -> Self {
        let database = match database {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(address) => address.expose().to_owned(),
        };
        Self::launch(address, data, &[&["--database", database.as_str()], arguments].concat())
    }

    /// Starts a lenient server on a free port while other tasks go on.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_at(FREE_PORT, data, arguments).await
    }

    /// Starts a lenient server that listens on `address` while other tasks go on.
    pub async fn start_at(address: &str, data: &Path, arguments: &[&str]) -> Self {
        let (address, data) = (address.to_owned(), data.to_owned());
        let arguments: Vec<String> = LENIENT.iter().chain(arguments).map(|argument| (*argument).to_owned()).collect();
        let launched = tokio::task::spawn_blocking(move || {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            Self::launch(&address, &data, &arguments)
        });
        launched.await.expect("the server starts")
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        self.process.kill().expect("it is killed");
        self.process.wait().expect("it is gone");
    }

    /// Asks it to stop, as a service manager does, and waits until it has. Returns whether it ended well.
    pub fn stop(&mut self) -> bool {
        let asked = std::process::Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(asked.expect("kill runs").success());
        self.process.wait().expect("it is gone").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed before is gone already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
