use std::path::Path;

use jiff::civil::date;

use super::super::books::Books;
use super::super::config::{BankSource, SandboxBankError};

/// A directory with two small files of made-up transactions; 3 is in both.
fn made_up() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("account.asc", "\"account_id\";\"district_id\";\"frequency\";\"date\"\n7;1;\"POPLATEK MESICNE\";930101\n8;1;\"POPLATEK TYDNE\";930102\n");
    write("client.asc", "\"client_id\";\"birth_number\";\"district_id\"\n70;\"706213\";1\n71;\"450204\";2\n");
    write("disp.asc", "\"disp_id\";\"client_id\";\"account_id\";\"type\"\n1;70;7;\"OWNER\"\n2;71;7;\"DISPONENT\"\n");
    write("district.asc", "A1;A2;A3\n1;\"Hl.m. Praha\";\"Prague\"\n2;\"Benesov\";\"central Bohemia\"\n");
    write(
        "trans_1993-01_to_1994-03.asc",
        "\"trans_id\";\"account_id\";\"date\";\"type\";\"operation\";\"amount\";\"balance\";\"k_symbol\";\"bank\";\"account\"\n\
         3;7;930110;\"PRIJEM\";\"PREVOD Z UCTU\";5000.00;6000.00;\"DUCHOD\";\"AB\";\"123\"\n\
         1;7;930105;\"PRIJEM\";\"VKLAD\";1000.00;1000.00;\"\";;\n\
         9;8;930105;\"PRIJEM\";\"VKLAD\";1.00;1.00;\"\";;\n",
    );
    write(
        "trans_preloan.csv",
        "trans_id,account_id,date,type,operation,amount,balance,k_symbol,bank,account\n\
         3,7,1993-01-10,credit,collection from another bank,5000.00,6000.00,,AB,123\n\
         5,7,1993-03-01,withdrawal,remittance to another bank,250.50,5749.50,household,CD,9\n",
    );
    directory
}

fn source(directory: &Path, account: u32) -> BankSource {
    BankSource::Berka { directory: directory.to_owned(), accounts: vec![account] }
}

#[test]
fn both_files_make_one_history_that_ends_today_with_its_intervals() {
    let directory = made_up();
    let books = Books::open(&source(directory.path(), 7)).unwrap();
    let today = date(2026, 11, 21);
    let customers = books.as_of(today);
    let account = &customers[0].accounts[0];
    let entries: Vec<_> = account.entries.iter().map(|entry| (entry.id.as_str(), entry.minor, entry.balance_minor)).collect();
    assert_eq!(entries, [("berka-1", 100_000, 100_000), ("berka-3", 500_000, 600_000), ("berka-5", -25_050, 574_950)]);
    let days: Vec<_> = account.entries.iter().map(|entry| today.since(entry.booked_on).unwrap().get_days()).collect();
    assert_eq!(days, [55, 50, 0]);
    assert_eq!(customers[0].town, "Hl.m. Praha");
    assert!(customers[0].name.contains("Invented"));
}

#[test]
fn symbols_become_codes() {
    let directory = made_up();
    let books = Books::open(&source(directory.path(), 7)).unwrap();
    let customers = books.as_of(date(2026, 11, 21));
    let label = &customers[0].accounts[0].entries[2].label;
    assert_eq!((label.code, label.purpose, label.counterparty_account.as_deref()), (("ICDT", "STDO"), Some("RENT"), Some("CD-9")));
}

#[test]
fn what_is_missing_or_broken_is_named() {
    let directory = made_up();
    assert!(matches!(Books::open(&source(directory.path(), 999)), Err(SandboxBankError::UnknownAccount(999))));
    assert!(matches!(Books::open(&source(&directory.path().join("absent"), 7)), Err(SandboxBankError::Unreadable { .. })));
    std::fs::write(
        directory.path().join("trans_preloan.csv"),
        "trans_id,account_id,date,type,operation,amount,balance,k_symbol,bank,account\n1,7,soon,credit,,1,1,,,\n",
    )
    .unwrap();
    assert!(matches!(Books::open(&source(directory.path(), 7)), Err(SandboxBankError::BadFile { line: 2, reason: "a day that is none", .. })));
    std::fs::write(directory.path().join("trans_preloan.csv"), "trans_id,account_id\n1,7\n").unwrap();
    assert!(matches!(Books::open(&source(directory.path(), 7)), Err(SandboxBankError::BadFile { .. })));
}

/// With `PASSID_BERKA_DIR` naming the real files; says so and passes when it is not set.
#[test]
fn the_real_files_load() {
    let Some(directory) = std::env::var_os("PASSID_BERKA_DIR") else {
        println!("skipped: PASSID_BERKA_DIR is not set");
        return;
    };
    let books = Books::open(&source(Path::new(&directory), 1787)).unwrap();
    let customers = books.as_of(date(2026, 11, 21));
    let account = &customers[0].accounts[0];
    assert!(account.entries.len() >= 4);
    assert_eq!(account.entries.last().unwrap().booked_on, date(2026, 11, 21));
    for pair in account.entries.windows(2) {
        // The files round amounts and balances each to ten haléře.
        let off = (pair[0].balance_minor + pair[1].minor - pair[1].balance_minor).abs();
        assert!(off <= 10, "balances follow from amounts: {}", pair[1].id);
    }
}
