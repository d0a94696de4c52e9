//! Files as operators have them, from bytes to claims.

use std::cell::RefCell;
use std::fmt::Write as _;

use jiff::civil::Date;
use passid_api::claims::Slot;
use serde_json::Value;

use super::*;

fn options(directory: &Path) -> IngestOptions {
    IngestOptions {
        format: None,
        declared_name: Some("Ada Example".into()),
        origin: Some("KE".parse().unwrap()),
        destination: "GB".parse().unwrap(),
        currency: None,
        as_of: None,
        scratch: directory.to_owned(),
        most_of_a_holder: 100,
        measure: true,
    }
}

fn ingested(name: &str, text: &str) -> Result<(IngestSummary, Vec<HolderOutcome>), IngestError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    let (seen, mut outcomes) = (RefCell::new(Vec::new()), Vec::new());
    let result = ingest(&path, &options(directory.path()), &|progress| seen.borrow_mut().push(progress), &mut |outcome| outcomes.push(outcome));
    let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [name], "nothing but the file itself stays");
    let seen = seen.into_inner();
    assert!(seen.is_sorted_by_key(|progress| (progress.transactions, progress.of_holders, progress.holders)));
    if result.is_ok() {
        assert_eq!(seen.last().unwrap().bytes, text.len() as u64);
    }
    result.map(|summary| (summary, outcomes))
}

/// Fourteen months of a salary, rent and power for each holder.
fn table(holders: usize) -> String {
    let mut text = "holder,holder_name,account,currency,booked_on,amount,description,balance\n".to_owned();
    for month in 0..14 {
        let first = jiff::civil::date(2025, 10, 1).saturating_add(jiff::Span::new().months(month));
        for holder in 0..holders {
            for (day, amount, words) in [(2, "3420.00", "EMPLOYER SALARY"), (3, "-780.00", "LANDLORD"), (8, "-40.00", "POWER")] {
                let day = first.with().day(day).build().unwrap();
                writeln!(text, "h{holder},Ada Example,h{holder}-current,GBP,{day},{amount},{words},5000.00").unwrap();
            }
        }
    }
    text
}

#[test]
fn every_holder_of_a_table_gets_their_own_claims() {
    let (summary, outcomes) = ingested("bank.csv", &table(3)).unwrap();
    assert_eq!((summary.transactions, summary.holders), (3 * 14 * 3, 3));
    assert!(summary.bulk_insert.is_some());
    for outcome in &outcomes {
        let found = outcome.outcome.as_ref().unwrap();
        let get = |slot: Slot| found.claims.values[slot.index()];
        assert_eq!((get(Slot::IncomeVerified), get(Slot::IncomeMonthly), get(Slot::IdentityVerified)), (1, 342_000, 1));
        let document = report::document(outcome);
        assert_eq!(document["claims"]["corridor"], "KE-GB");
        assert_eq!(document["income"]["sources"][0]["payer"], "EMPLOYER SALARY");
        assert_eq!(document["income"]["stability"], "steady");
        assert_eq!(document["recurring"].as_array().unwrap().len(), 3);
        assert_eq!(outcome.as_of.to_string(), "2026-11-08");
    }
    assert_eq!(outcomes.iter().map(|outcome| outcome.holder.as_str()).collect::<Vec<_>>(), ["h0", "h1", "h2"]);
}

fn obie_row(id: u32, day: Date, amount: &str, direction: &str, words: &str) -> String {
    format!(
        r#"{{"AccountId":"a","TransactionId":"{id}","Status":"Booked","CreditDebitIndicator":"{direction}","BookingDateTime":"{day}T00:00:00Z","Amount":{{"Amount":"{amount}","Currency":"GBP"}},"TransactionInformation":"{words}"}}"#
    )
}

