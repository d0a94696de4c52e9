//! Whose address a request comes from. What a client writes about itself is believed only when a proxy that the operator named
//! wrote it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A proxy's address or network that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write an address or a network, such as 10.0.0.7 or 10.0.0.0/8")]
pub struct InvalidNetwork;

/// Reads an address or a network in CIDR notation.
///
/// # Errors
/// [`InvalidNetwork`].
pub fn parse_network(text: &str) -> Result<IpNet, InvalidNetwork> {
    let text = text.trim();
    text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| InvalidNetwork)
}

/// The client's address: the connection's own, unless a trusted proxy connected; then the nearest address in `X-Forwarded-For`
/// that is not a trusted proxy itself. Without any address everybody is one client.
pub fn client(peer: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut address = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    let lists: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or_default()).collect();
    let mut hops = lists.iter().flat_map(|list| list.split(',')).rev();
    while is_trusted(address) {
        // What cannot be read was not written by a proxy that works: the last address known for sure counts.
        let Some(next) = hops.next().and_then(parse_hop) else { break };
        address = next;
    }
    address
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    let address: Option<IpAddr> = address.ok().or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

/// The part of an address that one customer of a network has: all of IPv4, 64 bits of IPv6.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|text| parse_network(text).unwrap()).collect();
        client(Some(peer.parse().unwrap()), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_but_a_named_proxy_is_believed() {
        assert_eq!(found("203.0.113.9:5000", &["192.0.2.1"], &[]), "203.0.113.9");
        assert_eq!(found("203.0.113.9:5000", &["192.0.2.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(found("10.0.0.7:5000", &["192.0.2.1"], &["10.0.0.0/8"]), "192.0.2.1");
        assert_eq!(found("[::ffff:10.0.0.7]:5000", &["192.0.2.1"], &["10.0.0.7"]), "192.0.2.1");
    }

    #[test]
    fn what_the_client_itself_wrote_in_front_of_the_proxy_is_not_read() {
        let proxies = &["10.0.0.0/8"];
        assert_eq!(found("10.0.0.7:5000", &["127.0.0.1, 198.51.100.4, 10.0.0.8"], proxies), "198.51.100.4");
        assert_eq!(found("10.0.0.7:5000", &["127.0.0.1", "198.51.100.4"], proxies), "198.51.100.4");
        assert_eq!(found("10.0.0.7:5000", &["198.51.100.4, nonsense"], proxies), "10.0.0.7");
        assert_eq!(found("10.0.0.7:5000", &[], proxies), "10.0.0.7");
        assert_eq!(found("10.0.0.7:5000", &["[2001:db8::1]:4711"], proxies), "2001:db8::1");
        assert_eq!(found("10.0.0.7:5000", &["198.51.100.4:80"], proxies), "198.51.100.4");
    }

    #[test]
    fn one_customers_addresses_are_one() {
        let network = |text: &str| network_of(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::2"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
