//! What a backup holds: no credential, no claim's value, and the holder secret only where the person said so.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passid_api::environment::Environment;
use passid_api::ids::UserId;
use passid_api::time::Timestamp;
use passid_circuits::SecretElement;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::BackupError;
use crate::history::HistoryEntry;

const FORMAT: &str = "passid-wallet-backup/1";
/// Most lines of history kept in a backup, the newest.
pub(super) const MAX_HISTORY_LINES: u32 = 10_000;

/// The sealed document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    format: String,
    pub(super) made_at: Timestamp,
    /// The issuer's identifier: signed documents name it.
    pub(super) issuer: String,
    pub(super) environment: Environment,
    pub(super) user_id: UserId,
    /// Seed of the key that binds the account to another device, base64url.
    recovery_seed: SecretText,
    /// The holder secret, base64url; only where the person chose to keep it.
    holder_secret: Option<SecretText>,
    pub(super) keep_history: bool,
    pub(super) history: Vec<HistoryEntry>,
}

/// What goes into a [`Document`].
pub(super) struct Contents<'a> {
    pub(super) made_at: Timestamp,
    pub(super) issuer: &'a str,
    pub(super) environment: Environment,
    pub(super) user_id: UserId,
    pub(super) recovery_seed: &'a [u8; 32],
    pub(super) holder_secret: Option<&'a SecretElement>,
    pub(super) keep_history: bool,
    pub(super) history: Vec<HistoryEntry>,
}

/// Text that is wiped when dropped.
struct SecretText(Zeroizing<String>);

impl Serialize for SecretText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

fn encode(bytes: &[u8]) -> SecretText {
    SecretText(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
}

fn decode(SecretText(text): &SecretText) -> Result<Zeroizing<[u8; 32]>, BackupError> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.as_str()).map_err(|_| BackupError::NotABackup)?);
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| BackupError::NotABackup)?;
    Ok(Zeroizing::new(bytes))
}

impl Document {
    pub(super) fn new(contents: Contents<'_>) -> Self {
        let Contents { made_at, issuer, environment, user_id, recovery_seed, holder_secret, keep_history, history } = contents;
        Self {
            format: FORMAT.to_owned(),
            made_at,
            issuer: issuer.to_owned(),
            environment,
            user_id,
            recovery_seed: encode(recovery_seed),
            holder_secret: holder_secret.map(|secret| encode(secret.to_bytes().as_slice())),
            keep_history,
            history,
        }
    }

    /// # Errors
    /// [`BackupError::NotABackup`] for a document that cannot be written, which none is.
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, BackupError> {
        serde_json::to_vec(self).map(Zeroizing::new).map_err(|_| BackupError::NotABackup)
    }

    /// Reads the document strictly: known fields only, one format.
    ///
    /// # Errors
    /// [`BackupError::NotABackup`].
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BackupError> {
        let document: Self = serde_json::from_slice(bytes).map_err(|_| BackupError::NotABackup)?;
        let short = u32::try_from(document.history.len()).is_ok_and(|lines| lines <= MAX_HISTORY_LINES);
        if document.format == FORMAT && short { Ok(document) } else { Err(BackupError::NotABackup) }
    }

    pub(super) fn recovery_seed(&self) -> Result<Zeroizing<[u8; 32]>, BackupError> {
        decode(&self.recovery_seed)
    }

    /// # Errors
    /// [`BackupError::NotABackup`] when there is one that is none.
    pub(super) fn holder_secret(&self) -> Result<Option<SecretElement>, BackupError> {
        let Some(text) = &self.holder_secret else { return Ok(None) };
        SecretElement::from_bytes(&*decode(text)?).map(Some).map_err(|_| BackupError::NotABackup)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn document() -> Document {
        Document::new(Contents {
            made_at: Timestamp::from_seconds(1_773_756_131).unwrap(),
            issuer: "https://issuer.test",
            environment: Environment::Sandbox,
            user_id: "usr_01hzk3vw0kg9m2x4p6r8t0v2w6".parse().unwrap(),
            recovery_seed: &[7; 32],
            holder_secret: None,
            keep_history: true,
            history: Vec::new(),
        })
    }

    #[test]
    fn the_document_is_frozen_and_read_strictly() {
        let text = String::from_utf8(document().to_bytes().unwrap().to_vec()).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"format":"passid-wallet-backup/1","made_at":"2026-03-17T14:02:11Z","issuer":"https://issuer.test","environment":"sandbox","#,
                r#""user_id":"usr_01hzk3vw0kg9m2x4p6r8t0v2w6","recovery_seed":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","#,
                r#""holder_secret":null,"keep_history":true,"history":[]}"#
            )
        );
        assert_eq!(*Document::parse(text.as_bytes()).unwrap().recovery_seed().unwrap(), [7; 32]);
        for (from, to) in [("backup/1", "backup/2"), ("\"history\"", "\"more\":1,\"history\""), ("sandbox", "other"), ("usr_", "ins_")] {
            assert!(Document::parse(text.replace(from, to).as_bytes()).is_err(), "{to}");
        }
        let short = Document::parse(text.replace("BwcHBwcHBw", "").as_bytes()).unwrap();
        assert_eq!(short.recovery_seed().unwrap_err(), BackupError::NotABackup);
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(place in 0_usize..300, byte in any::<u8>(), cut in 0_usize..400) {
            let mut bytes = document().to_bytes().unwrap().to_vec();
            let length = bytes.len();
            bytes[place % length] = byte;
            bytes.truncate(cut.max(1).min(length));
            if let Ok(document) = Document::parse(&bytes) {
                let _ = (document.recovery_seed(), document.holder_secret());
            }
        }
    }
}
