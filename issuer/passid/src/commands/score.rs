//! `passid score`: scoring account histories, and training, judging and calibrating the model that does it.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use passid_api::time::{Clock, SystemClock};
use passid_issuer::derive::score::calibration::{self, Maturity, outcomes};
use passid_issuer::derive::score::{Model, berka, report, train, validation};
use serde_json::json;

use crate::failure::Failure;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    data: Option<Data>,
    /// Where the scores go: a JSON object a line, one for each account of loan.asc, as of its loan.
    #[arg(long, value_name = "FILE", required = true)]
    out: Option<PathBuf>,
    /// Score with this model file instead of the one credentials are issued with.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Data {
    /// Layout of the data.
    #[arg(long, value_enum)]
    format: Format,
    /// Directory with the data.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// Layouts of account histories with loans.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// account.asc, loan.asc and transactions in trans….csv or trans….asc, as published for PKDD'99.
    Berka,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train the model on loans with known outcomes; the same data gives the same file.
    Train {
        #[command(flatten)]
        data: Data,
        /// Where the model goes.
        #[arg(long, value_name = "FILE", default_value = "passid_fsi_v1_0.json")]
        out: PathBuf,
    },
    /// Cross-validate the training, and write a report with calibration, fairness and coverage.
    Evaluate {
        #[command(flatten)]
        data: Data,
        /// Where the report and its pictures go.
        #[arg(long, value_name = "DIR", default_value = "score-report")]
        out: PathBuf,
    },
    /// Propose a new version of the model from outcomes; nothing uses it by itself.
    Calibrate {
        /// Table of outcomes: model_version, corridor, granted_on, observed_on, p_stable, outcome.
        #[arg(long, value_name = "FILE")]
        outcomes: PathBuf,
        /// Name of the proposed version.
        #[arg(long, value_name = "NAME")]
        version: String,
        /// Days after the grant from which an outcome is mature.
        #[arg(long, value_name = "DAYS", default_value_t = 365)]
        maturity_days: i32,
        /// The day to judge maturity from; today when left out.
        #[arg(long, value_name = "DAY")]
        as_of: Option<Date>,
        /// The model to correct instead of the one credentials are issued with.
        #[arg(long, value_name = "FILE")]
        model: Option<PathBuf>,
        /// Where the proposed model goes.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

pub(super) fn run(options: Options) -> Result<(), Failure> {
    match (options.command, options.data, options.out) {
        (Some(Command::Train { data, out }), ..) => train_model(&data, &out),
        (Some(Command::Evaluate { data, out }), ..) => evaluate(&data, &out),
        (Some(Command::Calibrate { outcomes, version, maturity_days, as_of, model, out }), ..) => {
            let maturity = Maturity { as_of: as_of.unwrap_or_else(today), days: maturity_days };
            calibrate(&outcomes, &version, &maturity, model.as_deref(), &out)
        }
        (None, Some(data), Some(out)) => score(&data, options.model.as_deref(), &out),
        (None, ..) => Err(Failure::Operator("say --format, --dir and --out; see passid score --help".into())),
    }
}

fn words(error: impl std::fmt::Display) -> Failure {
    Failure::Operator(error.to_string())
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    let path = path.to_owned();
    move |source| Failure::File { path: path.clone(), source }
}

fn load(model: Option<&Path>) -> Result<Model, Failure> {
    let Some(path) = model else { return Ok(Model::shipped().clone()) };
    Model::parse(&std::fs::read_to_string(path).map_err(at(path))?).map_err(|error| Failure::Operator(format!("{}: {error}", path.display())))
}

fn today() -> Date {
    jiff::Timestamp::from_second(SystemClock.now().seconds()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
fn score(data: &Data, model: Option<&Path>, out: &Path) -> Result<(), Failure> {
    let model = load(model)?;
    let Format::Berka = data.format;
    let scored = berka::score(&data.dir, &model).map_err(words)?;
    let mut file = BufWriter::new(File::create(out).map_err(at(out))?);
    let mut without = 0;
    for account in &scored {
        let line = match &account.assessment {
            Ok(found) => json!({
                "account_id": account.account,
                "fsi_score": found.score,
                "fsi_low": found.detail.low,
                "fsi_high": found.detail.high,
                "tier": found.detail.tier.as_str(),
                "confidence": f64::from(found.detail.confidence) / 100.0,
                "p_stable": found.stable_probability,
                "reasons": found.reasons.iter().map(|reason| reason.message).collect::<Vec<_>>(),
                "reason_codes": found.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(),
                "model_version": model.version,
            }),
            Err(why) => {
                without += 1;
                json!({
                    "account_id": account.account, "fsi_score": null, "fsi_low": null, "fsi_high": null, "tier": null, "confidence": 0.0,
                    "p_stable": null, "reasons": [why.message()], "reason_codes": [], "model_version": model.version,
                })
            }
        };
        writeln!(file, "{line}").map_err(at(out))?;
    }
    file.flush().map_err(at(out))?;
    eprintln!("{} accounts scored with {}, {without} without a score; written to {}", scored.len() - without, model.version, out.display());
    Ok(())
}

#[expect(clippy::print_stderr, reason = "this is the program's voice on the terminal")]
fn train_model(data: &Data, out: &Path) -> Result<(), Failure> {
    let Format::Berka = data.format;
    let model = train::train(&berka::examples(&data.dir).map_err(words)?).map_err(words)?;
    std::fs::write(out, model.to_json().map_err(words)?).map_err(at(out))?;
    eprintln!(
        "{}: {} features from {} loans, {} bad; written to {}",
        model.version,
        model.features.len(),
        model.training.loans,
        model.training.bad,
        out.display()
    );
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
fn evaluate(data: &Data, out: &Path) -> Result<(), Failure> {
    let Format::Berka = data.format;
    let examples = berka::examples(&data.dir).map_err(words)?;
    let model = train::train(&examples).map_err(words)?;
    let found = validation::validate(&model, &examples).map_err(words)?;
    std::fs::create_dir_all(out).map_err(at(out))?;
    for (name, text) in [
        ("report.md", report::markdown(&model, &found)),
        ("calibration.svg", report::calibration_svg(&found)),
        ("reliability.svg", report::reliability_svg(&found)),
        ("model.json", model.to_json().map_err(words)?),
    ] {
        let path = out.join(name);
        std::fs::write(&path, text).map_err(at(&path))?;
    }
    println!("{} loans, {} bad, ten times five-fold: AUC {:.4}, Brier {:.4}", found.loans, found.bad, found.auc.0, found.brier.0);
    println!("report: {}", out.join("report.md").display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is the program's voice on the terminal")]
fn calibrate(table: &Path, version: &str, maturity: &Maturity, model: Option<&Path>, out: &Path) -> Result<(), Failure> {
    let model = load(model)?;
    let reported = outcomes::read(File::open(table).map_err(at(table))?).map_err(|error| Failure::Operator(format!("{}: {error}", table.display())))?;
    let proposal = calibration::propose(&model, version, &reported, maturity).map_err(words)?;
    std::fs::write(out, proposal.model.to_json().map_err(words)?).map_err(at(out))?;
    println!("cohort    corridor  outcomes  bad  expected");
    for cell in &proposal.cells {
        println!("{:<9} {:<9} {:>8} {:>4} {:>9.1}", cell.cohort, cell.corridor, cell.outcomes, cell.bad, cell.expected);
    }
    println!("left out: {} not mature, {} judged by other models", proposal.immature, proposal.other_models);
    for correction in &proposal.model.corrections {
        let corridor = correction.corridor.as_deref().unwrap_or("all others");
        let method = match &correction.map {
            calibration::Map::Intercept { .. } => "intercept",
            calibration::Map::Platt { .. } => "Platt",
            calibration::Map::Isotonic { .. } => "isotonic",
        };
        println!("{corridor}: {method} from {} outcomes, {} bad, {} to {}", correction.outcomes, correction.bad, correction.cohorts.0, correction.cohorts.1);
    }
    println!("Brier score {:.4}, corrected {:.4} (cross-validated)", proposal.brier.0, proposal.brier.1);
    println!("{version} is proposed in {}; credentials are still issued with {}", out.display(), Model::shipped().version);
    Ok(())
}
