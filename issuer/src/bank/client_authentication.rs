//! How the issuer proves to a bank who it is: a secret, a signed statement (`private_key_jwt`), or its TLS certificate.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passid_api::time::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;

use super::authorisation::Secret;
use super::error::BankError;

/// Seconds a statement is good for; it is made anew for every request.
const STATEMENT_SECONDS: i64 = 60;
/// RFC 7523 §2.2.
const STATEMENT_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One of the ways.
#[derive(Debug, Clone)]
pub enum ClientAuthentication {
    /// `client_secret_basic` (RFC 6749 §2.3.1); for sandboxes.
    Secret(Secret),
    /// `private_key_jwt` (OpenID Connect Core §9), as FAPI wants it.
    PrivateKeyJwt(SigningKey),
    /// `tls_client_auth` (RFC 8705): the certificate of the connection says it; build the HTTP client with
    /// [`crate::network::client_with_certificate`].
    MutualTls,
}

impl ClientAuthentication {
    /// What goes into the body of a token request beside the client's identifier. `endpoint` is whom the statement is for, `unique` must
    /// never come twice.
    ///
    /// # Errors
    /// [`BankError::Configuration`] when the key does not sign.
    pub fn parameters(&self, client_id: &str, endpoint: &str, unique: &str, now: Timestamp) -> Result<Vec<(&'static str, String)>, BankError> {
        match self {
            Self::PrivateKeyJwt(key) => {
                let statement = serde_json::json!({
                    "iss": client_id, "sub": client_id, "aud": endpoint, "jti": unique, "iat": now.seconds(), "exp": now.seconds() + STATEMENT_SECONDS,
                });
                Ok(vec![("client_assertion_type", STATEMENT_TYPE.to_owned()), ("client_assertion", key.signed(&statement)?)])
            }
            Self::Secret(_) | Self::MutualTls => Ok(Vec::new()),
        }
    }
}

/// A private key registered at a bank: RSA signs PS256, P-256 signs ES256, the two algorithms FAPI allows.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    pair: Pair,
}

#[derive(Clone)]
enum Pair {
    Rsa(Arc<RsaKeyPair>),
    Ecdsa(Arc<EcdsaKeyPair>),
}

impl SigningKey {
    /// Reads a PKCS #8 key in PEM, published by the issuer under `id`.
    ///
    /// # Errors
    /// [`BankError::Configuration`] for anything but an RSA key of 2,048 bits or more, or a P-256 key.
    pub fn from_pem(id: &str, pem: &[u8]) -> Result<Self, BankError> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| BankError::Configuration("the signing key is no PKCS #8 in PEM"))?;
        let der = key.secret_pkcs8_der();
        let pair = match RsaKeyPair::from_pkcs8(der) {
            Ok(pair) => Pair::Rsa(Arc::new(pair)),
            Err(_) => Pair::Ecdsa(Arc::new(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new())
                    .map_err(|_| BankError::Configuration("the signing key is neither RSA of 2,048 bits or more nor P-256"))?,
            )),
        };
        Ok(Self { id: id.to_owned(), pair })
    }

    /// Compact JWS (RFC 7515) over `statement`.
    fn signed(&self, statement: &serde_json::Value) -> Result<String, BankError> {
        const FAILED: BankError = BankError::Configuration("the signing key does not sign");
        let algorithm = match self.pair {
            Pair::Rsa(_) => "PS256",
            Pair::Ecdsa(_) => "ES256",
        };
        let header = serde_json::json!({ "alg": algorithm, "kid": self.id, "typ": "JWT" });
        let mut text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(statement.to_string()));
        // The library takes randomness from nobody but the system; a signature's randomness decides nothing a test could see.
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PSS_SHA256, &random, text.as_bytes(), &mut signature).map_err(|_| FAILED)?;
                signature
            }
            Pair::Ecdsa(pair) => pair.sign(&random, text.as_bytes()).map_err(|_| FAILED)?.as_ref().to_vec(),
        };
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Ok(text)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({}, redacted)", self.id)
    }
}
