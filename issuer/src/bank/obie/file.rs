//! UK Open Banking answers kept in a file: accounts, balances, parties and transactions, 3.1 and 4.0, in any number of documents.
//!
//! A file may hold one answer, several one after the other (as when pages are appended), or an array of them. Transactions are handed
//! on one by one while the document is read, so a page of a million rows needs no more memory than one of ten.

use std::cell::RefCell;
use std::fmt;
use std::io::Read;

use passid_api::claims::encoding::Currency;
use passid_api::time::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{convert, wire};
use crate::bank::data::{Account, AccountKind};
use crate::bank::file::{Fact, FileError, FileRecord, Take};

/// Reads the documents. `now` dates balances, which the scheme dates by the moment of the answer.
///
/// # Errors
/// [`FileError::Malformed`] with the line of the first fault, or what `take` answers.
pub fn read(source: impl Read, now: Timestamp, take: &mut Take<'_>) -> Result<(), FileError> {
    let source = std::io::BufReader::with_capacity(1 << 20, source);
    let reading = RefCell::new(Reading { take, now, stopped: None });
    let mut deserializer = serde_json::Deserializer::from_reader(source);
    loop {
        (&mut deserializer).deserialize_any(Document(&reading)).map_err(|error| failure(&reading, &error))?;
        // At the end of the file nothing follows; something else is the next document, and its own parser says what is wrong with it.
        match deserializer.end() {
            Ok(()) => break,
            Err(error) if error.is_syntax() => {}
            Err(error) => return Err(failure(&reading, &error)),
        }
    }
    Ok(())
}

fn failure(reading: &RefCell<Reading<'_, '_>>, error: &serde_json::Error) -> FileError {
    if let Some(stopped) = reading.borrow_mut().stopped.take() {
        return stopped;
    }
    let what = match error.classify() {
        // The parser's own words may repeat what the file holds; ours do not.
        serde_json::error::Category::Data => DATA_FAULTS.iter().find(|fault| error.to_string().starts_with(**fault)).copied().unwrap_or("not in OBIE's form"),
        serde_json::error::Category::Eof => "the document ends too early",
        serde_json::error::Category::Io => "the file could not be read on",
        serde_json::error::Category::Syntax => "not JSON",
    };
    FileError::Malformed { line: u64::try_from(error.line()).unwrap_or(u64::MAX), reason: format!("{what} (column {})", error.column()) }
}

/// What this reader says of data itself.
const DATA_FAULTS: [&str; 5] = [
    "a transaction's amount, currency or date is not in OBIE's form",
    "an account is not in OBIE's form",
    "a balance is not in OBIE's form",
    "a document is an object with Data, or an array of such",
    "stopped",
];

struct Reading<'a, 't> {
    take: &'a mut Take<'t>,
    now: Timestamp,
    stopped: Option<FileError>,
}

impl Reading<'_, '_> {
    fn tell<E: serde::de::Error>(&mut self, account: String, fact: Fact) -> Result<(), E> {
        (self.take)(FileRecord { holder: String::new(), account, fact }).map_err(|error| {
            self.stopped = Some(error);
            E::custom("stopped")
        })
    }

    fn account<E: serde::de::Error>(&mut self, wire: wire::Account) -> Result<(), E> {
        let account = convert::account(wire).map_err(|_| E::custom(DATA_FAULTS[1]))?;
        self.tell(account.id.clone(), Fact::Account(account))
    }

    fn balance<E: serde::de::Error>(&mut self, wire: &wire::Balance) -> Result<(), E> {
        let currency: Currency = wire.amount.currency.parse().map_err(|_| E::custom(DATA_FAULTS[2]))?;
        let id = wire.account_id.clone().unwrap_or_default();
        let account = Account { id: id.clone(), kind: AccountKind::Other, currency, opened_on: None, name: None, identification: None };
        let balance = convert::balance(std::slice::from_ref(wire), &account, self.now).map_err(|_| E::custom(DATA_FAULTS[2]))?;
        balance.map_or(Ok(()), |balance| self.tell(id, Fact::Balance(balance)))
    }

    fn party<E: serde::de::Error>(&mut self, wire: wire::Party) -> Result<(), E> {
        convert::party(wire).map_or(Ok(()), |party| self.tell(String::new(), Fact::Party(party)))
    }

    fn transaction<E: serde::de::Error>(&mut self, mut wire: wire::Transaction) -> Result<(), E> {
        let account = wire.account_id.take().unwrap_or_default();
        let row = convert::transaction(wire).map_err(|_| E::custom(DATA_FAULTS[0]))?;
        row.map_or(Ok(()), |row| self.tell(account, Fact::Transaction(row)))
    }
}

