//! From the scheme's JSON to the issuer's own types; what does not fit is refused, not guessed.

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;

use super::wire;
use crate::bank::data::{Account, AccountKind, Balance, Direction, Party, Transaction};
use crate::bank::error::BankError;
use crate::bank::money::parse_signed_minor;

/// What banks put between the names of a joint account: the scheme has one text for all (`ownerName`).
const BETWEEN_OWNERS: [&str; 6] = [";", "/", " & ", " and ", " und ", " et "];

pub(super) fn account(wire: wire::Account) -> Result<Account, BankError> {
    // Without it nothing of the account can be asked for.
    let id = wire.resource_id.ok_or(BankError::MalformedAnswer("account without identifier"))?;
    let kind = wire.cash_account_type.as_deref().map_or(AccountKind::Other, AccountKind::of_cash_account_type);
    Ok(Account { id, kind, currency: currency(&wire.currency)?, opened_on: None, name: wire.name, identification: wire.reference.number() })
}

/// The owners of an account; the scheme tells no address.
pub(super) fn owners(names: &str) -> Vec<Party> {
    let mut names = vec![names];
    for between in BETWEEN_OWNERS {
        names = names.into_iter().flat_map(|name| name.split(between)).collect();
    }
    names.into_iter().map(str::trim).filter(|name| !name.is_empty()).map(|name| Party { name: name.to_owned(), country: None }).collect()
}

/// The booked balance in the account's currency: closing, interim or expected, in this order. One that counts an overdraft as money is none.
pub(super) fn balance(balances: &[wire::Balance], account: &Account, now: Timestamp) -> Result<Option<Balance>, BankError> {
    const ORDER: [&str; 3] = ["closingBooked", "interimBooked", "expected"];
    let fits = |balance: &&wire::Balance| !balance.credit_limit_included && balance.balance_amount.currency == account.currency.as_str();
    let found = ORDER.iter().find_map(|kind| balances.iter().filter(fits).find(|balance| balance.balance_type == *kind));
    found.map(|balance| Ok(Balance { minor: parse_signed_minor(&balance.balance_amount.amount, account.currency)?, at: now })).transpose()
}

/// A booked transaction.
pub(super) fn transaction(wire: wire::Transaction) -> Result<Transaction, BankError> {
    let currency = currency(&wire.transaction_amount.currency)?;
    let signed = parse_signed_minor(&wire.transaction_amount.amount, currency)?;
    let (direction, name, account) =
        if signed < 0 { (Direction::Debit, wire.creditor_name, wire.creditor_account) } else { (Direction::Credit, wire.debtor_name, wire.debtor_account) };
    let booked_on = wire.booking_date.or(wire.value_date).ok_or(BankError::MalformedAnswer("row without date"))?;
    let several = Some(wire.remittance_information_unstructured_array.join(" ")).filter(|text| !text.is_empty());
    let structured = wire.remittance_information_structured.map(|remittance| match remittance {
        wire::Remittance::Text(text) => text,
        wire::Remittance::Reference { reference } => reference,
    });
    let description = wire.remittance_information_unstructured.or(several).or(structured).or(wire.additional_information).unwrap_or_default();
    let (code, sub_code) = wire.bank_transaction_code.as_deref().map_or((None, None), code);
    let balance_after = wire.balance_after_transaction.filter(|balance| balance.balance_amount.currency == currency.as_str());
    Ok(Transaction {
        id: wire.transaction_id.or(wire.entry_reference),
        booked_on: day(&booked_on)?,
        direction,
        minor: signed.saturating_abs(),
        currency,
        description,
        counterparty_name: name,
        counterparty_account: account.and_then(wire::AccountReference::number),
        code,
        sub_code,
        purpose: wire.purpose_code,
        merchant_category: None,
        balance_after: balance_after.and_then(|balance| parse_signed_minor(&balance.balance_amount.amount, currency).ok()),
    })
}

/// Family and sub-family of `PMNT-RDDT-ESDD`.
fn code(text: &str) -> (Option<String>, Option<String>) {
    let mut parts = text.split('-').skip(1).map(str::to_owned);
    (parts.next(), parts.next())
}

fn currency(text: &str) -> Result<Currency, BankError> {
    text.parse().map_err(|_| BankError::MalformedAnswer("currency"))
}

