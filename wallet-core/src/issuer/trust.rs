//! Whom the wallet believes: the issuer's identifier, pinned at the first contact, and its published keys.

use passid_api::environment::Environment;
use passid_api::issuer::IssuerDescription;
use passid_api::jws::{DocumentType, JwsError, KeyPurpose, KeySet};
use passid_api::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;

use super::{Call, IssuerError};
use crate::core::Core;
use crate::error::WalletError;
use crate::vault::VaultError;

/// Seconds after which the keys are fetched again: a withdrawn key is not believed for longer while the issuer can be reached.
const KEYS_STALE_AFTER_SECONDS: i64 = 3_600;
/// Keys an issuer may publish; more is not a key set.
const MAX_KEYS: usize = 64;
/// Longest issuer identifier.
const MAX_IDENTIFIER_BYTES: usize = 512;

/// An issuer's identifier and keys.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    pub(crate) identifier: String,
    keys: KeySet,
    fetched_at: Timestamp,
}

impl Trust {
    /// Reads a signed document of this issuer and environment.
    ///
    /// # Errors
    /// [`IssuerError::Signature`] or [`IssuerError::OtherEnvironment`].
    pub(crate) fn verify<T: DeserializeOwned>(&self, document: DocumentType, environment: Environment, token: &str) -> Result<T, IssuerError> {
        let (payload, key) = self.keys.verify(document, KeyPurpose::Credential, token)?;
        if key.passid_environment == environment { Ok(payload) } else { Err(IssuerError::OtherEnvironment) }
    }
}

impl Core {
    /// The issuer's identifier and keys: from the vault while fresh, else from the issuer, else (offline) from the vault.
    ///
    /// # Errors
    /// [`IssuerError::Unreachable`] at the first contact without a network, [`IssuerError::IssuerChanged`] when another issuer answers.
    pub(crate) async fn trust(&self) -> Result<Trust, WalletError> {
        let address = self.issuer.address().as_str().to_owned();
        let stored = self.vault.read(move |tables| load(tables, &address)).await?;
        let now = self.clock.now();
        match stored {
            Some(trust) if (0..KEYS_STALE_AFTER_SECONDS).contains(&now.seconds_since(trust.fetched_at)) => Ok(trust),
            stored => match self.fetch_trust(stored.as_ref()).await {
                Err(WalletError::Issuer(IssuerError::Unreachable | IssuerError::Status(500..))) if stored.is_some() => {
                    stored.ok_or(WalletError::Issuer(IssuerError::Unreachable))
                }
                fetched => fetched,
            },
        }
    }

    /// Reads a signed document, fetching the keys again when it names an unknown one.
    ///
    /// # Errors
    /// [`IssuerError`] when the document cannot be trusted.
    pub(crate) async fn verify_document<T: DeserializeOwned>(&self, document: DocumentType, token: &str) -> Result<T, WalletError> {
        let trust = self.trust().await?;
        match trust.verify(document, self.environment, token) {
            Err(IssuerError::Signature(JwsError::UnknownKey)) => {
                let fresh = self.fetch_trust(Some(&trust)).await?;
                Ok(fresh.verify(document, self.environment, token)?)
            }
            verified => Ok(verified?),
        }
    }

    async fn fetch_trust(&self, known: Option<&Trust>) -> Result<Trust, WalletError> {
        let description: IssuerDescription = self.issuer.send(Call::get("/.well-known/passid-issuer")).await?;
        if known.is_some_and(|known| known.identifier != description.issuer) {
            return Err(IssuerError::IssuerChanged.into());
        }
        // Always from the configured address: where a document says the keys are does not count.
        let keys: KeySet = self.issuer.send(Call::get("/.well-known/jwks.json")).await?;
        if description.issuer.is_empty() || description.issuer.len() > MAX_IDENTIFIER_BYTES || keys.keys.len() > MAX_KEYS {
            return Err(IssuerError::Malformed.into());
        }
        let trust = Trust { identifier: description.issuer, keys, fetched_at: self.clock.now() };
        let (address, stored) = (self.issuer.address().as_str().to_owned(), trust.clone());
        self.vault.write(move |tables| store(tables, &address, &stored)).await?;
        Ok(trust)
    }
}

fn load(tables: &Connection, address: &str) -> Result<Option<Trust>, VaultError> {
    let row = tables
        .query_row("SELECT identifier, key_set, fetched_at FROM issuer WHERE address = ?1", [address], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    row.map(|(identifier, keys, fetched_at)| {
        Ok(Trust {
            identifier,
            keys: serde_json::from_str(&keys).map_err(|_| VaultError::MALFORMED_VALUE)?,
            fetched_at: Timestamp::from_seconds(fetched_at).map_err(|_| VaultError::MALFORMED_VALUE)?,
        })
    })
    .transpose()
}

fn store(tables: &Connection, address: &str, trust: &Trust) -> Result<(), VaultError> {
    let keys = serde_json::to_string(&trust.keys).map_err(|_| VaultError::MALFORMED_VALUE)?;
    tables.execute(
        "INSERT INTO issuer (address, identifier, key_set, fetched_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (address) DO UPDATE SET key_set = excluded.key_set, fetched_at = excluded.fetched_at WHERE identifier = excluded.identifier",
        params![address, trust.identifier, keys, trust.fetched_at.seconds()],
    )?;
    Ok(())
}
