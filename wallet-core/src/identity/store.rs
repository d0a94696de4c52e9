//! The account's row.

use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::time::Timestamp;
use passid_circuits::FieldElement;
use rusqlite::{Connection, OptionalExtension, params};
use zeroize::Zeroizing;

use super::lock::SealedSecret;
use super::{Account, SigningSeed};
use crate::vault::VaultError;

pub(super) fn load(tables: &Connection, issuer: &str, environment: Environment) -> Result<Option<Account>, VaultError> {
    let row = tables
        .query_row(
            "SELECT id, device_key, holder_commitment, consent_key, holder_secret, user_id FROM account WHERE issuer = ?1 AND environment = ?2",
            params![issuer, environment.as_str()],
            |row| {
                let secret = SealedSecret { consent_key: row.get(3)?, holder_secret: row.get(4)? };
                Ok((row.get::<_, i64>(0)?, Zeroizing::new(row.get::<_, Vec<u8>>(1)?), row.get::<_, String>(2)?, secret, row.get::<_, Option<String>>(5)?))
            },
        )
        .optional()?;
    row.map(|(id, device_key, commitment, secret, user)| {
        let malformed = VaultError::MALFORMED_VALUE;
        Ok(Account {
            id,
            issuer: issuer.to_owned(),
            device_key: SigningSeed::from_kept(&device_key).ok_or(malformed)?,
            holder_commitment: commitment.parse::<FieldElement>().map_err(|_| malformed)?,
            user: user.map(|text| text.parse().map_err(|_| malformed)).transpose()?,
            secret,
        })
    })
    .transpose()
}

pub(super) fn insert(
    tables: &Connection,
    issuer: &str,
    environment: Environment,
    device_key: &SigningSeed,
    commitment: FieldElement,
    secret: &SealedSecret,
    now: Timestamp,
) -> Result<(), VaultError> {
    // An account that exists stays as it is: its keys are what the issuer knows.
    tables.execute(
        "INSERT INTO account (issuer, environment, device_key, holder_commitment, consent_key, holder_secret, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (issuer, environment) DO NOTHING",
        params![issuer, environment.as_str(), device_key.expose(), commitment.to_string(), secret.consent_key, secret.holder_secret, now.seconds()],
    )?;
    Ok(())
}

/// Takes away keys that no issuer ever confirmed.
pub(super) fn delete_unconfirmed(tables: &Connection, issuer: &str, environment: Environment) -> Result<(), VaultError> {
    tables.execute("DELETE FROM account WHERE issuer = ?1 AND environment = ?2 AND user_id IS NULL", params![issuer, environment.as_str()])?;
    Ok(())
}

pub(crate) fn set_user(tables: &Connection, account: i64, user: UserId) -> Result<(), VaultError> {
    tables.execute("UPDATE account SET user_id = ?2 WHERE id = ?1", params![account, user.to_string()])?;
    Ok(())
}
