//! The entry: all claim families over one snapshot.

use std::fmt;

use passid_api::claims::encoding::{Corridor, Country, Currency, FraudRisk};
use passid_api::claims::{CLAIM_LIMIT, SLOT_COUNT, Slot};
use passid_api::issuer::ClaimNote;
use passid_api::time::Timestamp;

use super::error::DeriveError;
use super::evidence::{self, EvidenceDigest};
use super::material::Material;
use super::notes::Notes;
use super::streams::{self, IncomeSource, RecurringStream};
use super::{MODEL_VERSION, corridor, fraud, identity, income, payments, savings, score, window};
use crate::bank::data::BankSnapshot;
use crate::screening::ScreeningOutcome;

/// What the holder says of themselves.
pub struct DeclaredHolder {
    /// Their name as they write it.
    pub name: String,
    /// The country whose institutions they turn to.
    pub destination: Country,
    /// The country of the accounts, where somebody other than the holder vouches for it; counts when the bank does not tell.
    pub origin: Option<Country>,
}

impl fmt::Debug for DeclaredHolder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DeclaredHolder(redacted, {})", self.destination)
    }
}

/// What remains of a snapshot: claims, reasons, a digest.
pub struct DerivedClaims {
    /// The claims by slot.
    pub values: [u64; SLOT_COUNT],
    /// When the bank data was read.
    pub data_timestamp: Timestamp,
    /// Name of the model behind the score.
    pub model_version: &'static str,
    /// Why claims are as they are, for the holder.
    pub notes: Vec<ClaimNote>,
    /// Digest of the transactions, kept when they are gone.
    pub evidence: EvidenceDigest,
    /// Booked transactions the claims rest on.
    pub transactions_read: u64,
}

impl fmt::Debug for DerivedClaims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DerivedClaims({} transactions, values redacted)", self.transactions_read)
    }
}

/// The claims with what they were found from, told one by one: for an operator's eyes, never stored or signed.
pub struct Assessment {
    /// What a credential would hold. Without a corridor (see [`Assessment::origin_known`]) it cannot be made.
    pub claims: DerivedClaims,
    /// Whether the country of the accounts is known.
    pub origin_known: bool,
    /// The currency of every amount.
    pub currency: Currency,
    /// Standard deviation of the monthly income over its mean; none when not verified.
    pub income_variation: Option<f64>,
    /// Who pays the holder.
    pub income_sources: Vec<IncomeSource>,
    /// What comes again.
    pub recurring: Vec<RecurringStream>,
}

impl fmt::Debug for Assessment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Assessment({:?})", self.claims)
    }
}

/// Derives the sixteen claims from `snapshot` as of `now`; the snapshot is wiped on return.
///
/// # Errors
/// [`DeriveError`] when no credential can be made at all.
#[expect(clippy::needless_pass_by_value, reason = "whoever derives gives the transactions up: they are wiped here")]
pub fn derive(snapshot: BankSnapshot, holder: &DeclaredHolder, screening: &ScreeningOutcome, now: Timestamp) -> Result<DerivedClaims, DeriveError> {
    let assessed = families(&snapshot, holder, screening, now)?;
    if assessed.corridor.is_none() { Err(DeriveError::OriginUnknown) } else { Ok(assessed.claims) }
}

/// As [`derive`], with income sources and recurring streams beside the claims; an unknown country only leaves the corridor out.
///
/// # Errors
/// [`DeriveError`] when there is nothing to derive from.
#[expect(clippy::needless_pass_by_value, reason = "whoever derives gives the transactions up: they are wiped here")]
pub fn assess(snapshot: BankSnapshot, holder: &DeclaredHolder, screening: &ScreeningOutcome, now: Timestamp) -> Result<Assessment, DeriveError> {
    let found = families(&snapshot, holder, screening, now)?;
    let material = Material::prepare(&snapshot, now)?;
    Ok(Assessment {
        claims: found.claims,
        origin_known: found.corridor.is_some(),
        currency: material.currency,
        income_variation: found.income_variation,
        income_sources: streams::income_sources(&material),
        recurring: streams::recurring(&material),
    })
}

