//! The transactions resource: a range of days, oldest first, a page at a time; and what can go wrong with its pages.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use jiff::ToSpan;
use jiff::civil::Date;
use passid_api::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::aisp::View;
use super::consent::Permission;
use super::faults::Fault;
use super::ledger::Entry;
use super::obie_json;
use super::problem::Problem;
use super::state::Bank;
use super::version::ApiVersion;

/// The longest range a bank with [`Fault::LongRangeRefused`] serves.
const LONGEST_RANGE_DAYS: i32 = 180;
/// Rows a bank with [`Fault::PendingTwins`] shows twice.
const TWINS: usize = 3;

/// Rows of a page from which one may be lost: never the first or the last, which nothing could miss.
const LEAST_ROWS_TO_LOSE: usize = 6;

/// The filter and page of a request.
#[derive(Deserialize)]
pub(super) struct TransactionQuery {
    #[serde(rename = "fromBookingDateTime")]
    from: Option<String>,
    #[serde(rename = "toBookingDateTime")]
    to: Option<String>,
    page: Option<usize>,
}

/// `GET /accounts/{id}/transactions`.
pub(super) async fn transactions(
    State(bank): State<Bank>,
    Extension(version): Extension<ApiVersion>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<TransactionQuery>,
) -> Result<Json<Value>, Problem> {
    let view = View::open(&bank, &headers, &[Permission::ReadTransactionsBasic, Permission::ReadTransactionsDetail])?;
    let account = view.account(&id)?;
    let (from, to) = range(&bank, &query, &view)?;
    let direction = |entry: &Entry| if entry.minor < 0 { Permission::ReadTransactionsDebits } else { Permission::ReadTransactionsCredits };
    let in_range = |entry: &&Entry| (from..=to).contains(&entry.booked_on) && view.consent.allows(direction(entry));
    let visible: Vec<&Entry> = account.entries.iter().filter(in_range).collect();

    let size = bank.page_size();
    let pages = visible.len().div_ceil(size).max(1);
    let page = query.page.unwrap_or(1);
    if !(1..=pages).contains(&page) {
        return Err(Problem::Malformed("There is no such page", "page"));
    }
    let mut first = (page - 1) * size;
    let end = (first + size).min(visible.len());
    if page > 1 && bank.faults().strikes(Fault::RowRepeated) {
        first -= 1;
    }
    let row = |entry: &&Entry, pending: bool| obie_json::transaction(version, entry, account, &view.consent, pending);
    let mut rows: Vec<Value> = visible.get(first..end).unwrap_or_default().iter().map(|entry| row(entry, false)).collect();
    if rows.len() >= LEAST_ROWS_TO_LOSE && bank.faults().strikes(Fault::RowLeftOut) {
        let mut memory = bank.memory();
        rows.remove(1 + memory.left_out % (rows.len() - 2));
        memory.left_out += 1;
    }
    if bank.faults().strikes(Fault::IdentifiersChanged) {
        let mut memory = bank.memory();
        memory.renamed += 1;
        for row in &mut rows {
            row["TransactionId"] = json!(format!("{}-{}", row["TransactionId"].as_str().unwrap_or_default(), memory.renamed));
        }
    }
    if page == pages && bank.faults().strikes(Fault::PendingTwins) {
        rows.extend(visible.iter().rev().take(TWINS).map(|entry| row(entry, true)));
    }
    let links = links(&bank, &format!("{}/accounts/{id}", version.base()), &query, page, pages);
    Ok(Json(json!({"Data": {"Transaction": rows}, "Links": links, "Meta": {"TotalPages": pages}})))
}

/// The days asked for, no wider than the consent allows.
fn range(bank: &Bank, query: &TransactionQuery, view: &View) -> Result<(Date, Date), Problem> {
    let ignores_end = bank.faults().strikes(Fault::RangeEndIgnored);
    let asked_to = if ignores_end { None } else { query.to.as_deref() };
    let from = bound(query.from.as_deref(), "fromBookingDateTime", Date::MIN)?;
    let to = bound(asked_to, "toBookingDateTime", Date::MAX)?;
    let last = to.min(bank.today());
    let too_long = from.saturating_add(LONGEST_RANGE_DAYS.days()) <= last;
    if too_long && bank.faults().strikes(Fault::LongRangeRefused) {
        return Err(Problem::Malformed("The range is too long", "fromBookingDateTime"));
    }
    let consented = |time: Option<Timestamp>, open: Date| time.and_then(day_of).unwrap_or(open);
    Ok((from.max(consented(view.consent.transactions_from, Date::MIN)), to.min(consented(view.consent.transactions_to, Date::MAX))))
}

/// The scheme's times carry no zone, and one that comes is ignored; a plain date is a common mistake and understood.
fn bound(asked: Option<&str>, field: &'static str, open: Date) -> Result<Date, Problem> {
    match asked {
        Some(text) => text.get(..10).and_then(|day| day.parse().ok()).ok_or(Problem::Malformed("This is no date and time", field)),
        None => Ok(open),
    }
}

fn day_of(time: Timestamp) -> Option<Date> {
    time.to_string().get(..10).and_then(|day| day.parse().ok())
}

/// Links to this and the neighbouring pages, as they should be or as a fault has them.
fn links(bank: &Bank, account_path: &str, query: &TransactionQuery, page: usize, pages: usize) -> Value {
    let link = |page: usize| {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("fromBookingDateTime", &query.from), ("toBookingDateTime", &query.to)] {
            if let Some(value) = value {
                text.append_pair(name, value);
            }
        }
        text.append_pair("page", &page.to_string());
        format!("{account_path}/transactions?{}", text.finish())
    };
    let whole = |page: usize| format!("{}{}", bank.base_url(), link(page));
    let mut links = json!({"Self": whole(page), "First": whole(1), "Last": whole(pages)});
    if page > 1 {
        links["Prev"] = json!(whole(page - 1));
    }
    if page < pages {
        links["Next"] = json!(whole(page + 1));
        if bank.faults().strikes(Fault::PageLinksToItself) {
            links["Next"] = json!(whole(page));
        } else if bank.faults().strikes(Fault::PageLinksElsewhere) {
            links["Next"] = json!(format!("{}{account_path}/balances?page=2", bank.base_url()));
        } else if bank.faults().strikes(Fault::PageLinkIsNull) {
            links["Next"] = json!(format!("null{}", link(page + 1)));
        } else if bank.faults().strikes(Fault::PageLinkMissing) {
            links["Next"] = Value::Null;
        }
    }
    links
}
