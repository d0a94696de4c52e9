//! Transactions as a table: a header, then one booked transaction a line.
//!
//! | column | also called | needed | what |
//! |---|---|---|---|
//! | `booked_on` | `date`, `booking_date` | yes | `2026-03-17`, or a time that begins so |
//! | `amount` | | yes | decimal, negative for money spent; or without sign beside `direction` |
//! | `direction` | `credit_debit_indicator` | | `credit` or `debit` |
//! | `currency` | | or given by the caller | ISO 4217 |
//! | `holder` | `customer` | | whose line it is, where a file holds several people |
//! | `holder_name` | | | the name the bank has for them |
//! | `country` | | | ISO 3166 alpha-2 of their address |
//! | `account` | `account_id` | | tells accounts apart |
//! | `account_number` | `identification` | | IBAN or number: recognises transfers between own accounts |
//! | `account_type` | | | `current`, `savings`, `credit_card`, `loan` |
//! | `opened_on` | `opening_date` | | when the account was opened |
//! | `balance` | | | balance after the line; the last line's counts as the account's |
//! | `description` | `transaction_information` | | what the statement says |
//! | `counterparty` | `counterparty_name` | | the other side's name |
//! | `counterparty_account` | | | the other side's number |
//! | `transaction_id` | `id` | | the bank's identifier; a line with one seen before and equal content counts once |
//! | `code`, `sub_code`, `purpose` | | | ISO 20022 codes |
//! | `merchant_category` | | | ISO 18245 |
//!
//! Case, spaces and underscores in the header do not matter; other columns are ignored. A comma, semicolon or tab separates.

use std::collections::HashSet;
use std::io::Read;

use jiff::civil::Date;
use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;

use super::{Fact, FileError, FileRecord, Take};
use crate::bank::data::{Account, AccountKind, Balance, Direction, Party, Transaction};
use crate::bank::money::parse_minor;

/// Characters of a line's field nobody needs more of.
const LONGEST_FIELD: usize = 4_096;

/// Where each known column is.
struct Columns {
    names: Vec<String>,
}

impl Columns {
    fn position(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().position(|column| column == name))
    }
}

/// Positions of the columns the reader knows.
struct Layout {
    booked_on: usize,
    amount: usize,
    direction: Option<usize>,
    currency: Option<usize>,
    holder: Option<usize>,
    holder_name: Option<usize>,
    country: Option<usize>,
    account: Option<usize>,
    number: Option<usize>,
    kind: Option<usize>,
    opened_on: Option<usize>,
    balance: Option<usize>,
    description: Option<usize>,
    partner: Option<usize>,
    partner_account: Option<usize>,
    id: Option<usize>,
    code: Option<usize>,
    sub_code: Option<usize>,
    purpose: Option<usize>,
    merchant_category: Option<usize>,
}

impl Layout {
    fn of(header: &csv::StringRecord) -> Result<Self, FileError> {
        let plain = |name: &str| name.trim_start_matches('\u{feff}').chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let columns = Columns { names: header.iter().map(plain).collect() };
        let missing = |name: &str| FileError::Malformed { line: 1, reason: format!("the header has no column {name}; it needs booked_on and amount") };
        Ok(Self {
            booked_on: columns.position(&["bookedon", "date", "bookingdate", "bookingdatetime", "transactiondate"]).ok_or_else(|| missing("booked_on"))?,
            amount: columns.position(&["amount"]).ok_or_else(|| missing("amount"))?,
            direction: columns.position(&["direction", "creditdebitindicator"]),
            currency: columns.position(&["currency"]),
            holder: columns.position(&["holder", "holderid", "customer", "customerid"]),
            holder_name: columns.position(&["holdername", "accountholder"]),
            country: columns.position(&["country"]),
            account: columns.position(&["account", "accountid"]),
            number: columns.position(&["accountnumber", "identification", "iban"]),
            kind: columns.position(&["accounttype"]),
            opened_on: columns.position(&["openedon", "openingdate"]),
            balance: columns.position(&["balance"]),
            description: columns.position(&["description", "transactioninformation", "details"]),
            partner: columns.position(&["counterparty", "counterpartyname"]),
            partner_account: columns.position(&["counterpartyaccount"]),
            id: columns.position(&["transactionid", "id"]),
            code: columns.position(&["code"]),
            sub_code: columns.position(&["subcode"]),
            purpose: columns.position(&["purpose"]),
            merchant_category: columns.position(&["merchantcategory", "merchantcategorycode"]),
        })
    }
}