#[test]
fn pages_appended_to_one_file_count_each_row_once() {
    let days: Vec<Date> = (0..14_i32).map(|month| jiff::civil::date(2025, 10, 2).saturating_add(jiff::Span::new().months(month))).collect();
    let rows = |offset: u32| -> Vec<String> { days.iter().zip(offset..).map(|(day, id)| obie_row(id, *day, "3420.00", "Credit", "EMPLOYER SALARY")).collect() };
    let page = |rows: &[String]| format!(r#"{{"Data":{{"Transaction":[{}]}},"Links":{{"Self":"x"}}}}"#, rows.join(","));
    let accounts = r#"{"Data":{"Account":[{"AccountId":"a","Currency":"GBP","AccountSubType":"CurrentAccount"}]}}"#;
    let party = r#"{"Data":{"Party":{"FullLegalName":"Ada Example","Address":[{"Country":"NG"}]}}}"#;
    let file = [accounts, party, &page(&rows(0)[..8]), &page(&rows(0)[6..])].join("\n");
    let (summary, outcomes) = ingested("pages.json", &file).unwrap();
    assert_eq!((summary.transactions, summary.derived_from), (16, 14));
    let found = outcomes[0].outcome.as_ref().unwrap();
    assert_eq!(found.claims.values[Slot::IncomeMonthly.index()], 342_000);
    // What the file says goes before what the operator says.
    assert_eq!(report::document(&outcomes[0])["claims"]["corridor"], "NG-GB");
}

#[test]
fn a_fault_stops_everything_and_names_its_line() {
    let mut broken = table(1);
    broken.push_str("h0,Ada Example,h0-current,GBP,2026-11-31,1.00,X,1.00\n");
    assert_eq!(ingested("bank.csv", &broken).err().unwrap().to_string(), "line 44: booked_on is no day; write it as 2026-03-17");
    assert!(matches!(ingested("bank.csv", "date,amount,currency\n"), Err(IngestError::Empty)));
    assert!(matches!(ingested("bank", "\u{1}"), Err(IngestError::File(FileError::UnknownFormat(_)))));
    assert!(matches!(ingested("bank", "{}"), Err(IngestError::File(FileError::Malformed { line: 1, .. }))));
}

/// Claims, income, streams and evidence of each holder, by name.
fn documents(outcomes: &[HolderOutcome]) -> Vec<Value> {
    let mut documents: Vec<Value> = outcomes.iter().map(report::document).collect();
    documents.sort_by_key(|document| document["holder"].to_string());
    documents
}

#[test]
fn a_holder_gets_the_same_claims_whoever_else_is_in_the_file_and_in_whatever_order() {
    let text = table(7);
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let file = |rows: &[&str]| [&[header], rows].concat().join("\n");
    let (_, together) = ingested("together.csv", &text).unwrap();
    let mut alone = Vec::new();
    for holder in 0..7 {
        let own: Vec<&str> = rows.iter().copied().filter(|row| row.starts_with(&format!("h{holder},"))).collect();
        alone.extend(ingested("alone.csv", &file(&own)).unwrap().1);
    }
    let mut by_holder = rows.clone();
    by_holder.sort_by_key(|row| row.split(',').next());
    let (_, grouped) = ingested("grouped.csv", &file(&by_holder)).unwrap();
    assert_eq!(documents(&together), documents(&alone));
    assert_eq!(documents(&grouped), documents(&alone));
}

#[test]
fn a_holder_with_more_than_memory_is_meant_to_hold_is_told_so_and_costs_the_others_nothing() {
    let mut text = table(2);
    for number in 0..101 {
        writeln!(text, "huge,Ada Example,till,GBP,2026-11-01,1.00,SALE {number},0.00").unwrap();
    }
    let (summary, outcomes) = ingested("bank.csv", &text).unwrap();
    // Thirteen months of three rows, and the one of the day the window begins.
    assert_eq!((summary.holders, summary.derived_from), (3, 2 * (13 * 3 + 1)));
    let why = |outcomes: &[HolderOutcome]| outcomes.iter().find(|outcome| outcome.holder == "huge").unwrap().outcome.as_ref().err().copied();
    assert_eq!(why(&outcomes), Some(DeriveError::TooManyTransactions { most: 100 }));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.outcome.is_ok()).count(), 2);
    // Rows before the window are not held in memory, so they do not count.
    let earlier = text.replace("till,GBP,2026-11-01", "till,GBP,2020-11-01");
    assert_eq!(why(&ingested("bank.csv", &earlier).unwrap().1), Some(DeriveError::NoTransactions));
}
