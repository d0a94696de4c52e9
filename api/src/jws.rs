//! Compact JSON Web Signatures with one algorithm: Ed25519 (RFC 7515, RFC 8037).
//!
//! One algorithm and an expected `typ` leave nothing to negotiate, which is where JWS libraries go wrong.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::environment::Environment;

/// Larger tokens are refused unread.
pub const MAX_TOKEN_BYTES: usize = 64 * 1024;

crate::text_enum! {
    /// What a signed document is; the `typ` of its header. A document of one type is never accepted as another.
    pub enum DocumentType as "document type" {
        /// A credential, sent to its holder.
        Credential = "passid+jwt",
        /// A signed head of the credential tree.
        TreeHead = "passid-head+jwt",
        /// An access token.
        AccessToken = "at+jwt",
    }
}

crate::text_enum! {
    /// What an issuer key signs.
    pub enum KeyPurpose as "key purpose" {
        /// Credentials and tree heads.
        Credential = "credential",
        /// Access tokens.
        Access = "access",
        /// Checkpoints of audit logs.
        Audit = "audit",
    }
}

/// A public key as published under `/.well-known/jwks.json` (RFC 8037, section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PublicKey {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// The 32 bytes of the key, base64url.
    pub x: String,
    /// The key's name: its RFC 7638 thumbprint.
    pub kid: String,
    /// Always `EdDSA`.
    pub alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub public_key_use: String,
    /// The environment whose documents it signs.
    pub passid_environment: Environment,
    /// What it signs.
    pub passid_purpose: KeyPurpose,
    #[serde(skip)]
    checked: Checked,
}

/// The key of a document that was checked, with the document's `x` and `kid`, so that not every signature has the point decompressed
/// anew. It says nothing of its own: documents are equal without it.
#[derive(Clone, Default)]
struct Checked(OnceLock<(String, String, VerifyingKey)>);

impl PartialEq for Checked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Checked {}

impl fmt::Debug for Checked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Checked")
    }
}

impl PublicKey {
    /// Describes `key`.
    pub fn new(key: &VerifyingKey, environment: Environment, purpose: KeyPurpose) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: URL_SAFE_NO_PAD.encode(key.as_bytes()),
            kid: thumbprint(key),
            alg: "EdDSA".to_owned(),
            public_key_use: "sig".to_owned(),
            passid_environment: environment,
            passid_purpose: purpose,
            checked: Checked::default(),
        }
    }

    /// The key itself.
    ///
    /// # Errors
    /// [`JwsError::BadKey`] when the document is not an Ed25519 key, or its `kid` is not its thumbprint.
    pub fn verifying_key(&self) -> Result<VerifyingKey, JwsError> {
        if self.kty != "OKP" || self.crv != "Ed25519" {
            return Err(JwsError::BadKey);
        }
        if let Some((x, kid, key)) = self.checked.0.get()
            && (x, kid) == (&self.x, &self.kid)
        {
            return Ok(*key);
        }
        let bytes: [u8; 32] = decode(&self.x).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(JwsError::BadKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| JwsError::BadKey)?;
        if key.is_weak() || thumbprint(&key) != self.kid {
            return Err(JwsError::BadKey);
        }
        // Whoever was first has the same key.
        let _ = self.checked.0.set((self.x.clone(), self.kid.clone(), key));
        Ok(key)
    }
}

/// The document under `/.well-known/jwks.json` (RFC 7517, section 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KeySet {
    /// Keys in use, and those whose documents are still valid.
    pub keys: Vec<PublicKey>,
}

/// Why a signed document was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Ask for the document again; it is not a compact JWS or not the expected JSON.
    #[error("malformed signed document")]
    Malformed,
    /// Ask for a document of the right type.
    #[error("signed document of another type than {0}")]
    WrongType(DocumentType),
    /// Fetch the issuer's keys again; if the key is still unknown, do not trust the document.
    #[error("signed with an unknown key")]
    UnknownKey,
    /// Do not trust the document.
    #[error("signature does not verify")]
    BadSignature,
    /// Do not trust the key set.
    #[error("a published key is not a usable Ed25519 key")]
    BadKey,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// A key that signs documents of one environment for one purpose.
pub struct DocumentSigner {
    key: SigningKey,
    public: PublicKey,
}

impl fmt::Debug for DocumentSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DocumentSigner(kid {})", self.public.kid)
    }
}

impl DocumentSigner {
    /// Signs with `key`.
    pub fn new(key: SigningKey, environment: Environment, purpose: KeyPurpose) -> Self {
        let public = PublicKey::new(&key.verifying_key(), environment, purpose);
        Self { key, public }
    }

    /// The public half.
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// `payload` as a compact JWS.
    ///
    /// # Errors
    /// [`JwsError::Malformed`] when the payload cannot be written as JSON.
    pub fn sign<T: Serialize>(&self, document: DocumentType, payload: &T) -> Result<String, JwsError> {
        let header = Header { alg: "EdDSA".to_owned(), typ: document.as_str().to_owned(), kid: self.public.kid.clone() };
        let encode = |bytes: Result<Vec<u8>, serde_json::Error>| bytes.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).map_err(|_| JwsError::Malformed);
        let signed = format!("{}.{}", encode(serde_json::to_vec(&header))?, encode(serde_json::to_vec(payload))?);
        let signature = self.key.sign(signed.as_bytes());
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
    }

    /// An Ed25519 signature over the bytes as they are, for forms that separate their own domain.
    pub(crate) fn sign_bytes(&self, bytes: &[u8]) -> [u8; 64] {
        self.key.sign(bytes).to_bytes()
    }
}

