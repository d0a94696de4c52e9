//! The transactions resource.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::ObieProblem;
use super::shapes;
use super::version::ApiVersion;
use crate::sandbox::bank::consent::Permission;
use crate::sandbox::bank::listing::{Asked, Link, Listed, list};
use crate::sandbox::bank::problem::Problem;
use crate::sandbox::bank::state::Bank;
use crate::sandbox::bank::view::View;

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
) -> Result<Json<Value>, ObieProblem> {
    let view = View::open(&bank, &headers, &[Permission::ReadTransactionsBasic, Permission::ReadTransactionsDetail])?;
    let account = view.account(&id)?;
    let asked = Asked {
        from: bound(query.from.as_deref(), "fromBookingDateTime", Date::MIN)?,
        to: bound(query.to.as_deref(), "toBookingDateTime", Date::MAX)?,
        from_field: "fromBookingDateTime",
        page: query.page.unwrap_or(1),
    };
    let listed = list(&bank, &view, account, &asked)?;
    let mut rows: Vec<Value> = listed.rows.iter().map(|row| shapes::transaction(version, row.entry, &row.id, account, &view.consent, false)).collect();
    rows.extend(listed.pending.iter().map(|entry| shapes::transaction(version, entry, &format!("pending-{}", entry.id), account, &view.consent, true)));
    let links = links(&bank, &format!("{}/accounts/{id}", version.base()), &query, &listed);
    Ok(Json(json!({"Data": {"Transaction": rows}, "Links": links, "Meta": {"TotalPages": listed.pages}})))
}

/// The scheme's times carry no zone, and one that comes is ignored; a plain date is a common mistake and understood.
fn bound(asked: Option<&str>, field: &'static str, open: Date) -> Result<Date, Problem> {
    match asked {
        Some(text) => text.get(..10).and_then(|day| day.parse().ok()).ok_or(Problem::Malformed("This is no date and time", field)),
        None => Ok(open),
    }
}

/// Links to this and the neighbouring pages, as they should be or as a fault has them.
fn links(bank: &Bank, account_path: &str, query: &TransactionQuery, listed: &Listed<'_>) -> Value {
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
    let mut links = json!({"Self": whole(listed.page), "First": whole(1), "Last": whole(listed.pages)});
    if listed.page > 1 {
        links["Prev"] = json!(whole(listed.page - 1));
    }
    match listed.next {
        Link::None => {}
        Link::Page(page) => links["Next"] = json!(whole(page)),
        Link::Balances => links["Next"] = json!(format!("{}{account_path}/balances?page=2", bank.base_url())),
        Link::NullBefore(page) => links["Next"] = json!(format!("null{}", link(page))),
        Link::Missing => links["Next"] = Value::Null,
    }
    links
}
