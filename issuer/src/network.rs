//! The HTTP clients the issuer reaches out with: rustls on ring, the web's roots, no redirects, no proxy from the environment.

use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore};

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The TLS library refuses its own defaults; report it.
    #[error("TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Report it.
    #[error("the HTTP client could not be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// What every client of the issuer begins with.
///
/// # Errors
/// [`ClientError::Tls`].
pub fn builder() -> Result<ClientBuilder, ClientError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let mut tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().referer(false).redirect(Policy::none()))
}

/// A client for banks.
///
/// # Errors
/// [`ClientError`].
pub fn client() -> Result<reqwest::Client, ClientError> {
    Ok(builder()?.build()?)
}
