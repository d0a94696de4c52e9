//! The bank's OAuth 2.0 authorization server: authorization code with PKCE, refresh tokens, client credentials.

use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::Url;

use super::berlin_group::{CLIENT_SCOPE, CONSENT_SCOPE};
use super::consent::{ConsentStatus, Grant, Scheme};
use super::faults::Fault;
use super::page;
use super::state::{AuthorizationRequest, Bank};
use super::tokens::{ACCESS_SECONDS, CodeGrant, TokenPair};

/// Requests waiting for a decision at most; the oldest are nobody's loss in a sandbox.
const WAITING_LIMIT: usize = 10_000;

/// The scope of OBIE's account information.
const OBIE_SCOPE: &str = "accounts";

/// `GET /oauth2/authorize`; everything optional, so that what is missing is answered as RFC 6749 says.
#[derive(Deserialize)]
pub(super) struct AuthorizeQuery {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    state: Option<String>,
    scope: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    /// OpenID Connect Core §3.1.2.1.
    nonce: Option<String>,
    /// OpenID Connect claims request; names the consent as the OBIE security profile does.
    claims: Option<String>,
}

/// `GET /.well-known/openid-configuration`.
pub(super) async fn metadata(State(bank): State<Bank>) -> Json<serde_json::Value> {
    let base = bank.base_url();
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/oauth2/authorize"),
        "token_endpoint": format!("{base}/oauth2/token"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "scopes_supported": ["openid", OBIE_SCOPE, CLIENT_SCOPE],
        "authorization_response_iss_parameter_supported": true,
    }))
}

fn scopes(query: &AuthorizeQuery) -> impl Iterator<Item = &str> {
    query.scope.as_deref().unwrap_or_default().split(' ')
}

/// The consent a holder is sent for: named in the scope by the Berlin Group's scheme, in the claims request by OBIE's.
fn asked_consent(query: &AuthorizeQuery) -> Option<(Scheme, String)> {
    match scopes(query).find_map(|scope| scope.strip_prefix(CONSENT_SCOPE)) {
        Some(id) => Some((Scheme::BerlinGroup, id.to_owned())),
        None => Some((Scheme::Obie, intent_id(query.claims.as_deref()?)?)),
    }
}

/// Shows the page on which a customer agrees or refuses.
pub(super) async fn authorize(State(bank): State<Bank>, Query(query): Query<AuthorizeQuery>) -> Response {
    // Before client and address are known to belong together, nothing is redirected (RFC 6749 §4.1.2.1).
    let registered = query.client_id.as_deref() == Some(bank.client().client_id.as_str());
    let redirect_url = query.redirect_uri.clone().filter(|url| bank.client().redirect_urls.contains(url));
    let (true, Some(redirect_url)) = (registered, redirect_url) else {
        return (StatusCode::BAD_REQUEST, Html(page::refusal("This application is not registered here."))).into_response();
    };
    let state = query.state.clone().unwrap_or_default();
    let asked = asked_consent(&query);
    let fault = if query.response_type.as_deref() != Some("code") {
        Some("unsupported_response_type")
    } else if !scopes(&query).any(|scope| scope == OBIE_SCOPE || scope.starts_with(CONSENT_SCOPE)) {
        Some("invalid_scope")
    } else if query.code_challenge_method.as_deref() != Some("S256") || !query.code_challenge.as_deref().is_some_and(is_challenge) {
        Some("invalid_request")
    } else {
        None
    };
    let now = bank.now();
    let customers = bank.customers();
    let mut memory = bank.memory();
    let waiting = |(scheme, id): (Scheme, String)| {
        memory.consent(&id, scheme).filter(|consent| consent.status(now) == ConsentStatus::Awau).cloned().map(|consent| (id, consent))
    };
    let consent = asked.and_then(waiting);
    match (fault, consent) {
        (Some(error), _) => back(&bank, &redirect_url, &state, ("error", error)),
        (None, None) => back(&bank, &redirect_url, &state, ("error", "invalid_request")),
        (None, Some((consent_id, consent))) => {
            if memory.waiting.len() >= WAITING_LIMIT {
                memory.waiting.clear();
            }
            let request = memory.tokens.fresh();
            let challenge = query.code_challenge.unwrap_or_default();
            memory.waiting.insert(request.clone(), AuthorizationRequest { consent_id, redirect_url, state, challenge, nonce: query.nonce });
            let html = page::consent(&request, &consent, &customers);
            ([(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, page::POLICY)], Html(html)).into_response()
        }
    }
}

