//! Payments that come again: one stream per account, direction and other side.
//!
//! The other side is its account number, else its name, else the words of the statement without digits (reference numbers change
//! every time). A stream recurs when it has three occurrences or more and at least [`REGULAR_SHARE`] of its gaps are one or several
//! whole periods long, within the period's tolerance.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;

use super::category::Category;
use super::material::{Row, days_between};
use crate::bank::data::Direction;

/// Occurrences before a stream is believed: two make an interval, three confirm it.
pub(super) const LEAST_OCCURRENCES: usize = 3;
/// Share of gaps that must fit.
const REGULAR_SHARE: f64 = 0.7;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    Weekly,
    Fortnightly,
    Monthly,
    Quarterly,
    Yearly,
}

impl Period {
    const ALL: [Self; 5] = [Self::Weekly, Self::Fortnightly, Self::Monthly, Self::Quarterly, Self::Yearly];

    /// Typical length in days, and how far a gap may be off: weekends and bank holidays, and for months their uneven length.
    fn days(self) -> (f64, f64) {
        let length = match self {
            Self::Weekly => 7.0,
            Self::Fortnightly => 14.0,
            Self::Monthly => 30.44,
            Self::Quarterly => 91.31,
            Self::Yearly => 365.25,
        };
        (length, f64::from(self.tolerance_days()))
    }

    /// How it is called.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Fortnightly => "fortnightly",
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Yearly => "yearly",
        }
    }

    /// Days a gap may be off.
    pub(super) const fn tolerance_days(self) -> i32 {
        match self {
            Self::Weekly => 2,
            Self::Fortnightly => 3,
            Self::Monthly => 7,
            Self::Quarterly => 10,
            Self::Yearly => 14,
        }
    }

    /// The day `count` periods after `first`.
    pub(super) fn after(self, first: Date, count: i32) -> Date {
        match self {
            Self::Weekly => first.saturating_add((7 * count).days()),
            Self::Fortnightly => first.saturating_add((14 * count).days()),
            Self::Monthly => first.saturating_add(count.months()),
            Self::Quarterly => first.saturating_add((3 * count).months()),
            Self::Yearly => first.saturating_add(count.years()),
        }
    }
}

/// Payments to or from one other side.
pub(super) struct Stream<'a> {
    /// Its rows, oldest first.
    pub(super) rows: Vec<Row<'a>>,
    /// How often, when it recurs.
    pub(super) period: Option<Period>,
}

impl Stream<'_> {
    /// Category of most rows; the first of equals.
    pub(super) fn category(&self) -> Category {
        let mut counts: HashMap<Category, usize> = HashMap::new();
        for row in &self.rows {
            *counts.entry(row.category).or_default() += 1;
        }
        self.rows.iter().rev().map(|row| row.category).max_by_key(|category| counts[category]).unwrap_or(Category::Other)
    }

    /// When each occurrence was due and how late it came; see [`Punctuality`].
    pub(super) fn punctuality(&self, period: Period, today: Date) -> Punctuality {
        Punctuality::measure(&self.rows.iter().map(Row::day).collect::<Vec<_>>(), period, today)
    }
}

/// Groups rows into streams.
pub(super) fn streams<'a>(rows: &[Row<'a>], direction: Direction, wanted: impl Fn(Category) -> bool) -> Vec<Stream<'a>> {
    let mut groups: BTreeMap<(usize, String), Vec<Row<'a>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is(direction) && wanted(row.category)) {
        groups.entry((row.account, other_side(row))).or_default().push(*row);
    }
    groups
        .into_values()
        .map(|rows| {
            let period = period(&rows.iter().map(Row::day).collect::<Vec<_>>());
            Stream { rows, period }
        })
        .collect()
}

fn other_side(row: &Row<'_>) -> String {
    let transaction = row.transaction;
    if let Some(number) = &transaction.counterparty_account {
        return format!("#{number}");
    }
    let text = transaction.counterparty_name.as_deref().unwrap_or(&transaction.description);
    let words: Vec<String> = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// The period most gaps fit, if enough do.
fn period(days: &[Date]) -> Option<Period> {
    if days.len() < LEAST_OCCURRENCES {
        return None;
    }
    let gaps: Vec<f64> = days.windows(2).map(|pair| f64::from(days_between(pair[0], pair[1]))).collect();
    let median = median(&gaps)?;
    // The typical gap names the period; multiples of it (a skipped month) must not turn a monthly stream into a weekly one.
    let period = Period::ALL.into_iter().find(|period| {
        let (length, tolerance) = period.days();
        (median - length).abs() <= tolerance
    })?;
    let (length, tolerance) = period.days();
    let fits = |gap: &&f64| {
        let periods = (**gap / length).round().max(1.0);
        (**gap - periods * length).abs() <= tolerance
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of payments are far below 2^52")]
    let share = gaps.iter().filter(fits).count() as f64 / gaps.len() as f64;
    (share >= REGULAR_SHARE).then_some(period)
}

/// The period two days are apart, if any.
pub(super) fn single_gap(first: Date, second: Date) -> Option<Period> {
    let gap = f64::from(days_between(first, second));
    Period::ALL.into_iter().find(|period| {
        let (length, tolerance) = period.days();
        (gap - length).abs() <= tolerance
    })
}

/// The middle value.
pub(super) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], upper) } else { upper })
}

/// How a recurring stream kept its due days.
///
/// Occurrences are put into slots one period apart, counted from the first. The due day of a slot is where the earliest fifth of
/// occurrences falls, so one early payment does not make the rest late. More than [`Self::GRACE_DAYS`] after that is late; an empty
/// slot is missed. Slots after the last occurrence count as missed for two periods; after that the stream has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Punctuality {
    pub(super) on_time: u32,
    pub(super) late: u32,
    pub(super) missed: u32,
}

impl Punctuality {
    /// Days after the due day that a weekend and a bank holiday explain.
    const GRACE_DAYS: i32 = 5;
    /// Empty slots at the end that still count as missed.
    const TRAILING: i32 = 2;

    fn measure(days: &[Date], period: Period, today: Date) -> Self {
        let Some(first) = days.first().copied() else { return Self::default() };
        let (length, _) = period.days();
        let mut offsets: BTreeMap<i32, i32> = BTreeMap::new();
        for day in days {
            #[expect(clippy::cast_possible_truncation, reason = "a history has at most some thousand weeks")]
            let slot = (f64::from(days_between(first, *day)) / length).round() as i32;
            offsets.entry(slot).or_insert_with(|| days_between(period.after(first, slot), *day));
        }
        let mut sorted: Vec<i32> = offsets.values().copied().collect();
        sorted.sort_unstable();
        let due = sorted.get(sorted.len() / 5).copied().unwrap_or(0);
        let mut outcome = Self::default();
        let last = offsets.keys().next_back().copied().unwrap_or(0);
        for slot in 0..=last {
            match offsets.get(&slot) {
                Some(offset) if offset - due <= Self::GRACE_DAYS => outcome.on_time += 1,
                Some(_) => outcome.late += 1,
                None => outcome.missed += 1,
            }
        }
        let overdue = (1..=Self::TRAILING + 1).take_while(|ahead| {
            let due_day = period.after(first, last + ahead).saturating_add(due.days());
            days_between(due_day, today) > 2 * Self::GRACE_DAYS
        });
        let empty = i32::try_from(overdue.count()).unwrap_or(0);
        outcome.missed += if empty > Self::TRAILING { 0 } else { empty.unsigned_abs() };
        outcome
    }
}

#[cfg(test)]
mod tests;
