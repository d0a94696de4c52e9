//! The transactions resource.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::TppMessage;
use super::{BASE, open, shapes};
use crate::sandbox::bank::consent::Permission;
use crate::sandbox::bank::faults::Fault;
use crate::sandbox::bank::listing::{Asked, Link, Listed, list};
use crate::sandbox::bank::problem::Problem;
use crate::sandbox::bank::state::Bank;

/// The filter and page of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransactionQuery {
    booking_status: Option<String>,
    date_from: Option<String>,
    date_to: Option<String>,
    page_index: Option<usize>,
}

/// `GET /accounts/{account-id}/transactions`.
pub(super) async fn transactions(
    State(bank): State<Bank>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<TransactionQuery>,
) -> Result<Json<Value>, TppMessage> {
    let view = open(&bank, &headers, Permission::ReadTransactionsBasic)?;
    let account = view.account(&id)?;
    if query.booking_status.as_deref() != Some("booked") {
        return Err(Problem::Malformed("Only booked transactions are told", "bookingStatus").into());
    }
    let day = |text: &str, field| text.parse::<Date>().map_err(|_| Problem::Malformed("This is no day", field));
    let from = query.date_from.as_deref().ok_or(Problem::Malformed("The first day is missing", "dateFrom"))?;
    let asked = Asked {
        from: day(from, "dateFrom")?,
        to: query.date_to.as_deref().map_or(Ok(Date::MAX), |text| day(text, "dateTo"))?,
        from_field: "dateFrom",
        page: query.page_index.unwrap_or(0) + 1,
    };
    let reference = shapes::reference(account, &view.customer);
    if bank.faults().strikes(Fault::OnlyDownload) {
        return Ok(Json(json!({"account": reference, "_links": {"download": {"href": format!("{BASE}/accounts/{id}/transactions/download/1")}}})));
    }
    let listed = list(&bank, &view, account, &asked)?;
    let booked: Vec<Value> = listed.rows.iter().map(|row| shapes::transaction(row.entry, &row.id, account, &view.customer)).collect();
    let mut report = json!({"booked": booked, "_links": links(&format!("{BASE}/accounts/{id}"), &query, &listed)});
    if !listed.pending.is_empty() {
        let row = |entry: &&_| shapes::transaction(entry, &format!("pending-{}", entry.id), account, &view.customer);
        report["pending"] = listed.pending.iter().map(row).collect();
    }
    Ok(Json(json!({"account": reference, "transactions": report})))
}

/// Links to this and the neighbouring pages, without the server's name as the scheme's examples have them, as they should be or as a fault
/// has them.
fn links(account_path: &str, query: &TransactionQuery, listed: &Listed<'_>) -> Value {
    let link = |page: usize| {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("bookingStatus", &query.booking_status), ("dateFrom", &query.date_from), ("dateTo", &query.date_to)] {
            if let Some(value) = value {
                text.append_pair(name, value);
            }
        }
        text.append_pair("pageIndex", &(page - 1).to_string());
        format!("{account_path}/transactions?{}", text.finish())
    };
    let mut links = json!({"account": {"href": account_path}, "first": {"href": link(1)}, "last": {"href": link(listed.pages)}});
    if listed.page > 1 {
        links["previous"] = json!({"href": link(listed.page - 1)});
    }
    let next = match listed.next {
        Link::None | Link::Missing => return links,
        Link::Page(page) => link(page),
        Link::Balances => format!("{account_path}/balances?pageIndex=1"),
        Link::NullBefore(page) => format!("null{}", link(page)),
    };
    links["next"] = json!({"href": next});
    links
}
