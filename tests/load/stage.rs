//! What a load needs to be there: a workspace, shares with different codes, sessions with real proofs, a long history.

use std::path::Path;
use std::sync::Arc;

use passid_api::agreement::{Agreement, Purpose as AgreedPurpose, ShareNonce};
use passid_api::codes::{SessionCode, ShareCode, ShareToken};
use passid_api::environment::Environment;
use passid_api::ids::{InstitutionId, SessionId, ShareId};
use passid_api::institution::Onboarded;
use passid_api::permission::PermissionSet;
use passid_api::time::SystemClock;
use passid_issuer::access::{self, Subject};
use passid_issuer::config::Config;
use passid_issuer::http;
use passid_issuer::params;
use passid_issuer::sandbox::fixtures;
use passid_issuer::screening::Screener;
use passid_issuer::sealing::{MasterKey, Purpose, Sealer};
use passid_issuer::service::{Dependencies, Service};
use passid_issuer::session::fulfill;
use passid_issuer::share::ShareContent;
use passid_issuer::store::sessions::NewSession;
use passid_issuer::store::shares::NewShare;
use passid_issuer::store::{self, DatabaseUrl, Store, StoreError};
use passid_issuer::verify::presentation;
use passid_issuer::webhook;
use rand::SeedableRng;
use rand::rngs::StdRng;
use url::Url;

use crate::Failed;
use crate::client;

/// Rows in one transaction.
const AT_ONCE: usize = 500;

/// The issuer under load, opened by the generator itself while no server runs.
pub(crate) struct Stage {
    pub(crate) service: Service,
    pub(crate) onboarded: Onboarded,
}

impl Stage {
    /// Opens the issuer's state and makes a workspace.
    pub(crate) async fn open(directory: &Path, database: &DatabaseUrl, url: &Url) -> Result<Self, Failed> {
        let mut random = StdRng::try_from_rng(&mut rand::rngs::SysRng)?;
        let sealer = Sealer::new(MasterKey::load_or_create(&directory.join("master.key"), &mut random)?);
        let dependencies = Dependencies {
            store: Store::open(database).await?,
            clock: Arc::new(SystemClock),
            random: Box::new(random),
            sealer,
            webhook_client: webhook::client::build(false)?,
            banks: Vec::new(),
            sanctions: Screener::without_lists(),
        };
        let service = Service::start(Config::new(url.clone()), dependencies).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(axum::serve(listener, http::router(service.clone())).into_future());
        let body = serde_json::json!({ "name": "Load", "email": "load@bank.example", "password": "correct horse battery" }).to_string();
        let mut client = client::Client::connect(address).await?;
        let (status, answer) = client.send(&client::request("/api/institution/onboard", &[], &body)).await?;
        if status != 201 {
            return Err(format!("onboarding answers {status}").into());
        }
        let onboarded = serde_json::from_slice(answer)?;
        server.abort();
        Ok(Self { service, onboarded })
    }

    pub(crate) fn institution(&self) -> InstitutionId {
        self.onboarded.institution.id
    }

