//! The loans of the Berka data set (PKDD'99) as cash flows with outcomes: what the scorecard is trained and judged on.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::cash_flow::CashFlow;
use super::features;
use super::model::{Assessment, Model};
use super::train::Example;
use crate::derive::material::{Material, days_between};
use crate::sandbox::bank::SandboxBankError;
use crate::sandbox::bank::berka::loans::{self, Loan, Owner};

/// What the command line calls this layout.
pub const FORMAT: &str = "berka";

/// The score of an account as of its loan's date.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredAccount {
    /// Its number.
    pub account: u32,
    /// The score, or why there is none.
    pub assessment: Result<Assessment, Unscored>,
}

/// Why an account has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unscored {
    /// No transaction lies before the loan.
    NoTransactions,
    /// The history is shorter than the model scores.
    TooLittleHistory,
}

impl Unscored {
    /// For whoever reads the output.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoTransactions => "The files hold no transaction of this account before its loan.",
            Self::TooLittleHistory => "The account shows less than three months before its loan; a score needs that much.",
        }
    }
}

/// Scores every account of `loan.asc` with `model`, as of its loan.
///
/// # Errors
/// [`SandboxBankError`] when a file is missing or not in the layout.
pub fn score(directory: &Path, model: &Model) -> Result<Vec<ScoredAccount>, SandboxBankError> {
    let assess = |loan: &Loan| cash_flow(loan).ok_or(Unscored::NoTransactions).and_then(|flow| model.assess(&flow, None).ok_or(Unscored::TooLittleHistory));
    Ok(loans::read(directory)?.iter().map(|loan| ScoredAccount { account: loan.account, assessment: assess(loan) }).collect())
}

/// The loans with a known outcome and at least one transaction.
///
/// # Errors
/// [`SandboxBankError`] when a file is missing or not in the layout.
pub fn examples(directory: &Path) -> Result<Vec<Example>, SandboxBankError> {
    let owners = loans::owners(directory)?;
    Ok(loans::read(directory)?.iter().filter_map(|loan| example(loan, &owners)).collect())
}

fn example(loan: &Loan, owners: &HashMap<u32, Owner>) -> Option<Example> {
    let flow = cash_flow(loan)?;
    let owner = owners.get(&loan.account);
    Some(Example {
        granted_on: loan.granted_on,
        values: features::all(&flow),
        bad: f64::from(u8::from(loan.bad?)),
        is_woman: owner.map(|owner| owner.is_woman),
        age: owner.map(|owner| years(owner.born_on, loan.granted_on)),
    })
}

fn years(born: Date, day: Date) -> u32 {
    (days_between(born, day).max(0).unsigned_abs() * 100) / 36_525
}

fn cash_flow(loan: &Loan) -> Option<CashFlow> {
    let material = Material::prepare(&loan.snapshot, loan.snapshot.read_at).ok()?;
    CashFlow::of(&material, days_between(loan.opened_on, loan.granted_on).max(0))
}
