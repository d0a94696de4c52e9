//! Bank data of invented customers as a table, the same for the same seed: salaries, rent, bills, cards, cash, with balances that add up.

use std::io::{self, Write};

use jiff::ToSpan;
use jiff::civil::Date;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// The last day of every history.
const LAST_DAY: Date = jiff::civil::date(2026, 11, 20);
/// Days of a history: what claims are derived from.
const DAYS: i64 = 396;
const SHOPS: [&str; 12] = [
    "CORNER SHOP",
    "SUPERMARKET",
    "BAKERY",
    "PHARMACY",
    "BOOKSHOP",
    "CINEMA",
    "COFFEE HOUSE",
    "PETROL STATION",
    "HARDWARE STORE",
    "RESTAURANT",
    "FLORIST",
    "BUS COMPANY",
];

/// How a table is cut up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// All rows.
    pub(crate) rows: u64,
    /// Rows of a customer.
    pub(crate) each: u64,
    /// Whether rows lie by day, every customer's among the others', as a bank exports them, or customer after customer.
    pub(crate) by_day: bool,
}

/// One customer's account as it is filled.
struct Account {
    number: u64,
    salary: i64,
    rent: i64,
    balance: i64,
}

impl Account {
    fn open(number: u64) -> Self {
        let mut random = StdRng::seed_from_u64(number);
        Self { number, salary: random.random_range(150_000..600_000), rent: random.random_range(40_000..120_000), balance: 250_000 }
    }

    /// Writes the customer's row number `row` of `rows`.
    fn write(&mut self, out: &mut dyn Write, random: &mut StdRng, row: u64, rows: u64) -> io::Result<()> {
        let ago = DAYS - 1 - i64::try_from(row * DAYS.unsigned_abs() / rows).unwrap_or(0);
        let day = LAST_DAY.saturating_sub(ago.days());
        // Rows of a month: a salary, a rent and two bills on the first of them, then whatever comes.
        let month = (rows / 13).max(5);
        let (minor, words, other, code) = match row % month {
            0 => (self.salary, "SALARY".to_owned(), "EMPLOYER", "SALA"),
            1 => (-self.rent, "RENT STANDING ORDER".to_owned(), "LANDLORD", "STDO"),
            2 => (-6_000, "POWER DIRECT DEBIT".to_owned(), "POWER COMPANY", "PMDD"),
            3 => (-3_500, "PHONE DIRECT DEBIT".to_owned(), "PHONE COMPANY", "PMDD"),
            4 => (-10_000, "CASH WITHDRAWAL".to_owned(), "", "CWDL"),
            _ => {
                let shop = SHOPS[random.random_range(0..SHOPS.len())];
                let left = self.salary - self.rent - 19_500;
                let most = (2 * left / i64::try_from(month).unwrap_or(i64::MAX)).max(200);
                (-random.random_range(100..most), format!("{shop} {:06}", random.random_range(0..1_000_000)), shop, "POSD")
            }
        };
        self.balance += minor;
        let Self { number, balance, .. } = self;
        let money = |minor: i64| format!("{}{}.{:02}", if minor < 0 { "-" } else { "" }, minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
        let family = if code == "POSD" || code == "CWDL" { "CCRD" } else { "RCDT" };
        writeln!(
            out,
            "customer-{number},Customer {number},current-{number},SIM{number:012},GBP,{day},{},{},{words},{other},{family},{code},row-{number}-{row}",
            money(minor),
            money(*balance)
        )
    }
}

/// Writes the table.
///
/// # Errors
/// What writing answers.
pub(crate) fn write(out: &mut dyn Write, shape: Shape, seed: u64) -> io::Result<()> {
    writeln!(out, "holder,holder_name,account,account_number,currency,booked_on,amount,balance,description,counterparty,code,sub_code,transaction_id")?;
    let Shape { rows, each, by_day } = shape;
    let customers = rows.div_ceil(each);
    let mut random = StdRng::seed_from_u64(seed);
    let of = |customer: u64| if customer + 1 == customers { rows - each * (customers - 1) } else { each };
    if by_day {
        let mut accounts: Vec<Account> = (0..customers).map(Account::open).collect();
        for row in 0..each {
            for account in accounts.iter_mut().filter(|account| row < of(account.number)) {
                let rows = of(account.number);
                account.write(out, &mut random, row, rows)?;
            }
        }
    } else {
        for customer in 0..customers {
            let mut account = Account::open(customer);
            for row in 0..of(customer) {
                account.write(out, &mut random, row, of(customer))?;
            }
        }
    }
    Ok(())
}
