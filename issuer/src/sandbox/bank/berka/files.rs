//! Reading the files of the layout, with the line of whatever is wrong.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::sandbox::bank::config::SandboxBankError;

/// One transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) account: u32,
    pub(super) day: Date,
    /// Minor units, positive into the account.
    pub(super) minor: i64,
    pub(super) balance_minor: i64,
    pub(super) operation: String,
    pub(super) symbol: String,
    pub(super) partner_bank: String,
    pub(super) partner_account: String,
}

/// The two transaction files; the same data in two spellings.
#[derive(Debug, Clone, Copy)]
pub(super) enum RowSource {
    /// Semicolons, Czech words, days as `930101`.
    Original,
    /// Commas, English words, days as `1993-01-01`.
    BeforeLoan,
}

impl RowSource {
    pub(super) const ALL: [Self; 2] = [Self::Original, Self::BeforeLoan];

    const fn file_name(self) -> &'static str {
        match self {
            Self::Original => "trans_1993-01_to_1994-03.asc",
            Self::BeforeLoan => "trans_preloan.csv",
        }
    }

    /// Every row of the file; none when the file is absent.
    pub(super) fn read(self, directory: &Path) -> Result<Vec<Row>, SandboxBankError> {
        let path = directory.join(self.file_name());
        if !path.exists() {
            return Ok(Vec::new());
        }
        let delimiter = match self {
            Self::Original => b';',
            Self::BeforeLoan => b',',
        };
        let mut rows = Vec::new();
        for_each_record(&path, delimiter, 10, |record, bad| {
            let inflow = match &record[3] {
                "PRIJEM" | "credit" => true,
                "VYDAJ" | "VYBER" | "withdrawal" | "withdrawal in cash" => false,
                _ => return Err(bad("an unknown type")),
            };
            let amount = minor(&record[5]).filter(|amount| *amount >= 0).ok_or_else(|| bad("an amount that is none"))?;
            rows.push(Row {
                number: record[0].parse().map_err(|_| bad("a transaction number that is none"))?,
                account: record[1].parse().map_err(|_| bad("an account number that is none"))?,
                day: day(&record[2]).ok_or_else(|| bad("a day that is none"))?,
                minor: if inflow { amount } else { -amount },
                balance_minor: minor(&record[6]).ok_or_else(|| bad("a balance that is none"))?,
                operation: record[4].to_owned(),
                symbol: record[7].trim().to_owned(),
                partner_bank: record[8].to_owned(),
                partner_account: record[9].to_owned(),
            });
            Ok(())
        })?;
        Ok(rows)
    }
}

/// What is known about accounts besides their transactions.
pub(super) struct Tables {
    /// When each account was opened.
    pub(super) opened_on: HashMap<u32, Date>,
    owner: HashMap<u32, u32>,
    district_of_client: HashMap<u32, u32>,
    town: HashMap<u32, String>,
}

impl Tables {
    /// Reads the four tables.
    pub(super) fn read(directory: &Path) -> Result<Self, SandboxBankError> {
        let mut tables = Self { opened_on: HashMap::new(), owner: HashMap::new(), district_of_client: HashMap::new(), town: HashMap::new() };
        for_each_record(&directory.join("account.asc"), b';', 4, |record, bad| {
            let opened = day(&record[3]).ok_or_else(|| bad("a day that is none"))?;
            tables.opened_on.insert(number(&record[0], bad)?, opened);
            Ok(())
        })?;
        for_each_record(&directory.join("disp.asc"), b';', 4, |record, bad| {
            if &record[3] == "OWNER" {
                tables.owner.insert(number(&record[2], bad)?, number(&record[1], bad)?);
            }
            Ok(())
        })?;
        for_each_record(&directory.join("client.asc"), b';', 3, |record, bad| {
            tables.district_of_client.insert(number(&record[0], bad)?, number(&record[2], bad)?);
            Ok(())
        })?;
        for_each_record(&directory.join("district.asc"), b';', 2, |record, bad| {
            tables.town.insert(number(&record[0], bad)?, record[1].to_owned());
            Ok(())
        })?;
        Ok(tables)
    }

    /// The town the account's owner lives in.
    pub(super) fn town_of(&self, account: u32) -> String {
        let district = self.owner.get(&account).and_then(|client| self.district_of_client.get(client));
        district.and_then(|district| self.town.get(district)).cloned().unwrap_or_else(|| "Unknown".to_owned())
    }
}

fn number(text: &str, bad: &dyn Fn(&'static str) -> SandboxBankError) -> Result<u32, SandboxBankError> {
    text.parse().map_err(|_| bad("a number that is none"))
}

/// `930101` or `1993-01-01`.
fn day(text: &str) -> Option<Date> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::strptime("%Y%m%d", format!("19{text}")).ok();
    }
    text.parse().ok()
}

/// `-12.50` to minor units; the files write two digits, one, or none.
fn minor(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let amount = crate::bank::money::parse_minor(digits, "CZK".parse().ok()?).ok()?;
    Some(if negative { -amount } else { amount })
}

/// Calls `use_record` with every record and a maker of errors that knows the line. A file with fewer
/// columns than `columns` is refused, so records can be indexed below that.
fn for_each_record(
    path: &Path,
    delimiter: u8,
    columns: usize,
    mut use_record: impl FnMut(&csv::StringRecord, &dyn Fn(&'static str) -> SandboxBankError) -> Result<(), SandboxBankError>,
) -> Result<(), SandboxBankError> {
    let unreadable = |source| SandboxBankError::Unreadable { path: PathBuf::from(path), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(file);
    let mut record = csv::StringRecord::new();
    if reader.headers().map_or(0, csv::StringRecord::len) < columns {
        return Err(SandboxBankError::BadFile { path: PathBuf::from(path), line: 1, reason: "too few columns" });
    }
    loop {
        let line = reader.position().line();
        let bad = |reason| SandboxBankError::BadFile { path: PathBuf::from(path), line, reason };
        match reader.read_record(&mut record) {
            Ok(true) => use_record(&record, &bad)?,
            Ok(false) => return Ok(()),
            Err(error) => match error.into_kind() {
                csv::ErrorKind::Io(source) => return Err(SandboxBankError::Unreadable { path: PathBuf::from(path), source }),
                csv::ErrorKind::UnequalLengths { .. } => return Err(bad("a row of another length than the header")),
                _ => return Err(bad("not a table in UTF-8")),
            },
        }
    }
}
