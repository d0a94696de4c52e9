//! Tobenna Eze: a good salary with freelance work beside it, a loan, and now and then a tight month.

use jiff::civil::{Date, Weekday};

use super::build::{account, bill, card, cash_in, cash_out, charge, code, groceries, interest, odd_jobs, refund, salary, standing_order, sweep, transfer};
use crate::bank::data::AccountKind;
use crate::sandbox::bank::generator::{Plan, Timing};
use crate::sandbox::bank::ledger::BookedCustomer;

pub(super) fn plan(today: Date) -> Plan {
    let accounts = vec![
        account("tobenna-current", AccountKind::Current, "NGN", today, 34, 36_000_000),
        account("tobenna-savings", AccountKind::Savings, "NGN", today, 30, 6_000_000),
    ];
    let rules = vec![
        salary(28, (97_000_000, 99_000_000), "DELTA LOGISTICS LTD"),
        odd_jobs((1, 2), (6_000_000, 15_000_000), "NKEM DESIGN STUDIO"),
        standing_order(2, 4, (22_000_000, 22_000_000), "LEKKI HOMES", "RENT"),
        standing_order(5, 0, (8_500_000, 8_500_000), "UNITY CREDIT LOAN", "LOAN"),
        bill(9, 3, (2_400_000, 4_800_000), "EKO ELECTRIC", "ELEC"),
        bill(14, 0, (1_900_000, 1_900_000), "SWIFTNET", "NWCM"),
        bill(16, 0, (1_200_000, 1_200_000), "PAYTV AFRICA", "CBTV"),
        bill(18, 0, (900_000, 900_000), "TALKMORE MOBILE", "PHON"),
        groceries(Weekday::Saturday, (3_200_000, 5_400_000), "SHOPWELL SUPERMARKET"),
        card(0, Timing::Sometimes(1, 3), (1_500_000, 3_500_000), "ADE CLOTHING", "5651"),
        card(0, Timing::Sometimes(4, 7), (500_000, 1_200_000), "MAINLAND FUEL", "5541"),
        card(0, Timing::Sometimes(4, 7), (600_000, 2_000_000), "BUKA KITCHEN", "5812"),
        refund(20, (800_000, 3_000_000), "SHOPWELL SUPERMARKET"),
        odd_transfer_home(),
        cash_out(0, (2, 4), (1_000_000, 2_000_000)),
        cash_in(0, (0, 1), (2_000_000, 6_000_000)),
        transfer(&accounts, 0, 1, Timing::MonthlyAfter(29, 0), (1_200_000, 2_000_000), 10, 1_000),
        transfer(&accounts, 1, 0, Timing::Sometimes(1, 1), (1_500_000, 2_500_000), 75, 1_000),
        interest(1, (240_000, 320_000)),
        charge(12, 500_000, "RETURNED DIRECT DEBIT FEE"),
    ];
    let customer = BookedCustomer {
        id: "tobenna".to_owned(),
        name: "Tobenna Chukwuemeka Eze".to_owned(),
        declared_name: "Tobenna Eze".to_owned(),
        town: "Lagos".to_owned(),
        country: code("NG"),
        accounts,
    };
    Plan { customer, months: 16, seed: 0x70be_22a0_2000_0002, rules, sweeps: vec![sweep(28, 1, 6_500_000, 100_000, "DELTA COOPERATIVE", "INVS")] }
}

/// Support for the family, most months.
fn odd_transfer_home() -> crate::sandbox::bank::generator::Rule {
    let mut rule = standing_order(21, 6, (3_000_000, 7_000_000), "EZE FAMILY", "GIFT");
    rule.label.code = ("ICDT", "DMCT");
    "TRANSFER EZE FAMILY".clone_into(&mut rule.label.description);
    rule.skipped_percent = 25;
    rule
}
