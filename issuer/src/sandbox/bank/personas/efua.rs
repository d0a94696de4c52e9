//! Efua Mensah: a small regular wage, odd jobs and cash, bills that come late; the bank writes her name with one letter less.

use jiff::civil::{Date, Weekday};

use super::build::{account, bill, card, cash_in, cash_out, charge, code, groceries, interest, odd_jobs, refund, salary, standing_order, transfer};
use crate::bank::data::AccountKind;
use crate::sandbox::bank::generator::{Plan, Timing};
use crate::sandbox::bank::ledger::BookedCustomer;

pub(super) fn plan(today: Date) -> Plan {
    let accounts =
        vec![account("efua-current", AccountKind::Current, "GHS", today, 17, 38_000), account("efua-savings", AccountKind::Savings, "GHS", today, 16, 21_000)];
    let mut wage = salary(27, (236_000, 262_000), "ADOM TEXTILES");
    wage.skipped_percent = 4;
    let mut rent = standing_order(3, 9, (90_000, 90_000), "OSU RENTALS", "RENT");
    rent.skipped_percent = 8;
    let mut water = bill(11, 10, (9_000, 19_000), "COASTAL WATER", "WTER");
    water.skipped_percent = 15;
    let mut phone = bill(17, 6, (8_000, 8_000), "VOLTA MOBILE", "PHON");
    phone.skipped_percent = 10;
    let rules = vec![
        wage,
        odd_jobs((1, 3), (18_000, 74_000), "MAKOLA FABRICS"),
        odd_jobs((0, 2), (12_000, 60_000), "KENTE EVENTS"),
        cash_in(0, (1, 3), (15_000, 65_000)),
        rent,
        water,
        phone,
        groceries(Weekday::Friday, (17_500, 37_500), "TEMA SUPERMARKET"),
        card(0, Timing::Sometimes(4, 9), (3_000, 14_000), "CHOP BAR AMA", "5812"),
        card(0, Timing::Sometimes(4, 8), (2_500, 9_000), "TROTRO PASS", "4131"),
        refund(15, (4_000, 16_000), "TEMA SUPERMARKET"),
        cash_out(0, (3, 6), (10_000, 30_000)),
        transfer(&accounts, 0, 1, Timing::MonthlyAfter(28, 2), (8_000, 25_000), 50, 1_000),
        transfer(&accounts, 1, 0, Timing::Sometimes(1, 1), (8_000, 20_000), 55, 1_000),
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
    Plan { customer, months: 15, seed: 0xef0a_3e25_3000_0003, rules }
}
