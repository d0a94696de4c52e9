//! Authorization codes, access tokens and refresh tokens, and what happens when one is used twice.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passid_api::time::Timestamp;
use rand::Rng;
use rand::rngs::StdRng;
use sha2::{Digest, Sha256};

/// Seconds an authorization code lives (RFC 6749 §4.1.2 allows 600 at most).
const CODE_SECONDS: i64 = 60;
/// Seconds an access token lives.
pub(super) const ACCESS_SECONDS: i64 = 600;

/// What an access token may be used for.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Audience {
    /// The registered client itself: making and reading consents.
    Client,
    /// The data of one consent.
    Consent(String),
}

/// What a code was issued for; all of it must be presented again.
#[derive(Clone)]
pub(super) struct CodeGrant {
    pub(super) consent_id: String,
    pub(super) redirect_url: String,
    /// Base64url SHA-256 of the verifier.
    pub(super) challenge: String,
    /// Comes back inside the identity token.
    pub(super) nonce: Option<String>,
}

/// A pair as issued.
pub(super) struct TokenPair {
    pub(super) access: String,
    pub(super) refresh: String,
    /// The nonce and the consent an identity token is made for.
    pub(super) identity: Option<(String, String)>,
}

struct IssuedCode {
    grant: CodeGrant,
    expires_at: Timestamp,
    used: bool,
}

struct IssuedRefresh {
    consent_id: String,
    used: bool,
}

/// Everything issued so far.
pub(super) struct Tokens {
    random: StdRng,
    codes: HashMap<String, IssuedCode>,
    access: HashMap<String, (Audience, Timestamp)>,
    refresh: HashMap<String, IssuedRefresh>,
}

impl Tokens {
    pub(super) fn new(random: StdRng) -> Self {
        Self { random, codes: HashMap::new(), access: HashMap::new(), refresh: HashMap::new() }
    }

    /// 128 random bits as text, for whatever needs a name nobody guesses.
    pub(super) fn fresh(&mut self) -> String {
        let mut bytes = [0; 16];
        self.random.fill_bytes(&mut bytes);
        hex::encode(bytes)
    }

    /// A code for `grant`.
    pub(super) fn issue_code(&mut self, grant: CodeGrant, now: Timestamp) -> String {
        let code = self.fresh();
        self.codes.insert(code.clone(), IssuedCode { grant, expires_at: now.plus_seconds(CODE_SECONDS), used: false });
        code
    }

    /// Exchanges a code. A code presented twice ends everything issued from it (RFC 6749 §4.1.2).
    pub(super) fn exchange_code(&mut self, code: &str, redirect_url: &str, verifier: &str, now: Timestamp) -> Option<TokenPair> {
        let issued = self.codes.get_mut(code)?;
        let consent_id = issued.grant.consent_id.clone();
        if std::mem::replace(&mut issued.used, true) {
            self.end(&consent_id);
            return None;
        }
        let proven = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == issued.grant.challenge;
        let valid = proven && issued.grant.redirect_url == redirect_url && now < issued.expires_at;
        let identity = issued.grant.nonce.clone().map(|nonce| (nonce, consent_id.clone()));
        valid.then(|| TokenPair { identity, ..self.issue_pair(&consent_id, now) })
    }

    /// Exchanges a refresh token for a new pair. One presented twice ends the whole family (RFC 9700 §4.14).
    pub(super) fn rotate(&mut self, refresh: &str, now: Timestamp) -> Option<TokenPair> {
        let issued = self.refresh.get_mut(refresh)?;
        let consent_id = issued.consent_id.clone();
        if std::mem::replace(&mut issued.used, true) {
            self.end(&consent_id);
            return None;
        }
        Some(self.issue_pair(&consent_id, now))
    }

    /// The consent a refresh token belongs to.
    pub(super) fn consent_of(&self, refresh: &str) -> Option<&str> {
        self.refresh.get(refresh).map(|issued| issued.consent_id.as_str())
    }

    /// An access token for the client itself.
    pub(super) fn issue_client(&mut self, now: Timestamp) -> String {
        self.issue_access(Audience::Client, now)
    }

