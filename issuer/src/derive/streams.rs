//! Recurring payments and income sources told one by one, for the holder's or an operator's eyes: nothing of it is stored or signed.
//!
//! A stream is **early** after two occurrences a period apart, **active** from the third while the next one is not overdue, **overdue**
//! for two periods after that, then **ended**. Its amount is the median; the next day is one period after the last.
//!
//! An income source is a payer of [`LEAST_OCCURRENCES`] deposits or more over at least [`LEAST_SPAN_DAYS`] days that may be income;
//! interest is told too, as its own kind, and never counts as income. It is regular when its deposits recur.

use std::fmt;

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;

use super::category::Category;
use super::material::{Material, days_between};
use super::recurring::{LEAST_OCCURRENCES, Period, Stream, median, single_gap, streams};
use crate::bank::data::Direction;

/// A payer of three deposits in one week is a sale, not a source.
const LEAST_SPAN_DAYS: i32 = 14;
/// Deposits or payments that make a stream worth telling.
const LEAST_TOLD: usize = 2;

passid_api::text_enum! {
    /// Where a stream stands.
    pub enum StreamState as "stream state" {
        /// Seen twice.
        Early = "early",
        /// Seen three times or more, and not overdue.
        Active = "active",
        /// The next one is overdue.
        Overdue = "overdue",
        /// Two are overdue: it has ended.
        Ended = "ended",
    }
}

/// A payment that comes again.
#[derive(Clone, PartialEq, Eq)]
pub struct RecurringStream {
    /// Into or out of the account.
    pub direction: Direction,
    /// The other side, as the bank names it.
    pub counterparty: String,
    /// What it is for: `housing`, `salary`, ….
    pub category: &'static str,
    /// `weekly`, `fortnightly`, `monthly`, `quarterly`, `yearly`.
    pub period: &'static str,
    /// How often it was seen.
    pub occurrences: usize,
    /// The median amount, minor units of `currency`.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// The last time.
    pub last_on: Date,
    /// When the next is due; none when it has ended.
    pub next_on: Option<Date>,
    /// Where it stands.
    pub state: StreamState,
}

impl fmt::Debug for RecurringStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RecurringStream({}, {}, redacted)", self.period, self.state)
    }
}

/// Somebody who pays the holder again and again.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomeSource {
    /// The payer, as the bank names it.
    pub payer: String,
    /// `salary`, `pension`, `benefit`, `interest` or `other`.
    pub kind: &'static str,
    /// Deposits.
    pub deposits: usize,
    /// The median deposit, minor units of `currency`.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// How often, when the deposits recur.
    pub period: Option<&'static str>,
    /// Days of the first and the last deposit.
    pub span: (Date, Date),
}

impl fmt::Debug for IncomeSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IncomeSource({}, {} deposits, redacted)", self.kind, self.deposits)
    }
}

/// Every recurring stream in the credential currency, largest first.
pub(super) fn recurring(material: &Material<'_>) -> Vec<RecurringStream> {
    let told = |category: Category| !matches!(category, Category::OwnTransfer | Category::Cash | Category::Refund | Category::Fee | Category::Penalty);
    let both = [Direction::Debit, Direction::Credit];
    let mut found: Vec<RecurringStream> = both
        .into_iter()
        .flat_map(|direction| streams(&material.rows, direction, told).into_iter().filter_map(move |stream| describe(material, direction, &stream)))
        .collect();
    found.sort_by_key(|stream| std::cmp::Reverse(stream.amount_minor));
    found
}

fn describe(material: &Material<'_>, direction: Direction, stream: &Stream<'_>) -> Option<RecurringStream> {
    if stream.rows.len() < LEAST_TOLD {
        return None;
    }
    let early = stream.rows.len() == LEAST_TOLD;
    let period = if early { single_gap(stream.rows[0].day(), stream.rows[1].day()) } else { stream.period }?;
    let last_on = stream.rows.last()?.day();
    let (overdue_on, ended_on) = (period.after(last_on, 1), period.after(last_on, 2));
    let late = |day: Date| days_between(day, material.today) > period.tolerance_days();
    let state = match (late(ended_on), late(overdue_on), early) {
        (true, ..) => StreamState::Ended,
        (_, true, _) => StreamState::Overdue,
        (.., true) => StreamState::Early,
        _ => StreamState::Active,
    };
    Some(RecurringStream {
        direction,
        counterparty: name_of(stream),
        category: stream.category().as_str(),
        period: period.as_str(),
        occurrences: stream.rows.len(),
        amount_minor: typical(stream),
        currency: material.currency,
        last_on,
        next_on: (state != StreamState::Ended).then_some(overdue_on),
        state,
    })
}

/// Every income source in the credential currency, largest deposits first.
pub(super) fn income_sources(material: &Material<'_>) -> Vec<IncomeSource> {
    let told = |category: Category| category.may_be_income() || category == Category::Interest;
    let is_source =
        |stream: &Stream<'_>| stream.rows.len() >= LEAST_OCCURRENCES && span(stream).is_some_and(|(first, last)| days_between(first, last) >= LEAST_SPAN_DAYS);
    let mut found: Vec<IncomeSource> = streams(&material.rows, Direction::Credit, told)
        .iter()
        .filter(|stream| is_source(stream))
        .filter_map(|stream| {
            Some(IncomeSource {
                payer: name_of(stream),
                kind: stream.category().as_str(),
                deposits: stream.rows.len(),
                amount_minor: typical(stream),
                currency: material.currency,
                period: stream.period.map(Period::as_str),
                span: span(stream)?,
            })
        })
        .collect();
    found.sort_by_key(|source| std::cmp::Reverse(source.amount_minor));
    found
}

fn span(stream: &Stream<'_>) -> Option<(Date, Date)> {
    Some((stream.rows.first()?.day(), stream.rows.last()?.day()))
}

fn name_of(stream: &Stream<'_>) -> String {
    let last = stream.rows.last().map(|row| row.transaction);
    let name = last.map(|row| row.counterparty_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&row.description));
    let number = last.and_then(|row| row.counterparty_account.as_deref());
    name.filter(|name| !name.is_empty()).or(number).unwrap_or_default().to_owned()
}

fn typical(stream: &Stream<'_>) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^52 minor units")]
    let amounts: Vec<f64> = stream.rows.iter().map(|row| row.transaction.minor as f64).collect();
    #[expect(clippy::cast_possible_truncation, reason = "a median of such amounts")]
    let middle = median(&amounts).unwrap_or(0.0) as i64;
    middle
}

#[cfg(test)]
mod tests;