/// Reads the table; `currency` stands in where no column names one.
///
/// # Errors
/// [`FileError::Malformed`] with the line of the first fault, or what `take` answers.
pub fn read(source: impl Read, currency: Option<Currency>, take: &mut Take<'_>) -> Result<(), FileError> {
    let mut source = std::io::BufReader::with_capacity(1 << 20, source);
    let delimiter = delimiter(std::io::BufRead::fill_buf(&mut source).unwrap_or_default());
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(source);
    let header = reader.headers().map_err(|error| malformed(1, &error))?.clone();
    let layout = Layout::of(&header)?;
    if layout.currency.is_none() && currency.is_none() {
        return Err(FileError::Malformed { line: 1, reason: "the header has no column currency; add one, or say it with --currency".to_owned() });
    }
    let (mut record, mut known) = (csv::StringRecord::new(), HashSet::new());
    loop {
        let before = reader.position().line();
        if !reader.read_record(&mut record).map_err(|error| malformed(before, &error))? {
            return Ok(());
        }
        let line = record.position().map_or(before, csv::Position::line);
        Line { record: &record, layout: &layout, line, currency }.tell(&mut known, take)?;
    }
}

/// The separator the header uses most.
fn delimiter(beginning: &[u8]) -> u8 {
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| header.split(|byte| *byte == wanted).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

fn malformed(line: u64, error: &csv::Error) -> FileError {
    let line = error.position().map_or(line, csv::Position::line);
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} fields where the header has {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "not text in UTF-8".to_owned(),
        csv::ErrorKind::Io(source) => format!("the file could not be read on: {source}"),
        _ => "not a table".to_owned(),
    };
    FileError::Malformed { line, reason }
}

/// One line.
#[expect(clippy::struct_field_names, reason = "the number of the line, among what is known of it")]
struct Line<'a> {
    record: &'a csv::StringRecord,
    layout: &'a Layout,
    line: u64,
    currency: Option<Currency>,
}

