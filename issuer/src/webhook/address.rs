//! Which addresses are public. Webhooks go to addresses strangers choose, and must not reach into the network we run in.
//!
//! The rule follows the IANA special-purpose registries of IPv4 (RFC 6890 and what amended it) and IPv6. It refuses more than they
//! call "not globally reachable": ranges that carry an IPv4 address inside (NAT64, 6to4, Teredo, IPv4-mapped) are refused whole,
//! because what they lead to depends on the network in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not public: first address and prefix length.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::UNSPECIFIED, 8),           // this network, RFC 791
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private use, RFC 1918
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // carriers' shared space, RFC 6598
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback, RFC 1122
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link local, RFC 3927
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private use, RFC 1918
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments, RFC 6890
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation, RFC 5737
    (Ipv4Addr::new(192, 31, 196, 0), 24), // AS112, RFC 7535
    (Ipv4Addr::new(192, 52, 193, 0), 24), // AMT, RFC 7450
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays, RFC 7526
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private use, RFC 1918
    (Ipv4Addr::new(192, 175, 48, 0), 24), // AS112, RFC 7534
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarking, RFC 2544
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation, RFC 5737
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation, RFC 5737
    (Ipv4Addr::new(224, 0, 0, 0), 3),     // multicast and reserved, RFC 1112; the broadcast address
];

/// Global unicast, RFC 4291: everything public lies inside.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Ranges inside global unicast that are not public.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, RFC 2928: Teredo, benchmarking, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation, RFC 3849
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, RFC 3056
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112, RFC 7534
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation, RFC 9637
];

/// Whether anyone on the internet could be meant by this address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_V4.iter().any(|(network, length)| same_prefix(u32::from(address).into(), u32::from(*network).into(), *length, 32)),
        IpAddr::V6(address) => {
            let inside = |(network, length): &(Ipv6Addr, u32)| same_prefix(u128::from(address), u128::from(*network), *length, 128);
            inside(&GLOBAL_V6) && !NOT_PUBLIC_V6.iter().any(inside)
        }
    }
}

const fn same_prefix(address: u128, network: u128, length: u32, bits: u32) -> bool {
    address >> (bits - length) == network >> (bits - length)
}

/// Every block of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and what amended it).
#[cfg(test)]
pub(super) const SPECIAL_PURPOSE: [&str; 51] = [
    "0.0.0.0/8",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.0.0.170/32",
    "192.0.0.171/32",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.88.99.2/32",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "::1/128",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:10::/28",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Ranges that no registry of special purposes lists, and that lead nowhere public: multicast, what is not global unicast.
    const UNLISTED: [&str; 7] = ["224.0.0.0/4", "::/8", "1000::/4", "4000::/2", "8000::/1", "fec0::/10", "ff00::/8"];

    /// Where a block begins and ends.
    fn ends(block: &str) -> [IpAddr; 2] {
        let (first, length) = block.split_once('/').unwrap();
        let length: u32 = length.parse().unwrap();
        match first.parse().unwrap() {
            IpAddr::V4(first) => [first.into(), Ipv4Addr::from(u32::from(first) | u32::MAX.checked_shr(length).unwrap_or(0)).into()],
            IpAddr::V6(first) => [first.into(), Ipv6Addr::from(u128::from(first) | u128::MAX.checked_shr(length).unwrap_or(0)).into()],
        }
    }

    /// Both ends of every block of the two IANA registries, whatever they say of its reachability.
    #[test]
    fn refuses_every_block_of_the_special_purpose_registries() {
        for block in SPECIAL_PURPOSE.iter().chain(&UNLISTED) {
            for end in ends(block) {
                assert!(!is_public(end), "{end} of {block} must be refused");
            }
        }
    }

    /// What carries an IPv4 address inside is refused whatever address that is.
    #[test]
    fn an_ipv4_address_does_not_get_through_inside_an_ipv6_one() {
        for inside in [Ipv4Addr::LOCALHOST, Ipv4Addr::new(169, 254, 169, 254), Ipv4Addr::new(8, 8, 8, 8)] {
            let [a, b, c, d] = inside.octets();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            let forms = [
                inside.to_ipv6_mapped(),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),             // IPv4-compatible, RFC 4291
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),     // NAT64, RFC 6052
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),     // local NAT64, RFC 8215
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),        // 6to4, RFC 3056
                Ipv6Addr::new(0x2001, 0, high, low, 0, 0, !high, !low), // Teredo, RFC 4380
            ];
            for form in forms {
                assert!(!is_public(form.into()), "{form} of {inside} must be refused");
            }
        }
    }

    #[test]
    fn the_neighbours_of_the_blocks_are_public() {
        let public = "
            1.0.0.0 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0
            172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.112.255
            203.0.114.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700::1111 2a00:1450::1
            3ffe:ffff::1 3fff:1000::1";
        for text in public.split_whitespace() {
            assert!(is_public(text.parse().unwrap()), "{text} is public");
        }
    }
}
