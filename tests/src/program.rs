//! The `passid` program as a user starts it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Where the program is: built beside this test, in the same profile.
///
/// # Panics
/// When it was not built; `cargo build --workspace` in the same profile builds it.
pub fn passid() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let profile = test.parent().and_then(Path::parent).expect("a target directory");
    let program = profile.join(format!("passid{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "build the program first: {} is missing", program.display());
    program
}

/// A command of the program, without input, its output captured.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(passid());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("RUST_LOG");
    command
}

/// Runs the program to its end.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program runs")
}
