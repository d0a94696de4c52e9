//! A page of an account's entries, oldest first, and what can go wrong with it: the same for every scheme.

use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::time::Timestamp;

use super::consent::Permission;
use super::faults::Fault;
use super::ledger::{BookedAccount, Entry};
use super::problem::Problem;
use super::state::Bank;
use super::view::View;

/// The longest range a bank with [`Fault::LongRangeRefused`] serves.
const LONGEST_RANGE_DAYS: i32 = 180;
/// Rows a bank with [`Fault::PendingTwins`] shows twice.
const TWINS: usize = 3;
/// Rows of a page from which one may be lost: never the first or the last, which nothing could miss.
const LEAST_ROWS_TO_LOSE: usize = 6;

/// The days and the page asked for.
pub(super) struct Asked {
    /// First day.
    pub(super) from: Date,
    /// Last day.
    pub(super) to: Date,
    /// What the scheme calls the first day.
    pub(super) from_field: &'static str,
    /// Counted from 1.
    pub(super) page: usize,
}

/// One page.
pub(super) struct Listed<'a> {
    /// Booked rows.
    pub(super) rows: Vec<Row<'a>>,
    /// Booked entries shown as pending too.
    pub(super) pending: Vec<&'a Entry>,
    /// Which page this is, counted from 1.
    pub(super) page: usize,
    /// How many there are.
    pub(super) pages: usize,
    /// Where the next one is said to be.
    pub(super) next: Link,
}

/// One row.
pub(super) struct Row<'a> {
    /// What happened.
    pub(super) entry: &'a Entry,
    /// What the row is called this time.
    pub(super) id: String,
}

/// A link to the next page, as it should be or as a fault has it.
pub(super) enum Link {
    /// This is the last page.
    None,
    /// To a page: the next, or this one.
    Page(usize),
    /// To the account's balances.
    Balances,
    /// To a page, with `null` before its path.
    NullBefore(usize),
    /// There is another page and no link to it.
    Missing,
}

/// The page asked for.
pub(super) fn list<'a>(bank: &Bank, view: &View, account: &'a BookedAccount, asked: &Asked) -> Result<Listed<'a>, Problem> {
    let (from, to) = range(bank, asked, view)?;
    let direction = |entry: &Entry| if entry.minor < 0 { Permission::ReadTransactionsDebits } else { Permission::ReadTransactionsCredits };
    let in_range = |entry: &&Entry| (from..=to).contains(&entry.booked_on) && view.consent.allows(direction(entry));
    let visible: Vec<&Entry> = account.entries.iter().filter(in_range).collect();

    let size = bank.page_size();
    let pages = visible.len().div_ceil(size).max(1);
    let page = asked.page;
    if !(1..=pages).contains(&page) {
        return Err(Problem::Malformed("There is no such page", "page"));
    }
    let mut first = (page - 1) * size;
    let end = (first + size).min(visible.len());
    if page > 1 && bank.faults().strikes(Fault::RowRepeated) {
        first -= 1;
    }
    let mut rows: Vec<Row<'a>> = visible.get(first..end).unwrap_or_default().iter().map(|entry| Row { entry, id: entry.id.clone() }).collect();
    if rows.len() >= LEAST_ROWS_TO_LOSE && bank.faults().strikes(Fault::RowLeftOut) {
        let mut memory = bank.memory();
        rows.remove(1 + memory.left_out % (rows.len() - 2));
        memory.left_out += 1;
    }
    if bank.faults().strikes(Fault::IdentifiersChanged) {
        let mut memory = bank.memory();
        memory.renamed += 1;
        for row in &mut rows {
            row.id = format!("{}-{}", row.id, memory.renamed);
        }
    }
    let twins = page == pages && bank.faults().strikes(Fault::PendingTwins);
    let pending = visible.iter().rev().take(if twins { TWINS } else { 0 }).copied().collect();
    Ok(Listed { rows, pending, page, pages, next: next(bank, page, pages) })
}

/// The days asked for, no wider than the consent allows.
fn range(bank: &Bank, asked: &Asked, view: &View) -> Result<(Date, Date), Problem> {
    let to = if bank.faults().strikes(Fault::RangeEndIgnored) { Date::MAX } else { asked.to };
    let too_long = asked.from.saturating_add(LONGEST_RANGE_DAYS.days()) <= to.min(bank.today());
    if too_long && bank.faults().strikes(Fault::LongRangeRefused) {
        return Err(Problem::RangeRefused("The range is too long", asked.from_field));
    }
    let consented = |time: Option<Timestamp>, open: Date| time.and_then(day_of).unwrap_or(open);
    Ok((asked.from.max(consented(view.consent.transactions_from, Date::MIN)), to.min(consented(view.consent.transactions_to, Date::MAX))))
}

fn day_of(time: Timestamp) -> Option<Date> {
    time.to_string().get(..10).and_then(|day| day.parse().ok())
}

fn next(bank: &Bank, page: usize, pages: usize) -> Link {
    if page >= pages {
        Link::None
    } else if bank.faults().strikes(Fault::PageLinksToItself) {
        Link::Page(page)
    } else if bank.faults().strikes(Fault::PageLinksElsewhere) {
        Link::Balances
    } else if bank.faults().strikes(Fault::PageLinkIsNull) {
        Link::NullBefore(page + 1)
    } else if bank.faults().strikes(Fault::PageLinkMissing) {
        Link::Missing
    } else {
        Link::Page(page + 1)
    }
}
