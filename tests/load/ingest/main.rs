//! A hundred thousand and a million transactions through `passid ingest`, each in a process of its own: how many a second, beside
//! SQLite's own rate for the same rows, and how much memory. `tests/load/ingest/run` builds and runs it.

#![expect(clippy::print_stdout, reason = "a report")]

mod generator;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use generator::Shape;
use passid_tests::program;

type Failed = Box<dyn std::error::Error + Send + Sync>;

const SEED: u64 = 2_026;
/// Rows of a customer: five purchases every two days, and the month's bills.
const EACH: u64 = 1_000;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let program = arguments.iter().find_map(|argument| argument.strip_prefix("--program=").map(PathBuf::from)).unwrap_or_else(program::passid);
    if let Some(path) = arguments.iter().find_map(|argument| argument.strip_prefix("--write=")) {
        let rows = arguments.iter().find_map(|argument| argument.strip_prefix("--rows=")).ok_or("say --rows=NUMBER")?.parse()?;
        return file(Path::new(path), Shape { rows, each: EACH, by_day: !flag("--grouped") });
    }
    let (small, large) = if flag("--quick") { (10_000, 100_000) } else { (100_000, 1_000_000) };
    for (what, by_day) in [("customer after customer", false), ("by day, all customers mixed", true)] {
        let few = measure(&program, what, Shape { rows: small, each: EACH, by_day })?;
        let many = measure(&program, what, Shape { rows: large, each: EACH, by_day })?;
        println!("  memory: {:.2} times that of {small} transactions", many / few);
    }
    if flag("--one-account") {
        measure(&program, "all of one customer", Shape { rows: large, each: large, by_day: false })?;
    }
    Ok(())
}

fn file(path: &Path, shape: Shape) -> Result<(), Failed> {
    let mut out = BufWriter::new(File::create(path)?);
    generator::write(&mut out, shape, SEED)?;
    Ok(out.flush()?)
}

/// Ingests a table of this shape, shows what the program says of itself and returns its most resident memory, MiB.
fn measure(program: &Path, what: &str, shape: Shape) -> Result<f64, Failed> {
    let directory = tempfile::tempdir()?;
    let table = directory.path().join("transactions.csv");
    file(&table, shape)?;
    println!("\n{} transactions, {what}", shape.rows);
    let claims = directory.path().join("claims.jsonl");
    let command = ["ingest".as_ref(), table.as_os_str(), "--country=GB".as_ref(), "--measure".as_ref(), "--out".as_ref(), claims.as_os_str()];
    let ended = Command::new(program).args(command).stderr(Stdio::inherit()).output()?;
    if !ended.status.success() {
        return Err(format!("{} ended with {}", program.display(), ended.status).into());
    }
    let said = String::from_utf8(ended.stdout)?;
    let figures: Vec<&str> = said.lines().filter(|line| line.contains(" a second") || line.contains("resident memory")).collect();
    for line in &figures {
        println!("  {line}");
    }
    let holders = std::fs::read_to_string(&claims)?.lines().count();
    println!("  claims of {holders} customers");
    let memory = figures.iter().find_map(|line| line.strip_prefix("resident memory at most: ")?.split_whitespace().next()?.parse().ok());
    Ok(memory.ok_or("this system does not say how much memory a program needed")?)
}
