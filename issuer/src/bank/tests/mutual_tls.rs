//! Who the issuer is, by its certificate: a bank behind a server that admits only the registered one (RFC 8705).

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::bank::endpoint::BankUrl;
use crate::network;

/// Somebody who gives out certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    /// A certificate for `name` and its key, in PEM.
    fn certificate(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (pem("CERTIFICATE", certificate.der()), pem("PRIVATE KEY", key.serialize_der().as_slice()))
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        roots
    }
}

/// Listens for TLS, admits whom `clients` certified, and hands everything on to the bank.
async fn admitting(clients: &Authority, servers: &Authority, bank: &str, versions: &[&'static rustls::SupportedProtocolVersion]) -> String {
    let (certificate, key) = servers.certificate("localhost");
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(clients.roots()), provider.clone()).build().unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
    let config = builder.with_client_cert_verifier(verifier).with_single_cert(chain, key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let bank = bank.strip_prefix("http://").unwrap().to_owned();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let (acceptor, bank) = (acceptor.clone(), bank.clone());
            tokio::spawn(async move {
                let Ok(mut admitted) = acceptor.accept(connection).await else { return };
                let mut onward = TcpStream::connect(bank).await.unwrap();
                // Either side may end; the test sees what came through.
                drop(tokio::io::copy_bidirectional(&mut admitted, &mut onward).await);
            });
        }
    });
    format!("https://localhost:{port}")
}

/// The world's bank behind TLS, through a client of these certificates.
fn behind_tls(world: &World, address: &str, http: reqwest::Client) -> Box<dyn BankProvider> {
    let place = |path: &str| BankUrl::parse(&format!("{address}{path}")).unwrap();
    let pause = Arc::new(ClockPause(world.clock.clone()));
    let random = StdRng::seed_from_u64(4);
    match world.scheme {
        Scheme::Obie(version) => {
            let mut config = world.bank.connection_by(version);
            config.resource_base = place(config.resource_base.as_url().path());
            config.server.token_endpoint = place("/oauth2/token");
            config.server.authentication = ClientAuthentication::MutualTls;
            Box::new(Obie::new(config, http, world.clock.clone(), pause, random))
        }
        Scheme::BerlinGroup => {
            let mut config = world.bank.berlin_group_connection();
            config.resource_base = place(config.resource_base.as_url().path());
            config.server.token_endpoint = place("/oauth2/token");
            config.server.authentication = ClientAuthentication::MutualTls;
            Box::new(BerlinGroup::new(config, http, world.clock.clone(), pause, random))
        }
    }
}

#[tokio::test]
async fn only_the_registered_certificate_is_let_in() {
    let (clients, strangers, servers) = (Authority::new("Clients"), Authority::new("Strangers"), Authority::new("Servers"));
    for scheme in SCHEMES {
        let world = World::behind_mutual_tls(scheme).await;
        for versions in [&[&rustls::version::TLS13][..], &[&rustls::version::TLS12]] {
            let address = admitting(&clients, &servers, world.bank.base_url(), versions).await;
            let with = |(certificate, key): (String, String), roots: RootCertStore| {
                let http = network::client_with_certificate(certificate.as_bytes(), key.as_bytes(), Some(roots)).unwrap();
                behind_tls(&world, &address, http)
            };
            let right = with(clients.certificate("issuer.example"), servers.roots());
            let pending = right.begin(BACK, HOLDER).await.unwrap();
            let back = visitor::approve(&world.http, pending.authorization_url.expose(), "tobenna").await.unwrap();
            let mut tokens = right.complete(&pending, &response(&back)).await.unwrap();
            let snapshot = sync::read(right.as_ref(), &mut tokens, world.window(), &NoStaging, &Notebook::default()).await.unwrap();
            assert!(snapshot.transaction_count() > 100, "{scheme:?}");

            let before = world.clock.now();
            let wrong = with(strangers.certificate("issuer.example"), servers.roots());
            assert_eq!(wrong.begin(BACK, HOLDER).await.unwrap_err(), BankError::CertificateRefused, "{scheme:?} {versions:?}");
            let none = reqwest::Client::builder().tls_backend_preconfigured(without_certificate(servers.roots())).no_proxy().build().unwrap();
            assert_eq!(behind_tls(&world, &address, none).begin(BACK, HOLDER).await.unwrap_err(), BankError::CertificateRefused, "{scheme:?} {versions:?}");
            let distrustful = with(clients.certificate("issuer.example"), strangers.roots());
            assert!(matches!(distrustful.begin(BACK, HOLDER).await.unwrap_err(), BankError::Configuration(_)), "the bank must be whom it says it is");
            assert_eq!(world.clock.now(), before, "what is refused once is not tried again");
        }
        // Without a certificate the identifier alone is nobody.
        let open = World::start(scheme).await;
        let provider = open.provider_with(|server, _| server.authentication = ClientAuthentication::MutualTls);
        assert!(matches!(provider.begin(BACK, HOLDER).await.unwrap_err(), BankError::Configuration(_)));
    }
}

fn without_certificate(roots: RootCertStore) -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap().with_root_certificates(roots).with_no_client_auth()
}
