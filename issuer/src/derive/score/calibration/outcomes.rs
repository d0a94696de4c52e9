//! Outcomes as a table: what an operator hands to the calibration.

use std::io::Read;

use jiff::civil::Date;
use serde::Deserialize;

use super::Outcome;

/// The columns, in any order: `model_version, corridor, granted_on, observed_on, p_stable, outcome`.
#[derive(Deserialize)]
struct Row {
    model_version: String,
    corridor: String,
    granted_on: String,
    observed_on: String,
    p_stable: f64,
    outcome: Status,
}

/// What institutions report.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Status {
    Repaid,
    NoDefault,
    Delinquent,
    Defaulted,
}

/// A table of outcomes that is not one.
#[derive(Debug, thiserror::Error)]
#[error("not a table of outcomes: {reason} (line {line}); the columns are model_version, corridor, granted_on, observed_on, p_stable, outcome")]
pub struct BadOutcomes {
    /// Counted from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
}

/// Reads outcomes: comma separated, with a header; days as `2026-01-31`; outcomes `repaid`, `no_default`, `delinquent`, `defaulted`.
///
/// # Errors
/// [`BadOutcomes`] with the line.
pub fn read(table: impl Read) -> Result<Vec<Outcome>, BadOutcomes> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let mut outcomes = Vec::new();
    for row in reader.deserialize::<Row>() {
        let line = 2 + outcomes.len() as u64;
        let row = row.map_err(|error| BadOutcomes { line: error.position().map_or(line, csv::Position::line), reason: error.to_string() })?;
        let bad = |reason: &str| BadOutcomes { line, reason: reason.to_owned() };
        if !(0.0..=1.0).contains(&row.p_stable) {
            return Err(bad("p_stable is not between 0 and 1"));
        }
        let day = |text: &str| text.parse::<Date>().map_err(|_| bad("a day that is none; days are written 2026-01-31"));
        let (granted_on, observed_on) = (day(&row.granted_on)?, day(&row.observed_on)?);
        if observed_on < granted_on {
            return Err(bad("observed before it was granted"));
        }
        outcomes.push(Outcome {
            model_version: row.model_version,
            corridor: row.corridor,
            granted_on,
            observed_on,
            stable_probability: row.p_stable,
            bad: matches!(row.outcome, Status::Delinquent | Status::Defaulted),
        });
    }
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "model_version,corridor,granted_on,observed_on,p_stable,outcome\n";

    #[test]
    fn outcomes_are_read_and_wrong_ones_named_with_their_line() {
        let good = format!("{HEADER}m,KE-GB,2025-01-02,2026-01-03,0.9,repaid\nm,KE-GB,2025-01-02,2025-03-03,0.7,defaulted\n");
        let found = read(good.as_bytes()).unwrap();
        assert_eq!((found.len(), found[0].bad, found[1].bad), (2, false, true));
        for (row, line) in [
            ("m,KE-GB,2025-01-02,2026-01-03,1.9,repaid\n", 2),
            ("m,KE-GB,2025-01-02,2024-01-03,0.9,repaid\n", 2),
            ("m,KE-GB,2025-01-02,2026-01-03,0.9,lost\n", 2),
            ("m,KE-GB,soon,2026-01-03,0.9,repaid\n", 2),
            ("m,KE-GB\n", 2),
        ] {
            assert_eq!(read(format!("{HEADER}{row}").as_bytes()).unwrap_err().line, line, "{row}");
        }
    }
}
