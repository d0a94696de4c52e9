//! Following page links without being led astray.
//!
//! Seen in the wild: a page that links to itself, to another resource, to `null/…`, without the account in it, or that ends before
//! the promised number of pages.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use url::Url;

use super::data::Transaction;
use super::error::BankError;
use super::merge::{Content, content};

/// A row as a page showed it, where the bank states the balance after it: what it says, and that balance.
type Shown = (Content, i64);

/// Walks the pages of one resource.
pub struct PageWalk {
    resource: Url,
    seen: HashSet<String>,
    rows_shown: HashSet<Shown>,
    last_shown: Option<Shown>,
    pages_shown: HashSet<[u8; 32]>,
    limit: usize,
}

impl PageWalk {
    /// Begins at `first`; at most `limit` pages.
    pub fn begin(first: &Url, limit: usize) -> Self {
        Self {
            resource: first.clone(),
            seen: HashSet::from([first.as_str().to_owned()]),
            rows_shown: HashSet::new(),
            last_shown: None,
            pages_shown: HashSet::new(),
            limit,
        }
    }

    /// Takes note of what a page shows. A page may be reached under two addresses, its rows may come under other identifiers, and one of
    /// them may be left out: what they say tells that it was here before. Where the bank states balances, a page is known again when
    /// most of its rows are, not counting a first row that repeats the last one of the page before; elsewhere when all of them are, since
    /// equal payments of one day may well stand on two pages.
    ///
    /// # Errors
    /// [`BankError::BadPageLink`] when an earlier page showed the same.
    pub fn shows(&mut self, rows: &[Transaction]) -> Result<(), BankError> {
        let with_balances: Option<Vec<Shown>> = rows.iter().map(|row| row.balance_after.map(|balance| (content(row), balance))).collect();
        let again = if let Some(rows) = with_balances {
            let overlap = usize::from(!rows.is_empty() && rows.first().copied() == self.last_shown);
            let known = rows.iter().skip(overlap).filter(|row| self.rows_shown.contains(*row)).count();
            self.last_shown = rows.last().copied().or(self.last_shown);
            let again = known * 2 > rows.len() - overlap;
            self.rows_shown.extend(rows);
            again
        } else {
            let mut hash = Sha256::new();
            for row in rows {
                hash.update(content(row));
            }
            rows.len() > 1 && !self.pages_shown.insert(hash.finalize().into())
        };
        if again { Err(BankError::BadPageLink("leads in a circle")) } else { Ok(()) }
    }

    /// Where the next page is, or `None` after the last: the page just read linked to `link` and promised so many pages in all.
    ///
    /// # Errors
    /// [`BankError::BadPageLink`] when the link leads elsewhere, nowhere or back; [`BankError::TooLarge`] past the limit.
    pub fn next(&mut self, link: Option<&str>, promised: Option<u64>) -> Result<Option<Url>, BankError> {
        let Some(link) = link.map(str::trim).filter(|link| !link.is_empty()) else {
            return if (self.seen.len() as u64) < promised.unwrap_or(0) { Err(BankError::BadPageLink("pages are missing")) } else { Ok(None) };
        };
        let next = self.resource.join(link).map_err(|_| BankError::BadPageLink("not an address"))?;
        if next.origin() != self.resource.origin() || !next.username().is_empty() || next.password().is_some() {
            return Err(BankError::BadPageLink("leads to another server"));
        }
        if next.path() != self.resource.path() {
            return Err(BankError::BadPageLink("leads to another resource"));
        }
        if self.seen.len() >= self.limit {
            return Err(BankError::TooLarge("pages of one resource"));
        }
        if !self.seen.insert(next.as_str().to_owned()) {
            return Err(BankError::BadPageLink("leads in a circle"));
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "https://bank.example/aisp/accounts/1/transactions?from=2026-01-01";

    fn step(walk: &mut PageWalk, next: Option<&str>, total_pages: Option<u64>) -> Result<Option<String>, BankError> {
        walk.next(next, total_pages).map(|url| url.map(String::from))
    }

    #[test]
    fn links_that_lead_astray_are_refused() {
        for (link, why) in [
            (FIRST, "leads in a circle"),
            ("https://bank.example/aisp/accounts/1/balances?page=2", "leads to another resource"),
            ("https://bank.example/aisp/accounts//transactions?page=2", "leads to another resource"),
            ("https://bank.example/aisp/accounts/2/transactions?page=2", "leads to another resource"),
            ("https://evil.example/aisp/accounts/1/transactions?page=2", "leads to another server"),
            ("http://bank.example/aisp/accounts/1/transactions?page=2", "leads to another server"),
            ("https://user@bank.example/aisp/accounts/1/transactions?page=2", "leads to another server"),
            ("null/aisp/accounts/1/transactions?page=2", "leads to another resource"),
            ("null", "leads to another resource"),
            ("https://", "not an address"),
        ] {
            let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 10);
            assert_eq!(step(&mut walk, Some(link), None), Err(BankError::BadPageLink(why)), "{link}");
        }
    }

    #[test]
    fn a_circle_over_several_pages_is_seen() {
        let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 10);
        assert!(step(&mut walk, Some("?page=2"), None).unwrap().unwrap().ends_with("/transactions?page=2"));
        assert!(step(&mut walk, Some("?page=3"), None).unwrap().is_some());
        assert_eq!(step(&mut walk, Some("?page=2"), None), Err(BankError::BadPageLink("leads in a circle")));
    }

