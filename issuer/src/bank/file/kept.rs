//! A transaction as bytes, for the time between reading it and deriving from it.

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::bank::data::{Direction, Transaction};

/// The fields by position: a name for each in every row would double the bytes.
#[derive(Serialize, Deserialize)]
struct Kept(
    (i16, i8, i8),
    i64,
    Currency,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

/// The row as bytes.
///
/// # Errors
/// When it cannot be written, which no row of a bank is known for.
pub fn to_bytes(row: &mut Transaction) -> Result<Vec<u8>, serde_json::Error> {
    let day = row.booked_on;
    let kept = Kept(
        (day.year(), day.month(), day.day()),
        row.signed_minor(),
        row.currency,
        row.id.take(),
        std::mem::take(&mut row.description),
        row.counterparty_name.take(),
        row.counterparty_account.take(),
        row.code.take(),
        row.sub_code.take(),
        row.purpose.take(),
        row.merchant_category.take(),
        row.balance_after,
    );
    serde_json::to_vec(&kept)
}

/// The row back; none when the bytes are not one.
pub fn from_bytes(bytes: &[u8]) -> Option<Transaction> {
    let Kept((year, month, day), signed, currency, id, description, name, account, code, sub_code, purpose, merchant_category, balance_after) =
        serde_json::from_slice(bytes).ok()?;
    Some(Transaction {
        id,
        booked_on: Date::new(year, month, day).ok()?,
        direction: if signed < 0 { Direction::Debit } else { Direction::Credit },
        minor: signed.checked_abs()?,
        currency,
        description,
        counterparty_name: name,
        counterparty_account: account,
        code,
        sub_code,
        purpose,
        merchant_category,
        balance_after,
    })
}

/// Rows as bytes that are wiped when dropped.
///
/// # Errors
/// As [`to_bytes`].
pub fn page_to_bytes(rows: Vec<Transaction>) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
    let mut page = Zeroizing::new(Vec::new());
    for mut row in rows {
        let bytes = Zeroizing::new(to_bytes(&mut row)?);
        page.extend_from_slice(&bytes);
        page.push(b'\n');
    }
    Ok(page)
}

/// Rows back from [`page_to_bytes`]; none when the bytes are not such.
pub fn page_from_bytes(bytes: &[u8]) -> Option<Vec<Transaction>> {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(from_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let row = |signed: i64| Transaction {
            id: Some("1".into()),
            booked_on: jiff::civil::date(2026, 3, 17),
            direction: if signed < 0 { Direction::Debit } else { Direction::Credit },
            minor: signed.abs(),
            currency: "GBP".parse().unwrap(),
            description: "a\n\"b\" ü".into(),
            counterparty_name: None,
            counterparty_account: Some("x".into()),
            code: Some("RCDT".into()),
            sub_code: None,
            purpose: Some("SALA".into()),
            merchant_category: None,
            balance_after: Some(-5),
        };
        let rows = vec![row(-100), row(0), row(250)];
        assert!(page_from_bytes(&page_to_bytes(rows.clone()).unwrap()).unwrap() == rows);
        assert!(page_from_bytes(b"[]").is_none() && from_bytes(b"").is_none());
    }
}
