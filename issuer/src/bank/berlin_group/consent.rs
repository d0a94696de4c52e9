//! Linking: making a consent, sending the holder to the bank; where the consent stands, and its end.

use std::net::IpAddr;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use passid_api::time::Timestamp;
use passid_api::wallet::BankLinkStatus;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use super::BerlinGroup;
use super::wire::{ConsentAnswer, ConsentInformation, ConsentState, ConsentStatusAnswer};
use crate::bank::authorisation::{PendingAuthorisation, Secret};
use crate::bank::client::Refusal;
use crate::bank::error::BankError;
use crate::bank::oauth::ToAuthorise;

/// What every bank grants.
const FALLBACK_CONSENT_DAYS: u16 = 90;
/// Reads a day without the holder that are asked for: the most a bank must allow (SCA-RTS article 36(5)(b)).
const FREQUENCY_PER_DAY: u8 = 4;

impl BerlinGroup {
    pub(super) async fn begin_linking(&self, redirect_url: &str, holder: Option<IpAddr>) -> Result<PendingAuthorisation, BankError> {
        let token = self.client_token().await?;
        let (answer, asked_until) = self.make_consent(token.as_ref(), redirect_url, holder).await?;
        if answer.links.sca_oauth.is_none() {
            return Err(BankError::MalformedAnswer("the consent cannot be agreed to by OAuth2"));
        }
        let consent_id = answer.consent_id;
        let valid_until = self.valid_until(token.as_ref(), &consent_id, holder).await?.unwrap_or(asked_until);
        let scope = format!("AIS:{consent_id}");
        let consent = ToAuthorise { consent_id: &consent_id, consent_expires_at: end_of(valid_until)?, redirect_url, scope: &scope, extra: Vec::new() };
        self.config.server.begin(&self.client, consent)
    }

    /// Asks for as long and as much as wanted, then for what more banks grant: ninety days, and no names of owners.
    async fn make_consent(&self, token: Option<&Secret>, redirect_url: &str, holder: Option<IpAddr>) -> Result<(ConsentAnswer, Date), BankError> {
        let today = day_of(self.client.now());
        for owner_names in [true, false] {
            for days in [self.config.consent_days, FALLBACK_CONSENT_DAYS] {
                let valid_until = today.saturating_add(i64::from(days).days());
                match self.post_consent(token, redirect_url, holder, valid_until, owner_names).await {
                    Ok(answer) => return Ok((answer, valid_until)),
                    Err(Refusal::Request) => {}
                    Err(refusal) => return Err(refusal.into()),
                }
            }
        }
        Err(Refusal::Request.into())
    }

    /// Empty lists leave the choice of accounts to the holder, on the bank's page.
    async fn post_consent(
        &self,
        token: Option<&Secret>,
        redirect_url: &str,
        holder: Option<IpAddr>,
        valid_until: Date,
        owner_names: bool,
    ) -> Result<ConsentAnswer, Refusal> {
        let mut access = serde_json::json!({"accounts": [], "balances": [], "transactions": []});
        if owner_names {
            access["additionalInformation"] = serde_json::json!({"ownerName": []});
        }
        let body = serde_json::json!({
            "access": access,
            "recurringIndicator": true,
            "validUntil": valid_until.to_string(),
            "frequencyPerDay": FREQUENCY_PER_DAY,
            "combinedServiceIndicator": false,
        })
        .to_string();
        let url = self.config.resource_base.join(&["consents"]);
        let post = || {
            self.request(Method::POST, &url, token.map(Secret::expose), holder)
                .header(CONTENT_TYPE, "application/json")
                .header("TPP-Redirect-Preferred", "true")
                .header("TPP-Redirect-URI", redirect_url)
                .body(body.clone())
        };
        let answer = self.client.send(post).await?;
        serde_json::from_slice(&answer).map_err(|_| BankError::MalformedAnswer("not a consent").into())
    }

    /// The last day of the consent as the bank has it: it may grant fewer days than were asked for. None where it does not tell before the
    /// holder has agreed.
    async fn valid_until(&self, token: Option<&Secret>, consent_id: &str, holder: Option<IpAddr>) -> Result<Option<Date>, BankError> {
        let url = self.config.resource_base.join(&["consents", consent_id]);
        match self.client.get::<ConsentInformation>(|| self.request(Method::GET, &url, token.map(Secret::expose), holder)).await {
            Ok(information) => information.valid_until.parse().map(Some).map_err(|_| BankError::MalformedAnswer("the consent's last day")),
            Err(Refusal::Consent | Refusal::Request) => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn client_token(&self) -> Result<Option<Secret>, BankError> {
        match &self.config.client_scope {
            Some(scope) => self.config.server.client_token(&self.client, scope).await.map(Some),
            None => Ok(None),
        }
    }

    pub(super) async fn consent_status(&self, consent_id: &str) -> Result<BankLinkStatus, BankError> {
        let token = self.client_token().await?;
        let url = self.config.resource_base.join(&["consents", consent_id, "status"]);
        match self.client.get::<ConsentStatusAnswer>(|| self.request(Method::GET, &url, token.as_ref().map(Secret::expose), None)).await {
            Ok(answer) => Ok(match answer.consent_status {
                ConsentState::Received | ConsentState::PartiallyAuthorised => BankLinkStatus::AwaitingAuthorisation,
                ConsentState::Valid => BankLinkStatus::Authorised,
                ConsentState::Rejected => BankLinkStatus::Rejected,
                ConsentState::RevokedByPsu | ConsentState::TerminatedByTpp => BankLinkStatus::Revoked,
                ConsentState::Expired => BankLinkStatus::Expired,
            }),
            // A bank that has deleted a consent does not know it any more: CONSENT_UNKNOWN.
            Err(Refusal::Request | Refusal::Consent) => Ok(BankLinkStatus::Revoked),
            Err(refusal) => Err(refusal.into()),
        }
    }

    pub(super) async fn revoke_consent(&self, consent_id: &str) -> Result<(), BankError> {
        let token = self.client_token().await?;
        let url = self.config.resource_base.join(&["consents", consent_id]);
        match self.client.send(|| self.request(Method::DELETE, &url, token.as_ref().map(Secret::expose), None)).await {
            Ok(_) | Err(Refusal::Request | Refusal::Consent) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

/// The day of `now` in UTC.
fn day_of(now: Timestamp) -> Date {
    jiff::Timestamp::from_second(now.seconds()).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}

/// The end of a consent's last day, which is still part of it.
fn end_of(day: Date) -> Result<Timestamp, BankError> {
    const BAD: BankError = BankError::MalformedAnswer("the consent's last day");
    let next = day.checked_add(1.day()).and_then(|next| next.to_zoned(TimeZone::UTC)).map_err(|_| BAD)?;
    Timestamp::from_seconds(next.timestamp().as_second()).map_err(|_| BAD)
}
