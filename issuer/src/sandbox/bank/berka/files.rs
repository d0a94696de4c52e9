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

/// The columns of a transaction file.
const COLUMNS: [&str; 10] = ["trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"];

/// A transaction file; the same data comes in two spellings.
///
/// `trans….asc` has semicolons, Czech words and days as `930101`; `trans….csv` commas, English words and days as `1993-01-01`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowSource {
    path: PathBuf,
    delimiter: u8,
}

impl RowSource {
    /// The transaction files of the directory by name, `trans….asc` first.
    pub(super) fn all(directory: &Path) -> Result<Vec<Self>, SandboxBankError> {
        let unreadable = |source| SandboxBankError::Unreadable { path: directory.to_owned(), source };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let named = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("trans"));
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("asc") if named => found.push(Self { path, delimiter: b';' }),
                Some("csv") if named => found.push(Self { path, delimiter: b',' }),
                _ => {}
            }
        }
        found.sort_by(|one, other| other.delimiter.cmp(&one.delimiter).then_with(|| one.path.cmp(&other.path)));
        Ok(found)
    }

    /// Every row of the file.
    pub(super) fn read(&self) -> Result<Vec<Row>, SandboxBankError> {
        let (path, delimiter) = (&self.path, self.delimiter);
        let mut header = csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).map_err(|error| not_a_table(path, error))?;
        if !header.headers().map_err(|error| not_a_table(path, error))?.iter().zip(COLUMNS).all(|(name, wanted)| name == wanted) {
            return Err(SandboxBankError::BadFile { path: path.clone(), line: 1, reason: "other columns than a transaction file has" });
        }
        let mut rows = Vec::new();
        for_each_record(path, delimiter, COLUMNS.len(), |record, bad| {
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

pub(super) fn number(text: &str, bad: &dyn Fn(&'static str) -> SandboxBankError) -> Result<u32, SandboxBankError> {
    text.parse().map_err(|_| bad("a number that is none"))
}

/// `930101` or `1993-01-01`.
pub(super) fn day(text: &str) -> Option<Date> {
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

fn not_a_table(path: &Path, error: csv::Error) -> SandboxBankError {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => SandboxBankError::Unreadable { path: PathBuf::from(path), source },
        _ => SandboxBankError::BadFile { path: PathBuf::from(path), line: 1, reason: "not a table in UTF-8" },
    }
}

/// Calls `use_record` with every record and a maker of errors that knows the line. A file with fewer
/// columns than `columns` is refused, so records can be indexed below that.
pub(super) fn for_each_record(
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
