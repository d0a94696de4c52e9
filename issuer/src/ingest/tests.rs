//! Files as operators have them, from bytes to claims.

use std::fmt::Write as _;
use std::sync::Mutex;

use passid_api::claims::Slot;

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
        measure: true,
    }
}

async fn ingested(name: &str, text: &str) -> Result<(IngestSummary, Vec<HolderOutcome>), IngestError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(name);
    std::fs::write(&path, text).unwrap();
    let (seen, mut outcomes) = (Mutex::new(Vec::new()), Vec::new());
    let result = ingest(&path, &options(directory.path()), &|progress| seen.lock().unwrap().push(progress), &mut |outcome| outcomes.push(outcome)).await;
    let left: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [name], "nothing but the file itself stays");
    let seen = seen.into_inner().unwrap();
    assert!(seen.is_sorted_by_key(|progress| (progress.transactions, progress.holders)));
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

#[tokio::test]
async fn every_holder_of_a_table_gets_their_own_claims() {
    let (summary, outcomes) = ingested("bank.csv", &table(3)).await.unwrap();
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

#[tokio::test]
async fn pages_appended_to_one_file_count_each_row_once() {
    let days: Vec<Date> = (0..14_i32).map(|month| jiff::civil::date(2025, 10, 2).saturating_add(jiff::Span::new().months(month))).collect();
    let rows = |offset: u32| -> Vec<String> { days.iter().zip(offset..).map(|(day, id)| obie_row(id, *day, "3420.00", "Credit", "EMPLOYER SALARY")).collect() };
    let page = |rows: &[String]| format!(r#"{{"Data":{{"Transaction":[{}]}},"Links":{{"Self":"x"}}}}"#, rows.join(","));
    let accounts = r#"{"Data":{"Account":[{"AccountId":"a","Currency":"GBP","AccountSubType":"CurrentAccount"}]}}"#;
    let party = r#"{"Data":{"Party":{"FullLegalName":"Ada Example","Address":[{"Country":"NG"}]}}}"#;
    let file = [accounts, party, &page(&rows(0)[..8]), &page(&rows(0)[6..])].join("\n");
    let (summary, outcomes) = ingested("pages.json", &file).await.unwrap();
    assert_eq!((summary.transactions, summary.derived_from), (16, 14));
    let found = outcomes[0].outcome.as_ref().unwrap();
    assert_eq!(found.claims.values[Slot::IncomeMonthly.index()], 342_000);
    // What the file says goes before what the operator says.
    assert_eq!(report::document(&outcomes[0])["claims"]["corridor"], "NG-GB");
}

#[tokio::test]
async fn a_fault_stops_everything_and_names_its_line() {
    let mut broken = table(1);
    broken.push_str("h0,Ada Example,h0-current,GBP,2026-11-31,1.00,X,1.00\n");
    assert_eq!(ingested("bank.csv", &broken).await.err().unwrap().to_string(), "line 44: booked_on is no day; write it as 2026-03-17");
    assert!(matches!(ingested("bank.csv", "date,amount,currency\n").await, Err(IngestError::Empty)));
    assert!(matches!(ingested("bank", "\u{1}").await, Err(IngestError::File(FileError::UnknownFormat(_)))));
    assert!(matches!(ingested("bank", "{}").await, Err(IngestError::File(FileError::Malformed { line: 1, .. }))));
}