/// `POST /oauth2/authorize/decision`.
pub(super) async fn decide(State(bank): State<Bank>, form: Result<Form<Vec<(String, String)>>, FormRejection>) -> Response {
    let Ok(Form(fields)) = form else {
        return (StatusCode::BAD_REQUEST, Html(page::refusal("The form could not be read."))).into_response();
    };
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let now = bank.now();
    let customers = bank.customers();
    let mut memory = bank.memory();
    let Some(request) = field("request").and_then(|request| memory.waiting.remove(request)) else {
        return (StatusCode::BAD_REQUEST, Html(page::refusal("This request was answered already, or has expired."))).into_response();
    };
    let chosen: Vec<&str> = fields.iter().filter(|(name, _)| name == "account").map(|(_, value)| value.as_str()).collect();
    let customer = field("customer").and_then(|id| customers.iter().find(|customer| customer.id == id));
    let consent = memory.consents.get_mut(&request.consent_id);
    let (Some(consent), Some(customer), Some("approve")) = (consent, customer, field("decision")) else {
        if let Some(consent) = memory.consents.get_mut(&request.consent_id) {
            consent.reject(now);
        }
        return back(&bank, &request.redirect_url, &request.state, ("error", "access_denied"));
    };
    // No box in the form means the form had none to tick: a program agreeing to everything.
    let accounts = customer.accounts.iter().map(|account| &account.id).filter(|id| chosen.is_empty() || chosen.contains(&id.as_str())).cloned().collect();
    if !consent.grant(Grant { customer: customer.id.clone(), accounts }, now) {
        return back(&bank, &request.redirect_url, &request.state, ("error", "invalid_request"));
    }
    let grant = CodeGrant { consent_id: request.consent_id, redirect_url: request.redirect_url.clone(), challenge: request.challenge, nonce: request.nonce };
    let code = memory.tokens.issue_code(grant, now);
    back(&bank, &request.redirect_url, &request.state, ("code", &code))
}

/// The holder's way back, with state and issuer (RFC 9207).
fn back(bank: &Bank, redirect_url: &str, state: &str, answer: (&str, &str)) -> Response {
    match Url::parse(redirect_url) {
        Ok(mut url) => {
            url.query_pairs_mut().append_pair(answer.0, answer.1).append_pair("state", state).append_pair("iss", bank.base_url());
            ([(header::CACHE_CONTROL, "no-store")], Redirect::to(url.as_str())).into_response()
        }
        Err(_) => (StatusCode::BAD_REQUEST, Html(page::refusal("The registered address is malformed."))).into_response(),
    }
}

/// `{"id_token":{"openbanking_intent_id":{"value":"…"}}}`.
fn intent_id(claims: &str) -> Option<String> {
    let claims: serde_json::Value = serde_json::from_str(claims).ok()?;
    claims.pointer("/id_token/openbanking_intent_id/value")?.as_str().map(str::to_owned)
}

/// 43 characters of base64url: a SHA-256 (RFC 7636 §4.2).
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// `POST /oauth2/token`.
#[derive(Deserialize)]
pub(super) struct TokenForm {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
}