    fn issue_pair(&mut self, consent_id: &str, now: Timestamp) -> TokenPair {
        let access = self.issue_access(Audience::Consent(consent_id.to_owned()), now);
        let refresh = self.fresh();
        self.refresh.insert(refresh.clone(), IssuedRefresh { consent_id: consent_id.to_owned(), used: false });
        TokenPair { access, refresh, identity: None }
    }

    fn issue_access(&mut self, audience: Audience, now: Timestamp) -> String {
        // A long-running sandbox forgets what nobody can use any more.
        self.access.retain(|_, (_, expires_at)| *expires_at > now);
        let token = self.fresh();
        self.access.insert(token.clone(), (audience, now.plus_seconds(ACCESS_SECONDS)));
        token
    }

    /// What an access token may be used for now.
    pub(super) fn audience(&self, access: &str, now: Timestamp) -> Option<&Audience> {
        self.access.get(access).filter(|(_, expires_at)| now < *expires_at).map(|(audience, _)| audience)
    }

    /// Forgets one access token before its time.
    pub(super) fn drop_access(&mut self, access: &str) {
        self.access.remove(access);
    }

    /// Ends every token of a consent.
    pub(super) fn end(&mut self, consent_id: &str) {
        self.access.retain(|_, (audience, _)| !matches!(audience, Audience::Consent(id) if id == consent_id));
        self.refresh.retain(|_, issued| issued.consent_id != consent_id);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-long";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_773_756_131 + seconds).unwrap()
    }

    fn tokens() -> Tokens {
        Tokens::new(StdRng::seed_from_u64(1))
    }

    fn grant() -> CodeGrant {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        CodeGrant { consent_id: "consent".into(), redirect_url: "https://issuer.example/back".into(), challenge, nonce: None }
    }

    #[test]
    fn a_code_needs_its_redirect_its_verifier_and_its_minute() {
        for (redirect, verifier, later) in [
            ("https://evil.example/back", VERIFIER, 0),
            ("https://issuer.example/back", "another-verifier", 0),
            ("https://issuer.example/back", VERIFIER, CODE_SECONDS),
        ] {
            let mut tokens = tokens();
            let code = tokens.issue_code(grant(), at(0));
            assert!(tokens.exchange_code(&code, redirect, verifier, at(later)).is_none());
            assert!(tokens.exchange_code(&code, &grant().redirect_url, VERIFIER, at(0)).is_none(), "a failed attempt spends the code");
        }
    }

    #[test]
    fn a_code_used_twice_ends_what_it_gave() {
        let mut tokens = tokens();
        let code = tokens.issue_code(grant(), at(0));
        let pair = tokens.exchange_code(&code, &grant().redirect_url, VERIFIER, at(1)).unwrap();
        assert!(tokens.audience(&pair.access, at(2)).is_some());
        assert!(tokens.exchange_code(&code, &grant().redirect_url, VERIFIER, at(2)).is_none());
        assert!(tokens.audience(&pair.access, at(2)).is_none() && tokens.rotate(&pair.refresh, at(2)).is_none());
    }

    #[test]
    fn a_refresh_token_used_twice_ends_the_family() {
        let mut tokens = tokens();
        let code = tokens.issue_code(grant(), at(0));
        let first = tokens.exchange_code(&code, &grant().redirect_url, VERIFIER, at(0)).unwrap();
        let second = tokens.rotate(&first.refresh, at(10)).unwrap();
        assert!(tokens.rotate(&first.refresh, at(11)).is_none());
        assert!(tokens.audience(&second.access, at(11)).is_none() && tokens.rotate(&second.refresh, at(11)).is_none());
    }

    #[test]
    fn access_ends_with_its_time() {
        let mut tokens = tokens();
        let access = tokens.issue_client(at(0));
        assert!(tokens.audience(&access, at(ACCESS_SECONDS - 1)) == Some(&Audience::Client));
        assert!(tokens.audience(&access, at(ACCESS_SECONDS)).is_none());
    }
}
