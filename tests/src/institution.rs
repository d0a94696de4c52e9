//! An institution in a test: its keys, and the API over HTTP, statuses and all.

use passid_api::environment::Environment;
use passid_api::history::VerificationSummary;
use passid_api::ids::InstitutionId;
use passid_api::institution::{CreateWebhookEndpoint, Login, Onboard, Onboarded, Page, SessionTokens, WebhookEndpointCreated};
use passid_api::session::{CreateSession, SessionCreated, SessionView};
use passid_api::verify::{DenyReason, VerifyRequest, VerifyResponse};
use passid_api::{IDEMPOTENCY_KEY_HEADER, INSTITUTION_KEY_HEADER};
use rand::Rng;
use rand::rngs::StdRng;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

const PASSWORD: &str = "correct horse battery staple";

/// An institution with a sandbox workspace.
#[derive(Clone)]
pub struct Institution {
    client: Client,
    base: Url,
    email: String,
    /// What onboarding answered: keys and tokens.
    pub onboarded: Onboarded,
}

impl Institution {
    /// Onboards a workspace.
    pub async fn onboard(client: Client, base: Url, name: &str, mut random: StdRng) -> Self {
        let mut tag = [0_u8; 8];
        random.fill_bytes(&mut tag);
        let email = format!("{}@bank.example", hex::encode(tag));
        let body = Onboard { name: name.to_owned(), email: email.clone(), password: PASSWORD.to_owned() };
        let answer = client.post(base.join("/api/institution/onboard").expect("an address")).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
        Self { client, base, email, onboarded: answer.json().await.expect("the documented form") }
    }

    /// Its identifier.
    pub fn id(&self) -> InstitutionId {
        self.onboarded.institution.id
    }

    /// The same institution, talking to another server.
    #[must_use]
    pub fn at(&self, base: Url) -> Self {
        Self { base, ..self.clone() }
    }

    /// A request with the secret sandbox key.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.base.join(path).expect("a path")).header(INSTITUTION_KEY_HEADER, &self.onboarded.keys.sandbox.secret)
    }

    /// A request with the secret sandbox key.
    pub fn post(&self, path: &str, body: &impl serde::Serialize) -> RequestBuilder {
        self.client.post(self.base.join(path).expect("a path")).header(INSTITUTION_KEY_HEADER, &self.onboarded.keys.sandbox.secret).json(body)
    }

    /// Creates a session asking for these permissions; everything when there are none.
    pub async fn session(&self, request: &CreateSession) -> SessionCreated {
        let answer = self.post("/v1/sessions", request).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
        answer.json().await.expect("the documented form")
    }

    /// Polls a session.
    pub async fn poll(&self, session: &SessionCreated) -> SessionView {
        let answer = self.get(&format!("/v1/sessions/{}", session.request_id)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
        answer.json().await.expect("the documented form")
    }

    /// Submits a token or code.
    pub async fn submit(&self, token: &str) -> Response {
        let body = VerifyRequest { token: token.to_owned(), institution_reference: None };
        self.post("/api/v1/bridge/verify", &body).send().await.expect("an answer")
    }

    /// Submits a token or code under an idempotency key.
    pub async fn submit_under(&self, token: &str, key: &str) -> Response {
        let body = VerifyRequest { token: token.to_owned(), institution_reference: None };
        self.post("/api/v1/bridge/verify", &body).header(IDEMPOTENCY_KEY_HEADER, key).send().await.expect("an answer")
    }

    /// Verifies a token or code.
    pub async fn verify(&self, token: &str) -> VerifyResponse {
        let answer = self.submit(token).await;
        assert_eq!(answer.status().as_u16(), 200);
        answer.json().await.expect("the documented form")
    }

    /// Why a token or code is refused, if it is.
    pub async fn denied(&self, token: &str) -> Option<DenyReason> {
        self.verify(token).await.deny_reason
    }

    /// Registers a webhook endpoint for all sandbox events.
    pub async fn webhook(&self, url: &str) -> WebhookEndpointCreated {
        let body = CreateWebhookEndpoint { url: url.to_owned(), environment: Environment::Sandbox, events: None };
        let request = self.client.post(self.base.join("/v1/institution/webhooks").expect("a path"));
        let answer = request.bearer_auth(&self.onboarded.access_token).json(&body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 201);
        answer.json().await.expect("the documented form")
    }

    /// The newest lines of the verification history, read as a signed-in user.
    pub async fn history(&self, query: &str) -> Vec<VerificationSummary> {
        let login = Login { email: self.email.clone(), password: PASSWORD.to_owned() };
        let tokens = self.client.post(self.base.join("/api/institution/login").expect("an address")).json(&login).send().await.expect("an answer");
        let tokens: SessionTokens = tokens.json().await.expect("the documented form");
        let address = self.base.join(&format!("/v1/institution/verifications?{query}")).expect("an address");
        let answer = self.client.get(address).bearer_auth(&tokens.access_token).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 200);
        answer.json::<Page<VerificationSummary>>().await.expect("the documented form").data
    }

    /// What a path answers with the secret key, as status and JSON.
    pub async fn read(&self, path: &str) -> (u16, Value) {
        let answer = self.get(path).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }
}