/// One answer, or an array of them.
struct Document<'r, 'a, 't>(&'r RefCell<Reading<'a, 't>>);

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(DATA_FAULTS[3])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "Data" {
                found = true;
                map.next_value_seed(Data(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if found { Ok(()) } else { Err(A::Error::custom(DATA_FAULTS[3])) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Document(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// The `Data` of an answer.
struct Data<'r, 'a, 't>(&'r RefCell<Reading<'a, 't>>);

impl<'de> DeserializeSeed<'de> for Data<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Data<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(DATA_FAULTS[3])
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "Account" => map.next_value_seed(Items(self.0, Kind::Account))?,
                "Balance" => map.next_value_seed(Items(self.0, Kind::Balance))?,
                "Transaction" => map.next_value_seed(Items(self.0, Kind::Transaction))?,
                "Party" => map.next_value_seed(Items(self.0, Kind::Party))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Account,
    Balance,
    Transaction,
    Party,
}

/// Items of an array, or a single one, each handed on before the next is read.
struct Items<'r, 'a, 't>(&'r RefCell<Reading<'a, 't>>, Kind);

impl<'de> DeserializeSeed<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(Item(self.0, self.1))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        Item(self.0, self.1).deserialize(serde::de::value::MapAccessDeserializer::new(map))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// One item.
struct Item<'r, 'a, 't>(&'r RefCell<Reading<'a, 't>>, Kind);

impl<'de> DeserializeSeed<'de> for Item<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        use serde::Deserialize as _;
        let Self(reading, kind) = self;
        match kind {
            Kind::Account => wire::Account::deserialize(deserializer).and_then(|wire| reading.borrow_mut().account(wire)),
            Kind::Balance => wire::Balance::deserialize(deserializer).and_then(|wire| reading.borrow_mut().balance(&wire)),
            Kind::Transaction => wire::Transaction::deserialize(deserializer).and_then(|wire| reading.borrow_mut().transaction(wire)),
            Kind::Party => wire::Party::deserialize(deserializer).and_then(|wire| reading.borrow_mut().party(wire)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"AccountId":"a","TransactionId":"1","Status":"BOOK","CreditDebitIndicator":"Debit","BookingDateTime":"2026-03-17T00:00:00Z","Amount":{"Amount":"1.00","Currency":"GBP"}}"#;

    fn facts(text: &str) -> Result<Vec<&'static str>, String> {
        let mut facts = Vec::new();
        let mut take = |record: FileRecord| {
            facts.push(match record.fact {
                Fact::Account(_) => "account",
                Fact::Balance(_) => "balance",
                Fact::Party(_) => "party",
                Fact::Transaction(_) => "transaction",
            });
            Ok(())
        };
        read(text.as_bytes(), Timestamp::from_seconds(0).unwrap(), &mut take).map_err(|error| error.to_string())?;
        Ok(facts)
    }

    #[test]
    fn one_answer_several_and_an_array_of_them_are_read() {
        let page = format!(r#"{{"Data":{{"Transaction":[{ROW},{ROW}]}},"Links":{{"Self":"x"}},"Meta":{{}}}}"#);
        assert_eq!(facts(&page).unwrap().len(), 2);
        assert_eq!(facts(&format!("{page}\n{page} \n")).unwrap().len(), 4);
        assert_eq!(facts(&format!("[{page},{page},{page}]")).unwrap().len(), 6);
        let everything = format!(
            r#"{{"Data":{{"Account":[{{"AccountId":"a","Currency":"GBP","AccountSubType":"Savings"}}],
            "Balance":[{{"AccountId":"a","Type":"ClosingBooked","CreditDebitIndicator":"Credit","Amount":{{"Amount":"2.00","Currency":"GBP"}}}}],
            "Party":{{"Name":"Ada Example"}},"Transaction":[{ROW}]}}}}"#
        );
        assert_eq!(facts(&everything).unwrap(), ["account", "balance", "party", "transaction"]);
    }

    #[test]
    fn pending_rows_are_left_out() {
        let page = format!(r#"{{"Data":{{"Transaction":[{}]}}}}"#, ROW.replace("BOOK", "Pending"));
        assert!(facts(&page).unwrap().is_empty());
    }

    #[test]
    fn every_fault_names_its_line_and_repeats_nothing() {
        let wrong = ROW.replace("1.00", "secret");
        for (text, expected) in [
            ("", "line 1: the document ends too early"),
            ("{\n\"Data\": {", "line 2: the document ends too early"),
            ("[1]", "line 1: not in OBIE's form"),
            ("{}", "line 1: a document is an object with Data"),
            ("{\"Data\": {}\n} x", "line 2: not JSON"),
            (&format!("{{\"Data\":{{\"Transaction\":[{ROW},\n{wrong}]}}}}"), "line 2: a transaction's amount"),
            (&format!("{{\"Data\":{{\"Transaction\":[\n\n{}]}}}}", ROW.replace("\"Status\"", "\"State\"")), "line 3: not in OBIE's form"),
        ] {
            let error = facts(text).unwrap_err();
            assert!(error.starts_with(expected) && !error.contains("secret"), "{text:?}: {error}");
        }
    }
}