/// Exchanges codes, refresh tokens and client credentials.
pub(super) async fn token(State(bank): State<Bank>, headers: HeaderMap, form: Result<Form<TokenForm>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else {
        return token_error(StatusCode::BAD_REQUEST, "invalid_request");
    };
    if !authenticated(&bank, &headers, &form) {
        return token_error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if bank.faults().strikes(Fault::TokenFault) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let now = bank.now();
    let mut memory = bank.memory();
    match form.grant_type.as_deref() {
        Some("client_credentials") if form.scope.as_deref().is_none_or(|scope| [OBIE_SCOPE, CLIENT_SCOPE].contains(&scope)) => {
            let (access, scope) = (memory.tokens.issue_client(now), form.scope.as_deref().unwrap_or(OBIE_SCOPE));
            token_answer(&json!({"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS, "scope": scope}))
        }
        Some("client_credentials") => token_error(StatusCode::BAD_REQUEST, "invalid_scope"),
        Some("authorization_code") => match (&form.code, &form.redirect_uri, &form.code_verifier) {
            (Some(code), Some(redirect_url), Some(verifier)) => pair_answer(&bank, memory.tokens.exchange_code(code, redirect_url, verifier, now)),
            _ => token_error(StatusCode::BAD_REQUEST, "invalid_request"),
        },
        Some("refresh_token") => match &form.refresh_token {
            Some(refresh) => {
                let consent = memory.tokens.consent_of(refresh).and_then(|id| memory.consents.get(id));
                if consent.is_some_and(|consent| consent.status(now) == ConsentStatus::Auth) {
                    let pair = memory.tokens.rotate(refresh, now);
                    if bank.faults().strikes(Fault::TokenFaultAfterExchange) {
                        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                    }
                    pair_answer(&bank, pair)
                } else {
                    token_error(StatusCode::BAD_REQUEST, "invalid_grant")
                }
            }
            None => token_error(StatusCode::BAD_REQUEST, "invalid_request"),
        },
        Some(_) => token_error(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        None => token_error(StatusCode::BAD_REQUEST, "invalid_request"),
    }
}

/// Client authentication by header or by body, never by both (RFC 6749 §2.3).
fn authenticated(bank: &Bank, headers: &HeaderMap, form: &TokenForm) -> bool {
    if let Some(statement) = &form.client_assertion {
        let right_type = form.client_assertion_type.as_deref() == Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        return right_type && stated(bank, statement).is_some();
    }
    let from_header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.strip_prefix("Basic "));
    let (id, secret) = match (from_header, &form.client_secret) {
        (Some(encoded), None) => {
            let decoded = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let Some((id, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else { return false };
            (form_decoded(id), form_decoded(secret))
        }
        (None, Some(secret)) => (form.client_id.clone().unwrap_or_default(), secret.clone()),
        (None, None) if bank.client().behind_mutual_tls => return form.client_id.as_deref() == Some(&bank.client().client_id),
        _ => return false,
    };
    let expected = bank.client();
    bool::from(id.as_bytes().ct_eq(expected.client_id.as_bytes()) & secret.as_bytes().ct_eq(expected.client_secret.expose().as_bytes()))
}

/// A statement signed with the registered key, for this endpoint, not over, and not seen before (RFC 7523 §3).
fn stated(bank: &Bank, statement: &str) -> Option<()> {
    let key = bank.client().statement_key.as_ref()?;
    let (signed, signature) = statement.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).verify(signed.as_bytes(), &signature).ok()?;
    let (header, claims) = signed.split_once('.')?;
    let part = |text: &str| -> Option<serde_json::Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok() };
    let (header, claims) = (part(header)?, part(claims)?);
    let text = |name: &str| claims.get(name).and_then(serde_json::Value::as_str);
    let client = Some(bank.client().client_id.as_str());
    let now = bank.now().seconds();
    let end = claims.get("exp")?.as_i64()?;
    let good = header["alg"] == "ES256" && text("iss") == client && text("sub") == client && (now..now + 300).contains(&end);
    let for_us = text("aud") == Some(&format!("{}/oauth2/token", bank.base_url()));
    let fresh = bank.memory().statements.insert(text("jti")?.to_owned());
    (good && for_us && fresh).then_some(())
}

/// The header's parts are form-encoded before they are joined (RFC 6749 §2.3.1).
fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

fn pair_answer(bank: &Bank, pair: Option<TokenPair>) -> Response {
    match pair {
        Some(pair) => {
            let mut answer = json!({
                "access_token": pair.access, "refresh_token": pair.refresh, "token_type": "Bearer", "expires_in": ACCESS_SECONDS, "scope": "accounts",
            });
            if let Some((nonce, consent)) = pair.identity {
                answer["id_token"] = json!(identity_token(bank, &nonce, &consent));
            }
            token_answer(&answer)
        }
        None => token_error(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}

/// An identity token under the client's secret (HS256, OpenID Connect Core §10.1), as a sandbox may.
fn identity_token(bank: &Bank, nonce: &str, consent: &str) -> String {
    let now = bank.now().seconds();
    let claims = json!({
        "iss": bank.base_url(), "sub": consent, "aud": bank.client().client_id, "nonce": nonce, "openbanking_intent_id": consent,
        "iat": now, "exp": now + ACCESS_SECONDS,
    });
    let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let secret = bank.client().client_secret.expose().as_bytes();
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).unwrap_or_else(|_| unreachable!("HMAC takes any key length"));
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn token_answer(body: &serde_json::Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn token_error(status: StatusCode, error: &'static str) -> Response {
    let mut response = (status, [(header::CACHE_CONTROL, "no-store")], Json(json!({"error": error}))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, axum::http::HeaderValue::from_static("Basic realm=\"sandbox bank\""));
    }
    response
}
