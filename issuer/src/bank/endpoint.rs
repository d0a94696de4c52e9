//! Addresses of banks: https, or http to this machine for the sandbox; links in answers may not lead elsewhere.

use std::fmt;

use url::{Host, Url};

use super::error::BankError;

/// An address a bank may be called at.
#[derive(Clone, PartialEq, Eq)]
pub struct BankUrl(Url);

impl BankUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`BankError::InsecureAddress`] for anything but https, or http to this machine; [`BankError::Configuration`] for what is no
    /// address or carries a password, a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, BankError> {
        let url = Url::parse(text).map_err(|_| BankError::Configuration("not an address"))?;
        if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err(BankError::Configuration("an address with credentials, query or fragment"));
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            _ => Err(BankError::InsecureAddress),
        }
    }

    /// The address.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address with `segments` appended to its path, each escaped.
    pub fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl fmt::Debug for BankUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BankUrl({})", self.0)
    }
}

/// Whether the address is this machine by number; a name such as `localhost` is what the resolver says, so it does not count.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_or_local_addresses_are_banks() {
        for secure in ["https://bank.example/open-banking/v4.0/aisp", "http://127.0.0.1:8080", "http://[::1]:80/x"] {
            assert!(BankUrl::parse(secure).is_ok(), "{secure}");
        }
        for insecure in ["http://bank.example", "http://10.0.0.1", "http://localhost:8080", "ftp://127.0.0.1", "http://127.0.0.1.evil.example"] {
            assert_eq!(BankUrl::parse(insecure), Err(BankError::InsecureAddress), "{insecure}");
        }
        for odd in ["", "bank", "https://user:word@bank.example", "https://bank.example/?a=b", "https://bank.example/#f"] {
            assert!(matches!(BankUrl::parse(odd), Err(BankError::Configuration(_))), "{odd}");
        }
    }

    #[test]
    fn appended_segments_cannot_climb() {
        let base = BankUrl::parse("https://bank.example/aisp/").unwrap();
        assert_eq!(base.join(&["accounts", "a/../b?c"]).as_str(), "https://bank.example/aisp/accounts/a%2F..%2Fb%3Fc");
    }
}
