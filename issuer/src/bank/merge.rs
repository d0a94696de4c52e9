//! One history out of listings that repeat rows, change identifiers, leave rows out and bring them back.
//!
//! A row is known by its **content fingerprint**: day, amount, currency, other side and words, and how many equal rows came before it
//! in the same listing, so that two equal coffees on one day stay two. A row that comes again under another identifier, in a later
//! listing or an overlapping range, finds its fingerprint taken; a row that was left out once is added when it comes back.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use super::data::Transaction;

/// What a row says, without the bank's identifier for it.
pub(super) type Content = [u8; 16];

/// The rows of one account, each once.
#[derive(Default)]
pub struct History {
    rows: HashMap<(Content, u32), Transaction>,
}

impl History {
    /// Begins to take rows from one listing: everything a bank lists in answer to one request, over all its pages.
    pub fn listing(&mut self) -> Listing<'_> {
        Listing { history: self, identified: HashSet::new(), counts: HashMap::new(), added: 0, last: None, page_begins: true }
    }

    /// Rows so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the balances the bank states after each row lead from one row to the next, in some order, and to `closing` where that is
    /// known. A row that was left out breaks them. True where the bank does not state them: then nothing can be told.
    pub fn balances_chain(&self, closing: Option<i64>) -> bool {
        let mut ends: HashMap<i64, i64> = HashMap::new();
        for row in self.rows.values() {
            let Some(after) = row.balance_after else { return true };
            *ends.entry(after).or_default() += 1;
            *ends.entry(after.saturating_sub(row.signed_minor())).or_default() -= 1;
        }
        let last: i64 = ends.values().copied().filter(|count| *count > 0).sum();
        let ends_well = closing.is_none_or(|closing| last == 0 || ends.get(&closing).is_some_and(|count| *count > 0));
        last <= 1 && ends_well
    }

    /// Leaves out rows that do not satisfy `keep`.
    pub fn retain(&mut self, mut keep: impl FnMut(&Transaction) -> bool) {
        self.rows.retain(|_, row| keep(row));
    }

    /// The rows, oldest first.
    pub fn into_rows(self) -> Vec<Transaction> {
        let mut rows: Vec<((Content, u32), Transaction)> = self.rows.into_iter().collect();
        rows.sort_by(|(one_key, one), (other_key, other)| (one.booked_on, &one.id, one_key).cmp(&(other.booked_on, &other.id, other_key)));
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

/// Takes the rows of one listing into a history.
pub struct Listing<'a> {
    history: &'a mut History,
    identified: HashSet<(String, Content)>,
    counts: HashMap<Content, u32>,
    added: usize,
    last: Option<(Content, Option<i64>)>,
    page_begins: bool,
}

impl Listing<'_> {
    /// Takes the rows of a page.
    pub fn page(&mut self, rows: Vec<Transaction>) {
        self.next_page();
        for row in rows {
            self.add(row);
        }
    }

    /// The next row begins a page. One that says what the page before ended with, down to the balance after it, is that row again.
    pub const fn next_page(&mut self) {
        self.page_begins = true;
    }

    /// Takes a row; whether the history did not have it yet.
    pub fn add(&mut self, row: Transaction) -> bool {
        let content = content(&row);
        let repeats = std::mem::replace(&mut self.page_begins, false) && row.balance_after.is_some() && self.last == Some((content, row.balance_after));
        self.last = Some((content, row.balance_after));
        if repeats {
            return false;
        }
        // The same identifier and content again is one row shown twice. An identifier with other content is one a bank uses twice.
        if let Some(id) = &row.id
            && !self.identified.insert((id.clone(), content))
        {
            return false;
        }
        let count = self.counts.entry(content).or_default();
        let key = (content, *count);
        *count += 1;
        if self.history.rows.contains_key(&key) {
            return false;
        }
        self.history.rows.insert(key, row);
        self.added += 1;
        true
    }

    /// Rows the history did not have before.
    pub const fn added(&self) -> usize {
        self.added
    }
}

