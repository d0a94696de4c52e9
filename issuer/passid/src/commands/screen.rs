//! `passid screen`: people against sanctions lists, and pairs of names against each other, from a table to JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use passid_issuer::screening::qualifiers::{Birth, Gender, Qualifiers, country_code};
use passid_issuer::screening::speed::{self, Measured};
use passid_issuer::screening::{PAIR_THRESHOLD, Screener, name_similarity};
use serde_json::{Value, json};

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Directory with the lists, in the folders ofac, un and eu or itself.
    #[arg(long, value_name = "DIR")]
    lists: PathBuf,
    #[command(flatten)]
    input: Input,
    /// Where the results go: a JSON object for each row of the table.
    #[arg(long, value_name = "FILE", required_unless_present = "benchmark")]
    out: Option<PathBuf>,
    /// With --benchmark, how many people are also compared with every name.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, requires = "benchmark")]
    scans: usize,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Input {
    /// People to screen: a comma separated table with full_name and, where known, gender, date_of_birth, nationality.
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    /// Names to compare: a comma separated table with name1 and name2.
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
    /// Measure instead: screenings a second and core, beside comparing with every name, and what the index loses. The people are those of
    /// FILE (as for --queries), or made of the lists' own names.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(clippy::option_option, reason = "an option with an optional value")]
    benchmark: Option<Option<PathBuf>>,
}

#[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
pub(super) fn run(options: &Options) -> Result<(), Failure> {
    // Lists that cannot be read are said even when only pairs are compared: the command names them.
    let screener = Screener::from_directory(&options.lists)?;
    if let Some(people) = &options.input.benchmark {
        return benchmark(&screener, people.as_deref(), options.scans);
    }
    let Some(path) = &options.out else { return Err(Failure::Operator("say --out FILE".into())) };
    let mut out = BufWriter::new(File::create(path).map_err(at(path))?);
    let mut write = |line: &Value| writeln!(out, "{line}").map_err(at(path));
    let (rows, found) = match (&options.input.queries, &options.input.pairs) {
        (Some(path), _) => queries(path, &screener, &mut write)?,
        (None, Some(path)) => pairs(path, &mut write)?,
        (None, None) => return Err(Failure::Operator("say --queries FILE or --pairs FILE".into())),
    };
    out.flush().map_err(at(path))?;
    eprintln!("{rows} rows, {found} with a match; written to {}", path.display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
fn benchmark(screener: &Screener, people: Option<&Path>, scans: usize) -> Result<(), Failure> {
    let mut asked = Vec::new();
    match people {
        Some(path) => for_each_row(path, &["full_name"], |_, field| {
            asked.push((field("full_name"), qualifiers(field)));
            Ok(())
        })?,
        None => asked = speed::sample(screener),
    }
    let Measured { names, people, per_second, scanned, scans_per_second, found, lost } = speed::measure(screener, &asked, scans);
    println!("{names} names; {people} people: {per_second:.0} screenings a second and core");
    println!(
        "{scanned} of them compared with every name: {scans_per_second:.1} a second and core; the index is {:.0} times as fast",
        per_second / scans_per_second
    );
    println!("{found} hits of those comparisons, {lost} of them lost by the index");
    if lost > 0 { Err(Failure::Operator(format!("the index lost {lost} hits"))) } else { Ok(()) }
}

/// What the table knows of a person.
fn qualifiers(field: &dyn Fn(&str) -> String) -> Qualifiers {
    Qualifiers {
        births: Birth::parse(&field("date_of_birth")).into_iter().collect(),
        nationalities: field("nationality").split([';', '/']).filter_map(country_code).collect(),
        gender: Gender::parse(&field("gender")),
    }
}

type Written = Result<(usize, usize), Failure>;

fn queries(path: &Path, screener: &Screener, write: &mut dyn FnMut(&Value) -> Result<(), Failure>) -> Written {
    let (mut rows, mut found) = (0, 0);
    for_each_row(path, &["full_name"], |row, field| {
        let name = field("full_name");
        let outcome = screener.screen_person(&name, &qualifiers(field));
        let hits: Vec<Value> = outcome
            .hits
            .iter()
            .map(|hit| {
                json!({ "score": hit.score, "grade": hit.grade, "list": hit.list, "version": hit.version, "entry": hit.entry,
                        "alias": hit.matched_name, "reasons": hit.reasons })
            })
            .collect();
        rows += 1;
        found += usize::from(!hits.is_empty());
        // A name without letters was not screened, which is not the same as clear.
        write(&json!({ "row": row, "full_name": name, "screened": !outcome.lists.is_empty(), "hits": hits }))
    })?;
    Ok((rows, found))
}

fn pairs(path: &Path, write: &mut dyn FnMut(&Value) -> Result<(), Failure>) -> Written {
    let (mut rows, mut found) = (0, 0);
    for_each_row(path, &["name1", "name2"], |row, field| {
        let (one, other) = (field("name1"), field("name2"));
        let score = name_similarity(&one, &other);
        rows += 1;
        found += usize::from(score >= PAIR_THRESHOLD);
        write(&json!({ "row": row, "name1": one, "name2": other, "score": score, "threshold": PAIR_THRESHOLD }))
    })?;
    Ok((rows, found))
}

/// Calls `use_row` with each row's number, from 1, and its fields by column; a column the table lacks is empty.
fn for_each_row(path: &Path, needed: &[&str], mut use_row: impl FnMut(usize, &dyn Fn(&str) -> String) -> Result<(), Failure>) -> Result<(), Failure> {
    let bad = |reason: String| Failure::Operator(format!("{}: {reason}", path.display()));
    let text = std::fs::read(path).map_err(at(path))?;
    let text = String::from_utf8(text).map_err(|_| bad("not in UTF-8".into()))?;
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap_or(&text).as_bytes());
    let columns = reader.headers().map_err(|error| bad(error.to_string()))?.clone();
    if let Some(missing) = needed.iter().find(|column| !columns.iter().any(|name| name == **column)) {
        return Err(bad(format!("the table has no column {missing}")));
    }
    for (position, row) in reader.records().enumerate() {
        let row = row.map_err(|error| bad(error.to_string()))?;
        let field = |wanted: &str| columns.iter().position(|name| name == wanted).and_then(|column| row.get(column)).unwrap_or_default().to_owned();
        use_row(position + 1, &field)?;
    }
    Ok(())
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::File { path: path.clone(), source }
}
