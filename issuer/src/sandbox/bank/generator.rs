//! Makes a person's history from rules, the same every time.
//!
//! A [`Plan`] lists rules such as "rent on the 1st" or "groceries every Saturday". For every calendar month of the plan and every
//! rule a small generator is seeded with the plan's seed, the rule's position and the month, so a month looks the same whenever
//! it is generated; moving the clock forward only appends. Amounts are uniform between a rule's bounds. Salaries that fall on a
//! weekend come the Friday before, payments the Monday after.
//!
//! Left alone, a balance made of such draws wanders off, and the person is rich or ruined depending on the day one looks. A [`Sweep`]
//! anchors it: shortly before payday whatever is above a fixed amount leaves the account, so every month ends where the last one did.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::ledger::{BookedAccount, BookedCustomer, Entry, Label};

/// A person to make up.
pub(super) struct Plan {
    /// The person and their accounts, still without entries.
    pub(super) customer: BookedCustomer,
    /// Whole calendar months of history before the current one.
    pub(super) months: i32,
    /// Makes this person different from the next.
    pub(super) seed: u64,
    /// What happens to them.
    pub(super) rules: Vec<Rule>,
    /// What keeps their balances from wandering.
    pub(super) sweeps: Vec<Sweep>,
}

/// Moves out what is above `keep` on a day of every month.
pub(super) struct Sweep {
    /// Position of the account.
    pub(super) account: usize,
    /// When; it sees everything booked up to and on that day.
    pub(super) timing: Timing,
    /// What stays, minor units.
    pub(super) keep: i64,
    /// Less than this is not worth a transfer.
    pub(super) least: i64,
    /// What the statement says.
    pub(super) label: Label,
}

/// Something that happens again and again.
pub(super) struct Rule {
    /// Position of the account.
    pub(super) account: usize,
    /// When.
    pub(super) timing: Timing,
    /// Smallest and largest amount, minor units, positive into the account.
    pub(super) amount: (i64, i64),
    /// Percent of occurrences that do not happen.
    pub(super) skipped_percent: u64,
    /// What the statement says.
    pub(super) label: Label,
    /// The other leg, for a transfer between own accounts: account position, amount per mille of this one, label.
    pub(super) mirrored: Option<(usize, i64, Label)>,
}

/// When something happens.
#[derive(Clone, Copy)]
pub(super) enum Timing {
    /// On this day or, on a weekend, the Friday before.
    MonthlyBefore(i8),
    /// So many days before [`Timing::MonthlyBefore`] of this day.
    AheadOf(i8, i64),
    /// On this day or, on a weekend, the Monday after; up to so many days late.
    MonthlyAfter(i8, u64),
    /// Every week on this day.
    Weekly(Weekday),
    /// Between so and so many times a month, on any day.
    Sometimes(u64, u64),
}

/// SplitMix64 (Steele, Lea, Flood 2014): tiny, and frozen, which a library's default generator is not.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From `low` to `high`, both included; the modulo's bias is irrelevant for made-up groceries.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high.saturating_sub(low) + 1)
    }
}

impl Plan {
    /// The customer with every entry up to and including `today`.
    pub(super) fn history(&self, today: Date) -> BookedCustomer {
        let mut customer = self.customer.clone();
        for months_ago in (0..=self.months).rev() {
            let first = today.first_of_month().saturating_sub(months_ago.months());
            for (position, rule) in self.rules.iter().enumerate() {
                let mut random = SplitMix(self.seed ^ (month_number(first) << 32) ^ ((position as u64) << 16));
                // The first outputs of close seeds are not close, but one round costs nothing.
                random.next();
                for day in rule.timing.days(first, &mut random) {
                    // Everything is drawn before the day is looked at, so that a later today changes nothing earlier.
                    let happens = random.between(1, 100) > rule.skipped_percent;
                    let minor = rule.draw(&mut random);
                    if happens && day <= today {
                        enter(&mut customer.accounts, rule, day, minor);
                    }
                }
            }
            for sweep in &self.sweeps {
                // A sweep draws nothing: any generator gives its day.
                for day in sweep.timing.days(first, &mut SplitMix(0)).into_iter().filter(|day| *day <= today) {
                    sweep.enter(&mut customer.accounts, day);
                }
            }
        }
        for account in &mut customer.accounts {
            settle(account);
        }
        customer
    }
}

/// Months since year 0, for seeding.
fn month_number(first: Date) -> u64 {
    u64::from(first.year().unsigned_abs()) * 12 + u64::from(first.month().unsigned_abs())
}

impl Timing {
    fn days(self, first: Date, random: &mut SplitMix) -> Vec<Date> {
        let on = |day: i8| first.with().day(day.min(first.days_in_month())).build().unwrap_or(first);
        match self {
            Self::MonthlyBefore(day) => vec![roll(on(day), -1)],
            Self::AheadOf(day, ahead) => vec![roll(on(day), -1).saturating_sub(ahead.days())],
            Self::MonthlyAfter(day, late) => {
                let days_late = i64::try_from(random.between(0, late)).unwrap_or(0);
                vec![roll(on(day).saturating_add(days_late.days()), 1)]
            }
            Self::Weekly(weekday) => first.series(1.day()).take_while(|day| day.month() == first.month()).filter(|day| day.weekday() == weekday).collect(),
            Self::Sometimes(least, most) => {
                let count = random.between(least, most);
                let length = u64::from(first.days_in_month().unsigned_abs());
                (0..count).map(|_| on(i8::try_from(random.between(1, length)).unwrap_or(1))).collect()
            }
        }
    }
}

/// Moves a weekend day by whole days until it is a weekday.
fn roll(mut day: Date, step: i64) -> Date {
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.saturating_add(step.days());
    }
    day
}

impl Rule {
    /// An amount between the bounds.
    fn draw(&self, random: &mut SplitMix) -> i64 {
        let (low, high) = self.amount;
        low.min(high).saturating_add_unsigned(random.between(0, high.abs_diff(low)))
    }
}

impl Sweep {
    fn enter(&self, accounts: &mut [BookedAccount], day: Date) {
        let Some(account) = accounts.get_mut(self.account) else { return };
        let booked: i64 = account.entries.iter().filter(|entry| entry.booked_on <= day).map(|entry| entry.minor).sum();
        let above = account.opening_minor.saturating_add(booked).saturating_sub(self.keep);
        if above >= self.least {
            account.entries.push(Entry { id: String::new(), booked_on: day, minor: -above, balance_minor: 0, label: self.label.clone() });
        }
    }
}

fn enter(accounts: &mut [BookedAccount], rule: &Rule, day: Date, minor: i64) {
    let mut book = |position: usize, minor: i64, label: &Label| {
        if let Some(account) = accounts.get_mut(position) {
            account.entries.push(Entry { id: String::new(), booked_on: day, minor, balance_minor: 0, label: label.clone() });
        }
    };
    book(rule.account, minor, &rule.label);
    if let Some((other, per_mille, label)) = &rule.mirrored {
        book(*other, -minor * per_mille / 1_000, label);
    }
}

/// Sorts, numbers and balances an account's entries.
fn settle(account: &mut BookedAccount) {
    account.entries.sort_by_key(|entry| entry.booked_on);
    let mut balance = account.opening_minor;
    let (mut day, mut number) = (Date::MIN, 0);
    for entry in &mut account.entries {
        number = if entry.booked_on == day { number + 1 } else { 1 };
        day = entry.booked_on;
        balance = balance.saturating_add(entry.minor);
        entry.balance_minor = balance;
        entry.id = format!("{}-{}-{number:02}", account.id, day.strftime("%Y%m%d"));
    }
}
