//! The audit log, newest entries first, with the check of its chain.

use askama::Template;
use axum::extract::{Query, State};
use serde::Deserialize;

use crate::audit::{self, ChainError};
use crate::http::ApiError;
use crate::service::Service;
use crate::store;
use crate::store::audit::AuditRow;

use super::page::{Frame, Page, show};
use super::pages::Pages;
use super::visit::Visit;

/// Entries on a page.
const PAGE: i64 = 50;

pub(super) fn routes() -> Pages {
    Pages::new().get("/dashboard/{environment}/audit", list)
}

#[derive(Deserialize)]
struct Which {
    /// Entries before this number.
    before: Option<i64>,
    /// Whether to check the chain.
    check: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/audit.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<AuditRow>,
    /// Whether this is not the newest page.
    is_older: bool,
    older: Option<i64>,
    /// What the check found, when it was asked for.
    checked: Option<Result<u64, String>>,
}

async fn list(State(service): State<Service>, visit: Visit, Query(which): Query<Which>) -> Page {
    let institution = visit.institution.id;
    let mut reader = service.store.reader().await?;
    let end = store::audit::head(&mut reader, institution).await?.map_or(0, |head| head.sequence);
    let last = which.before.map_or(end, |before| before.saturating_sub(1)).clamp(0, end);
    let after = (last - PAGE).max(0);
    let limit = u32::try_from(last - after).unwrap_or_default();
    let mut entries = if limit == 0 { Vec::new() } else { store::audit::list(&mut reader, institution, after, limit).await? };
    entries.reverse();
    let checked = match which.check {
        None => None,
        Some(_) => Some(match audit::verify(&mut reader, institution).await {
            Ok(count) => Ok(count),
            Err(ChainError::Store(error)) => return Err(ApiError::from(error).into()),
            Err(broken) => Err(broken.to_string()),
        }),
    };
    drop(reader);
    let older = entries.last().map(|entry| entry.sequence).filter(|first| *first > 1);
    show(&AuditPage { frame: Frame::new(&service, &visit, "audit"), entries, is_older: which.before.is_some(), older, checked })
}
