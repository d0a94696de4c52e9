//! `passid serve` on its own data directory, which a test kills at any moment and starts again.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use url::Url;

use crate::program;

/// A running server. It is killed with the value, as a power loss would.
pub struct ServerProcess {
    process: Child,
    /// Where it listens.
    pub url: Url,
}

impl ServerProcess {
    /// Starts a server on a free port and its own data directory, and waits until it is ready.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_at("127.0.0.1:0", data, arguments).await
    }

    /// Starts a server that listens on `address`.
    pub async fn start_at(address: &str, data: &Path, arguments: &[&str]) -> Self {
        let listen = address.to_owned();
        let data = data.to_str().expect("a path that is text").to_owned();
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        tokio::task::spawn_blocking(move || {
            let mut all = vec![
                "serve",
                "--data",
                data.as_str(),
                "--listen",
                listen.as_str(),
                "--allow-loopback-webhooks",
                "--limit",
                "key=off",
                "--limit",
                "address=off",
                "--limit",
                "code_misses=off",
                "--limit",
                "code_misses_of_all=off",
            ];
            all.extend(arguments.iter().map(String::as_str));
            let mut process = program::command(&all).stdout(Stdio::null()).spawn().expect("the program runs");
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
        })
        .await
        .expect("the server starts")
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

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
