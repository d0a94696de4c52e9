//! The HTTP client the wallet is given: rustls on ring, the web's roots, no redirects, no proxy from the environment.

use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};

/// Builds the client a wallet is opened with. Keep one for the life of the program: it keeps connections.
///
/// # Errors
/// [`reqwest::Error`] when the machine cannot make one; nothing can be done but report it.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut builder = reqwest::Client::builder();
    if let Ok(versions) = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions() {
        let mut configuration = versions.with_root_certificates(roots).with_no_client_auth();
        configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        builder = builder.tls_backend_preconfigured(configuration);
    }
    builder
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("passid-wallet/", env!("CARGO_PKG_VERSION")))
        .build()
}
