//! Polling a session, at once or as soon as it is answered.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;

use passid_api::problem::ProblemCode;
use passid_api::session::SessionView;

use crate::http::ApiError;
use crate::http::callers::KeyCaller;
use crate::http::openapi::{Caller, Chapter, Operation, WaitSeconds};
use crate::http::query::QueryReader;
use crate::service::Service;
use crate::session::{changes, view};

use super::{examples, names_own_session, own};

/// Seconds a poll may wait: below the 30 s after which common proxies give up.
const MAX_WAIT_SECONDS: u32 = 25;

pub(super) fn operation() -> Operation {
    names_own_session(Operation::new(Chapter::Sessions, "get_session", "Poll a session"))
        .about("With `wait` the answer comes as soon as the session is no longer pending, or when the seconds are over.")
        .by(Caller::AnyKey)
        .query::<WaitSeconds>("wait", "Seconds to wait for an answer, 0 to 25; 0 when left out.", 25)
        .answers_one_of::<SessionView>(200, "Where the session stands.", [("completed", examples::completed()), ("pending", examples::pending())])
        .fails([ProblemCode::NotFound])
}

#[derive(Deserialize)]
pub(crate) struct PollQuery {
    wait: Option<String>,
}

impl PollQuery {
    fn read(&self) -> Result<Duration, ApiError> {
        let mut reader = QueryReader::default();
        let seconds = reader.within("wait", self.wait.as_deref(), 0..=MAX_WAIT_SECONDS).unwrap_or(0);
        reader.finish()?;
        Ok(Duration::from_secs(u64::from(seconds)))
    }
}

pub(crate) async fn poll(
    State(service): State<Service>,
    caller: KeyCaller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<PollQuery>,
) -> Result<Json<SessionView>, ApiError> {
    let wait = query.read()?;
    let session = own(&service, &caller, &headers, &id).await?;
    let session = if wait.is_zero() { session } else { changes::answered(&service, session, wait).await? };
    Ok(Json(view::for_institution(&service, session).await?))
}
