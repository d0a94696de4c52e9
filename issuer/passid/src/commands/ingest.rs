//! `passid ingest FILE`: claims from bank data in a file, for operators without a live connection.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use passid_api::claims::encoding::{Country, Currency};
use passid_issuer::ingest::{self, Format, HolderOutcome, IngestOptions, IngestProgress, IngestSummary, report};
use serde_json::Value;

use crate::failure::Failure;

/// Holders shown in full; of more, `--out` or `--json` shows all.
const SHOWN: usize = 3;
/// Seconds between two lines of progress where they cannot overwrite each other.
const LINE_SECONDS: u64 = 5;

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FileFormat {
    /// UK Open Banking answers, 3.1 or 4.0: accounts, balances, party, transactions.
    Obie,
    /// A table with a header; booked_on, amount and currency are needed.
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// OBIE JSON or CSV; recognised by its name or first character.
    file: PathBuf,
    /// The kind of file, where it is not recognised.
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
    /// The holder's name as they write it; without it identity is not verified.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The country of the accounts where the file does not tell it, for example KE.
    #[arg(long, value_name = "COUNTRY")]
    country: Option<Country>,
    /// The country whose institutions the holder turns to.
    #[arg(long, value_name = "COUNTRY", default_value = "GB")]
    destination: Country,
    /// The currency of a table without that column.
    #[arg(long, value_name = "CODE")]
    currency: Option<Currency>,
    /// Judge as of this day; the file's last booked day when left out.
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Write a JSON line per holder here.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print a JSON line per holder instead of words.
    #[arg(long)]
    json: bool,
    /// Transactions of one holder within thirteen months; one with more gets no claims, since a holder's are held in memory at once.
    #[arg(long, value_name = "NUMBER", default_value_t = IngestOptions::most_read_live())]
    most_of_a_holder: usize,
    /// Also measure how long SQLite itself takes to insert the same rows, and how much memory was needed at most.
    #[arg(long)]
    measure: bool,
    /// Where the scratch database lies while the command runs; it is deleted at the end.
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

/// One line on the terminal that is written over, or a line every few seconds elsewhere.
struct Progress {
    begun: Instant,
    terminal: bool,
    last: Cell<u128>,
}

impl Progress {
    #[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
    fn show(&self, progress: IngestProgress) {
        let elapsed = self.begun.elapsed().as_millis();
        let between = if self.terminal { 100 } else { u128::from(LINE_SECONDS) * 1_000 };
        if elapsed < self.last.get() + between {
            return;
        }
        self.last.set(elapsed);
        let IngestProgress { bytes, of_bytes, transactions, loaded, holders, of_holders } = progress;
        let line = if loaded == 0 {
            let percent = bytes.saturating_mul(100).checked_div(of_bytes).unwrap_or(100);
            format!("{percent} % read: {transactions} transactions of {of_holders} holders")
        } else {
            format!("{transactions} transactions read; {holders} of {of_holders} holders derived, from {loaded} transactions so far")
        };
        if self.terminal { eprint!("\r{line}\x1b[K") } else { eprintln!("{line}") }
    }

    #[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
    fn end(&self) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    let mut out = match &options.out {
        Some(path) => Some(std::io::BufWriter::new(std::fs::File::create(path)?)),
        None => None,
    };
    let ingest_options = IngestOptions {
        format: options.format.map(|format| match format {
            FileFormat::Obie => Format::ObieJson,
            FileFormat::Csv => Format::Csv,
        }),
        declared_name: options.name.clone(),
        origin: options.country,
        destination: options.destination,
        currency: options.currency,
        as_of: options.as_of,
        scratch: options.scratch.clone().unwrap_or_else(std::env::temp_dir),
        most_of_a_holder: options.most_of_a_holder,
        measure: options.measure,
    };
    let progress = Progress { begun: Instant::now(), terminal: std::io::stderr().is_terminal(), last: Cell::new(0) };
    let (mut shown, mut failure, mut tally) = (0, None, Tally::default());
    let mut take = |outcome: HolderOutcome| {
        tally.add(&outcome);
        if out.is_none() && !options.json && shown >= SHOWN {
            return;
        }
        let document = report::document(&outcome);
        if let Some(out) = &mut out
            && let Err(error) = writeln!(out, "{document}")
        {
            failure.get_or_insert(error);
        }
        if options.json {
            progress.end();
            println!("{document}");
        } else if shown < SHOWN {
            progress.end();
            print!("{}", words(&document));
            shown += 1;
        }
    };
    let ingested = ingest::ingest(&options.file, &ingest_options, &|now| progress.show(now), &mut take);
    progress.end();
    let summary = ingested.map_err(|error| Failure::Operator(format!("{}: {error}", options.file.display())))?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    if let Some(mut out) = out {
        out.flush()?;
    }
    let ending = tally.words(&summary);
    if options.json {
        eprint_lines(&ending);
    } else {
        print!("{ending}");
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "beside JSON on the output, figures go to the other stream")]
fn eprint_lines(text: &str) {
    eprint!("{text}");
}

/// How many holders got what.
#[derive(Default)]
struct Tally {
    identity: u64,
    income: u64,
    payments: u64,
    savings: u64,
    nothing: u64,
}

impl Tally {
    fn add(&mut self, outcome: &HolderOutcome) {
        use passid_api::claims::Slot;
        match &outcome.outcome {
            Ok(found) => {
                let get = |slot: Slot| found.claims.values[slot.index()];
                self.identity += get(Slot::IdentityVerified);
                self.income += get(Slot::IncomeVerified);
                self.payments += get(Slot::PaymentBehaviorVerified);
                self.savings += get(Slot::SavingsBehaviorVerified);
            }
            Err(_) => self.nothing += 1,
        }
    }

    fn words(&self, summary: &IngestSummary) -> String {
        let rate = |rows: u64, took: std::time::Duration| {
            #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
            let rate = rows as f64 / took.as_secs_f64().max(1e-6);
            rate
        };
        let mut text = String::new();
        if summary.holders > 1 {
            let Self { identity, income, payments, savings, nothing } = self;
            let _ = write!(text, "{} holders: identity verified for {identity}, income for {income}, payment behaviour for {payments}, ", summary.holders);
            let _ = writeln!(text, "savings behaviour for {savings}, nothing to derive from for {nothing}");
        }
        let whole = rate(summary.transactions, summary.reading + summary.deriving);
        let _ = writeln!(
            text,
            "{} transactions in {:.2} s: {whole:.0} a second ({:.2} s reading, {:.2} s deriving from {} of the last thirteen months)",
            summary.transactions,
            (summary.reading + summary.deriving).as_secs_f64(),
            summary.reading.as_secs_f64(),
            summary.deriving.as_secs_f64(),
            summary.derived_from
        );
        if let Some(took) = summary.bulk_insert {
            let bound = rate(summary.transactions, took);
            let reading = rate(summary.transactions, summary.reading);
            let _ = writeln!(
                text,
                "SQLite itself inserts the same rows at {bound:.0} a second: reading and staging reaches {:.1} % of that, all of it {:.1} %",
                100.0 * reading / bound,
                100.0 * whole / bound
            );
            if let Some(kibibytes) = peak_memory() {
                let _ = writeln!(text, "resident memory at most: {:.1} MiB", f64::from(kibibytes) / 1_024.0);
            }
        }
        text
    }
}

/// The most memory this process has had resident, KiB; none where the system does not say.
fn peak_memory() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}

