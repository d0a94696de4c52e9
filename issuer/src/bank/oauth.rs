//! The OAuth 2.0 and OpenID Connect side every scheme shares: authorization address, code, refresh and client credentials.

use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRequestTokenError, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl,
};
use passid_api::time::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::authorisation::{AuthorisationResponse, BankTokens, PendingAuthorisation, Secret};
use super::client::BankClient;
use super::client_authentication::ClientAuthentication;
use super::endpoint::BankUrl;
use super::error::BankError;

/// Assumed when a bank does not say how long an access token lives.
const DEFAULT_ACCESS_SECONDS: u64 = 300;
/// Seconds a holder has at the bank. Banks end their own page after five minutes or so; the rest is for slow phones.
const LINKING_SECONDS: i64 = 900;

/// What a token answer may hold besides the tokens.
#[derive(Serialize, Deserialize)]
struct Identity {
    id_token: Option<Secret>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Identity(redacted)")
    }
}

impl ExtraTokenFields for Identity {}

type Answer = StandardTokenResponse<Identity, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A bank's authorization server, and as whom the issuer is registered there.
#[derive(Debug, Clone)]
pub struct AuthorisationServer {
    /// Where the holder's browser is sent.
    pub authorization_endpoint: BankUrl,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: BankUrl,
    /// The `iss` the bank puts into its redirects (RFC 9207) and identity tokens; checked when set.
    pub issuer: Option<String>,
    /// The issuer's registration at the bank.
    pub client_id: String,
    /// How it proves that it is itself.
    pub authentication: ClientAuthentication,
}

/// A consent to send a holder to the bank for.
pub struct ToAuthorise<'a> {
    /// The bank's identifier of it.
    pub consent_id: &'a str,
    /// When it ends.
    pub consent_expires_at: Timestamp,
    /// Where the bank sends the holder back to.
    pub redirect_url: &'a str,
    /// The scopes, separated by spaces. With `openid` among them a nonce is sent and the identity token checked.
    pub scope: &'a str,
    /// What the scheme adds to the address.
    pub extra: Vec<(&'static str, String)>,
}

/// Sends token requests through the provider's own limits.
struct TokenTransport<'a>(&'a BankClient);

impl<'c> AsyncHttpClient<'c> for TokenTransport<'_> {
    type Error = BankError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BankError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url = url::Url::parse(&parts.uri.to_string()).map_err(|_| BankError::Configuration("the token endpoint"))?;
            let builder = self.0.request(parts.method, url).headers(parts.headers).body(body);
            let (status, headers, body) = self.0.attempt(builder).await?;
            let mut response = HttpResponse::new(body);
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}

/// Adds what authenticates the client to a token request.
macro_rules! authenticated {
    ($server:expr, $client:expr, $request:expr) => {{
        let mut request = $request;
        for (name, value) in $server.parameters($client)? {
            request = request.add_extra_param(name, value);
        }
        request
    }};
}

impl AuthorisationServer {
    fn client(&self) -> Client {
        let client = oauth2::Client::new(ClientId::new(self.client_id.clone()));
        let client = match &self.authentication {
            ClientAuthentication::Secret(secret) => client.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            ClientAuthentication::PrivateKeyJwt(_) | ClientAuthentication::MutualTls => client.set_auth_type(AuthType::RequestBody),
        };
        client
            .set_auth_uri(AuthUrl::from_url(self.authorization_endpoint.as_url().clone()))
            .set_token_uri(TokenUrl::from_url(self.token_endpoint.as_url().clone()))
    }

    fn parameters(&self, client: &BankClient) -> Result<Vec<(&'static str, String)>, BankError> {
        self.authentication.parameters(&self.client_id, self.token_endpoint.as_url().as_str(), &client.interaction_id(), client.now())
    }