    /// A row of 2026-03-02 over `minor`, with the balance after it.
    fn row(id: usize, minor: i64, balance_after: Option<i64>) -> Transaction {
        let mut row = Transaction::debit(jiff::civil::date(2026, 3, 2), minor, "COFFEE");
        (row.id, row.balance_after) = (Some(id.to_string()), balance_after);
        row
    }

    #[test]
    fn a_page_is_known_again_by_its_rows_although_they_are_renamed_and_one_is_missing() {
        let page = |first_id: usize, without: i64| -> Vec<Transaction> {
            (1_i64..=6).zip(first_id..).filter(|(minor, _)| *minor != without).map(|(minor, id)| row(id, minor, Some(-10 * minor))).collect()
        };
        for (before, after) in [(0, 0), (3, 0), (0, 3), (2, 5)] {
            let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 10);
            assert_eq!(walk.shows(&page(0, before)), Ok(()));
            assert_eq!(walk.shows(&page(100, after)), Err(BankError::BadPageLink("leads in a circle")), "{before} {after}");
        }
    }

    #[test]
    fn equal_payments_on_two_pages_and_a_row_that_is_repeated_are_no_circle() {
        let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 10);
        assert_eq!(walk.shows(&[row(1, 5, Some(100)), row(2, 5, Some(95))]), Ok(()));
        assert_eq!(walk.shows(&[row(2, 5, Some(95)), row(3, 5, Some(90))]), Ok(()));
        assert_eq!(walk.shows(&[row(3, 5, Some(90))]), Ok(()));
        let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 10);
        assert_eq!(walk.shows(&[row(1, 5, None), row(2, 5, None), row(3, 6, None)]), Ok(()));
        assert_eq!(walk.shows(&[row(4, 6, None), row(5, 5, None), row(6, 5, None)]), Ok(()));
        assert_eq!(walk.shows(&[row(7, 5, None), row(8, 5, None), row(9, 6, None)]), Err(BankError::BadPageLink("leads in a circle")));
    }

    #[test]
    fn promised_pages_must_come_and_the_limit_holds() {
        let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 2);
        assert_eq!(step(&mut walk, None, Some(2)), Err(BankError::BadPageLink("pages are missing")));
        assert_eq!(step(&mut walk, None, Some(1)), Ok(None));
        assert!(step(&mut walk, Some("?page=2"), Some(3)).unwrap().is_some());
        assert_eq!(step(&mut walk, Some("?page=3"), Some(3)), Err(BankError::TooLarge("pages of one resource")));
    }
}
