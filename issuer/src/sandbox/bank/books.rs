//! Where histories come from: made up, or read from files and shifted to end today.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use super::berka;
use super::config::{BankSource, SandboxBankError};
use super::ledger::BookedCustomer;
use super::personas;

/// The bank's books as of any day.
pub(super) enum Books {
    /// Made up anew for each day.
    Personas,
    /// Read once; the day on which each customer's last entry was booked comes beside them.
    Files(Vec<(BookedCustomer, Date)>),
}

impl Books {
    /// Opens the books.
    pub(super) fn open(source: &BankSource) -> Result<Self, SandboxBankError> {
        match source {
            BankSource::Personas => Ok(Self::Personas),
            BankSource::Berka { directory, accounts } => Ok(Self::Files(berka::load(directory, accounts)?)),
        }
    }

    /// Everybody, with entries up to `today`.
    pub(super) fn as_of(&self, today: Date) -> Arc<[BookedCustomer]> {
        match self {
            Self::Personas => personas::plans(today).iter().map(|plan| plan.history(today)).collect(),
            Self::Files(customers) => customers.iter().map(|(customer, last)| shifted(customer, *last, today)).collect(),
        }
    }
}

/// The customer's history moved by whole days so that the entry of `last` falls on `today`; intervals stay as they were.
fn shifted(customer: &BookedCustomer, last: Date, today: Date) -> BookedCustomer {
    let days = today.since(last).map_or(0, |span| span.get_days()).days();
    let mut customer = customer.clone();
    for account in &mut customer.accounts {
        account.opened_on = account.opened_on.saturating_add(days);
        for entry in &mut account.entries {
            entry.booked_on = entry.booked_on.saturating_add(days);
        }
    }
    customer
}
