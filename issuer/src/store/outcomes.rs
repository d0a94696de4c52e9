//! Outcomes of verified applicants, and what is counted over them.

use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, OutcomeId, VerificationId};
use passid_api::outcome::{CoverageLevel, OutcomeKind};
use passid_api::time::Timestamp;

use super::{Connection, Row, StoreError};
use crate::params;

/// What an outcome is compared with: the verification as it was recorded.
#[derive(Debug, Clone)]
pub struct VerifiedFacts {
    /// The verification.
    pub verification: VerificationId,
    /// How much it confirmed.
    pub coverage: CoverageLevel,
    /// The score, where it was disclosed.
    pub score: Option<u16>,
    /// The modelled probability of stability, ten-thousandths, where it was disclosed.
    pub stable_probability: Option<u16>,
    /// When it ran.
    pub verified_at: Timestamp,
}

/// An outcome about to be stored.
#[derive(Debug, Clone)]
pub struct NewOutcome {
    /// Its identifier.
    pub id: OutcomeId,
    /// The verification it is about.
    pub facts: VerifiedFacts,
    /// What became of the applicant.
    pub outcome: OutcomeKind,
    /// The institution's name for the product.
    pub product_type: Option<String>,
    /// US cents.
    pub amount_cents: Option<i64>,
    /// Days of observation.
    pub observation_days: u32,
    /// The institution's notes.
    pub notes: Option<String>,
    /// When it was reported.
    pub reported_at: Timestamp,
}

fn small(row: &Row, column: &'static str) -> Result<Option<u16>, StoreError> {
    row.get::<Option<i64>>(column)?.map(u16::try_from).transpose().map_err(|_| StoreError::Corrupt(column))
}

fn read_facts(row: &Row) -> Result<VerifiedFacts, StoreError> {
    Ok(VerifiedFacts {
        verification: row.parse("id")?,
        coverage: row.parse_optional("coverage")?.unwrap_or(CoverageLevel::Minimal),
        score: small(row, "score")?,
        stable_probability: small(row, "stable_probability")?,
        verified_at: row.time("created_at")?,
    })
}

/// The institution's verification that accepted this token.
///
/// # Errors
/// [`StoreError`].
pub async fn verified_by_token(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    token_digest: [u8; 32],
) -> Result<Option<VerifiedFacts>, StoreError> {
    let sql = "SELECT id, coverage, score, stable_probability, created_at FROM verifications \
               WHERE institution_id = $1 AND environment = $2 AND token_digest = $3 AND credential_valid = 1 ORDER BY id DESC LIMIT 1";
    connection.fetch_optional(sql, params![institution, environment, token_digest]).await?.as_ref().map(read_facts).transpose()
}

/// The institution's verification, if it accepted the credential.
///
/// # Errors
/// [`StoreError`].
pub async fn verified_by_id(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    id: VerificationId,
) -> Result<Option<VerifiedFacts>, StoreError> {
    let sql = "SELECT id, coverage, score, stable_probability, created_at FROM verifications \
               WHERE institution_id = $1 AND environment = $2 AND id = $3 AND credential_valid = 1";
    connection.fetch_optional(sql, params![institution, environment, id]).await?.as_ref().map(read_facts).transpose()
}

/// Stores an outcome; false when one was reported for the verification before.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(connection: &mut Connection, institution: InstitutionId, environment: Environment, outcome: &NewOutcome) -> Result<bool, StoreError> {
    let sql = "INSERT INTO outcomes (id, institution_id, environment, verification_id, outcome, product_type, amount_cents, observation_days, notes, \
               coverage, score, stable_probability, verified_at, reported_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (verification_id) DO NOTHING";
    let values = params![
        outcome.id,
        institution,
        environment,
        outcome.facts.verification,
        outcome.outcome,
        outcome.product_type.clone(),
        outcome.amount_cents,
        outcome.observation_days,
        outcome.notes.clone(),
        outcome.facts.coverage,
        outcome.facts.score,
        outcome.facts.stable_probability,
        outcome.facts.verified_at,
        outcome.reported_at
    ];
    Ok(connection.execute(sql, values).await? == 1)
}

/// What was reported to have become of an applicant.
#[derive(Debug, Clone)]
pub struct ReportedOutcome {
    /// The outcome.
    pub outcome: OutcomeKind,
    /// The institution's name for the product.
    pub product_type: Option<String>,
    /// Days of observation.
    pub observation_days: u32,
    /// When it was reported.
    pub reported_at: Timestamp,
}

