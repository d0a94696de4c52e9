//! The institution: its engineers' side of the API, over HTTP.

use passid_api::environment::Environment;
use passid_api::institution::{CreateWebhookEndpoint, Onboard, Onboarded, WebhookEndpointCreated};
use passid_api::session::{CreateSession, SessionCreated, SessionView};
use passid_api::verify::{VerifyRequest, VerifyResponse};
use passid_api::{IDEMPOTENCY_KEY_HEADER, INSTITUTION_KEY_HEADER};
use rand::Rng;
use rand::rngs::StdRng;
use reqwest::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use url::Url;

/// The API answered otherwise than hoped.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// It could not be reached.
    #[error("the issuer could not be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// It refused.
    #[error("the issuer answered {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem document.
        body: String,
    },
    /// Its answer is not of the documented form.
    #[error("the answer is not of the documented form: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// An institution with a sandbox workspace.
pub(super) struct Institution {
    client: Client,
    base: Url,
    random: StdRng,
    access_token: String,
    secret_key: String,
    pub(super) name: String,
}

async fn answer<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, CallError> {
    let response = request.send().await?;
    let status = response.status();
    let body = response.text().await?;
    if status.is_success() { Ok(serde_json::from_str(&body)?) } else { Err(CallError::Refused { status: status.as_u16(), body }) }
}

impl Institution {
    /// Onboards a workspace; the address is made up, so that the demo can be run again on the same data.
    pub(super) async fn onboard(client: Client, base: Url, name: &str, mut random: StdRng) -> Result<Self, CallError> {
        let (mut tag, mut password) = ([0_u8; 6], [0_u8; 18]);
        random.fill_bytes(&mut tag);
        random.fill_bytes(&mut password);
        let request = Onboard { name: name.to_owned(), email: format!("engineering+{}@bank.example", hex::encode(tag)), password: hex::encode(password) };
        let onboarded: Onboarded = answer(client.post(join(&base, "/api/institution/onboard")).json(&request)).await?;
        Ok(Self { client, base, random, access_token: onboarded.access_token, secret_key: onboarded.keys.sandbox.secret, name: onboarded.institution.name })
    }

    /// Registers a webhook endpoint for all sandbox events.
    pub(super) async fn register_webhook(&self, url: String) -> Result<WebhookEndpointCreated, CallError> {
        let body = CreateWebhookEndpoint { url, environment: Environment::Sandbox, events: None };
        answer(self.client.post(join(&self.base, "/v1/institution/webhooks")).bearer_auth(&self.access_token).json(&body)).await
    }

    /// Creates a session.
    pub(super) async fn create_session(&mut self, request: &CreateSession) -> Result<SessionCreated, CallError> {
        answer(self.post("/v1/sessions").json(request)).await
    }

    /// Polls a session.
    pub(super) async fn session(&self, created: &SessionCreated) -> Result<SessionView, CallError> {
        answer(self.get(&format!("/v1/sessions/{}", created.request_id))).await
    }

    /// Verifies a token or code.
    pub(super) async fn verify(&mut self, token: &str, reference: &str) -> Result<VerifyResponse, CallError> {
        let request = VerifyRequest { token: token.to_owned(), institution_reference: Some(reference.to_owned()) };
        answer(self.post("/api/v1/bridge/verify").json(&request)).await
    }

    /// Fetches a verification.
    pub(super) async fn verification(&self, id: &str) -> Result<VerifyResponse, CallError> {
        answer(self.get(&format!("/v1/verifications/{id}"))).await
    }

    /// Fetches the evidence of a verification.
    pub(super) async fn evidence(&self, id: &str) -> Result<serde_json::Value, CallError> {
        answer(self.get(&format!("/v1/verifications/{id}/evidence"))).await
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(join(&self.base, path)).header(INSTITUTION_KEY_HEADER, &self.secret_key)
    }

    fn post(&mut self, path: &str) -> RequestBuilder {
        let mut key = [0_u8; 16];
        self.random.fill_bytes(&mut key);
        self.client.post(join(&self.base, path)).header(INSTITUTION_KEY_HEADER, &self.secret_key).header(IDEMPOTENCY_KEY_HEADER, hex::encode(key))
    }
}

fn join(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}
