//! A digest of the transactions, so that the issuer can later show what a credential rested on without having kept it.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::bank::data::{BankSnapshot, Transaction};

/// SHA-256 over the canonical transactions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EvidenceDigest(pub [u8; 32]);

impl fmt::Display for EvidenceDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for EvidenceDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EvidenceDigest({self})")
    }
}

/// Begins every digest, so that it is never mistaken for another.
const DOMAIN: &str = "passid/evidence/v1";

/// Digests every account and transaction: each field with its length before it, transactions of an account in the order of their
/// own digests, accounts in the order of theirs. The order in which a bank lists things does not matter.
pub(super) fn digest(snapshot: &BankSnapshot) -> EvidenceDigest {
    let mut accounts: Vec<[u8; 32]> = snapshot
        .accounts
        .iter()
        .map(|history| {
            let mut rows: Vec<[u8; 32]> = history.transactions.iter().map(transaction_digest).collect();
            rows.sort_unstable();
            let identification = history.account.identification.as_deref().unwrap_or_default();
            let mut account = fields(&[identification, history.account.currency.as_str()]);
            for row in &rows {
                account.update(row);
            }
            account.finalize().into()
        })
        .collect();
    accounts.sort_unstable();
    let mut whole = fields(&[DOMAIN, &snapshot.provider]);
    for account in &accounts {
        whole.update(account);
    }
    EvidenceDigest(whole.finalize().into())
}

fn transaction_digest(transaction: &Transaction) -> [u8; 32] {
    fields(&[
        transaction.id.as_deref().unwrap_or_default(),
        &transaction.booked_on.to_string(),
        &transaction.signed_minor().to_string(),
        transaction.currency.as_str(),
        &transaction.description,
        transaction.counterparty_name.as_deref().unwrap_or_default(),
        transaction.counterparty_account.as_deref().unwrap_or_default(),
    ])
    .finalize()
    .into()
}

fn fields(fields: &[&str]) -> Sha256 {
    let mut hash = Sha256::new();
    for field in fields {
        hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::super::testing::{history, monthly, snapshot};
    use super::*;
    use crate::bank::data::AccountKind;

    fn example() -> BankSnapshot {
        snapshot(vec![
            history(AccountKind::Current, "ONE", 0, monthly("2026-11-02", 3, 100, "A")),
            history(AccountKind::Savings, "TWO", 0, monthly("2026-11-02", 3, 200, "B")),
        ])
    }

    #[test]
    fn the_form_is_frozen() {
        assert_eq!(digest(&example()).to_string(), "2e7635ecfa7c93b67007ecf6130637fbfa227ad8f3695170350ea4c58655054f");
    }

    #[test]
    fn order_does_not_matter_and_every_cent_does() {
        let mut reordered = example();
        reordered.accounts.reverse();
        reordered.accounts[0].transactions.reverse();
        assert_eq!(digest(&reordered), digest(&example()));
        let mut changed = example();
        changed.accounts[0].transactions[1].minor += 1;
        assert_ne!(digest(&changed), digest(&example()));
        let mut doubled = example();
        let row = doubled.accounts[0].transactions[0].clone();
        doubled.accounts[0].transactions.push(row);
        assert_ne!(digest(&doubled), digest(&example()));
    }
}
