//! The client that delivers events: it connects to public addresses only, follows no redirect and uses no proxy.
//!
//! Names are resolved here, every address they resolve to is checked, and those very addresses are connected to: a name cannot
//! change its meaning between the check and the connection.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;
use super::target::is_local_name;
use crate::network::{self, ClientError};

/// Sent as `User-Agent`.
const USER_AGENT: &str = "PASSID-Webhooks/1";

/// A name that does not lead to public addresses only.
#[derive(Debug, thiserror::Error)]
#[error("the name does not resolve to public addresses only")]
pub(super) struct AddressNotAllowed;

/// What a name leads to.
pub(super) type Looked = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks names up; the system does it in service.
pub(super) type Lookup = Arc<dyn Fn(String) -> Looked + Send + Sync>;

/// Builds the client. With `allow_loopback`, `localhost` may be reached too; which endpoints may name it is decided when they are
/// registered and again when they are tried.
///
/// # Errors
/// [`ClientError`].
pub fn build(allow_loopback: bool) -> Result<reqwest::Client, ClientError> {
    // The connector replaces port 0 by the address's own.
    let system: Lookup = Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }));
    build_with(allow_loopback, system)
}

/// Builds the client on another way to look names up.
pub(super) fn build_with(allow_loopback: bool, lookup: Lookup) -> Result<reqwest::Client, ClientError> {
    let builder = network::builder()?.user_agent(USER_AGENT).dns_resolver(Arc::new(PublicResolver { allow_loopback, lookup }));
    Ok(builder.build()?)
}

struct PublicResolver {
    allow_loopback: bool,
    lookup: Lookup,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        let host = name.as_str().to_owned();
        let looked = (self.lookup)(host.clone());
        Box::pin(async move {
            let allowed = vet(&host, looked.await?, allow_loopback)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// All of the addresses, or none: a name that also leads somewhere private is not to be trusted with the choice.
fn vet(host: &str, addresses: Vec<SocketAddr>, allow_loopback: bool) -> io::Result<Vec<SocketAddr>> {
    let may_be_local = allow_loopback && is_local_name(host);
    let allowed = |address: &SocketAddr| is_public(address.ip()) || (may_be_local && address.ip().is_loopback());
    if addresses.is_empty() || !addresses.iter().all(allowed) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, AddressNotAllowed));
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn one_private_address_among_public_ones_refuses_the_name() {
        assert!(vet("example.com", at(&["93.184.216.34", "2606:2800:220:1::1"]), false).is_ok());
        for mixed in [&["93.184.216.34", "10.0.0.1"][..], &["2606:2800:220:1::1", "::ffff:169.254.169.254"], &["127.0.0.1"], &[]] {
            assert!(vet("example.com", at(mixed), true).is_err(), "{mixed:?}");
        }
    }

    #[test]
    fn loopback_is_reached_by_its_own_name_and_with_leave_only() {
        assert!(vet("localhost", at(&["127.0.0.1", "::1"]), true).is_ok());
        assert!(vet("localhost", at(&["127.0.0.1"]), false).is_err());
        assert!(vet("rebound.example.com", at(&["127.0.0.1"]), true).is_err());
        assert!(vet("localhost", at(&["10.0.0.1"]), true).is_err());
    }

    #[tokio::test]
    async fn a_refused_name_is_told_from_a_broken_connection() {
        let error = build(false).unwrap().post("http://localhost:9/").send().await.unwrap_err();
        assert!(super::super::attempt::is_not_allowed(&error), "{error:?}");
    }
}
