//! Consents that were withdrawn here and must end at the bank too: told at once, and again until the bank has heard.

use std::time::Duration;

use passid_api::ids::BankLinkId;
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;
use tokio_util::sync::CancellationToken;

use crate::http::ApiError;
use crate::sealing::Purpose;
use crate::service::Service;
use crate::store::bank_links::{self, Withdrawal};
use crate::store::{StoreError, bank_syncs};

/// How often what is due is looked for.
const ROUND: Duration = Duration::from_mins(1);
/// The first wait after a bank did not listen; it quadruples, up to [`LONGEST_WAIT_SECONDS`].
const FIRST_WAIT_SECONDS: i64 = 60;
const LONGEST_WAIT_SECONDS: i64 = 86_400;
/// Seconds after which what a read that broke off left behind is cleared.
const STALE_SECONDS: i64 = 86_400;

fn context(id: BankLinkId) -> String {
    format!("{id}/withdrawal")
}

/// Ends the link here, and notes in the same step that the bank must hear of it.
pub(super) async fn withdraw(service: &Service, id: BankLinkId, consent_id: &str) -> Result<(), ApiError> {
    let sealed = service.with_random(|random| service.sealer.seal(Purpose::BankConnection, &context(id), consent_id.as_bytes(), random))?;
    let now = service.clock.now();
    let ended = service.store.write::<(), StoreError, _>(move |connection| {
        Box::pin(async move {
            bank_links::end(connection, id, BankLinkStatus::Revoked).await?;
            bank_links::set_withdrawal(connection, id, sealed, now).await
        })
    });
    Ok(ended.await?)
}

/// Tells banks of the withdrawals that are due.
///
/// # Errors
/// [`StoreError`]; what could not be told is due again later.
pub async fn tell_banks(service: &Service) -> Result<(), StoreError> {
    let now = service.clock.now();
    let again_at = now.plus_seconds(FIRST_WAIT_SECONDS);
    let due = service.store.write::<_, StoreError, _>(move |connection| Box::pin(async move { bank_links::take_withdrawals(connection, now, again_at).await }));
    for withdrawal in due.await? {
        let again_at = if told(service, &withdrawal).await { None } else { Some(next_attempt(now, withdrawal.attempts)) };
        let id = withdrawal.id;
        service
            .store
            .write::<(), StoreError, _>(move |connection| Box::pin(async move { bank_links::settle_withdrawal(connection, id, again_at).await }))
            .await?;
    }
    Ok(())
}

/// Whether the bank knows now, or nobody is left to tell.
async fn told(service: &Service, withdrawal: &Withdrawal) -> bool {
    let Some(bank) = service.banks.iter().find(|bank| bank.description().id == withdrawal.provider) else { return true };
    let Ok(consent) = service.sealer.open(Purpose::BankConnection, &context(withdrawal.id), &withdrawal.sealed) else { return true };
    let Ok(consent) = std::str::from_utf8(&consent) else { return true };
    match bank.revoke(consent).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(link = %withdrawal.id, code = error.code(), attempts = withdrawal.attempts, "a bank did not hear of a withdrawal");
            false
        }
    }
}

fn next_attempt(now: Timestamp, attempts: i64) -> Timestamp {
    let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0) * 2;
    now.plus_seconds((FIRST_WAIT_SECONDS << doublings).min(LONGEST_WAIT_SECONDS))
}

/// Tells banks, and clears what reads left behind, until asked to stop.
pub async fn run(service: Service, stop: CancellationToken) {
    loop {
        let before = service.clock.now().plus_seconds(-STALE_SECONDS);
        let cleared =
            service.store.write::<(), StoreError, _>(move |connection| Box::pin(async move { bank_syncs::clear_older(connection, before).await })).await;
        if let Err(error) = cleared.and(tell_banks(&service).await) {
            tracing::error!(%error, "withdrawals could not be looked after");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_day() {
        let now = Timestamp::from_seconds(0).unwrap();
        let waits = [1, 2, 3, 6, 7, 50].map(|attempts| next_attempt(now, attempts).seconds());
        assert_eq!(waits, [60, 240, 960, 61_440, 86_400, 86_400]);
    }
}
