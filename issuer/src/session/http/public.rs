//! What a wallet looks up before anything is shared; no key needed.

use axum::Json;
use axum::extract::{Path, State};

use passid_api::codes::SessionCode;
use passid_api::environment::Environment;
use passid_api::ids::SessionId;
use passid_api::problem::ProblemCode;
use passid_api::session::PublicSession;

use crate::http::ApiError;
use crate::http::limits::ClientNetwork;
use crate::http::openapi::{Chapter, Operation};
use crate::limit::Subject;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::session::view;
use crate::store;

use super::{examples, session_id};

pub(super) fn by_id_operation() -> Operation {
    Operation::new(Chapter::Sessions, "get_public_session", "Who asks, and for what")
        .path::<SessionId>("id", "The session, from the QR image.", examples::SESSION)
        .answers::<PublicSession>(200, "What the wallet shows before anything is shared.", examples::public())
        .fails([ProblemCode::NotFound, ProblemCode::Gone])
}

pub(crate) async fn by_id(State(service): State<Service>, Path(id): Path<String>) -> Result<Json<PublicSession>, ApiError> {
    let found = store::sessions::find(&mut service.store.reader().await?, session_id(&id)?).await?;
    let shown = view::for_wallet(&service, found.ok_or_else(ApiError::not_found)?, service.clock.now()).await?;
    shown.map(Json).ok_or_else(|| ApiError::new(ProblemCode::Gone, "The session was answered or has expired."))
}

pub(super) fn by_code_operation() -> Operation {
    Operation::new(Chapter::Sessions, "get_public_session_by_code", "Who asks, by typed code")
        .about("Unknown, expired and used codes answer alike.")
        .path::<String>("code", "The 8-character code; case and dashes do not matter.", "AB3X-7YQM")
        .answers::<PublicSession>(200, "What the wallet shows before anything is shared.", examples::public())
        .fails([ProblemCode::NotFound])
}

/// Unknown, expired and used codes answer alike: a code is short enough to guess at.
///
/// A code does not say which world it belongs to, so all look-ups spend one budget.
pub(crate) async fn by_code(
    State(service): State<Service>,
    ClientNetwork(network): ClientNetwork,
    Path(code): Path<String>,
) -> Result<Json<PublicSession>, ApiError> {
    let code: SessionCode = code.parse().map_err(|_| ApiError::not_found())?;
    let attempt = service.meter.try_code(service.clock.as_ref(), Subject::Address(network), Environment::Live)?;
    let digest = service.sealer.digest(Purpose::Code, code.symbols());
    let shown = match store::sessions::find_by_code(&mut service.store.reader().await?, digest).await? {
        Some(session) => view::for_wallet(&service, session, service.clock.now()).await?,
        None => None,
    };
    let Some(shown) = shown else {
        attempt.missed(&service.store, service.clock.as_ref()).await?;
        return Err(ApiError::not_found());
    };
    Ok(Json(shown))
}
