//! Where the issuer is: from configuration, never from a link, and over TLS unless it is on this machine.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

/// The issuer's base address.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuerAddress(Url);

/// A text that cannot be an issuer's address. Correct the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the issuer's address must be https://HOST[:PORT][/PATH], or http:// for this machine itself")]
pub struct InvalidAddress;

impl FromStr for IssuerAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let mut url = Url::parse(text).map_err(|_| InvalidAddress)?;
        let loopback = match url.host().ok_or(InvalidAddress)? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => IpAddr::from(address).is_loopback(),
            Host::Ipv6(address) => IpAddr::from(address).is_loopback(),
        };
        let scheme = matches!((url.scheme(), loopback), ("https", _) | ("http", true));
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        if !scheme || !plain {
            return Err(InvalidAddress);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl IssuerAddress {
    /// The address of a resource; `path` begins with a slash and is made of constants and typed identifiers.
    pub(crate) fn resource(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_str().trim_end_matches('/'))
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for IssuerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for IssuerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine() {
        for text in ["https://issuer.example", "https://issuer.example:8443/passid/", "http://127.0.0.1:8080", "http://[::1]:80", "http://localhost:1/"] {
            assert!(text.parse::<IssuerAddress>().is_ok(), "{text}");
        }
        let refused = [
            "",
            "issuer.example",
            "http://issuer.example",
            "http://10.0.0.1",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "https://user@issuer.example",
            "https://issuer.example?x=1",
            "https://issuer.example#x",
            "file:///etc/passwd",
        ];
        for text in refused {
            assert!(text.parse::<IssuerAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_slash_between_base_and_resource() {
        for text in ["https://issuer.example/passid", "https://issuer.example/passid/"] {
            assert_eq!(text.parse::<IssuerAddress>().unwrap().resource("/v1/x"), "https://issuer.example/passid/v1/x");
        }
        assert_eq!("http://localhost:1".parse::<IssuerAddress>().unwrap().resource("/v1/x"), "http://localhost:1/v1/x");
    }
}