    /// Where to send the holder, with what must come back.
    ///
    /// # Errors
    /// [`BankError::Configuration`] for a redirect address that is none.
    pub fn begin(&self, client: &BankClient, consent: ToAuthorise<'_>) -> Result<PendingAuthorisation, BankError> {
        let fresh = || Secret::new(URL_SAFE_NO_PAD.encode(client.random_bytes::<32>()));
        let (state, pkce_verifier) = (fresh(), fresh());
        let nonce = consent.scope.split(' ').any(|scope| scope == "openid").then(fresh);
        let redirect_url = RedirectUrl::new(consent.redirect_url.to_owned()).map_err(|_| BankError::Configuration("the redirect address"))?;
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(pkce_verifier.expose().to_owned()));
        let sent = CsrfToken::new(state.expose().to_owned());
        let oauth = self.client().set_redirect_uri(redirect_url);
        let mut request =
            oauth.authorize_url(|| sent).add_scopes(consent.scope.split(' ').map(|scope| Scope::new(scope.to_owned()))).set_pkce_challenge(challenge);
        for (name, value) in consent.extra {
            request = request.add_extra_param(name, value);
        }
        if let Some(nonce) = &nonce {
            request = request.add_extra_param("nonce", nonce.expose().to_owned());
        }
        let (url, _) = request.url();
        Ok(PendingAuthorisation {
            authorization_url: Secret::new(url.into()),
            state,
            nonce,
            pkce_verifier,
            consent_id: consent.consent_id.to_owned(),
            redirect_url: consent.redirect_url.to_owned(),
            expires_at: client.now().plus_seconds(LINKING_SECONDS),
            consent_expires_at: consent.consent_expires_at,
        })
    }

    /// Checks what came back with the holder and exchanges the code.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn complete(&self, client: &BankClient, pending: &PendingAuthorisation, response: &AuthorisationResponse) -> Result<BankTokens, BankError> {
        let same_state = bool::from(pending.state.expose().as_bytes().ct_eq(response.state.expose().as_bytes()));
        // RFC 9207: a code from another bank's server must not be sent to this one.
        let same_issuer = match (&self.issuer, &response.iss) {
            (Some(expected), Some(given)) => expected == given,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !same_state || !same_issuer {
            return Err(BankError::ResponseMismatch);
        }
        if client.now() >= pending.expires_at {
            return Err(BankError::LinkingExpired);
        }
        match (&response.code, response.error.as_deref()) {
            (Some(code), None) => self.exchange_code(client, pending, code).await,
            (_, Some("access_denied")) => Err(BankError::Refused),
            (_, Some("server_error" | "temporarily_unavailable")) => Err(BankError::BankFault { status: 503 }),
            _ => Err(BankError::MalformedAnswer("neither code nor refusal")),
        }
    }

    async fn exchange_code(&self, client: &BankClient, pending: &PendingAuthorisation, code: &Secret) -> Result<BankTokens, BankError> {
        let redirect_url = RedirectUrl::new(pending.redirect_url.clone()).map_err(|_| BankError::Configuration("the redirect address"))?;
        let oauth = self.client().set_redirect_uri(redirect_url);
        let transport = TokenTransport(client);
        let answer = client
            .patiently(|| async {
                let request = oauth
                    .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
                    .set_pkce_verifier(PkceCodeVerifier::new(pending.pkce_verifier.expose().to_owned()));
                authenticated!(self, client, request).request_async(&transport).await.map_err(bank_error)
            })
            .await?;
        if let Some(nonce) = &pending.nonce {
            self.check_identity(client, answer.extra_fields().id_token.as_ref(), nonce, &pending.consent_id)?;
        }
        Ok(tokens(client, &answer, None, &pending.consent_id, pending.consent_expires_at))
    }

    /// The identity token came straight from the token endpoint over TLS, which stands for its signature (OpenID Connect Core §3.1.3.7, 6);
    /// what it says must be of this linking.
    fn check_identity(&self, client: &BankClient, token: Option<&Secret>, nonce: &Secret, consent_id: &str) -> Result<(), BankError> {
        let claims = token.and_then(|token| claims_of(token.expose())).ok_or(BankError::MalformedAnswer("no identity token"))?;
        let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
        let audience = claims.get("aud").is_some_and(|aud| match aud {
            serde_json::Value::String(one) => *one == self.client_id,
            serde_json::Value::Array(all) => all.iter().any(|one| one.as_str() == Some(&self.client_id)),
            _ => false,
        });
        let same_nonce = text("nonce").is_some_and(|given| bool::from(given.as_bytes().ct_eq(nonce.expose().as_bytes())));
        let issuer = self.issuer.as_deref().is_none_or(|issuer| text("iss") == Some(issuer));
        let alive = claims.get("exp").and_then(serde_json::Value::as_i64).is_some_and(|end| end > client.now().seconds());
        let intent = text("openbanking_intent_id").is_none_or(|given| given == consent_id);
        if audience && same_nonce && issuer && alive && intent { Ok(()) } else { Err(BankError::ResponseMismatch) }
    }

    /// A token for the issuer itself, to make and read consents.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn client_token(&self, client: &BankClient, scope: &str) -> Result<Secret, BankError> {
        let oauth = self.client();
        let transport = TokenTransport(client);
        let answer = client
            .patiently(|| async {
                let request = oauth.exchange_client_credentials().add_scope(Scope::new(scope.to_owned()));
                authenticated!(self, client, request).request_async(&transport).await.map_err(bank_error)
            })
            .await?;
        Ok(Secret::new(answer.access_token().secret().clone()))
    }

    /// Exchanges the refresh token. Banks that rotate it send another one, banks that do not leave the old one good.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn renewed(&self, client: &BankClient, old: &BankTokens) -> Result<BankTokens, BankError> {
        let Some(refresh_token) = &old.refresh_token else { return Err(BankError::AuthorisationLost) };
        let oauth = self.client();
        let transport = TokenTransport(client);
        let refresh = RefreshToken::new(refresh_token.expose().to_owned());
        let answer = client
            .patiently(|| async { authenticated!(self, client, oauth.exchange_refresh_token(&refresh)).request_async(&transport).await.map_err(bank_error) })
            .await?;
        Ok(tokens(client, &answer, Some(refresh_token), &old.consent_id, old.consent_expires_at))
    }
}

/// The payload of a compact JWS.
fn claims_of(token: &str) -> Option<serde_json::Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn tokens(client: &BankClient, answer: &Answer, old_refresh: Option<&Secret>, consent_id: &str, consent_expires_at: Timestamp) -> BankTokens {
    let seconds = answer.expires_in().map_or(DEFAULT_ACCESS_SECONDS, |duration| duration.as_secs());
    BankTokens {
        access_token: Secret::new(answer.access_token().secret().clone()),
        refresh_token: answer.refresh_token().map(|token| Secret::new(token.secret().clone())).or_else(|| old_refresh.cloned()),
        access_expires_at: client.now().plus_seconds(i64::try_from(seconds).unwrap_or(i64::MAX)),
        consent_id: consent_id.to_owned(),
        consent_expires_at,
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
