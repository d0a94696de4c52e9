//! The claims of whole snapshots.

use passid_api::claims::encoding::{Corridor, IncomeBand, SourceWindow, StabilityDetail};

use super::super::testing::{history, monthly, read_at, row, snapshot};
use super::*;
use crate::bank::data::AccountKind;
use crate::screening::{Hit, ListVersion};

fn holder() -> DeclaredHolder {
    DeclaredHolder { name: "Ada Example".into(), destination: "GB".parse().unwrap(), origin: None }
}

fn screened() -> ScreeningOutcome {
    let list = ListVersion { name: "LIST".into(), version: "1".into(), entries: 1, excerpt: false, published: None, confirmed_at: None };
    ScreeningOutcome { lists: vec![list], ..ScreeningOutcome::default() }
}

fn steady_life() -> BankSnapshot {
    let current = [
        monthly("2026-11-02", 13, 342_000, "EMPLOYER"),
        monthly("2026-11-03", 13, -78_000, "LANDLORD"),
        monthly("2026-11-08", 13, -4_000, "POWER"),
        monthly("2026-11-15", 13, -1_800, "PHONE"),
    ];
    let mut saved = monthly("2026-11-10", 13, 40_000, "TRANSFER");
    for row in &mut saved {
        row.counterparty_account = Some("ONE".into());
    }
    snapshot(vec![history(AccountKind::Current, "ONE", 400_000, current.concat()), history(AccountKind::Savings, "TWO", 900_000, saved)])
}

#[test]
fn a_steady_life_gives_every_claim() {
    let derived = derive(steady_life(), &holder(), &screened(), read_at()).unwrap();
    let get = |slot: Slot| derived.values[slot.index()];
    for slot in [Slot::IdentityVerified, Slot::IncomeVerified, Slot::SanctionsScreeningClear, Slot::PaymentBehaviorVerified, Slot::SavingsBehaviorVerified] {
        assert_eq!(get(slot), 1, "{slot}");
    }
    assert_eq!(get(Slot::IncomeMonthly), 342_000);
    let band = IncomeBand::decode(get(Slot::IncomeBand)).unwrap();
    assert_eq!((band.lower(), band.upper()), (3_000, 4_000));
    assert_eq!(get(Slot::PaymentReliability), 1_000_000);
    assert_eq!(get(Slot::SavingsConsistency), 10_000);
    assert_eq!(get(Slot::FraudRisk), 0);
    let detail = StabilityDetail::decode(get(Slot::StabilityDetail)).unwrap();
    assert!(u64::from(detail.low) <= get(Slot::StabilityScore) && get(Slot::StabilityScore) <= u64::from(detail.high));
    let corridor = Corridor::decode(get(Slot::CorridorAndCurrency)).unwrap();
    assert_eq!((corridor.origin.as_str(), corridor.destination.as_str(), corridor.currency.as_str()), ("KE", "GB", "GBP"));
    assert_eq!(SourceWindow::decode(get(Slot::SourceWindow)).unwrap().accounts, 2);
    assert_eq!((derived.transactions_read, derived.data_timestamp.to_string().as_str()), (65, super::super::testing::READ_AT));
}

#[test]
fn nothing_screened_and_a_hit_are_both_not_clear_and_say_so() {
    let claim_and_code = |screening: &ScreeningOutcome| {
        let derived = derive(steady_life(), &holder(), screening, read_at()).unwrap();
        let note = derived.notes.iter().find(|note| note.claim == "sanctions_screening_clear").map(|note| note.code.clone());
        (derived.values[Slot::SanctionsScreeningClear.index()], derived.values[Slot::FraudRisk.index()], note)
    };
    assert_eq!(claim_and_code(&ScreeningOutcome::default()), (0, 0, Some("no_list_loaded".into())));
    let mut hit = screened();
    hit.hits.push(Hit { list: "LIST".into(), entry: "1".into(), matched_name: "ADA EXAMPLE".into(), score: 1.0, ..Hit::default() });
    assert_eq!(claim_and_code(&hit), (0, 2, Some("possible_match".into())));
    let mut excerpt = screened();
    excerpt.lists[0].excerpt = true;
    assert_eq!(claim_and_code(&excerpt), (1, 0, Some("excerpt_only".into())));
}

#[test]
fn a_young_thin_history_verifies_nothing_and_guesses_nothing() {
    let thin = snapshot(vec![history(AccountKind::Current, "ONE", 10, vec![row("2026-11-01", 500_000, "FRIEND")])]);
    let derived = derive(thin, &holder(), &screened(), read_at()).unwrap();
    for slot in [Slot::IncomeVerified, Slot::IncomeBand, Slot::IncomeMonthly, Slot::PaymentBehaviorVerified, Slot::PaymentReliability] {
        assert_eq!(derived.values[slot.index()], 0, "{slot}");
    }
    for slot in [Slot::SavingsBehaviorVerified, Slot::SavingsConsistency, Slot::StabilityScore, Slot::StabilityDetail] {
        assert_eq!(derived.values[slot.index()], 0, "{slot}");
    }
    for claim in ["income_verified", "payment_behavior_verified", "savings_behavior_verified", "fsi_score"] {
        assert!(derived.notes.iter().any(|note| note.claim == claim), "{claim} has no reason");
    }
}

#[test]
fn without_accounts_transactions_or_a_country_there_is_no_credential() {
    assert_eq!(derive(snapshot(vec![]), &holder(), &screened(), read_at()).unwrap_err(), DeriveError::NoAccounts);
    let empty = snapshot(vec![history(AccountKind::Current, "ONE", 0, vec![])]);
    assert_eq!(derive(empty, &holder(), &screened(), read_at()).unwrap_err(), DeriveError::NoTransactions);
    let mut nowhere = steady_life();
    nowhere.accounts.iter_mut().for_each(|history| history.holders.clear());
    assert_eq!(derive(nowhere, &holder(), &screened(), read_at()).unwrap_err(), DeriveError::OriginUnknown);
}

#[test]
fn notes_repeat_no_name_amount_or_description() {
    let mut other_name = steady_life();
    other_name.accounts[0].holders[0].name = "Unspeakable Secretname".into();
    let derived = derive(other_name, &holder(), &screened(), read_at()).unwrap();
    let printed = format!("{:?} {derived:?}", derived.notes);
    for secret in ["Secretname", "Example", "EMPLOYER", "342", "LANDLORD"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn amounts_in_another_currency_are_left_out_and_said() {
    let mut two = steady_life();
    let mut foreign = history(AccountKind::Current, "THREE", 0, monthly("2026-11-02", 5, 9_000_000, "MARKET"));
    foreign.account.currency = "KES".parse().unwrap();
    for transaction in &mut foreign.transactions {
        transaction.currency = "KES".parse().unwrap();
    }
    two.accounts.push(foreign);
    let derived = derive(two, &holder(), &screened(), read_at()).unwrap();
    assert_eq!(derived.values[Slot::IncomeMonthly.index()], 342_000);
    assert!(derived.notes.iter().any(|note| note.code == "other_currencies_left_out"));
}
