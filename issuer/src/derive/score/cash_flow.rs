//! What the score looks at: money in and out by day, and the balance at the end of each day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::category::Category;
use super::super::material::{Material, Row, days_between};
use crate::bank::data::{AccountKind, Direction};

/// Mean length of a month in days: 365.25 / 12.
const MONTH_DAYS: f64 = 30.4375;
/// Days after an account's opening in which its balance says little: it starts with a token deposit.
const SETTLING_DAYS: i32 = 30;
/// Histories shorter than this keep their first days: too little would be left.
const LEAST_TO_SETTLE: usize = 60;

/// What a movement is to the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Money from others.
    Inflow,
    /// A bill, rent or anything else paid by transfer, standing order or direct debit.
    Bill,
    /// Cash, card purchases and everything else spent.
    Spending,
    /// Charges of the bank.
    Charge,
    /// A charge for a failed payment, or interest for being overdrawn.
    Penalty,
}

#[derive(Debug, Clone, Copy)]
struct Movement {
    days_before: i32,
    amount: f64,
    kind: Kind,
}

/// The money movements of all accounts that hold money, as of one day. Amounts are in minor units of one currency; only their ratios
/// are used.
#[derive(Debug, Clone)]
pub(super) struct CashFlow {
    /// Days from the first transaction to the day of judgement.
    pub(super) history_days: i32,
    /// Days since the last transaction.
    pub(super) silent_days: i32,
    movements: Vec<Movement>,
    /// End-of-day balances, oldest first; the last is the day of judgement.
    balances: Vec<f64>,
    /// Leading balances that belong to the opening of the account.
    settling: usize,
}

impl CashFlow {
    /// Collects the movements; `None` when no account tells its balance. `age_days` is the age of the oldest account.
    pub(super) fn of(material: &Material<'_>, age_days: i32) -> Option<Self> {
        let holds_money = |kind| matches!(kind, AccountKind::Current | AccountKind::Savings | AccountKind::Other);
        let accounts = &material.snapshot.accounts;
        let counts = |position: usize| {
            accounts
                .get(position)
                .is_some_and(|history| history.account.currency == material.currency && holds_money(history.account.kind) && history.balance.is_some())
        };
        let known: Vec<i64> = accounts
            .iter()
            .enumerate()
            .filter(|(position, _)| counts(*position))
            .filter_map(|(_, history)| history.balance.map(|balance| balance.minor))
            .collect();
        if known.is_empty() {
            return None;
        }
        let rows: Vec<&Row<'_>> = material.rows.iter().filter(|row| counts(row.account)).collect();
        let (first, last) = (rows.first()?.day(), rows.last()?.day());
        let history_days = days_between(first, material.today).max(0);
        let opened_before_history = (age_days - history_days).max(0);
        let balances = end_of_day_balances(&rows, known.iter().sum(), first, material.today);
        let settling = usize::try_from((SETTLING_DAYS - opened_before_history).max(0)).unwrap_or(0);
        Some(Self {
            history_days,
            silent_days: days_between(last, material.today).max(0),
            movements: rows.into_iter().filter_map(|row| movement(row, material.today)).collect(),
            settling: if balances.len() > LEAST_TO_SETTLE { settling } else { 0 },
            balances,
        })
    }

    /// How much of a year the history covers, at most 1: a lowest balance of four months proves less than one of twelve.
    pub(super) fn part_of_year_seen(&self) -> f64 {
        (f64::from(self.history_days) / 365.0).clamp(0.0, 1.0)
    }

