//! What a running server does about lists: takes the version in force from the store, and finishes rescreening that broke off.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::http::ApiError;
use crate::service::Service;
use crate::store::{self, StoreError};

use super::rescreen::{Rescreened, rescreen};
use super::update;

/// How often a server looks for a new version.
pub const FOLLOW_EVERY: Duration = Duration::from_secs(15);

/// Follows the store until `stop`.
pub async fn run(service: Service, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match follow(&service).await {
            Ok(Rescreened { screened: 0, unreadable: 0, .. }) => {}
            Ok(Rescreened { screened, matched, freed, unreadable }) => {
                tracing::info!(screened, matched, freed, unreadable, "holders were screened against new sanctions lists");
            }
            Err(error) => tracing::error!(code = error.0.code.as_str(), "sanctions lists could not be followed; those in force stay"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(FOLLOW_EVERY) => {}
        }
    }
}

/// Takes the version in force, and screens whoever was screened against an older one.
///
/// # Errors
/// [`ApiError`]; the lists known before stay in force.
pub async fn follow(service: &Service) -> Result<Rescreened, ApiError> {
    take_in_force(service).await?;
    rescreen(service).await
}

/// Takes the version in force from the store, where there is one.
///
/// # Errors
/// [`StoreError`]; the lists known before stay in force.
pub async fn take_in_force(service: &Service) -> Result<(), StoreError> {
    let mut reader = service.store.reader().await?;
    let Some(latest) = store::sanctions::latest(&mut reader).await? else { return Ok(()) };
    let (known, confirmed_at) = service.sanctions.in_force();
    if latest.version == known {
        if confirmed_at != Some(latest.confirmed_at) {
            service.sanctions.confirm(known, latest.confirmed_at);
        }
        return Ok(());
    }
    if let Some((version, lists)) = update::in_force(&mut reader).await? {
        drop(reader);
        let (inside, number) = (service.clone(), version.version);
        tokio::task::spawn_blocking(move || inside.sanctions.replace(number, lists)).await.map_err(|_| StoreError::Interrupted)?;
        tracing::info!(version = number, "sanctions lists of this version are screened from now on");
    }
    Ok(())
}
