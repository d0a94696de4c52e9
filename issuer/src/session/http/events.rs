//! A session as a stream of server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};

use passid_api::ids::SessionId;
use passid_api::problem::ProblemCode;
use passid_api::session::SessionState;

use crate::http::ApiError;
use crate::http::callers::KeyCaller;
use crate::http::openapi::{Caller, Chapter, Operation};
use crate::service::Service;
use crate::session::{changes, view};
use crate::store;
use crate::store::sessions::StoredSession;

use super::{examples, names_own_session, own};

/// Between comments that keep proxies from closing a silent stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long one look lasts; the stream goes on.
const LOOK: Duration = Duration::from_mins(1);

pub(super) fn operation() -> Operation {
    names_own_session(Operation::new(Chapter::Sessions, "stream_session", "A session as server-sent events"))
        .about(
            "An event `session` whose data is what polling answers: at once, and again when the session is answered or expires; then the \
             stream ends. A browser's `EventSource` sends no headers: use `fetch`.",
        )
        .by(Caller::AnyKey)
        .answers_text(200, "The stream.", "text/event-stream", &format!("event: session\ndata: {}\n\n", examples::pending()))
        .fails([ProblemCode::NotFound])
}

/// What the stream sends next.
enum Next {
    Now(Box<StoredSession>),
    WhenAnswered(SessionId),
    End,
}

pub(super) async fn events(
    State(service): State<Service>,
    caller: KeyCaller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let session = own(&service, &caller, &headers, &id).await?;
    let events = stream::unfold(Next::Now(Box::new(session)), move |next| {
        let service = service.clone();
        async move {
            let session = match next {
                Next::Now(session) => *session,
                Next::WhenAnswered(id) => until_answered(&service, id).await?,
                Next::End => return None,
            };
            let next = if session.state(service.clock.now()) == SessionState::Pending { Next::WhenAnswered(session.id) } else { Next::End };
            // A failure ends the stream; the client connects again and is told what is wrong.
            let view = view::for_institution(&service, session).await.ok()?;
            let event = Event::default().event("session").json_data(view).ok()?;
            Some((Ok(event), next))
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The session once it is answered or has expired; nothing when the server stops or the database fails.
async fn until_answered(service: &Service, id: SessionId) -> Option<StoredSession> {
    while !service.stopping.is_cancelled() {
        let session = store::sessions::find(&mut service.store.reader().await.ok()?, id).await.ok()??;
        let session = changes::answered(service, session, LOOK).await.ok()?;
        if session.state(service.clock.now()) != SessionState::Pending {
            return Some(session);
        }
    }
    None
}
