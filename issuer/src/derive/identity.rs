//! Identity: whether the bank knows the holder by the name they gave.
//!
//! Each account's holders are compared with the declared name ([`super::names`]); a joint account counts by its best holder. The
//! claim is given when every account that names a holder matches. A close match, a mismatch on any account or no name at all leaves
//! it unverified, each with its own reason; the bank's spelling is not repeated.

use passid_api::claims::Slot;

use super::material::Material;
use super::names::{NameMatch, compare};
use super::notes::Notes;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    /// Whether the bank confirms the name.
    pub(super) verified: bool,
    /// The worst match over the accounts; `None` when the bank names nobody.
    pub(super) name: Option<NameMatch>,
}

/// Derives the identity claim.
pub(super) fn derive(material: &Material<'_>, declared_name: &str, notes: &mut Notes) -> Identity {
    if declared_name.trim().is_empty() {
        notes.add(Slot::IdentityVerified, "name_not_declared", "The holder did not say their name, so there is nothing to compare.");
        return Identity { verified: false, name: None };
    }
    let accounts = material.snapshot.accounts.iter().filter_map(|history| {
        let holders = history.holders.iter().map(|holder| holder.name.as_str());
        // The account's own name may be a nickname: it helps only where no holder is given.
        let names: Vec<&str> = if history.holders.is_empty() { history.account.name.as_deref().into_iter().collect() } else { holders.collect() };
        names.into_iter().map(|name| compare(declared_name, name)).max()
    });
    let consenting = material.snapshot.consenting_party.as_ref().map(|party| compare(declared_name, &party.name));
    let name = accounts.chain(consenting).min();
    match name {
        Some(NameMatch::Match) => {}
        Some(NameMatch::Close) => {
            notes.add(Slot::IdentityVerified, "name_close_match", "The bank spells the name a little differently; correct it at the bank or in the wallet.");
        }
        Some(NameMatch::None) => notes.add(Slot::IdentityVerified, "name_mismatch", "An account is held under another name."),
        None => notes.add(Slot::IdentityVerified, "name_not_given", "The bank does not say who holds the accounts."),
    }
    Identity { verified: name == Some(NameMatch::Match), name }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{history, monthly, read_at, snapshot};
    use super::*;
    use crate::bank::data::{AccountKind, Party};

    fn identity_of(holders: &[&[&str]], declared: &str) -> Identity {
        let accounts = holders.iter().enumerate().map(|(number, names)| {
            let mut account = history(AccountKind::Current, &format!("ACCOUNT-{number}"), 0, monthly("2026-11-02", 3, 100, "X"));
            account.holders = names.iter().map(|name| Party { name: (*name).to_owned(), country: None }).collect();
            account
        });
        let snapshot = snapshot(accounts.collect());
        derive(&Material::prepare(&snapshot, read_at()).unwrap(), declared, &mut Notes::default())
    }

    #[test]
    fn a_joint_account_counts_by_its_best_holder_and_one_strangers_account_spoils_all() {
        assert!(identity_of(&[&["Kofi Example", "Ada Example"], &["Ada Example"]], "Ada Example").verified);
        assert_eq!(identity_of(&[&["Ada Example"], &["Kofi Boateng"]], "Ada Example").name, Some(NameMatch::None));
    }

    #[test]
    fn nobody_named_is_not_verified() {
        assert_eq!(identity_of(&[&[]], "Ada Example"), Identity { verified: false, name: None });
    }
}
