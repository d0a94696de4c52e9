//! The two cookies: the session's, and the one that ties forms to a browser before anyone is signed in.

use axum::http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

/// A cookie of ours. Scripts cannot read it, and browsers leave it out of requests that other sites' pages send.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cookie {
    /// Holds the sign-in's token.
    Session,
    /// Holds a random value until somebody signs in.
    Form,
}

/// Seconds a browser keeps the session's cookie: as long as a sign-in can last.
const SESSION_SECONDS: u32 = 30 * 24 * 3_600;

/// Whether pages are served on loopback without TLS, where a browser need not insist on it.
fn is_loopback(public_url: &Url) -> bool {
    let loopback = match public_url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    loopback && public_url.scheme() == "http"
}

impl Cookie {
    /// With TLS the name's prefix makes browsers refuse the cookie from anything but this host over TLS (RFC 6265bis, 4.1.3).
    fn name(self, public_url: &Url) -> &'static str {
        match (self, is_loopback(public_url)) {
            (Self::Session, false) => "__Host-passid_session",
            (Self::Session, true) => "passid_session",
            (Self::Form, false) => "__Host-passid_form",
            (Self::Form, true) => "passid_form",
        }
    }

    /// The cookie's value in a request.
    pub(super) fn read(self, headers: &HeaderMap, public_url: &Url) -> Option<String> {
        let name = self.name(public_url);
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// The header that sets the cookie.
    pub(super) fn set(self, value: &str, public_url: &Url) -> Option<HeaderValue> {
        let lasts = match self {
            Self::Session => format!("; Max-Age={SESSION_SECONDS}"),
            Self::Form => String::new(),
        };
        self.write(value, &lasts, public_url)
    }

    /// The header that removes it.
    pub(super) fn clear(self, public_url: &Url) -> Option<HeaderValue> {
        self.write("", "; Max-Age=0", public_url)
    }

    fn write(self, value: &str, lasts: &str, public_url: &Url) -> Option<HeaderValue> {
        let secure = if is_loopback(public_url) { "" } else { "; Secure" };
        HeaderValue::from_str(&format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lasts}", self.name(public_url))).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_without_tls_goes_without_secure() {
        for (address, secure) in [
            ("http://127.0.0.1:8420", false),
            ("http://[::1]:8420", false),
            ("http://localhost:8420", false),
            ("https://localhost", true),
            ("http://passid.example", true),
            ("http://localhost.example", true),
            ("https://passid.example", true),
        ] {
            let text = Cookie::Session.set("value", &address.parse().unwrap()).unwrap();
            let text = text.to_str().unwrap();
            assert_eq!(text.contains("; Secure") && text.starts_with("__Host-"), secure, "{address}: {text}");
            assert!(text.contains("; HttpOnly") && text.contains("; SameSite=Lax") && text.contains("; Path=/") && !text.contains("Domain"), "{text}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let url: Url = "http://127.0.0.1:8420".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("other=1; xpassid_session=no; passid_session=yes=="));
        assert_eq!(Cookie::Session.read(&headers, &url).as_deref(), Some("yes=="));
        assert_eq!(Cookie::Form.read(&headers, &url), None);
        assert_eq!(Cookie::Session.read(&headers, &"https://passid.example".parse().unwrap()), None, "the unprefixed one does not count under TLS");
    }
}