    /// What happened in the last `days`, or in the whole history when that is shorter.
    pub(super) fn window(&self, days: i32) -> Window<'_> {
        let length = days.min(self.history_days).max(1);
        let recent: Vec<Movement> = self.movements.iter().copied().filter(|movement| movement.days_before <= days).collect();
        let from = self.balances.len().saturating_sub(usize::try_from(length).unwrap_or(1)).max(self.settling);
        let balances = self.balances.get(from..).unwrap_or_default();
        let months = f64::from(length) / MONTH_DAYS;
        let sum = |wanted: &dyn Fn(Kind) -> bool| recent.iter().filter(|movement| wanted(movement.kind)).map(|movement| movement.amount).sum::<f64>();
        let inflow = sum(&|kind| kind == Kind::Inflow);
        Window { monthly_inflow: (inflow / months).max(1.0), inflow, bills: sum(&|kind| kind == Kind::Bill), blocks: blocks(&recent, length), balances, recent }
    }
}

/// A stretch of days that ends on the day of judgement.
pub(super) struct Window<'a> {
    /// What came in per month; at least one minor unit, so that it can be divided by.
    pub(super) monthly_inflow: f64,
    /// All that came in from others.
    pub(super) inflow: f64,
    /// What went out as bills.
    pub(super) bills: f64,
    /// Inflow and outflow of each whole 30 days, latest first.
    pub(super) blocks: Vec<(f64, f64)>,
    /// End-of-day balances after the account settled.
    pub(super) balances: &'a [f64],
    recent: Vec<Movement>,
}

impl Window<'_> {
    /// The single payments that came in.
    pub(super) fn inflows(&self) -> Vec<f64> {
        self.recent.iter().filter(|movement| movement.kind == Kind::Inflow).map(|movement| movement.amount).collect()
    }

    /// How many movements are of one of `kinds`.
    pub(super) fn count(&self, kinds: &[Kind]) -> usize {
        self.recent.iter().filter(|movement| kinds.contains(&movement.kind)).count()
    }

    /// The lowest end-of-day balance.
    pub(super) fn lowest(&self) -> f64 {
        self.balances.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

fn movement(row: &Row<'_>, today: Date) -> Option<Movement> {
    let kind = match (row.transaction.direction, row.category) {
        (_, Category::OwnTransfer) | (Direction::Credit, Category::Interest | Category::Loan) => return None,
        (Direction::Credit, _) => Kind::Inflow,
        (Direction::Debit, Category::Fee) => Kind::Charge,
        (Direction::Debit, Category::Penalty) => Kind::Penalty,
        (Direction::Debit, Category::Cash | Category::Card) => Kind::Spending,
        (Direction::Debit, _) => Kind::Bill,
    };
    Some(Movement { days_before: days_between(row.day(), today), amount: as_float(row.transaction.minor), kind })
}

/// Walks back from today's balance; a day without movement keeps the balance of the day before.
fn end_of_day_balances(rows: &[&Row<'_>], now: i64, first: Date, today: Date) -> Vec<f64> {
    let mut changes: BTreeMap<i32, i64> = BTreeMap::new();
    for row in rows {
        let change = changes.entry(days_between(row.day(), today)).or_default();
        *change = change.saturating_add(row.transaction.signed_minor());
    }
    let mut balance = changes.range(..0).fold(now, |balance, (_, change)| balance.saturating_sub(*change));
    let mut balances = Vec::new();
    for days_before in 0..=days_between(first, today).max(0) {
        balances.push(as_float(balance));
        balance = balance.saturating_sub(changes.get(&days_before).copied().unwrap_or(0));
    }
    balances.reverse();
    balances
}

fn blocks(recent: &[Movement], length: i32) -> Vec<(f64, f64)> {
    let mut blocks = vec![(0.0, 0.0); usize::try_from(length / 30).unwrap_or(0).max(1)];
    for movement in recent {
        let block = usize::try_from((movement.days_before - 1).max(0) / 30).ok().and_then(|block| blocks.get_mut(block));
        match block {
            Some((inflow, _)) if movement.kind == Kind::Inflow => *inflow += movement.amount,
            Some((_, outflow)) => *outflow += movement.amount,
            None => {}
        }
    }
    blocks
}

#[expect(clippy::cast_precision_loss, reason = "sums of money are far below 2^52 minor units, and only ratios count")]
const fn as_float(value: i64) -> f64 {
    value as f64
}
