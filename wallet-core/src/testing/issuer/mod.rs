//! An issuer on a loopback port: signs credentials and heads, keeps sessions and shares, remembers what it was sent.

mod accounts;
mod credentials;
mod effects;
mod requests;
mod state;
mod wire;

use std::sync::{Arc, MutexGuard};

use axum::Router;
use axum::routing::{get, post, put};
use ed25519_dalek::SigningKey;
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, SessionId};
use passid_api::jws::{DocumentSigner, KeyPurpose};
use passid_api::permission::PermissionSet;
use passid_api::session::{InstitutionSummary, PublicSession};
use passid_api::time::{Clock, ManualClock};
use passid_api::wallet::CredentialState;
use passid_circuits::tree::EMPTY_LEAF;

pub(crate) use self::effects::Behaviour;
use self::effects::Received;
use self::state::{Inside, Shared};

/// The running issuer.
pub(crate) struct FakeIssuer {
    pub(crate) address: String,
    inside: Arc<Shared>,
}

pub(crate) fn signer(seed: u8, environment: Environment) -> DocumentSigner {
    DocumentSigner::new(SigningKey::from_bytes(&[seed; 32]), environment, KeyPurpose::Credential)
}

impl FakeIssuer {
    pub(crate) async fn start(clock: Arc<ManualClock>) -> Self {
        let inside = Arc::new(Shared { inside: std::sync::Mutex::new(Inside::new()), clock });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = routes(inside.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inside }
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.inside.lock().unwrap()
    }

    /// A session of an approved institution that asks for these permissions and ends in ten minutes.
    pub(crate) fn session(&self, permissions: PermissionSet) -> PublicSession {
        let clock = &self.inside.clock;
        let mut inside = self.inside();
        let institution = InstitutionId::generate(clock.as_ref(), &mut inside.random);
        let session = PublicSession {
            request_id: SessionId::generate(clock.as_ref(), &mut inside.random),
            institution: InstitutionSummary { id: institution, name: "Acme Bank".to_owned(), display_name: None, approved: true },
            environment: Environment::Sandbox,
            permissions,
            predicates: Vec::new(),
            one_time: true,
            expires_at: clock.now().plus_seconds(600),
            expires_in_seconds: 600,
        };
        inside.sessions.insert(session.request_id, session.clone());
        session
    }

    /// The requests that shared or declined something, in order.
    pub(crate) fn sent(&self) -> Vec<Received> {
        self.inside().received.clone()
    }

    pub(crate) fn effects(&self) -> usize {
        self.inside().effects.len()
    }

    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.inside().behaviour.push_back(behaviour);
    }

    /// Begins a new tree, as if nothing had been issued; the next head still names the last one.
    pub(crate) fn forget_leaves(&self) {
        self.inside().leaves.clear();
    }

    /// Zeroes the newest credential's leaf.
    pub(crate) fn revoke_newest(&self) {
        let mut inside = self.inside();
        *inside.leaves.last_mut().unwrap() = EMPTY_LEAF;
        inside.credentials.last_mut().unwrap().status = CredentialState::Revoked;
        inside.revocations += 1;
    }
}

fn routes(state: Arc<Shared>) -> Router {
    Router::new()
        .route("/.well-known/passid-issuer", get(wire::description))
        .route("/.well-known/jwks.json", get(wire::keys))
        .route("/v1/wallet/challenge", post(accounts::challenge))
        .route("/v1/wallet/register", post(accounts::register))
        .route("/v1/wallet/token", post(accounts::token))
        .route("/v1/wallet/recovery-key", put(accounts::set_recovery_key).delete(accounts::forget_recovery_key))
        .route("/v1/wallet/rebind", post(accounts::rebind))
        .route("/v1/wallet/credentials", post(credentials::issue).get(credentials::list))
        .route("/v1/wallet/credentials/{id}/path", get(credentials::path))
        .route("/v1/tree/head", get(credentials::head))
        .route("/v1/sessions/{id}/public", get(requests::session))
        .route("/v1/sessions/by-code/{code}/public", get(requests::session_by_code))
        .route("/v1/sessions/{id}/fulfill", post(effects::effect))
        .route("/v1/sessions/{id}/decline", post(effects::effect))
        .route("/api/v1/bridge/share/create", post(effects::effect))
        .route("/api/v1/bridge/share/revoke", post(effects::effect))
        .route("/api/v1/bridge/share/user/{user}", get(requests::shares))
        .with_state(state)
}
