//! How much data the claims rest on, and how old the accounts are.

use passid_api::claims::Slot;
use passid_api::claims::encoding::SourceWindow;

use super::material::{Material, days_between};
use super::notes::Notes;

/// Days between the first and the last transaction, and the accounts they come from.
pub(super) fn derive(material: &Material<'_>) -> SourceWindow {
    let days = u16::try_from(material.window_days()).unwrap_or(u16::MAX);
    SourceWindow { days, accounts: u8::try_from(material.snapshot.accounts.len()).unwrap_or(u8::MAX) }
}

/// Days since the oldest account was opened; since the first transaction where the bank does not say, which is less.
pub(super) fn account_age_days(material: &Material<'_>, notes: &mut Notes) -> i32 {
    let opened = material.snapshot.accounts.iter().filter_map(|history| history.account.opened_on).min();
    if opened.is_none() {
        notes.add(Slot::AccountAgeMonths, "opening_date_not_given", "The bank does not say when the accounts were opened; the first transaction counts.");
    }
    days_between(opened.unwrap_or(material.span.0).min(material.span.0), material.today).max(0)
}

/// Whole months of an age in days, by the mean length of a month.
pub(super) const fn months_of(days: i32) -> u64 {
    // 365.25 / 12 = 30.4375 days.
    (days.unsigned_abs() as u64) * 10_000 / 304_375
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole() {
        assert_eq!([0, 30, 31, 365, 366, 3_653].map(months_of), [0, 0, 1, 11, 12, 120]);
    }
}
