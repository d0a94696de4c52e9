//! From the scheme's JSON to the issuer's own types; what does not fit is refused, not guessed.

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;

use super::{codes, wire};
use crate::bank::data::{Account, AccountKind, Balance, Direction, Party, Transaction};
use crate::bank::error::BankError;
use crate::bank::money::parse_minor;

pub(super) fn account(wire: wire::Account) -> Result<Account, BankError> {
    let currency = currency(wire.currency.as_deref().ok_or(BankError::MalformedAnswer("account without currency"))?)?;
    let kind = match wire.account_type_code.as_deref() {
        Some("CurrentAccount") => AccountKind::Current,
        Some("Savings") => AccountKind::Savings,
        Some("CreditCard" | "ChargeCard") => AccountKind::CreditCard,
        Some("Loan" | "Mortgage") => AccountKind::Loan,
        Some(code) => AccountKind::of_cash_account_type(code),
        None => AccountKind::Other,
    };
    let mut identifications = wire.account.into_iter();
    let (identification, name) = identifications.next().map_or((None, None), |first| (first.identification, first.name));
    let opened_on = wire.opening_date.as_deref().map(day).transpose()?;
    Ok(Account { id: wire.account_id, kind, currency, opened_on, name, identification })
}

/// A party without any name says nothing about identity.
pub(super) fn party(wire: wire::Party) -> Option<Party> {
    let name = wire.full_legal_name.or(wire.name)?;
    let country = wire.address.iter().find_map(|address| address.country.as_deref()?.parse().ok());
    Some(Party { name, country })
}

/// The booked balance: closing, interim or expected, in this order (ISO 20022 codes, then the words 3.1 used).
pub(super) fn balance(balances: &[wire::Balance], account: &Account, now: Timestamp) -> Result<Option<Balance>, BankError> {
    const ORDER: [&str; 6] = ["CLBD", "ITBD", "XPCD", "ClosingBooked", "InterimBooked", "Expected"];
    let Some(balance) = ORDER.iter().find_map(|kind| balances.iter().find(|balance| balance.kind == *kind)) else { return Ok(None) };
    if currency(&balance.amount.currency)? != account.currency {
        return Ok(None);
    }
    let minor = parse_minor(&balance.amount.amount, account.currency)?;
    let signed = match balance.credit_debit_indicator {
        wire::Indicator::Credit => minor,
        wire::Indicator::Debit => -minor,
    };
    Ok(Some(Balance { minor: signed, at: now }))
}

/// A booked transaction; none for what is announced, rejected or information only.
pub(super) fn transaction(wire: wire::Transaction) -> Result<Option<Transaction>, BankError> {
    if !matches!(wire.status.as_str(), "BOOK" | "Booked") {
        return Ok(None);
    }
    let currency = currency(&wire.amount.currency)?;
    let direction = match wire.credit_debit_indicator {
        wire::Indicator::Credit => Direction::Credit,
        wire::Indicator::Debit => Direction::Debit,
    };
    let partner = match direction {
        Direction::Credit => wire.debtor_account,
        Direction::Debit => wire.creditor_account,
    };
    let (partner_account, partner_name) = partner.map_or((None, None), |partner| (partner.identification, partner.name));
    let (merchant, merchant_category) = wire.merchant_details.map_or((None, None), |details| (details.merchant_name, details.merchant_category_code));
    let balance_after = wire.balance.and_then(|balance| {
        let minor = parse_minor(&balance.amount.amount, balance.amount.currency.parse().ok()?).ok()?;
        Some(match balance.credit_debit_indicator {
            wire::Indicator::Credit => minor,
            wire::Indicator::Debit => -minor,
        })
    });
    let (code, sub_code) = wire.bank_transaction_code.map_or((None, None), |code| (Some(codes::code(&code.code)), Some(codes::code(&code.sub_code))));
    Ok(Some(Transaction {
        id: wire.transaction_id,
        booked_on: day(&wire.booking_date_time)?,
        direction,
        minor: parse_minor(&wire.amount.amount, currency)?,
        currency,
        description: wire.transaction_information.unwrap_or_default(),
        counterparty_name: partner_name.or(merchant),
        counterparty_account: partner_account,
        code,
        sub_code,
        purpose: wire.payment_purpose_code.or(wire.category_purpose_code),
        merchant_category,
        balance_after,
    }))
}

fn currency(text: &str) -> Result<Currency, BankError> {
    text.parse().map_err(|_| BankError::MalformedAnswer("currency"))
}

/// The day of an ISO 8601 time as the bank's own calendar has it: the part before `T`, whatever the offset.
fn day(text: &str) -> Result<Date, BankError> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    day.parse().map_err(|_| BankError::MalformedAnswer("date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_own_calendar_decides_the_day() {
        let expected = Ok(jiff::civil::date(2026, 3, 17));
        for text in ["2026-03-17", "2026-03-17T23:30:00+14:00", "2026-03-17T00:00:00.000Z", "2026-03-17T00:00:00"] {
            assert_eq!(day(text), expected, "{text}");
        }
        for text in ["", "T", "17.03.2026", "2026-02-30T00:00:00Z", "2026-03"] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_booked_is_not_read() {
        for status in ["PDNG", "Pending", "RJCT", "INFO", "FUTR", ""] {
            let text = format!(
                r#"{{"Status":"{status}","CreditDebitIndicator":"Credit","BookingDateTime":"2026-03-17T00:00:00Z","Amount":{{"Amount":"1.00","Currency":"GBP"}}}}"#
            );
            assert!(transaction(serde_json::from_str(&text).unwrap()).unwrap().is_none(), "{status}");
        }
    }
}