/// The first half of a SHA-256 over each field with its length before it; words count without case and spacing, which banks change.
pub(super) fn content(row: &Transaction) -> Content {
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(text.as_bytes());
    };
    field(&row.booked_on.to_string());
    field(&row.signed_minor().to_string());
    field(row.currency.as_str());
    field(row.counterparty_account.as_deref().or(row.counterparty_name.as_deref()).unwrap_or_default());
    let mut words = row.description.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    field(&words);
    words.zeroize();
    let digest: [u8; 32] = hash.finalize().into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn row(id: Option<u32>, day: i8, minor: i64, description: &str) -> Transaction {
        let mut row = Transaction::debit(date(2026, 3, day), minor, description);
        row.id = id.map(|id| format!("row-{id}"));
        row
    }

    fn with_balance(mut row: Transaction, balance: i64) -> Transaction {
        row.balance_after = Some(balance);
        row
    }

    fn merged(listings: &[Vec<Transaction>]) -> usize {
        let mut history = History::default();
        for rows in listings {
            let mut listing = history.listing();
            for row in rows {
                listing.add(row.clone());
            }
        }
        history.len()
    }

    #[test]
    fn equal_payments_of_one_day_stay_apart_and_repeated_rows_do_not() {
        assert_eq!(merged(&[vec![row(Some(1), 2, 250, "COFFEE"), row(Some(2), 2, 250, "COFFEE")]]), 2);
        assert_eq!(merged(&[vec![row(Some(1), 2, 250, "COFFEE"), row(Some(1), 2, 250, "COFFEE")]]), 1);
        assert_eq!(merged(&[vec![row(None, 2, 250, "BUS"), row(None, 2, 250, "BUS")]]), 2);
    }

    #[test]
    fn an_identifier_used_for_two_rows_loses_neither() {
        assert_eq!(merged(&[vec![row(Some(1), 2, 250, "COFFEE"), row(Some(1), 3, 900, "LUNCH")]]), 2);
    }

    #[test]
    fn identifiers_that_change_and_spelling_that_is_tidied_make_no_twins() {
        let before = vec![row(Some(1), 2, 250, "Coffee  shop"), row(Some(2), 2, 250, "Coffee  shop")];
        let after = vec![row(Some(8), 2, 250, "COFFEE SHOP"), row(Some(9), 2, 250, "COFFEE SHOP")];
        assert_eq!(merged(&[before, after]), 2);
    }

    #[test]
    fn a_page_that_begins_with_the_last_row_of_the_one_before_repeats_it_whatever_it_calls_it() {
        let coffee = |id, balance| with_balance(row(Some(id), 2, 250, "COFFEE"), balance);
        let mut history = History::default();
        let mut listing = history.listing();
        assert!(listing.add(coffee(1, 1_000)) && listing.add(coffee(2, 750)));
        listing.next_page();
        assert!(!listing.add(coffee(9, 750)) && listing.add(coffee(3, 500)));
        assert_eq!(listing.added(), 3);
        assert!(history.balances_chain(Some(500)) && history.balances_chain(None) && !history.balances_chain(Some(250)));
    }

    #[test]
    fn a_row_that_is_missing_breaks_the_balances() {
        let rows = |left_out: usize| {
            let mut history = History::default();
            let mut listing = history.listing();
            for number in (0..6).filter(|number| *number != left_out) {
                let id = u32::try_from(number).unwrap();
                let spent = i64::from(id) + 1;
                let balance = 100 - (1..=spent).sum::<i64>();
                listing.add(with_balance(row(Some(id), 2, spent, "X"), balance));
            }
            history.balances_chain(Some(100 - 21))
        };
        assert!(rows(usize::MAX));
        assert_eq!((1..6).map(rows).collect::<Vec<_>>(), [false; 5]);
    }

    proptest! {
        /// Whatever each listing leaves out, repeats or renames: as long as every row comes once, all are there once.
        #[test]
        fn listings_with_holes_add_up(
            rows in prop::collection::vec((1_i8..4, 1_i64..4), 1..12),
            holes in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            renamed in any::<bool>(),
        ) {
            let full: Vec<Transaction> = rows.iter().zip(0_u32..).map(|((day, minor), id)| row(Some(id), *day, *minor, "X")).collect();
            let mut listings: Vec<Vec<Transaction>> = holes
                .iter()
                .map(|hole| {
                    let mut rows = full.clone();
                    rows.remove(hole.index(full.len()));
                    rows
                })
                .collect();
            listings.push(full.clone());
            if renamed {
                for (position, rows) in listings.iter_mut().enumerate() {
                    for row in rows {
                        row.id = row.id.as_ref().map(|id| format!("{id}-{position}"));
                    }
                }
            }
            prop_assert_eq!(merged(&listings), full.len());
        }
    }
}
