//! A server process of its own, to be killed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use passid_issuer::store::DatabaseUrl;
use url::Url;

use crate::program;

/// A running `passid serve`. Killed with the value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub url: Url,
}

impl Server {
    /// Starts one on the database, with its master key in `directory`, and waits until it says that it is ready.
    pub fn start(directory: &Path, database: &DatabaseUrl, more: &[&str]) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let url: Url = format!("http://{address}").parse().expect("an address");
        Self::start_at(&url, directory, database, more)
    }

    /// [`Server::start`] under an address that was another server's before.
    pub fn start_at(url: &Url, directory: &Path, database: &DatabaseUrl, more: &[&str]) -> Self {
        let address = url.authority();
        let database = match database {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(address) => address.expose().to_owned(),
        };
        let data = directory.to_str().expect("a path");
        let mut command = program::command(&["serve", "--data", data, "--database", &database, "--listen", address]);
        let mut child = command.args(more).env("RUST_LOG", "warn,passid::commands::serve=info").stdout(Stdio::null()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("ready"));
        assert!(ready, "the server ended before it was ready");
        // Whoever does not read on would stop the server once the pipe is full.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, url: url.clone() }
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().expect("the process is there");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed before is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