/// A holder's document in words.
fn words(document: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines = vec![format!("{} as of {}", text(&document["holder"]).trim(), text(&document["as_of"])).trim().to_owned()];
    if let Some(error) = document.get("error") {
        lines.push(format!("  no claims: {}", text(&error["message"])));
    }
    for (name, value) in document["claims"].as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        lines.push(format!("  {name:<34} {}", text(value)));
    }
    let sources = document["income"]["sources"].as_array().into_iter().flatten();
    for source in sources {
        let period = source["period"].as_str().unwrap_or("irregular");
        lines.push(format!(
            "  income source: {} ({}, {period}, {} × {})",
            text(&source["payer"]),
            text(&source["kind"]),
            source["deposits"],
            text(&source["amount"])
        ));
    }
    for stream in document["recurring"].as_array().into_iter().flatten() {
        let next = stream["next_on"].as_str().map_or_else(String::new, |day| format!(", next {day}"));
        let (way, period, state) = (text(&stream["direction"]), text(&stream["period"]), text(&stream["state"]));
        lines.push(format!("  recurring {way}: {} ({period}, {}, {state}{next})", text(&stream["counterparty"]), text(&stream["amount"])));
    }
    for note in document["notes"].as_array().into_iter().flatten() {
        lines.push(format!("  {}: {}", text(&note["claim"]), text(&note["message"])));
    }
    if let Some(digest) = document["evidence_digest"].as_str() {
        lines.push(format!("  evidence {digest}"));
    }
    lines.push(String::new());
    lines.join("\n")
}
