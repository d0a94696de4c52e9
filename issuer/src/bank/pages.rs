//! Following page links without being led astray.
//!
//! Seen in the wild: a page that links to itself, to another resource, to `null/…`, without the account in it, or that ends before
//! the promised number of pages.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use url::Url;

use super::data::Transaction;
use super::error::BankError;
use super::merge::content;

/// Walks the pages of one resource.
pub struct PageWalk {
    resource: Url,
    seen: HashSet<String>,
    shown: HashSet<[u8; 32]>,
    limit: usize,
}

impl PageWalk {
    /// Begins at `first`; at most `limit` pages.
    pub fn begin(first: &Url, limit: usize) -> Self {
        Self { resource: first.clone(), seen: HashSet::from([first.as_str().to_owned()]), shown: HashSet::new(), limit }
    }

    /// Takes note of what a page shows. A page may be reached under two addresses, and its rows may come under other identifiers: what
    /// they say tells that it was here before. One row alone may well be equal to another.
    ///
    /// # Errors
    /// [`BankError::BadPageLink`] when an earlier page showed the same.
    pub fn shows(&mut self, rows: &[Transaction]) -> Result<(), BankError> {
        let mut hash = Sha256::new();
        for row in rows {
            hash.update(content(row));
            hash.update(row.balance_after.unwrap_or_default().to_be_bytes());
        }
        if rows.len() > 1 && !self.shown.insert(hash.finalize().into()) {
            return Err(BankError::BadPageLink("leads in a circle"));
        }
        Ok(())
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

    #[test]
    fn promised_pages_must_come_and_the_limit_holds() {
        let mut walk = PageWalk::begin(&Url::parse(FIRST).unwrap(), 2);
        assert_eq!(step(&mut walk, None, Some(2)), Err(BankError::BadPageLink("pages are missing")));
        assert_eq!(step(&mut walk, None, Some(1)), Ok(None));
        assert!(step(&mut walk, Some("?page=2"), Some(3)).unwrap().is_some());
        assert_eq!(step(&mut walk, Some("?page=3"), Some(3)), Err(BankError::TooLarge("pages of one resource")));
    }
}
