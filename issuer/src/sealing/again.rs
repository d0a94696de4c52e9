//! Sealing everything again under the key that seals at present.

use crate::store::sealed::{SEALED_COLUMNS, SealedColumn, page, replace};
use crate::store::{Store, StoreError};

use super::{SealError, Sealer};

/// Values changed in one transaction.
const BATCH: u32 = 200;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SealedAgain {
    /// Values that were sealed again.
    pub changed: u64,
    /// Values that were under the present key already, or empty.
    pub current: u64,
}

/// Why not everything could be sealed again. What was done stays done; run it again.
#[derive(Debug, thiserror::Error)]
pub enum SealAgainError {
    /// Start with the master key the value was sealed under.
    #[error("{0} holds a value that does not open under this master key")]
    Sealed(String),
    /// Try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Seals everything at rest again under the present key, in small transactions, while servers run.
///
/// Answers kept for retried requests are left: within a day there are none under an older key.
///
/// # Errors
/// [`SealAgainError`].
pub async fn seal_again(store: &Store, sealer: &Sealer, random: &mut (dyn rand::CryptoRng + Send)) -> Result<SealedAgain, SealAgainError> {
    let mut done = SealedAgain::default();
    for column in SEALED_COLUMNS {
        seal_column_again(store, sealer, random, column, &mut done).await?;
    }
    Ok(done)
}

async fn seal_column_again(
    store: &Store,
    sealer: &Sealer,
    random: &mut (dyn rand::CryptoRng + Send),
    column: &'static SealedColumn,
    done: &mut SealedAgain,
) -> Result<(), SealAgainError> {
    let mut after = String::new();
    loop {
        let values = page(&mut store.reader().await?, column, &after, BATCH).await?;
        let Some(last) = values.last() else { return Ok(()) };
        after.clone_from(&last.key);
        let mut changes = Vec::new();
        for value in values {
            if value.sealed.is_empty() || sealer.is_current(&value.sealed) {
                done.current += 1;
                continue;
            }
            let again = |_: SealError| SealAgainError::Sealed(format!("{}.{} of {}", column.table, column.column, value.key));
            let context = format!("{}{}", value.key, column.suffix);
            let plain = sealer.open(column.purpose, &context, &value.sealed).map_err(again)?;
            let current = sealer.seal(column.purpose, &context, &plain, random).map_err(again)?;
            changes.push((value, current));
        }
        done.changed += store
            .write(move |connection| {
                Box::pin(async move {
                    let mut count = 0;
                    for (old, new) in changes {
                        count += u64::from(replace(connection, column, old, new).await?);
                    }
                    Ok::<_, StoreError>(count)
                })
            })
            .await?;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::institution::testing::{Api, Workspace};
    use crate::sealing::MasterKey;
    use crate::store::testing::databases;
    use crate::testing::TestIssuer;

    #[tokio::test(flavor = "multi_thread")]
    async fn everything_opens_under_the_new_key_and_nothing_is_left_under_the_old_one() {
        for database in databases().await {
            let issuer = TestIssuer::start(&database).await;
            let workspace = Workspace::onboard(&Api::new(&issuer.service), "ada@meridian.example").await;
            let request = serde_json::json!({ "url": "https://example.com/hook", "environment": "sandbox" });
            workspace.call(axum::http::Method::POST, "/v1/institution/webhooks", request).await;
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("master.key");
            // The key tests seal under, and a second line that seals.
            std::fs::write(&path, format!("{}\n{}\n", "07".repeat(32), "08".repeat(32))).unwrap();
            let mut random = rand::rngs::StdRng::seed_from_u64(1);
            let sealer = Sealer::new(MasterKey::load_or_create(&path, &mut random).unwrap());
            let done = seal_again(&issuer.service.store, &sealer, &mut random).await.unwrap();
            assert_eq!((done.changed, done.current), (5, 0), "{}: four signing keys and a webhook secret", database.engine);
            let again = seal_again(&issuer.service.store, &sealer, &mut random).await.unwrap();
            assert_eq!((again.changed, again.current), (0, 5), "running it again changes nothing");
            let mut reader = issuer.service.store.reader().await.unwrap();
            for column in SEALED_COLUMNS {
                for value in page(&mut reader, column, "", 100).await.unwrap() {
                    assert!(
                        sealer.open(column.purpose, &format!("{}{}", value.key, column.suffix), &value.sealed).is_ok(),
                        "{}.{}",
                        column.table,
                        column.column
                    );
                }
            }

            let other = Sealer::new(MasterKey::from_bytes([9; 32]));
            assert!(matches!(seal_again(&issuer.service.store, &other, &mut random).await, Err(SealAgainError::Sealed(_))));
        }
    }
}
