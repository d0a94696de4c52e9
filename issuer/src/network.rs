//! The HTTP clients the issuer reaches out with: rustls on ring, the web's roots, no redirects, no proxy from the environment.

use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// Why a client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The TLS library refuses its own defaults; report it.
    #[error("TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Give a certificate chain and a private key in PEM.
    #[error("the certificate or its key is not in PEM")]
    Pem,
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
    Ok(over(tls(roots)?.with_no_client_auth()))
}

/// A client for a bank that knows the issuer by its certificate (RFC 8705): `chain` and `key` are in PEM. `roots` are whom the bank's own
/// certificate may come from; the web's when left out.
///
/// # Errors
/// [`ClientError`].
pub fn client_with_certificate(chain: &[u8], key: &[u8], roots: Option<RootCertStore>) -> Result<reqwest::Client, ClientError> {
    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>().map_err(|_| ClientError::Pem)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| ClientError::Pem)?;
    let roots = roots.unwrap_or_else(|| RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    Ok(over(tls(roots)?.with_client_auth_cert(chain, key)?).build()?)
}

fn tls(roots: RootCertStore) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?.with_root_certificates(roots))
}

fn over(mut tls: ClientConfig) -> ClientBuilder {
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().referer(false).redirect(Policy::none())
}

/// A client for banks.
///
/// # Errors
/// [`ClientError`].
pub fn client() -> Result<reqwest::Client, ClientError> {
    Ok(builder()?.build()?)
}
