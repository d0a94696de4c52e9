//! Certificate pins: beside the web's trust, the issuer must show a key the app knows.
//!
//! A pin is the SHA-256 of a certificate's public key (SubjectPublicKeyInfo, as in RFC 7469, section 2.4). One match in the chain is enough:
//! pin the issuer's own key and one kept in reserve, or the authority's.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest, Sha256};

/// SHA-256 of a public key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CertificatePin([u8; 32]);

/// A text that is no pin. Correct the app's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a certificate pin is sha256/ and 44 characters of base64")]
pub struct InvalidPin;

impl CertificatePin {
    fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let parsed = ParsedCertificate::try_from(certificate).ok()?;
        Some(Self(Sha256::digest(parsed.subject_public_key_info().as_ref()).into()))
    }
}

impl FromStr for CertificatePin {
    type Err = InvalidPin;

    /// Reads `sha256/BASE64`, the form that `curl --pinnedpubkey` and Android use.
    fn from_str(text: &str) -> Result<Self, InvalidPin> {
        let bytes = text.strip_prefix("sha256/").and_then(|text| STANDARD.decode(text).ok());
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(InvalidPin)
    }
}

impl fmt::Display for CertificatePin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sha256/{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for CertificatePin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Asks the web's trust first, then for a pinned key in the chain.
#[derive(Debug)]
pub(super) struct PinnedVerifier {
    pub(super) web: Arc<dyn ServerCertVerifier>,
    pub(super) pins: Vec<CertificatePin>,
}

impl ServerCertVerifier for PinnedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self.web.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        let mut chain = std::iter::once(end_entity).chain(intermediates);
        if chain.any(|certificate| CertificatePin::of(certificate).is_some_and(|pin| self.pins.contains(&pin))) {
            Ok(verified)
        } else {
            Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure))
        }
    }

    fn verify_tls12_signature(&self, message: &[u8], cert: &CertificateDer<'_>, dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        self.web.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(&self, message: &[u8], cert: &CertificateDer<'_>, dss: &DigitallySignedStruct) -> Result<HandshakeSignatureValid, Error> {
        self.web.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.web.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;

    use super::*;

    /// A certificate for issuer.test that its own key signs, and the pin `openssl` computes for it.
    const CERTIFICATE: &[u8] = include_bytes!("../../fixtures/issuer-test.der");
    const PIN: &str = include_str!("../../fixtures/issuer-test.pin");

    fn verify(pins: Vec<CertificatePin>, trusted: bool, name: &'static str) -> Result<(), Error> {
        let certificate = CertificateDer::from(CERTIFICATE);
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if trusted {
            roots.add(certificate.clone()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let web = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let verifier = PinnedVerifier { web, pins };
        let moment = UnixTime::since_unix_epoch(std::time::Duration::from_hours(500_000));
        verifier.verify_server_cert(&certificate, &[], &ServerName::try_from(name).unwrap(), &[], moment).map(drop)
    }

    #[test]
    fn only_a_pinned_key_passes_and_a_pin_replaces_no_other_check() {
        let (right, other): (CertificatePin, CertificatePin) = (PIN.trim().parse().unwrap(), CertificatePin([7; 32]));
        assert_eq!(verify(vec![other, right], true, "issuer.test"), Ok(()));
        assert_eq!(verify(vec![other], true, "issuer.test"), Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)));
        assert!(verify(vec![right], true, "elsewhere.test").is_err(), "the name counts");
        assert!(verify(vec![right], false, "issuer.test").is_err(), "the web's trust counts");
    }

    #[test]
    fn pins_have_one_spelling() {
        let pin: CertificatePin = PIN.trim().parse().unwrap();
        assert_eq!(pin.to_string(), PIN.trim());
        for text in ["", "sha256/", "sha1/AAAA", PIN.trim().trim_start_matches("sha256/"), &PIN.trim()[..49]] {
            assert_eq!(text.parse::<CertificatePin>(), Err(InvalidPin), "{text}");
        }
    }
}
