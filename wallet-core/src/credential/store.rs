//! Credentials in the vault: the signed document, word for word; it is checked again whenever it is read.

use passid_api::claims::encoding::Country;
use passid_api::ids::{BankLinkId, CredentialId};
use passid_api::time::Timestamp;
use passid_api::wallet::CredentialState;
use rusqlite::{Connection, params};
use zeroize::Zeroizing;

use crate::vault::VaultError;

/// The bank link a credential was derived from, and the country it was asked for.
pub(super) type Source = (BankLinkId, Country);

/// A stored credential, not yet checked again.
pub(super) struct StoredCredential {
    pub(super) document: Zeroizing<String>,
    pub(super) state: CredentialState,
    /// Seconds since 1970, as the document has it.
    pub(super) issued_at: i64,
    pub(super) expires_at: Timestamp,
    /// The bank link it was derived from and the country it was asked for; none for those of the first releases.
    pub(super) source: Option<Source>,
}

pub(super) fn insert(
    tables: &Connection,
    account: i64,
    id: CredentialId,
    document: &str,
    (issued_at, expires_at): (i64, Timestamp),
    (link, destination): &Source,
) -> Result<(), VaultError> {
    tables.execute(
        "INSERT INTO credential (id, account, document, state, issued_at, expires_at, bank_link, destination)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
        params![
            id.to_string(),
            account,
            document,
            CredentialState::Active.as_str(),
            issued_at,
            expires_at.seconds(),
            link.to_string(),
            destination.to_string()
        ],
    )?;
    Ok(())
}

/// All credentials of an account, newest first.
pub(super) fn list(tables: &Connection, account: i64) -> Result<Vec<StoredCredential>, VaultError> {
    let mut statement = tables
        .prepare("SELECT document, state, issued_at, expires_at, bank_link, destination FROM credential WHERE account = ?1 ORDER BY issued_at DESC, id DESC")?;
    let rows = statement.query_map([account], |row| {
        let source = row.get::<_, Option<String>>(4)?.zip(row.get::<_, Option<String>>(5)?);
        Ok((Zeroizing::new(row.get::<_, String>(0)?), row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?, source))
    })?;
    let malformed = VaultError::MALFORMED_VALUE;
    rows.map(|row| {
        let (document, state, issued_at, expires_at, source) = row?;
        let source: Option<Result<Source, VaultError>> =
            source.map(|(link, destination)| Ok((link.parse().map_err(|_| malformed)?, destination.parse().map_err(|_| malformed)?)));
        Ok(StoredCredential {
            document,
            state: state.parse().map_err(|_| malformed)?,
            issued_at,
            expires_at: Timestamp::from_seconds(expires_at).map_err(|_| malformed)?,
            source: source.transpose()?,
        })
    })
    .collect()
}

pub(super) fn set_state(tables: &Connection, account: i64, id: CredentialId, state: CredentialState) -> Result<(), VaultError> {
    tables.execute("UPDATE credential SET state = ?3 WHERE account = ?1 AND id = ?2", params![account, id.to_string(), state.as_str()])?;
    Ok(())
}

/// Whether there was such a credential.
pub(super) fn delete(tables: &Connection, account: i64, id: CredentialId) -> Result<bool, VaultError> {
    Ok(tables.execute("DELETE FROM credential WHERE account = ?1 AND id = ?2", params![account, id.to_string()])? > 0)
}