struct Found {
    claims: DerivedClaims,
    corridor: Option<Corridor>,
    income_variation: Option<f64>,
}

fn families(snapshot: &BankSnapshot, holder: &DeclaredHolder, screening: &ScreeningOutcome, now: Timestamp) -> Result<Found, DeriveError> {
    let material = Material::prepare(snapshot, now)?;
    let mut notes = Notes::default();
    let corridor = corridor::derive(&material, holder.destination, holder.origin).ok();
    let window = window::derive(&material);
    let age_days = window::account_age_days(&material, &mut notes);
    let account_age_months = window::months_of(age_days);
    let identity = identity::derive(&material, &holder.name, &mut notes);
    let income = income::derive(&material, &mut notes);
    let payments = payments::derive(&material, &mut notes);
    let savings = savings::derive(&material, &mut notes);
    let fraud = fraud::derive(&material, identity, age_days, screening, &mut notes);
    let score = score::derive(&material, age_days, corridor, &mut notes);
    note_screening(screening, &mut notes);

    let mut values = [0_u64; SLOT_COUNT];
    let mut set = |slot: Slot, value: u64| values[slot.index()] = value;
    set(Slot::IdentityVerified, identity.verified.into());
    set(Slot::IncomeVerified, income.verified.into());
    set(Slot::IncomeBand, income.band.encode());
    set(Slot::IncomeMonthly, income.monthly_minor);
    set(Slot::SanctionsScreeningClear, screening.is_clear().into());
    set(Slot::PaymentBehaviorVerified, payments.verified.into());
    set(Slot::PaymentReliability, share_of(payments.reliability, 1_000_000));
    set(Slot::SavingsBehaviorVerified, savings.verified.into());
    set(Slot::SavingsConsistency, share_of(savings.consistency / 100.0, 10_000));
    set(Slot::IdentityAndFraudChecksPassed, (identity.verified && fraud == FraudRisk::Low).into());
    set(Slot::FraudRisk, fraud as u64);
    set(Slot::StabilityScore, score.as_ref().map_or(0, |score| score.score.into()));
    set(Slot::StabilityDetail, score.as_ref().map_or(Ok(0), |score| score.detail.encode()).map_err(|error| DeriveError::OutOfRange(error.0))?);
    set(Slot::SourceWindow, window.encode());
    set(Slot::CorridorAndCurrency, corridor.map_or(0, Corridor::encode));
    set(Slot::AccountAgeMonths, account_age_months);
    if let Some(slot) = Slot::ALL.iter().find(|slot| values[slot.index()] >= CLAIM_LIMIT) {
        return Err(DeriveError::OutOfRange(slot.as_str()));
    }
    let claims = DerivedClaims {
        values,
        data_timestamp: snapshot.read_at,
        model_version: MODEL_VERSION,
        notes: notes.into_vec(),
        evidence: evidence::digest(snapshot),
        transactions_read: u64::try_from(snapshot.transaction_count()).unwrap_or(u64::MAX),
    };
    Ok(Found { claims, corridor, income_variation: income.variation })
}

fn note_screening(screening: &ScreeningOutcome, notes: &mut Notes) {
    if screening.lists.is_empty() {
        notes.add(Slot::SanctionsScreeningClear, "no_list_loaded", "No sanctions list is loaded, so nothing was screened.");
    } else if !screening.hits.is_empty() {
        notes.add(Slot::SanctionsScreeningClear, "possible_match", "The name resembles one on a sanctions list; the issuer has to look at it.");
    } else if !screening.too_old.is_empty() {
        let text = format!("Not screened against lists that are up to date: {} is too old.", screening.too_old.join(", "));
        notes.add(Slot::SanctionsScreeningClear, "list_too_old", &text);
    } else if screening.lists.iter().any(|list| list.excerpt) {
        notes.add(Slot::SanctionsScreeningClear, "excerpt_only", "Only an excerpt of the published list was screened.");
    }
}

/// `share` of `whole`, rounded, within 0 and `whole`.
fn share_of(share: f64, whole: u32) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a u32")]
    let value = (share.clamp(0.0, 1.0) * f64::from(whole)).round() as u64;
    value
}

#[cfg(test)]
mod tests;
