//! The OAuth 2.0 side: authorization address, code, refresh and client credentials.

use std::pin::Pin;

use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
};

use super::Obie;
use crate::bank::authorisation::{BankTokens, PendingAuthorisation, Secret};
use crate::bank::error::BankError;

/// The scope of account information.
const SCOPE: &str = "accounts";
/// Assumed when a bank does not say how long an access token lives.
const DEFAULT_ACCESS_SECONDS: u64 = 300;

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// Sends token requests through the provider's own limits.
struct TokenTransport<'a>(&'a Obie);

impl<'c> AsyncHttpClient<'c> for TokenTransport<'_> {
    type Error = BankError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BankError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url = url::Url::parse(&parts.uri.to_string()).map_err(|_| BankError::Configuration("the token endpoint"))?;
            let builder = self.0.http.request(parts.method, url).headers(parts.headers).body(body);
            let (status, headers, body) = self.0.attempt(builder).await?;
            let mut response = HttpResponse::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

impl Obie {
    fn client(&self) -> Client {
        BasicClient::new(ClientId::new(self.config.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.config.client_secret.expose().to_owned()))
            .set_auth_uri(AuthUrl::from_url(self.config.authorization_endpoint.as_url().clone()))
            .set_token_uri(TokenUrl::from_url(self.config.token_endpoint.as_url().clone()))
    }

    /// Where to send the holder to agree to `consent_id`.
    pub(super) fn authorization_address(&self, redirect_url: &str, consent_id: &str, state: &Secret, verifier: &Secret) -> Result<Secret, BankError> {
        let redirect_url = RedirectUrl::new(redirect_url.to_owned()).map_err(|_| BankError::Configuration("the redirect address"))?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.expose().to_owned()));
        let claims = serde_json::json!({"id_token": {"openbanking_intent_id": {"value": consent_id, "essential": true}}});
        let state = CsrfToken::new(state.expose().to_owned());
        let client = self.client().set_redirect_uri(redirect_url);
        let (url, _) = client
            .authorize_url(|| state)
            .add_scope(Scope::new(SCOPE.to_owned()))
            .add_extra_param("claims", claims.to_string())
            .set_pkce_challenge(challenge)
            .url();
        Ok(Secret::new(url.into()))
    }

    /// A token for the issuer itself, to make and read consents.
    pub(super) async fn client_token(&self) -> Result<Secret, BankError> {
        let client = self.client();
        let transport = TokenTransport(self);
        let answer = self
            .patiently(|| async {
                let request = client.exchange_client_credentials().add_scope(Scope::new(SCOPE.to_owned()));
                request.request_async(&transport).await.map_err(bank_error)
            })
            .await?;
        Ok(Secret::new(answer.access_token().secret().clone()))
    }

    /// Exchanges the code the holder came back with.
    pub(super) async fn exchange_code(&self, pending: &PendingAuthorisation, code: &Secret) -> Result<BankTokens, BankError> {
        let redirect_url = RedirectUrl::new(pending.redirect_url.clone()).map_err(|_| BankError::Configuration("the redirect address"))?;
        let client = self.client().set_redirect_uri(redirect_url);
        let transport = TokenTransport(self);
        let answer = self
            .patiently(|| async {
                let request = client
                    .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
                    .set_pkce_verifier(PkceCodeVerifier::new(pending.pkce_verifier.expose().to_owned()));
                request.request_async(&transport).await.map_err(bank_error)
            })
            .await?;
        Ok(self.tokens(&answer, None, &pending.consent_id, pending.consent_expires_at))
    }

    /// Exchanges the refresh token. Banks that rotate it send another one, banks that do not leave the old one good.
    pub(super) async fn renewed(&self, tokens: &BankTokens) -> Result<BankTokens, BankError> {
        let Some(refresh_token) = &tokens.refresh_token else { return Err(BankError::AuthorisationLost) };
        let client = self.client();
        let transport = TokenTransport(self);
        let old = RefreshToken::new(refresh_token.expose().to_owned());
        let answer = self.patiently(|| async { client.exchange_refresh_token(&old).request_async(&transport).await.map_err(bank_error) }).await?;
        Ok(self.tokens(&answer, Some(refresh_token), &tokens.consent_id, tokens.consent_expires_at))
    }

    fn tokens(
        &self,
        answer: &BasicTokenResponse,
        old_refresh: Option<&Secret>,
        consent_id: &str,
        consent_expires_at: passid_api::time::Timestamp,
    ) -> BankTokens {
        let seconds = answer.expires_in().map_or(DEFAULT_ACCESS_SECONDS, |duration| duration.as_secs());
        BankTokens {
            access_token: Secret::new(answer.access_token().secret().clone()),
            refresh_token: answer.refresh_token().map(|token| Secret::new(token.secret().clone())).or_else(|| old_refresh.cloned()),
            access_expires_at: self.clock.now().plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)),
            consent_id: consent_id.to_owned(),
            consent_expires_at,
        }
    }
}

/// What a token error means to the caller; the bank's own words stay out.
fn bank_error(error: BasicRequestTokenError<BankError>) -> BankError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(response) => match response.error() {
            BasicErrorResponseType::InvalidGrant => BankError::AuthorisationLost,
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => {
                BankError::Configuration("the bank does not know this client or its secret")
            }
            _ => BankError::MalformedAnswer("the token request was refused"),
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => BankError::MalformedAnswer("not a token answer"),
    }
}
