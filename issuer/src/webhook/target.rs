//! Where a webhook may go, as far as its address tells. What its name resolves to is checked when connecting.

use std::fmt;

use url::{Host, Url};

use passid_api::environment::Environment;

use super::address::is_public;

/// Longer addresses are refused.
const MAX_LENGTH: usize = 2_048;

/// The address of a webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target(Url);

/// Why an address cannot be an endpoint's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TargetError {
    /// Write it as `https://host/path`.
    #[error("not an address of at most 2,048 characters, such as https://example.com/passid")]
    Malformed,
    /// Use https.
    #[error("events go to https addresses only; in the sandbox, and where the operator allows it, also to http on loopback")]
    NotHttps,
    /// Leave user name and password out; check the signature instead.
    #[error("the address may hold no user name or password; check the signature of the events instead")]
    HoldsUserInfo,
    /// Leave the part after # out.
    #[error("the address may hold no fragment; it would not be sent")]
    HoldsFragment,
    /// Use a public address.
    #[error("the address is not public")]
    NotPublic,
}

impl TargetError {
    /// A word for the mistake.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "invalid",
            Self::NotHttps => "not_https",
            Self::HoldsUserInfo => "holds_user_info",
            Self::HoldsFragment => "holds_fragment",
            Self::NotPublic => "not_public",
        }
    }
}

impl Target {
    /// Reads an address. Loopback is a target only in the sandbox, and only where `allow_loopback` says so.
    pub(super) fn parse(text: &str, environment: Environment, allow_loopback: bool) -> Result<Self, TargetError> {
        if text.len() > MAX_LENGTH {
            return Err(TargetError::Malformed);
        }
        let url: Url = text.parse().map_err(|_| TargetError::Malformed)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::HoldsUserInfo);
        }
        if url.fragment().is_some() {
            return Err(TargetError::HoldsFragment);
        }
        // Hosts are read as browsers read them: 0x7f.1 is a way to write 127.0.0.1.
        let (public, loopback) = match url.host() {
            None => return Err(TargetError::Malformed),
            Some(Host::Ipv4(address)) => (is_public(address.into()), address.is_loopback()),
            Some(Host::Ipv6(address)) => (is_public(address.into()), address.is_loopback()),
            Some(Host::Domain(name)) => (!is_local_name(name), is_local_name(name)),
        };
        let loopback_allowed = loopback && allow_loopback && environment == Environment::Sandbox;
        match url.scheme() {
            "https" if public || loopback_allowed => Ok(Self(url)),
            "http" if loopback_allowed => Ok(Self(url)),
            "https" => Err(TargetError::NotPublic),
            "http" => Err(TargetError::NotHttps),
            _ => Err(TargetError::Malformed),
        }
    }

    pub(super) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

/// Whether a name means this machine (RFC 6761, section 6.3).
pub(super) fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, TargetError> {
        Target::parse(text, Environment::Live, false).map(|target| target.to_string())
    }

    #[test]
    fn only_public_https_addresses_are_targets() {
        assert_eq!(parse("https://example.com/hook?tenant=1").as_deref(), Ok("https://example.com/hook?tenant=1"));
        assert_eq!(parse("https://8.8.8.8:8443/").as_deref(), Ok("https://8.8.8.8:8443/"));
        let refused = [
            ("", TargetError::Malformed),
            ("example.com", TargetError::Malformed),
            ("ftp://example.com", TargetError::Malformed),
            ("file:///etc/passwd", TargetError::Malformed),
            ("https://", TargetError::Malformed),
            ("http://example.com", TargetError::NotHttps),
            ("http://127.0.0.1:9000", TargetError::NotHttps),
            ("https://user@example.com", TargetError::HoldsUserInfo),
            ("https://:secret@example.com", TargetError::HoldsUserInfo),
            ("https://example.com/#part", TargetError::HoldsFragment),
            ("https://127.0.0.1", TargetError::NotPublic),
            ("https://0x7f.1/", TargetError::NotPublic),
            ("https://2130706433/", TargetError::NotPublic),
            ("https://169.254.169.254/latest/meta-data", TargetError::NotPublic),
            ("https://[::1]/", TargetError::NotPublic),
            ("https://[::ffff:10.0.0.1]/", TargetError::NotPublic),
            ("https://[64:ff9b::a00:1]/", TargetError::NotPublic),
            ("https://localhost/", TargetError::NotPublic),
            ("https://LOCALHOST./", TargetError::NotPublic),
            ("https://db.localhost/", TargetError::NotPublic),
        ];
        for (text, error) in refused {
            assert_eq!(parse(text), Err(error), "{text}");
        }
        assert_eq!(parse(&format!("https://example.com/{}", "a".repeat(MAX_LENGTH))), Err(TargetError::Malformed));
    }

    #[test]
    fn loopback_needs_both_the_sandbox_and_the_operators_leave() {
        for text in ["http://127.0.0.1:9000/hook", "http://[::1]:9000/hook", "http://localhost:9000/hook"] {
            assert!(Target::parse(text, Environment::Sandbox, true).is_ok(), "{text}");
            assert!(Target::parse(text, Environment::Sandbox, false).is_err(), "{text}");
            assert!(Target::parse(text, Environment::Live, true).is_err(), "{text}");
        }
        for text in ["http://10.0.0.1/", "http://example.com/", "https://192.168.1.1/"] {
            assert!(Target::parse(text, Environment::Sandbox, true).is_err(), "{text}");
        }
    }
}
