//! The corridor: where the accounts are, where they are to count, in which currency.

use passid_api::claims::encoding::{Corridor, Country};

use super::error::DeriveError;
use super::material::Material;

/// Derives the corridor. The origin is the country of the consenting party's address, else of a holder's, else of an IBAN,
/// else what somebody vouches for.
///
/// # Errors
/// [`DeriveError::OriginUnknown`] when none of them is given.
pub(super) fn derive(material: &Material<'_>, destination: Country, vouched: Option<Country>) -> Result<Corridor, DeriveError> {
    let snapshot = material.snapshot;
    let mut parties = snapshot.consenting_party.iter().chain(snapshot.accounts.iter().flat_map(|history| &history.holders));
    let from_address = parties.find_map(|party| party.country);
    let from_iban = || snapshot.accounts.iter().find_map(|history| iban_country(history.account.identification.as_deref()?));
    let origin = from_address.or_else(from_iban).or(vouched).ok_or(DeriveError::OriginUnknown)?;
    Ok(Corridor { origin, destination, currency: material.currency })
}

/// The first two letters of an IBAN (ISO 13616) whose two check digits are right.
fn iban_country(text: &str) -> Option<Country> {
    let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let country = compact.get(..2)?.parse().ok()?;
    let (front, back) = compact.split_at_checked(4)?;
    let mut remainder = 0_u32;
    for letter in back.chars().chain(front.chars()) {
        let value = letter.to_digit(36).filter(|_| !letter.is_ascii_lowercase())?;
        remainder = (remainder * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    (remainder == 1 && (15..=34).contains(&compact.len())).then_some(country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_right_iban_names_a_country() {
        assert_eq!(iban_country("GB82 WEST 1234 5698 7654 32"), "GB".parse().ok());
        assert_eq!(iban_country("DE89370400440532013000"), "DE".parse().ok());
        for wrong in ["GB83WEST12345698765432", "gb82west12345698765432", "SANDBOX-AMARA-USD", "", "GB", "GB82"] {
            assert_eq!(iban_country(wrong), None, "{wrong}");
        }
    }
}
