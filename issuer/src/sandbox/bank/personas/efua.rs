//! Efua Mensah: a small regular wage, odd jobs and cash, bills that come late; the bank writes her name with one letter less.

use jiff::civil::{Date, Weekday};

use super::build::{account, bill, card, cash_in, cash_out, charge, code, groceries, interest, odd_jobs, refund, salary, standing_order, sweep, transfer};
use crate::bank::data::AccountKind;
use crate::sandbox::bank::generator::{Plan, Timing};
use crate::sandbox::bank::ledger::BookedCustomer;

pub(super) fn plan(today: Date) -> Plan {
    let accounts =
        vec![account("efua-current", AccountKind::Current, "GHS", today, 17, 120_000), account("efua-savings", AccountKind::Savings, "GHS", today, 16, 16_000)];
    let mut rent = standing_order(3, 9, (75_000, 75_000), "OSU RENTALS", "RENT");
    rent.skipped_percent = 8;
    let mut water = bill(11, 10, (9_000, 19_000), "COASTAL WATER", "WTER");
    water.skipped_percent = 15;
    let mut phone = bill(17, 6, (8_000, 8_000), "VOLTA MOBILE", "PHON");
    phone.skipped_percent = 10;
    let rules = vec![
        salary(27, (236_000, 262_000), "ADOM TEXTILES"),
        odd_jobs((2, 3), (18_000, 45_000), "MAKOLA FABRICS"),
        odd_jobs((0, 1), (12_000, 60_000), "KENTE EVENTS"),
        cash_in(0, (1, 2), (12_000, 40_000)),
        rent,
        water,
        phone,
        groceries(Weekday::Friday, (9_000, 15_000), "TEMA SUPERMARKET"),
        card(0, Timing::Sometimes(4, 7), (3_000, 7_000), "CHOP BAR AMA", "5812"),
        card(0, Timing::Sometimes(4, 7), (2_500, 4_500), "TROTRO PASS", "4131"),
        refund(15, (4_000, 16_000), "TEMA SUPERMARKET"),
        cash_out(0, (2, 3), (10_000, 18_000)),
        transfer(&accounts, 0, 1, Timing::MonthlyAfter(28, 2), (3_000, 5_000), 30, 1_000),
        transfer(&accounts, 1, 0, Timing::Sometimes(1, 1), (3_000, 5_000), 60, 1_000),
        interest(1, (150, 320)),
        charge(45, 2_500, "UNPAID DIRECT DEBIT FEE"),
    ];
    let customer = BookedCustomer {
        id: "efua".to_owned(),
        name: "Efua Mensa".to_owned(),
        declared_name: "Efua Mensah".to_owned(),
        town: "Accra".to_owned(),
        country: code("GH"),
        accounts,
    };
    Plan { customer, months: 15, seed: 0xef0a_3e25_3000_0003, rules, sweeps: vec![sweep(27, 3, 20_000, 1_000, "MENSAH FAMILY", "GIFT")] }
}
