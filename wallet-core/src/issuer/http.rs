//! The HTTP client the wallet is given: rustls on ring, the web's roots, no redirects, no proxy from the environment.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::{ClientConfig, RootCertStore};

use super::pin::{CertificatePin, PinnedVerifier};

/// No client can be made on this machine; nothing can be done but report it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no HTTP client can be made on this machine")]
pub struct NoHttpClient;

/// Builds the client a wallet is opened with. Keep one for the life of the program: it keeps connections.
///
/// # Errors
/// [`NoHttpClient`].
pub fn http_client() -> Result<reqwest::Client, NoHttpClient> {
    http_client_with_pins(Vec::new())
}

/// As [`http_client`], and over TLS it only speaks to a server whose chain holds one of these keys. No pins: the web's trust alone.
///
/// # Errors
/// [`NoHttpClient`].
pub fn http_client_with_pins(pins: Vec<CertificatePin>) -> Result<reqwest::Client, NoHttpClient> {
    let roots = Arc::new(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().map_err(|_| NoHttpClient)?;
    let mut configuration = if pins.is_empty() {
        versions.with_root_certificates(roots).with_no_client_auth()
    } else {
        let web = WebPkiServerVerifier::builder_with_provider(roots, provider).build().map_err(|_| NoHttpClient)?;
        versions.dangerous().with_custom_certificate_verifier(Arc::new(PinnedVerifier { web, pins })).with_no_client_auth()
    };
    configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder()
        .tls_backend_preconfigured(configuration)
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("passid-wallet/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| NoHttpClient)
}