impl KeySet {
    /// Reads a compact JWS after checking its type and its signature (strictly: RFC 8032 with no small-order keys).
    ///
    /// Returns the payload and the key that signed it; the caller decides whether that key may sign for the environment at hand.
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn verify<T: DeserializeOwned>(&self, document: DocumentType, purpose: KeyPurpose, token: &str) -> Result<(T, &PublicKey), JwsError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(JwsError::Malformed);
        }
        let mut parts = token.split('.');
        let (Some(header_text), Some(payload_text), Some(signature_text), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(JwsError::Malformed);
        };
        let header: Header = serde_json::from_slice(&decode(header_text)?).map_err(|_| JwsError::Malformed)?;
        if header.alg != "EdDSA" || header.typ != document.as_str() {
            return Err(JwsError::WrongType(document));
        }
        let public = self.keys.iter().find(|key| key.kid == header.kid && key.passid_purpose == purpose).ok_or(JwsError::UnknownKey)?;
        let signature = Signature::from_slice(&decode(signature_text)?).map_err(|_| JwsError::Malformed)?;
        let signed = &token[..header_text.len() + 1 + payload_text.len()];
        public.verifying_key()?.verify_strict(signed.as_bytes(), &signature).map_err(|_| JwsError::BadSignature)?;
        let payload = serde_json::from_slice(&decode(payload_text)?).map_err(|_| JwsError::Malformed)?;
        Ok((payload, public))
    }
}

/// Reads a compact JWS's payload without checking its signature: for looking at what was checked before it was stored.
///
/// # Errors
/// [`JwsError::Malformed`].
pub fn read_unverified<T: DeserializeOwned>(token: &str) -> Result<T, JwsError> {
    let payload = token.split('.').nth(1).ok_or(JwsError::Malformed)?;
    serde_json::from_slice(&decode(payload)?).map_err(|_| JwsError::Malformed)
}

fn decode(text: &str) -> Result<Vec<u8>, JwsError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| JwsError::Malformed)
}

/// RFC 7638 thumbprint of an Ed25519 key (members in lexicographic order, as RFC 8037 section 2 has them).
fn thumbprint(key: &VerifyingKey) -> String {
    let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(key.as_bytes()));
    URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// RFC 8037, appendix A: key, thumbprint and signature computed by its authors.
    fn rfc_signer() -> DocumentSigner {
        let secret: [u8; 32] = decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap().try_into().unwrap();
        DocumentSigner::new(SigningKey::from_bytes(&secret), Environment::Sandbox, KeyPurpose::Credential)
    }

    #[test]
    fn matches_the_published_key_and_thumbprint() {
        let signer = rfc_signer();
        assert_eq!(signer.public_key().x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(signer.public_key().kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn accepts_its_own_and_refuses_everything_else() {
        let signer = rfc_signer();
        let keys = KeySet { keys: vec![signer.public_key().clone()] };
        let verify = |token: &str| keys.verify::<Value>(DocumentType::Credential, KeyPurpose::Credential, token).map(|(payload, _)| payload);
        let token = signer.sign(DocumentType::Credential, &json!({"a": 1})).unwrap();
        assert_eq!(verify(&token).unwrap(), json!({"a": 1}));

        let head = signer.sign(DocumentType::TreeHead, &json!({})).unwrap();
        assert_eq!(verify(&head), Err(JwsError::WrongType(DocumentType::Credential)));
        assert_eq!(keys.verify::<Value>(DocumentType::Credential, KeyPurpose::Access, &token).unwrap_err(), JwsError::UnknownKey);
        let stranger = DocumentSigner::new(SigningKey::from_bytes(&[7; 32]), Environment::Sandbox, KeyPurpose::Credential);
        assert_eq!(verify(&stranger.sign(DocumentType::Credential, &json!({})).unwrap()), Err(JwsError::UnknownKey));

        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(changed == token || verify(&changed).is_err(), "position {index}");
        }
        for broken in ["", "..", "a.b.c", &format!("{token}."), &format!("{token}.x"), &"x".repeat(MAX_TOKEN_BYTES + 1)] {
            assert!(verify(broken).is_err());
        }
    }

    #[test]
    fn a_document_that_was_checked_and_then_changed_is_checked_anew() {
        let published = rfc_signer().public_key().clone();
        assert!(published.verifying_key().is_ok());
        assert_eq!(published.verifying_key(), rfc_signer().public_key().verifying_key());
        let other = DocumentSigner::new(SigningKey::from_bytes(&[5; 32]), Environment::Sandbox, KeyPurpose::Credential);
        let swapped = PublicKey { x: other.public_key().x.clone(), ..published.clone() };
        assert_eq!(swapped.verifying_key(), Err(JwsError::BadKey));
        let renamed = PublicKey { kid: other.public_key().kid.clone(), ..published.clone() };
        assert_eq!(renamed.verifying_key(), Err(JwsError::BadKey));
        let curve = PublicKey { crv: "Ed448".to_owned(), ..published };
        assert_eq!(curve.verifying_key(), Err(JwsError::BadKey));
    }

    #[test]
    fn an_unsigned_token_is_not_a_token() {
        let signer = rfc_signer();
        let keys = KeySet { keys: vec![signer.public_key().clone()] };
        let header = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "passid+jwt", "kid": signer.public_key().kid}).to_string());
        let token = format!("{header}.{}.", URL_SAFE_NO_PAD.encode("{}"));
        assert!(keys.verify::<Value>(DocumentType::Credential, KeyPurpose::Credential, &token).is_err());
    }
}