fn day(text: &str) -> Result<Date, BankError> {
    text.parse().map_err(|_| BankError::MalformedAnswer("date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fields: &str) -> Result<Transaction, BankError> {
        let text = format!(r#"{{"transactionAmount":{{"amount":"-12.50","currency":"EUR"}},"bookingDate":"2026-03-17"{fields}}}"#);
        transaction(serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn the_sign_says_which_way_and_who_the_other_side_is() {
        let both = r#","creditorName":"Shop","creditorAccount":{"iban":"DE89370400440532013000"},"debtorName":"Me","bankTransactionCode":"PMNT-RDDT-ESDD""#;
        let paid = row(both).unwrap();
        assert_eq!((paid.direction, paid.minor, paid.booked_on), (Direction::Debit, 1_250, jiff::civil::date(2026, 3, 17)));
        assert_eq!((paid.counterparty_name.as_deref(), paid.counterparty_account.as_deref()), (Some("Shop"), Some("DE89370400440532013000")));
        assert_eq!((paid.code.as_deref(), paid.sub_code.as_deref()), (Some("RDDT"), Some("ESDD")));
        let text = r#"{"transactionAmount":{"amount":"1056","currency":"EUR"},"valueDate":"2026-03-17","debtorName":"Employer","creditorName":"Me"}"#;
        let received = transaction(serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!((received.direction, received.minor, received.counterparty_name.as_deref()), (Direction::Credit, 105_600, Some("Employer")));
    }

    #[test]
    fn the_words_are_taken_from_wherever_the_bank_writes_them() {
        for (fields, expected) in [
            (r#","remittanceInformationUnstructured":"a","remittanceInformationUnstructuredArray":["b"]"#, "a"),
            (r#","remittanceInformationUnstructuredArray":["a","b"]"#, "a b"),
            (r#","remittanceInformationStructured":"RF18""#, "RF18"),
            (r#","remittanceInformationStructured":{"reference":"RF18"}"#, "RF18"),
            (r#","additionalInformation":"a""#, "a"),
            ("", ""),
        ] {
            assert_eq!(row(fields).unwrap().description, expected, "{fields}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let amount = |amount: &str, currency: &str| {
            let text = format!(r#"{{"transactionAmount":{{"amount":"{amount}","currency":"{currency}"}},"bookingDate":"2026-03-17"}}"#);
            transaction(serde_json::from_str(&text).unwrap())
        };
        for (text, currency) in [("--1", "EUR"), ("+1.00", "EUR"), ("1,00", "EUR"), ("1.005", "EUR"), ("-", "EUR"), ("", "EUR"), ("1.00", "euro")] {
            assert!(amount(text, currency).is_err(), "{text} {currency}");
        }
        let undated = r#"{"transactionAmount":{"amount":"1","currency":"EUR"}}"#;
        assert_eq!(transaction(serde_json::from_str(undated).unwrap()).unwrap_err(), BankError::MalformedAnswer("row without date"));
        let unknown = r#"{"currency":"EUR","iban":"DE89370400440532013000"}"#;
        assert_eq!(account(serde_json::from_str(unknown).unwrap()).unwrap_err(), BankError::MalformedAnswer("account without identifier"));
    }

    #[test]
    fn the_owners_of_a_joint_account_are_told_apart() {
        for (text, expected) in [
            ("Ada Example", &["Ada Example"][..]),
            ("Ada Example, Kofi Example", &["Ada Example, Kofi Example"]),
            ("Ada Example; Kofi Example", &["Ada Example", "Kofi Example"]),
            ("Ada Example und Kofi Example", &["Ada Example", "Kofi Example"]),
            ("Ada Undine Example / Kofi", &["Ada Undine Example", "Kofi"]),
            (" ; ", &[]),
        ] {
            let found: Vec<String> = owners(text).into_iter().map(|party| party.name.clone()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn the_booked_balance_is_taken_and_never_one_with_an_overdraft_in_it() {
        let account = account(serde_json::from_str(r#"{"resourceId":"1","currency":"EUR","cashAccountType":"CACC"}"#).unwrap()).unwrap();
        assert_eq!(account.kind, AccountKind::Current);
        let of = |text: &str| {
            balance(&serde_json::from_str::<Vec<wire::Balance>>(text).unwrap(), &account, Timestamp::from_seconds(0).unwrap()).unwrap().map(|found| found.minor)
        };
        let one = |kind: &str, amount: &str, currency: &str, limit: bool| {
            format!(r#"{{"balanceAmount":{{"amount":"{amount}","currency":"{currency}"}},"balanceType":"{kind}","creditLimitIncluded":{limit}}}"#)
        };
        let (expected, booked) = (one("expected", "1", "EUR", false), one("closingBooked", "-2.5", "EUR", false));
        assert_eq!(of(&format!("[{expected},{booked}]")), Some(-250));
        assert_eq!(of(&format!("[{}]", one("closingBooked", "7", "EUR", true))), None);
        assert_eq!(of(&format!("[{},{expected}]", one("closingBooked", "7", "USD", false))), Some(100));
        assert_eq!(of("[]"), None);
    }
}
