//! Short ways to write a person's accounts and rules.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::bank::data::AccountKind;
use crate::sandbox::bank::generator::{Rule, Sweep, Timing};
use crate::sandbox::bank::ledger::{BookedAccount, Label};

/// Letters of a code from this file's tables; the tables hold no other.
pub(in crate::sandbox::bank) fn code<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    match text.parse() {
        Ok(code) => code,
        Err(error) => unreachable!("{text} is written in this program: {error:?}"),
    }
}

/// An account without entries.
pub(super) fn account(id: &str, kind: AccountKind, currency: &str, today: Date, age_months: i32, opening_minor: i64) -> BookedAccount {
    BookedAccount {
        id: id.to_owned(),
        kind,
        currency: code(currency),
        opened_on: today.first_of_month().saturating_sub(age_months.months()),
        nickname: if kind == AccountKind::Savings { "Savings" } else { "Everyday" }.to_owned(),
        scheme: "SANDBOX.AccountNumber",
        identification: format!("SANDBOX-{}", id.to_uppercase()),
        entries: Vec::new(),
        opening_minor,
    }
}

fn rule(account: usize, timing: Timing, amount: (i64, i64), label: Label) -> Rule {
    Rule { account, timing, amount, skipped_percent: 0, label, mirrored: None }
}

fn label(description: &str, counterparty: &str, code: (&'static str, &'static str)) -> Label {
    Label { description: description.to_owned(), counterparty: Some(counterparty.to_owned()), code, ..Label::default() }
}

/// A salary on `day` into the first account.
pub(super) fn salary(day: i8, amount: (i64, i64), employer: &str) -> Rule {
    let mut label = label(&format!("{employer} SALARY"), employer, ("RCDT", "SALA"));
    label.category_purpose = Some("SALA");
    rule(0, Timing::MonthlyBefore(day), amount, label)
}

/// Money received for work, between so and so many times a month.
pub(super) fn odd_jobs(times: (u64, u64), amount: (i64, i64), payer: &str) -> Rule {
    rule(0, Timing::Sometimes(times.0, times.1), amount, label(&format!("{payer} PAYMENT"), payer, ("RCDT", "DMCT")))
}

/// A standing order on `day`, so many days late at most.
pub(super) fn standing_order(day: i8, late: u64, amount: (i64, i64), payee: &str, purpose: &'static str) -> Rule {
    let mut label = label(&format!("{payee} STANDING ORDER"), payee, ("ICDT", "STDO"));
    label.purpose = Some(purpose);
    rule(0, Timing::MonthlyAfter(day, late), (-amount.1, -amount.0), label)
}

/// A bill by direct debit on `day`, so many days late at most.
pub(super) fn bill(day: i8, late: u64, amount: (i64, i64), payee: &str, purpose: &'static str) -> Rule {
    let mut label = label(&format!("{payee} DIRECT DEBIT"), payee, ("RDDT", "PMDD"));
    label.purpose = Some(purpose);
    rule(0, Timing::MonthlyAfter(day, late), (-amount.1, -amount.0), label)
}

/// Card purchases.
pub(super) fn card(account: usize, timing: Timing, amount: (i64, i64), merchant: &str, category: &'static str) -> Rule {
    let mut label = label(merchant, merchant, ("CCRD", "POSD"));
    label.merchant_category = Some(category);
    rule(account, timing, (-amount.1, -amount.0), label)
}

/// Groceries by card every week on `day`.
pub(super) fn groceries(day: Weekday, amount: (i64, i64), merchant: &str) -> Rule {
    card(0, Timing::Weekly(day), amount, merchant, "5411")
}

/// A shop gives money back, in so many of a hundred months.
pub(super) fn refund(percent: u64, amount: (i64, i64), merchant: &str) -> Rule {
    let mut label = label(&format!("REFUND {merchant}"), merchant, ("CCRD", "RIMB"));
    label.purpose = Some("REFU");
    Rule { skipped_percent: 100 - percent, ..rule(0, Timing::Sometimes(1, 1), amount, label) }
}

/// Cash from a machine.
pub(super) fn cash_out(account: usize, times: (u64, u64), amount: (i64, i64)) -> Rule {
    let label = Label { description: "CASH WITHDRAWAL".to_owned(), code: ("CCRD", "CWDL"), ..Label::default() };
    rule(account, Timing::Sometimes(times.0, times.1), (-amount.1, -amount.0), label)
}

/// Cash paid in.
pub(super) fn cash_in(account: usize, times: (u64, u64), amount: (i64, i64)) -> Rule {
    let label = Label { description: "CASH DEPOSIT".to_owned(), code: ("CNTR", "CDPT"), ..Label::default() };
    rule(account, Timing::Sometimes(times.0, times.1), amount, label)
}

/// Interest on `account`.
pub(super) fn interest(account: usize, amount: (i64, i64)) -> Rule {
    let label = Label { description: "INTEREST".to_owned(), code: ("ACMT", "INTR"), category_purpose: Some("INTE"), ..Label::default() };
    rule(account, Timing::MonthlyBefore(28), amount, label)
}

/// A charge of the bank, in so many of a hundred months.
pub(super) fn charge(percent: u64, amount: i64, description: &str) -> Rule {
    let label = Label { description: description.to_owned(), code: ("ACMT", "CHRG"), ..Label::default() };
    Rule { skipped_percent: 100 - percent, ..rule(0, Timing::Sometimes(1, 1), (-amount, -amount), label) }
}

/// A transfer between own accounts; the other leg arrives the same day.
pub(super) fn transfer(accounts: &[BookedAccount], from: usize, to: usize, timing: Timing, amount: (i64, i64), skipped_percent: u64, per_mille: i64) -> Rule {
    let leg = |other: usize, words: &str, code: (&'static str, &'static str)| Label {
        description: format!("TRANSFER {words}"),
        counterparty_account: accounts.get(other).map(|account| account.identification.clone()),
        code,
        purpose: Some("ACCT"),
        ..Label::default()
    };
    Rule {
        account: from,
        timing,
        amount: (-amount.1, -amount.0),
        skipped_percent,
        label: leg(to, "TO OWN ACCOUNT", ("ICDT", "BOOK")),
        mirrored: Some((to, per_mille, leg(from, "FROM OWN ACCOUNT", ("RCDT", "BOOK")))),
    }
}

/// What is left of the first account above `keep`, so many days before a payday on `day`, goes to `payee`.
pub(super) fn sweep(day: i8, days_ahead: i64, keep: i64, least: i64, payee: &str, purpose: &'static str) -> Sweep {
    let mut label = label(&format!("TRANSFER {payee}"), payee, ("ICDT", "DMCT"));
    label.purpose = Some(purpose);
    Sweep { account: 0, timing: Timing::AheadOf(day, days_ahead), keep, least, label }
}
