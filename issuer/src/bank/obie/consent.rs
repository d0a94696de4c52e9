//! Linking: making a consent, sending the holder to the bank, taking them back; and the consent's end.

use std::net::IpAddr;

use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::Obie;
use super::wire::{ConsentAnswer, ConsentData, ConsentState};
use crate::bank::authorisation::{PendingAuthorisation, Secret};
use crate::bank::client::Refusal;
use crate::bank::error::BankError;
use crate::bank::oauth::ToAuthorise;

/// The scope of account information, for the issuer itself.
const SCOPE: &str = "accounts";
/// For the holder: with an identity token, whose nonce binds it to this linking.
const LINKING_SCOPE: &str = "openid accounts";
/// What every bank grants.
const FALLBACK_CONSENT_DAYS: u16 = 90;
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

impl ConsentData {
    /// Whether it was in force, or might have been, until its end passed. A date that does not read says nothing.
    fn ended_by(&self, now: Timestamp) -> bool {
        let open = matches!(self.status, ConsentState::AwaitingAuthorisation | ConsentState::Authorised);
        open && self.expiration_date_time.as_deref().and_then(|end| end.parse::<Timestamp>().ok()).is_some_and(|end| end <= now)
    }
}

impl Obie {
    pub(super) async fn begin_linking(&self, redirect_url: &str, holder: Option<IpAddr>) -> Result<PendingAuthorisation, BankError> {
        let token = self.client_token().await?;
        let (mut answer, mut expires_at) = (Err(Refusal::Request), self.client.now());
        for days in [self.config.consent_days, FALLBACK_CONSENT_DAYS] {
            expires_at = self.client.now().plus_seconds(i64::from(days) * 86_400);
            answer = self.make_consent(&token, expires_at, holder).await;
            // Some banks refuse a consent of more than ninety days, against the scheme.
            if !matches!(answer, Err(Refusal::Request)) {
                break;
            }
        }
        let consent_id = answer?.data.consent_id;
        let claims = serde_json::json!({"id_token": {"openbanking_intent_id": {"value": consent_id, "essential": true}}});
        let extra = vec![("claims", claims.to_string())];
        let consent = ToAuthorise { consent_id: &consent_id, consent_expires_at: expires_at, redirect_url, scope: LINKING_SCOPE, extra };
        self.config.server.begin(&self.client, consent)
    }

    async fn make_consent(&self, token: &Secret, expires_at: Timestamp, holder: Option<IpAddr>) -> Result<ConsentAnswer, Refusal> {
        let request = serde_json::json!({"Data": {"Permissions": PERMISSIONS, "ExpirationDateTime": expires_at}, "Risk": {}}).to_string();
        let url = self.config.resource_base.join(&["account-access-consents"]);
        let post = || self.request(Method::POST, &url, token.expose(), holder).header(CONTENT_TYPE, "application/json").body(request.clone());
        let body = self.client.send(post).await?;
        serde_json::from_slice(&body).map_err(|_| BankError::MalformedAnswer("not a consent").into())
    }

    async fn client_token(&self) -> Result<Secret, BankError> {
        self.config.server.client_token(&self.client, SCOPE).await
    }

    pub(super) async fn consent_status(&self, consent_id: &str) -> Result<BankLinkStatus, BankError> {
        let token = self.client_token().await?;
        let url = self.config.resource_base.join(&["account-access-consents", consent_id]);
        match self.client.get::<ConsentAnswer>(|| self.request(Method::GET, &url, token.expose(), None)).await {
            // 3.1 has no word for a consent that time has ended: its end says so.
            Ok(answer) if answer.data.ended_by(self.client.now()) => Ok(BankLinkStatus::Expired),
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
        match self.client.send(|| self.request(Method::DELETE, &url, token.expose(), None)).await {
            Ok(_) | Err(Refusal::Request) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}
