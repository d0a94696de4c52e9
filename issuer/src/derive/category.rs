//! What a transaction was: from the codes banks send, then from words on the statement. First rule that fits wins.

use std::collections::HashSet;

use crate::bank::data::{Direction, Transaction};

/// What a transaction was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Category {
    /// Between the holder's own shared accounts.
    OwnTransfer,
    /// Wages.
    Salary,
    /// A pension.
    Pension,
    /// Public benefits.
    Benefit,
    /// Money given back.
    Refund,
    /// Interest received.
    Interest,
    /// Cash paid in or taken out.
    Cash,
    /// A loan paid out or paid back.
    Loan,
    /// Rent, household.
    Housing,
    /// Insurance.
    Insurance,
    /// Electricity, water, telephone, subscriptions.
    Bill,
    /// A purchase by card.
    Card,
    /// A charge for a payment that failed, or interest for being overdrawn.
    Penalty,
    /// An ordinary charge of the bank.
    Fee,
    /// Anything else.
    Other,
}

impl Category {
    /// How it is called.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::OwnTransfer => "own_transfer",
            Self::Salary => "salary",
            Self::Pension => "pension",
            Self::Benefit => "benefit",
            Self::Refund => "refund",
            Self::Interest => "interest",
            Self::Cash => "cash",
            Self::Loan => "loan",
            Self::Housing => "housing",
            Self::Insurance => "insurance",
            Self::Bill => "bill",
            Self::Card => "card",
            Self::Penalty => "penalty",
            Self::Fee => "fee",
            Self::Other => "other",
        }
    }

    /// Whether money received like this may be somebody's income: it came from others, for work or by right.
    pub(super) const fn may_be_income(self) -> bool {
        matches!(self, Self::Salary | Self::Pension | Self::Benefit | Self::Other)
    }

    /// Whether money spent like this may be an obligation with a due day.
    pub(super) const fn may_be_obligation(self) -> bool {
        matches!(self, Self::Loan | Self::Housing | Self::Insurance | Self::Bill | Self::Other)
    }
}

/// Finds the category. `own_accounts` are the numbers of the shared accounts.
pub(super) fn categorise(transaction: &Transaction, own_accounts: &HashSet<&str>) -> Category {
    if transaction.counterparty_account.as_deref().is_some_and(|number| own_accounts.contains(number)) {
        return Category::OwnTransfer;
    }
    by_purpose(transaction).or_else(|| by_bank_code(transaction)).unwrap_or_else(|| by_words(transaction))
}

/// ISO 20022 external purpose and category purpose codes.
fn by_purpose(transaction: &Transaction) -> Option<Category> {
    Some(match (transaction.purpose.as_deref()?, transaction.direction) {
        ("SALA" | "PAYR" | "BONU" | "COMM", Direction::Credit) => Category::Salary,
        ("PENS", Direction::Credit) => Category::Pension,
        ("SSBE" | "BENE" | "GOVT" | "ALLW" | "CHAR", Direction::Credit) => Category::Benefit,
        ("REFU" | "RIMB" | "REBT", Direction::Credit) => Category::Refund,
        ("INTE", Direction::Credit) => Category::Interest,
        ("INPC", Direction::Debit) => Category::Penalty,
        ("LOAN" | "LOAR" | "HLRP" | "DEBT" | "CCRD", _) => Category::Loan,
        ("RENT" | "HLST", Direction::Debit) if !is_cash(transaction) => Category::Housing,
        ("INSU" | "INPR" | "INSC" | "LIFI" | "HLTI" | "PPTI", Direction::Debit) => Category::Insurance,
        ("ELEC" | "ENRG" | "GASB" | "WTER" | "PHON" | "TELI" | "NWCH" | "NWCM" | "CBTV" | "UBIL" | "SUBS" | "OTLC", Direction::Debit) => Category::Bill,
        _ => return None,
    })
}

