//! Probes: each component is tried as its users use it, in a transaction that is undone, so that nothing of it stays.

use passid_api::environment::Environment;
use passid_api::ids::InstitutionId;
use passid_api::institution::InstitutionView;
use passid_api::verify::VerifyRequest;

use crate::credential::tree;
use crate::http::ApiError;
use crate::service::Service;
use crate::store::{self, StoreError};
use crate::verify::redeem::{self, Redeemer};

use super::board::TOO_LONG;
use super::component::Component;

/// Deliveries that wait longer although they are due mean that nobody delivers, seconds.
const DELIVERY_LATE_SECONDS: i64 = 120;

/// Why a probe did not pass; said in the log.
#[derive(Debug)]
enum Probed {
    /// It did; this undoes what it wrote.
    Passed,
    Failed(String),
}

impl From<StoreError> for Probed {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ApiError> for Probed {
    fn from(error: ApiError) -> Self {
        Self::Failed(error.0.code.to_string())
    }
}

/// Tries every component once and notes on the board what came of it.
pub(super) async fn probe_all(service: &Service) {
    let (verify, database, issuance, webhooks) = tokio::join!(verify(service), database(service), issuance(service), webhooks(service));
    let outcomes = [
        (Component::Verify, &verify),
        (Component::Sessions, &database),
        (Component::Package, &verify),
        (Component::Webhooks, &webhooks),
        (Component::Issuance, &issuance),
        (Component::Dashboard, &database),
        (Component::Wallet, &database),
    ];
    for (component, outcome) in outcomes {
        if let Err(reason) = outcome {
            tracing::warn!(component = %component, reason, "a probe failed");
        }
        service.status.note_probe(component, service.clock.now(), outcome.is_ok());
    }
}

/// Gives up what takes longer than the agreement allows.
async fn in_time(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(TOO_LONG, work).await.unwrap_or_else(|_| Err("it took over ten seconds".to_owned()))
}

/// Verifies a token that does not exist for a workspace that does not stay: look-up, decision, record, events and audit are written,
/// and undone.
async fn verify(service: &Service) -> Result<(), String> {
    let inside = service.clone();
    let written = service.store.write::<(), Probed, _>(move |connection| {
        Box::pin(async move {
            let institution = inside.with_random(|random| InstitutionId::generate(inside.clock.as_ref(), random));
            let workspace = InstitutionView { id: institution, name: "status probe".to_owned(), live_enabled: false, created_at: inside.clock.now() };
            store::institutions::insert(connection, &workspace).await?;
            let caller = Redeemer { institution, environment: Environment::Sandbox, actor: "status probe".to_owned() };
            let request = VerifyRequest { token: "PASSID-PROBE".to_owned(), institution_reference: None };
            let response = redeem::redeem(&inside, connection, &caller, &request, None).await?;
            Err(if response.credential_valid { Probed::Failed("it accepted a token that does not exist".to_owned()) } else { Probed::Passed })
        })
    });
    in_time(async { undone(written.await) }).await
}

fn undone(outcome: Result<(), Probed>) -> Result<(), String> {
    match outcome {
        Ok(()) | Err(Probed::Passed) => Ok(()),
        Err(Probed::Failed(reason)) => Err(reason),
    }
}

/// Writes a row as a wallet's or an institution's request does, and undoes it.
async fn database(service: &Service) -> Result<(), String> {
    let mut digest = [0; 32];
    service.with_random(|random| random.fill_bytes(&mut digest));
    let now = service.clock.now();
    let written = service.store.write::<(), Probed, _>(move |connection| {
        Box::pin(async move {
            store::users::insert_challenge(connection, digest, digest, now.plus_seconds(60), now).await?;
            if store::users::take_challenge(connection, digest, digest, now).await? {
                Err(Probed::Passed)
            } else {
                Err(Probed::Failed("what was written was not read".to_owned()))
            }
        })
    });
    in_time(async { undone(written.await) }).await
}

/// Signs, and reads a head of each environment's tree that is no older than a minute.
async fn issuance(service: &Service) -> Result<(), String> {
    in_time(async {
        for environment in Environment::ALL {
            let head = tree::refresh_head(service, *environment).await.map_err(|error| error.to_string())?;
            tree::read_head(service, *environment, &head).map_err(|error| error.to_string())?;
        }
        Ok(())
    })
    .await
}

/// Nothing that is due waits for long.
async fn webhooks(service: &Service) -> Result<(), String> {
    in_time(async {
        let now = service.clock.now();
        let mut reader = service.store.reader().await.map_err(|error| error.to_string())?;
        let waiting = store::webhooks::waiting_since(&mut reader, now).await.map_err(|error| error.to_string())?;
        match waiting {
            Some(since) if now.seconds_since(since) > DELIVERY_LATE_SECONDS => Err(format!("a delivery has been due since {since}")),
            _ => Ok(()),
        }
    })
    .await
}
