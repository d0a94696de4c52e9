//! Signing in: the device key answers a challenge, the issuer gives a token for ten minutes, kept in memory only.

use passid_api::ids::UserId;
use passid_api::time::Timestamp;
use passid_api::wallet::{Challenge, ChallengeRequest, TokenRequest, WalletToken, signed_message};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Call, IdempotencyKey, IssuerError};
use crate::core::Core;
use crate::error::WalletError;
use crate::identity::SigningSeed;

/// Seconds before its end at which a token is no longer used.
const MARGIN_SECONDS: i64 = 60;
/// Longest challenge and token accepted.
const MAX_TEXT_BYTES: usize = 4_096;

/// An access token and when to replace it.
pub(crate) struct AccessToken {
    text: Zeroizing<String>,
    replace_at: Timestamp,
}

impl AccessToken {
    pub(crate) fn new(token: WalletToken, now: Timestamp) -> Result<Self, IssuerError> {
        let usable =
            !token.access_token.is_empty() && token.access_token.len() <= MAX_TEXT_BYTES && token.access_token.bytes().all(|byte| byte.is_ascii_graphic());
        let text = Zeroizing::new(token.access_token);
        if !usable {
            return Err(IssuerError::Malformed);
        }
        Ok(Self { text, replace_at: now.plus_seconds(i64::from(token.expires_in) - MARGIN_SECONDS) })
    }
}

impl Core {
    /// A challenge of the issuer, signed by the device key over the issuer's identifier and `holder_commitment`.
    pub(crate) async fn answer_challenge(&self, issuer: &str, device_key: &SigningSeed, holder_commitment: &str) -> Result<(String, String), WalletError> {
        let request = ChallengeRequest { device_key: device_key.public() };
        let key = IdempotencyKey::generate(&self.random);
        let challenge: Challenge = self.issuer.send(Call::post_json("/v1/wallet/challenge", &key, &request)?).await?;
        if challenge.challenge.len() > MAX_TEXT_BYTES {
            return Err(IssuerError::Malformed.into());
        }
        let signature = device_key.sign(&signed_message(issuer, &challenge.challenge, holder_commitment));
        Ok((challenge.challenge, signature))
    }

    /// Signs in with this device's key.
    pub(crate) async fn sign_in(&self, issuer: &str, device_key: &SigningSeed) -> Result<(UserId, AccessToken), WalletError> {
        let (challenge, signature) = self.answer_challenge(issuer, device_key, "").await?;
        let request = TokenRequest { device_key: device_key.public(), challenge, signature };
        let key = IdempotencyKey::generate(&self.random);
        let token: WalletToken = self.issuer.send(Call::post_json("/v1/wallet/token", &key, &request)?).await?;
        Ok((token.user_id, AccessToken::new(token, self.clock.now())?))
    }

    /// Sends a request of the account's, signing in first where needed, and once more when the issuer no longer knows the token.
    ///
    /// # Errors
    /// [`WalletError::NotRegistered`] without an account, and [`IssuerError`].
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, WalletError> {
        let token = self.access_token(None).await?;
        match self.issuer.send(call.with_token(&token)).await {
            Err(error) if error.problem() == Some(passid_api::problem::ProblemCode::Unauthenticated) => {
                let fresh = self.access_token(Some(&token)).await?;
                Ok(self.issuer.send(call.with_token(&fresh)).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// A usable token that is not `refused`.
    async fn access_token(&self, refused: Option<&str>) -> Result<Zeroizing<String>, WalletError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref()
            && self.clock.now() < token.replace_at
            && Some(token.text.as_str()) != refused
        {
            return Ok(token.text.clone());
        }
        let account = self.registered_account().await?;
        let (_, token) = self.sign_in(&account.issuer, &account.device_key).await?;
        let text = token.text.clone();
        *kept = Some(token);
        Ok(text)
    }
}