/// The outcome of the institution's verification, when one was reported.
///
/// # Errors
/// [`StoreError`].
pub async fn of_verification(
    connection: &mut Connection,
    institution: InstitutionId,
    verification: VerificationId,
) -> Result<Option<ReportedOutcome>, StoreError> {
    let sql = "SELECT outcome, product_type, observation_days, reported_at FROM outcomes WHERE institution_id = $1 AND verification_id = $2";
    let row = connection.fetch_optional(sql, params![institution, verification]).await?;
    row.map(|row| {
        Ok(ReportedOutcome {
            outcome: row.parse("outcome")?,
            product_type: row.get("product_type")?,
            observation_days: count(&row, "observation_days")?,
            reported_at: row.time("reported_at")?,
        })
    })
    .transpose()
}

/// How often an outcome happened among verifications of one coverage and score band.
#[derive(Debug, Clone)]
pub struct OutcomeCount {
    /// How much was confirmed.
    pub coverage: CoverageLevel,
    /// A score of the band; none where none was disclosed.
    pub score: Option<u16>,
    /// The outcome.
    pub outcome: OutcomeKind,
    /// How often.
    pub n: u32,
}

fn count(row: &Row, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(row.get::<i64>(column)?).map_err(|_| StoreError::Corrupt(column))
}

/// The institution's outcomes, counted by coverage, score band and outcome.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_group(connection: &mut Connection, institution: InstitutionId, environment: Environment) -> Result<Vec<OutcomeCount>, StoreError> {
    // The bands are those of `Tier::of_score`.
    let sql = "SELECT coverage, CAST(CASE WHEN score >= 780 THEN 780 WHEN score >= 700 THEN 700 WHEN score >= 620 THEN 620 WHEN score IS NULL THEN NULL \
               ELSE 300 END AS BIGINT) AS band, outcome, COUNT(*) AS n FROM outcomes WHERE institution_id = $1 AND environment = $2 GROUP BY 1, 2, 3";
    let rows = connection.fetch_all(sql, params![institution, environment]).await?;
    let read =
        |row: &Row| Ok(OutcomeCount { coverage: row.parse("coverage")?, score: small(row, "band")?, outcome: row.parse("outcome")?, n: count(row, "n")? });
    rows.iter().map(read).collect()
}

/// Verifications of one tenth of the predicted probability that ended alike.
#[derive(Debug, Clone)]
pub struct PredictionCount {
    /// Which tenth, 0 to 9.
    pub tenth: u32,
    /// The outcome.
    pub outcome: OutcomeKind,
    /// Whether they were observed for long enough.
    pub observed_long: bool,
    /// How many.
    pub n: u32,
    /// Sum of the predictions, ten-thousandths.
    pub sum: i64,
    /// Sum of their squares.
    pub sum_of_squares: i64,
}

/// The institution's outcomes with a prediction whose verification is no younger than `verified_until`, counted by tenth, outcome and
/// whether they were observed for `observed_days`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_by_prediction(
    connection: &mut Connection,
    institution: InstitutionId,
    environment: Environment,
    verified_until: Timestamp,
    observed_days: u32,
) -> Result<Vec<PredictionCount>, StoreError> {
    let sql = "SELECT CAST(CASE WHEN stable_probability >= 10000 THEN 9 ELSE stable_probability / 1000 END AS BIGINT) AS tenth, outcome, \
               CAST(CASE WHEN observation_days >= $4 THEN 1 ELSE 0 END AS BIGINT) AS observed_long, COUNT(*) AS n, \
               CAST(SUM(stable_probability) AS BIGINT) AS total, CAST(SUM(stable_probability * stable_probability) AS BIGINT) AS squares \
               FROM outcomes WHERE institution_id = $1 AND environment = $2 AND verified_at <= $3 AND stable_probability IS NOT NULL GROUP BY 1, 2, 3";
    let rows = connection.fetch_all(sql, params![institution, environment, verified_until, observed_days]).await?;
    let read = |row: &Row| {
        Ok(PredictionCount {
            tenth: u32::try_from(row.get::<i64>("tenth")?).map_err(|_| StoreError::Corrupt("tenth"))?,
            outcome: row.parse("outcome")?,
            observed_long: row.flag("observed_long")?,
            n: count(row, "n")?,
            sum: row.get("total")?,
            sum_of_squares: row.get("squares")?,
        })
    };
    rows.iter().map(read).collect()
}
