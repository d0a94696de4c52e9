//! Linking: making a consent, sending the holder to the bank, taking them back; and the consent's end.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use passid_api::wallet::BankLinkStatus;
use reqwest::Method;
use subtle::ConstantTimeEq;

use super::Obie;
use super::http::Refusal;
use super::wire::{ConsentAnswer, ConsentState};
use crate::bank::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation, Secret};
use crate::bank::error::BankError;

/// Days until the holder must confirm again: what the UK scheme asked for until 2022 and still recommends for reminders.
const CONSENT_DAYS: i64 = 90;
/// Seconds a holder has at the bank. Banks end their own page after five minutes or so; the rest is for slow phones.
const LINKING_SECONDS: i64 = 900;
/// What the issuer asks for: everything a claim needs and nothing else.
const PERMISSIONS: [&str; 8] = [
    "ReadAccountsDetail",
    "ReadBalances",
    "ReadParty",
    "ReadPartyPSU",
    "ReadTransactionsBasic",
    "ReadTransactionsCredits",
    "ReadTransactionsDebits",
    "ReadTransactionsDetail",
];

impl Obie {
    pub(super) async fn begin_linking(&self, redirect_url: &str) -> Result<PendingAuthorisation, BankError> {
        let now = self.clock.now();
        let consent_expires_at = now.plus_seconds(CONSENT_DAYS * 86_400);
        let token = self.client_token().await?;
        let request = serde_json::json!({"Data": {"Permissions": PERMISSIONS, "ExpirationDateTime": consent_expires_at}, "Risk": {}});
        let url = self.config.resource_base.join(&["account-access-consents"]);
        let body = self.patiently(|| self.send(Method::POST, url.clone(), token.expose(), Some(request.to_string().into_bytes()))).await?;
        let answer: ConsentAnswer = serde_json::from_slice(&body).map_err(|_| BankError::MalformedAnswer("not a consent"))?;
        let state = Secret::new(URL_SAFE_NO_PAD.encode(self.random_bytes::<32>()));
        let pkce_verifier = Secret::new(URL_SAFE_NO_PAD.encode(self.random_bytes::<32>()));
        let authorization_url = self.authorization_address(redirect_url, &answer.data.consent_id, &state, &pkce_verifier)?;
        Ok(PendingAuthorisation {
            authorization_url,
            state,
            pkce_verifier,
            consent_id: answer.data.consent_id,
            redirect_url: redirect_url.to_owned(),
            expires_at: now.plus_seconds(LINKING_SECONDS),
            consent_expires_at,
        })
    }

    pub(super) async fn complete_linking(&self, pending: &PendingAuthorisation, response: &AuthorisationResponse) -> Result<BankTokens, BankError> {
        let same_state = bool::from(pending.state.expose().as_bytes().ct_eq(response.state.expose().as_bytes()));
        // RFC 9207: a code from another bank's server must not be sent to this one.
        let same_issuer = match (&self.config.issuer, &response.iss) {
            (Some(expected), Some(given)) => expected == given,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !same_state || !same_issuer {
            return Err(BankError::ResponseMismatch);
        }
        if self.clock.now() >= pending.expires_at {
            return Err(BankError::LinkingExpired);
        }
        match (&response.code, response.error.as_deref()) {
            (Some(code), None) => self.exchange_code(pending, code).await,
            (_, Some("access_denied")) => Err(BankError::Refused),
            (_, Some("server_error" | "temporarily_unavailable")) => Err(BankError::BankFault { status: 503 }),
            _ => Err(BankError::MalformedAnswer("neither code nor refusal")),
        }
    }

    pub(super) async fn consent_status(&self, consent_id: &str) -> Result<BankLinkStatus, BankError> {
        let token = self.client_token().await?;
        let url = self.config.resource_base.join(&["account-access-consents", consent_id]);
        match self.patiently(|| self.get::<ConsentAnswer>(url.clone(), token.expose())).await {
            Ok(answer) => Ok(match answer.data.status {
                ConsentState::AwaitingAuthorisation => BankLinkStatus::AwaitingAuthorisation,
                ConsentState::Authorised => BankLinkStatus::Authorised,
                ConsentState::Rejected => BankLinkStatus::Rejected,
                ConsentState::Cancelled => BankLinkStatus::Revoked,
                ConsentState::Expired => BankLinkStatus::Expired,
            }),
            // A bank that has deleted a consent does not know it any more.
            Err(Refusal::Request) => Ok(BankLinkStatus::Revoked),
            Err(refusal) => Err(refusal.into()),
        }
    }

    pub(super) async fn revoke_consent(&self, consent_id: &str) -> Result<(), BankError> {
        let token = self.client_token().await?;
        let url = self.config.resource_base.join(&["account-access-consents", consent_id]);
        match self.patiently(|| self.send(Method::DELETE, url.clone(), token.expose(), None)).await {
            Ok(_) | Err(Refusal::Request) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}