/// ISO 20022 bank transaction codes, family and sub-family.
fn by_bank_code(transaction: &Transaction) -> Option<Category> {
    let family = transaction.code.as_deref().unwrap_or_default();
    Some(match (transaction.sub_code.as_deref()?, transaction.direction) {
        ("SALA" | "PAYR", Direction::Credit) => Category::Salary,
        ("CWDL" | "CDPT" | "CAJT", _) => Category::Cash,
        ("RIMB" | "RRTN" | "UPDD" | "UPCT", Direction::Credit) => Category::Refund,
        ("INTR", Direction::Credit) => Category::Interest,
        ("CHRG" | "FEES" | "COMM", Direction::Debit) if speaks_of_failure(&transaction.description) => Category::Penalty,
        ("CHRG" | "FEES" | "COMM", Direction::Debit) => Category::Fee,
        ("POSD" | "POSP" | "SMRT" | "OTHR", Direction::Debit) if family == "CCRD" => Category::Card,
        ("PMDD" | "ESDD", Direction::Debit) => Category::Bill,
        _ if family == "CNTR" => Category::Cash,
        _ => return None,
    })
}

/// Words on the statement, for banks that send no codes.
fn by_words(transaction: &Transaction) -> Category {
    let text = transaction.description.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match transaction.direction {
        _ if has(&["transfer from savings", "transfer to savings", "transfer from checking", "own account"]) => Category::OwnTransfer,
        Direction::Credit if has(&["salary", "payroll", "wages", "direct dep"]) => Category::Salary,
        Direction::Credit if has(&["pension"]) => Category::Pension,
        Direction::Credit if has(&["social security", "unemployment", "child support", "benefit", "universal credit"]) => Category::Benefit,
        Direction::Credit if has(&["refund", "reversal"]) => Category::Refund,
        Direction::Credit if has(&["cash deposit", "atm deposit"]) => Category::Cash,
        Direction::Credit if has(&["interest", "intrst"]) => Category::Interest,
        Direction::Debit if speaks_of_failure(&text) => Category::Penalty,
        Direction::Debit if has(&["atm ", "cash withdrawal"]) => Category::Cash,
        Direction::Debit if has(&["mortgage", "loan"]) => Category::Loan,
        Direction::Debit if has(&["insurance"]) => Category::Insurance,
        Direction::Debit if text.starts_with("rent ") || text.contains(" rent ") => Category::Housing,
        _ => Category::Other,
    }
}

fn is_cash(transaction: &Transaction) -> bool {
    matches!(transaction.sub_code.as_deref(), Some("CWDL" | "CDPT"))
}

fn speaks_of_failure(description: &str) -> bool {
    let text = description.to_ascii_lowercase();
    ["unpaid", "returned", "penalty", "insufficient", "bounced", "overdraft interest"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::testing::row;
    use super::*;

    fn of(change: impl FnOnce(&mut Transaction)) -> Category {
        let mut transaction = row("2026-01-01", -100, "SOMEBODY");
        change(&mut transaction);
        categorise(&transaction, &HashSet::from(["MINE"]))
    }

    #[test]
    fn a_transfer_to_oneself_is_not_income_whatever_its_codes_say() {
        let category = of(|row| {
            row.direction = Direction::Credit;
            row.counterparty_account = Some("MINE".into());
            row.sub_code = Some("SALA".into());
        });
        assert_eq!(category, Category::OwnTransfer);
    }

    #[test]
    fn a_salary_code_on_money_spent_is_no_salary() {
        assert_eq!(of(|row| row.sub_code = Some("SALA".into())), Category::Other);
        assert_eq!(of(|row| row.purpose = Some("PENS".into())), Category::Other);
    }

    #[test]
    fn charges_for_failed_payments_are_told_from_ordinary_ones() {
        let charge = |words: &str| {
            of(|row| {
                row.sub_code = Some("CHRG".into());
                row.description = words.into();
            })
        };
        assert_eq!(charge("RETURNED DIRECT DEBIT FEE"), Category::Penalty);
        assert_eq!(charge("MONTHLY FEE"), Category::Fee);
    }
}