impl Line<'_> {
    fn fault(&self, reason: &str) -> FileError {
        FileError::Malformed { line: self.line, reason: reason.to_owned() }
    }

    fn field(&self, position: Option<usize>) -> Option<&str> {
        position.and_then(|position| self.record.get(position)).map(str::trim).filter(|text| !text.is_empty())
    }

    fn text(&self, position: Option<usize>) -> Result<Option<String>, FileError> {
        match self.field(position) {
            Some(text) if text.len() > LONGEST_FIELD => Err(self.fault("a field is longer than 4,096 bytes")),
            text => Ok(text.map(str::to_owned)),
        }
    }

    fn day(&self, position: Option<usize>, name: &str) -> Result<Option<Date>, FileError> {
        let Some(text) = self.field(position) else { return Ok(None) };
        let day = text.split_once(['T', ' ']).map_or(text, |(day, _)| day);
        day.parse().map(Some).map_err(|_| self.fault(&format!("{name} is no day; write it as 2026-03-17")))
    }

    /// Minor units with their sign.
    fn signed(&self, text: &str, currency: Currency, name: &str) -> Result<i64, FileError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let minor = parse_minor(digits, currency).map_err(|_| self.fault(&format!("{name} is no amount; write it as 1234.50, negative for money spent")))?;
        Ok(if negative { -minor } else { minor })
    }

    /// Hands on what the line says: about a holder and an account the first time they come, then the transaction and its balance.
    fn tell(&self, known: &mut HashSet<(String, String)>, take: &mut Take<'_>) -> Result<(), FileError> {
        let layout = self.layout;
        let currency = match self.field(layout.currency) {
            Some(text) => text.to_ascii_uppercase().parse().map_err(|_| self.fault("currency is no code of three letters"))?,
            None => self.currency.ok_or_else(|| self.fault("no currency; fill it in, or say it with --currency"))?,
        };
        let booked_on = self.day(Some(layout.booked_on), "booked_on")?.ok_or_else(|| self.fault("booked_on is empty"))?;
        let amount = self.field(Some(layout.amount)).ok_or_else(|| self.fault("amount is empty"))?;
        let signed = self.signed(amount, currency, "amount")?;
        let direction = match self.field(layout.direction).map(str::to_ascii_lowercase).as_deref() {
            Some("credit" | "crdt") if signed >= 0 => Direction::Credit,
            Some("debit" | "dbit") => Direction::Debit,
            Some(_) => return Err(self.fault("direction is neither credit nor debit, or the amount's sign says otherwise")),
            None if signed < 0 => Direction::Debit,
            None => Direction::Credit,
        };
        let holder = self.text(layout.holder)?.unwrap_or_default();
        let account = self.text(layout.account)?.unwrap_or_else(|| "account".to_owned());
        let record = |fact: Fact| FileRecord { holder: holder.clone(), account: account.clone(), fact };
        let key = (holder.clone(), account.clone());
        if !known.contains(&key) {
            take(record(Fact::Account(self.account(&account, currency)?)))?;
            if let Some(name) = self.text(layout.holder_name)? {
                let country = self.field(layout.country).map(|text| text.to_ascii_uppercase().parse()).transpose();
                let country = country.map_err(|_| self.fault("country is no code of two letters"))?;
                take(record(Fact::Party(Party { name, country })))?;
            }
            known.insert(key);
        }
        let balance_after = self.field(layout.balance).map(|balance| self.signed(balance, currency, "balance")).transpose()?;
        if let Some(minor) = balance_after {
            let at: Timestamp = format!("{booked_on}T00:00:00Z").parse().map_err(|_| self.fault("booked_on is out of range"))?;
            take(record(Fact::Balance(Balance { minor, at })))?;
        }
        let transaction = Transaction {
            id: self.text(layout.id)?,
            booked_on,
            direction,
            minor: signed.abs(),
            currency,
            description: self.text(layout.description)?.unwrap_or_default(),
            counterparty_name: self.text(layout.partner)?,
            counterparty_account: self.text(layout.partner_account)?,
            code: self.text(layout.code)?,
            sub_code: self.text(layout.sub_code)?,
            purpose: self.text(layout.purpose)?,
            merchant_category: self.text(layout.merchant_category)?,
            balance_after,
        };
        take(record(Fact::Transaction(transaction)))
    }

    fn account(&self, id: &str, currency: Currency) -> Result<Account, FileError> {
        let kind = match self.field(self.layout.kind).map(str::to_ascii_lowercase).as_deref() {
            None | Some("current" | "checking" | "cacc") => AccountKind::Current,
            Some("savings" | "saving" | "svgs") => AccountKind::Savings,
            Some("credit_card" | "credit card" | "card") => AccountKind::CreditCard,
            Some("loan" | "mortgage") => AccountKind::Loan,
            Some(_) => AccountKind::Other,
        };
        let opened_on = self.day(self.layout.opened_on, "opened_on")?;
        Ok(Account { id: id.to_owned(), kind, currency, opened_on, name: None, identification: self.text(self.layout.number)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(String, Transaction)>, String> {
        let mut rows = Vec::new();
        let mut take = |record: FileRecord| {
            if let Fact::Transaction(row) = record.fact {
                rows.push((record.account, row));
            }
            Ok(())
        };
        read(text.as_bytes(), None, &mut take).map_err(|error| error.to_string())?;
        Ok(rows)
    }

    #[test]
    fn tables_as_people_export_them_are_read() {
        let signed = rows("Date,Amount,Currency,Description\n2026-03-17,-12.50,GBP,\"COFFEE, CAKE\"\n2026-03-18T09:00:00Z,1000,gbp,PAY\n").unwrap();
        assert_eq!(signed.iter().map(|(_, row)| row.signed_minor()).collect::<Vec<_>>(), [-1_250, 100_000]);
        assert_eq!(signed[0].1.description, "COFFEE, CAKE");
        let indicated = rows("\u{feff}booking_date;amount;credit_debit_indicator;currency;account\n2026-03-17;5.00;Debit;JPY;a\n").unwrap();
        assert_eq!((indicated[0].0.as_str(), indicated[0].1.signed_minor()), ("a", -5));
    }

    #[test]
    fn every_fault_names_its_line_and_what_to_do() {
        for (text, expected) in [
            ("", "line 1: the header has no column booked_on"),
            ("date,currency\n", "line 1: the header has no column amount"),
            ("date,amount\n2026-03-17,1\n", "line 1: the header has no column currency"),
            ("date,amount,currency\n2026-03-17,1,GBP\n17.03.2026,1,GBP\n", "line 3: booked_on is no day"),
            ("date,amount,currency\n2026-03-17,\"1,50\",GBP\n", "line 2: amount is no amount"),
            ("date,amount,currency\n2026-03-17,1.505,GBP\n", "line 2: amount is no amount"),
            ("date,amount,currency\n2026-03-17,1,GBP\n2026-03-17,1\n", "line 3: 2 fields where the header has 3"),
            ("date,amount,currency,direction\n2026-03-17,1,GBP,sideways\n", "line 2: direction is neither"),
            ("date,amount,currency\n2026-03-17,1,POUNDS\n", "line 2: currency is no code"),
        ] {
            let error = rows(text).unwrap_err();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }
}