    /// Makes shares that show one and the same presentation under different codes, and returns the requests that redeem them.
    pub(crate) async fn shares(&self, count: usize) -> Result<Vec<Vec<u8>>, Failed> {
        let service = &self.service;
        let nonce = service.with_random(ShareNonce::generate);
        let expires_at = service.clock.now().plus_seconds(20 * 3_600);
        let agreement = Agreement {
            environment: Environment::Sandbox,
            purpose: AgreedPurpose::Share { audience: None, nonce },
            permissions: PermissionSet::all(),
            predicates: Vec::new(),
            expires_at,
        };
        let (user, shown) = fixtures::present(service, &agreement).await.map_err(problem)?;
        let checked = presentation::check(service, &agreement, &shown).await.map_err(problem)?;
        let key = self.onboarded.keys.sandbox.secret.clone();
        let mut requests = Vec::with_capacity(count);
        while requests.len() < count {
            let mut rows = Vec::with_capacity(AT_ONCE);
            for _ in 0..AT_ONCE.min(count - requests.len()) {
                let (id, code, token) = service
                    .with_random(|random| (ShareId::generate(service.clock.as_ref(), random), ShareCode::generate(random), ShareToken::generate(random)));
                let content = ShareContent { agreement: agreement.clone(), presentation: shown.clone(), checked: checked.clone() };
                rows.push(NewShare {
                    id,
                    user,
                    environment: Environment::Sandbox,
                    code_digest: service.sealer.digest(Purpose::Code, code.symbols()),
                    token_digest: service.sealer.digest(Purpose::Code, token.symbols()),
                    audience: None,
                    nonce,
                    permissions: agreement.permissions.clone(),
                    predicates: Vec::new(),
                    sealed_content: content.seal(service, id).map_err(problem)?,
                    expires_at,
                    created_at: service.clock.now(),
                });
                let body = format!(r#"{{"token":"{token}","institution_reference":"load"}}"#);
                let idempotency = id.to_string();
                requests.push(client::request("/v1/verify", &[("x-institution-key", &key), ("idempotency-key", &idempotency)], &body));
            }
            let written = service.store.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move {
                    for row in rows {
                        store::shares::insert(connection, row).await?;
                    }
                    Ok(())
                })
            });
            written.await?;
        }
        Ok(requests)
    }

    /// Makes sessions and a real presentation for each, and returns the requests that fulfil them.
    pub(crate) async fn fulfilments(&self, count: usize) -> Result<Vec<Vec<u8>>, Failed> {
        let service = &self.service;
        let mut requests = Vec::with_capacity(count);
        for _ in 0..count {
            let now = service.clock.now();
            let (id, code) = service.with_random(|random| (SessionId::generate(service.clock.as_ref(), random), SessionCode::generate(random)));
            let session = NewSession {
                id,
                institution: self.institution(),
                environment: Environment::Sandbox,
                code_digest: service.sealer.digest(Purpose::Code, code.symbols()),
                client_secret_digest: [0; 32],
                display_name: None,
                permissions: PermissionSet::all(),
                predicates: Vec::new(),
                expires_at: now.plus_seconds(3_600),
                created_at: now,
            };
            service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { store::sessions::insert(connection, session).await })).await?;
            let session = store::sessions::find(&mut service.store.reader().await?, id).await?.ok_or("the session just made")?;
            let (user, shown) = fixtures::present(service, &fulfill::agreement(&session)).await.map_err(problem)?;
            let token =
                access::issue(&service.keys, service.config.issuer(), Subject::Wallet { sub: user, environment: Environment::Sandbox, device: 0 }, now)?;
            let body = serde_json::json!({ "presentation": shown }).to_string();
            let authorization = format!("Bearer {token}");
            requests.push(client::request(&format!("/v1/sessions/{id}/fulfill"), &[("authorization", &authorization)], &body));
        }
        Ok(requests)
    }

    /// Fills the history: verifications of the size of real ones without their evidence.
    pub(crate) async fn history(&self, from: i64, to: i64) -> Result<(), Failed> {
        let (institution, now) = (self.institution(), self.service.clock.now());
        let mut first = from;
        while first < to {
            let last = to.min(first + 50_000);
            let written = self.service.store.write::<(), StoreError, _>(move |connection| {
                Box::pin(async move {
                    let sql = "INSERT INTO verifications (id, institution_id, environment, token_digest, response, created_at)
                               WITH RECURSIVE n (i) AS (SELECT CAST($2 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $3)
                               SELECT 'vrf_old' || i, $1, 'sandbox', NULL, $4, $5 FROM n";
                    connection.execute(sql, params![institution, first, last, "x".repeat(700), now]).await.map(drop)
                })
            });
            written.await?;
            first = last;
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn problem(error: http::ApiError) -> Failed {
    format!("{:?}", error.0).into()
}
