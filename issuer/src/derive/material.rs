//! The snapshot prepared once for every claim family: rows with their categories, the credential currency, complete months.

use std::collections::{BTreeMap, HashSet};

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;

use super::category::{Category, categorise};
use super::error::DeriveError;
use crate::bank::data::{AccountKind, BankSnapshot, Direction, Transaction};

/// A transaction with what it was found to be.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    /// Position of its account in the snapshot.
    pub(super) account: usize,
    /// Whether that account is for savings.
    pub(super) on_savings: bool,
    /// The transaction.
    pub(super) transaction: &'a Transaction,
    /// What it was.
    pub(super) category: Category,
}

impl Row<'_> {
    pub(super) fn is(&self, direction: Direction) -> bool {
        self.transaction.direction == direction
    }

    pub(super) const fn day(&self) -> Date {
        self.transaction.booked_on
    }
}

/// What every family works on.
pub(super) struct Material<'a> {
    /// The snapshot.
    pub(super) snapshot: &'a BankSnapshot,
    /// The day the claims are judged as of, in UTC.
    pub(super) today: Date,
    /// The currency of every amount in the credential.
    pub(super) currency: Currency,
    /// Rows in the credential currency, oldest first.
    pub(super) rows: Vec<Row<'a>>,
    /// Whether accounts in other currencies were left out of amounts.
    pub(super) other_currencies: bool,
    /// Day of the first and of the last transaction, over all accounts.
    pub(super) span: (Date, Date),
    /// First days of the complete calendar months between the first transaction and today, oldest first, twelve at most.
    pub(super) months: Vec<Date>,
}

impl<'a> Material<'a> {
    /// Prepares the snapshot to be judged as of `now`.
    ///
    /// # Errors
    /// [`DeriveError::NoAccounts`] and [`DeriveError::NoTransactions`].
    pub(super) fn prepare(snapshot: &'a BankSnapshot, now: Timestamp) -> Result<Self, DeriveError> {
        if snapshot.accounts.is_empty() {
            return Err(DeriveError::NoAccounts);
        }
        let own: HashSet<&str> = snapshot.accounts.iter().filter_map(|history| history.account.identification.as_deref()).collect();
        let mut rows: Vec<Row<'a>> = Vec::new();
        for (account, history) in snapshot.accounts.iter().enumerate() {
            let on_savings = history.account.kind == AccountKind::Savings;
            rows.extend(history.transactions.iter().map(|transaction| Row { account, on_savings, transaction, category: categorise(transaction, &own) }));
        }
        rows.sort_by_key(Row::day);
        let span = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => (first.day(), last.day()),
            _ => return Err(DeriveError::NoTransactions),
        };
        let today = day_of(now);
        let currency = credential_currency(&rows);
        let other_currencies = snapshot.accounts.iter().any(|history| history.account.currency != currency);
        rows.retain(|row| row.transaction.currency == currency);
        Ok(Self { snapshot, today, currency, rows, other_currencies, span, months: complete_months(span.0, today) })
    }

    /// Days between the first and the last transaction.
    pub(super) fn window_days(&self) -> i32 {
        days_between(self.span.0, self.span.1)
    }

    /// For each complete month, the sum of `value` over the rows of that month.
    pub(super) fn by_month(&self, mut value: impl FnMut(&Row<'_>) -> i64) -> Vec<i64> {
        let mut sums: BTreeMap<Date, i64> = self.months.iter().map(|month| (*month, 0)).collect();
        for row in &self.rows {
            if let Some(sum) = sums.get_mut(&row.day().first_of_month()) {
                *sum = sum.saturating_add(value(row));
            }
        }
        sums.into_values().collect()
    }
}

/// The UTC day of a moment.
pub(super) fn day_of(moment: Timestamp) -> Date {
    jiff::Timestamp::from_second(moment.seconds()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Days from `earlier` to `later`, negative when reversed.
pub(super) fn days_between(earlier: Date, later: Date) -> i32 {
    later.since(earlier).map_or(0, |span| span.get_days())
}

/// The currency in which most money from others arrived, counted in payments: amounts in different currencies cannot be compared
/// without exchange rates, which this room does not know. Ties go to the currency with more transactions, then to the alphabet.
fn credential_currency(rows: &[Row<'_>]) -> Currency {
    let mut counts: BTreeMap<Currency, (usize, usize)> = BTreeMap::new();
    for row in rows {
        let count = counts.entry(row.transaction.currency).or_default();
        count.0 += usize::from(row.is(Direction::Credit) && row.category.may_be_income());
        count.1 += 1;
    }
    let best = counts.iter().rev().max_by_key(|(_, count)| **count).map(|(currency, _)| *currency);
    // Rows are never empty here; the first row's currency would be the answer of a single currency anyway.
    best.unwrap_or_else(|| rows[0].transaction.currency)
}

/// Months that began after the first transaction's month and ended before today's.
fn complete_months(first: Date, today: Date) -> Vec<Date> {
    let this_month = today.first_of_month();
    let mut months: Vec<Date> = (1..=12_i32).map(|back| this_month.saturating_sub(back.months())).filter(|month| *month > first.first_of_month()).collect();
    months.reverse();
    months
}
