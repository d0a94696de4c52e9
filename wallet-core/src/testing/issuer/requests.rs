//! What can be looked up: sessions and shares.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use passid_api::codes::SessionCode;
use passid_api::ids::SessionId;
use passid_api::problem::ProblemCode;
use passid_api::share::ShareHistory;

use super::state::Shared;
use super::wire::{Answer, Refusal, answer, caller};

pub(super) async fn session(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Answer {
    let inside = shared.lock();
    let found = id.parse().ok().and_then(|id: SessionId| inside.sessions.get(&id)).ok_or(Refusal(ProblemCode::NotFound))?;
    answer(found)
}

pub(super) async fn session_by_code(State(shared): State<Arc<Shared>>, Path(code): Path<String>) -> Answer {
    code.parse::<SessionCode>().map_err(|_| Refusal(ProblemCode::NotFound))?;
    let inside = shared.lock();
    answer(inside.sessions.values().next().ok_or(Refusal(ProblemCode::NotFound))?)
}

pub(super) async fn shares(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Answer {
    let inside = shared.lock();
    caller(&inside, &headers)?;
    answer(&ShareHistory { data: inside.shares.clone() })
}
