//! Amara Osei: steady, punctual, saving.

use jiff::civil::{Date, Weekday};

use super::build::{account, bill, card, cash_in, cash_out, code, groceries, interest, refund, salary, standing_order, sweep, transfer};
use crate::bank::data::AccountKind;
use crate::sandbox::bank::generator::{Plan, Timing};
use crate::sandbox::bank::ledger::BookedCustomer;

pub(super) fn plan(today: Date) -> Plan {
    let accounts = vec![
        account("amara-usd", AccountKind::Current, "USD", today, 62, 95_000),
        account("amara-savings", AccountKind::Savings, "USD", today, 58, 20_000),
        account("amara-kes", AccountKind::Current, "KES", today, 40, 1_450_000),
    ];
    let rules = vec![
        salary(25, (341_000, 344_500), "LAKESIDE RESEARCH TRUST"),
        standing_order(1, 0, (78_000, 78_000), "RIVERBEND LETTINGS", "RENT"),
        standing_order(3, 0, (30_000, 30_000), "HARAMBEE UNIT TRUST", "INVS"),
        standing_order(18, 0, (35_000, 35_000), "LAKE VIEW COLLEGE", "EDUC"),
        bill(8, 0, (3_900, 5_600), "HIGHLAND POWER", "ELEC"),
        bill(12, 0, (3_900, 3_900), "SAVANNA FIBRE", "NWCM"),
        bill(15, 0, (1_800, 1_800), "ACACIA MOBILE", "PHON"),
        bill(20, 0, (6_500, 6_500), "UMOJA HEALTH COVER", "INSU"),
        bill(5, 0, (1_199, 1_199), "STREAMLINE VIDEO", "SUBS"),
        groceries(Weekday::Saturday, (3_600, 7_400), "GREENLEAF MARKET"),
        card(0, Timing::Sometimes(4, 6), (800, 3_000), "CAFE JACARANDA", "5812"),
        card(0, Timing::Sometimes(5, 9), (300, 1_200), "CITY RIDES", "4121"),
        card(0, Timing::Sometimes(2, 4), (2_000, 14_000), "BAOBAB STORES", "5311"),
        refund(30, (1_500, 6_000), "BAOBAB STORES"),
        cash_out(0, (1, 2), (4_000, 8_000)),
        transfer(&accounts, 0, 1, Timing::MonthlyAfter(27, 0), (15_000, 15_000), 0, 1_000),
        transfer(&accounts, 1, 0, Timing::Sometimes(1, 1), (10_000, 20_000), 84, 1_000),
        // Dollars become shillings at 129 to 1.
        transfer(&accounts, 0, 2, Timing::MonthlyAfter(2, 0), (20_000, 20_000), 0, 129_000),
        interest(1, (1_150, 1_420)),
        card(2, Timing::Sometimes(6, 10), (60_000, 260_000), "KARIBU GROCERS", "5411"),
        cash_out(2, (1, 2), (200_000, 400_000)),
        cash_in(2, (0, 1), (50_000, 150_000)),
    ];
    let customer = BookedCustomer {
        id: "amara".to_owned(),
        name: "Amara Osei".to_owned(),
        declared_name: "Amara Osei".to_owned(),
        town: "Nairobi".to_owned(),
        country: code("KE"),
        accounts,
    };
    Plan { customer, months: 16, seed: 0xa3a7_a05e_1000_0001, rules, sweeps: vec![sweep(25, 1, 80_000, 1_000, "SAVANNA GROWTH FUND", "INVS")] }
}
