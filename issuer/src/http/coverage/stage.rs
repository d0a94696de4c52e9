//! Two workspaces and two wallets with something of everything, so that every operation has something to name.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use passid_api::environment::Environment;
use passid_api::ids::UserId;

use crate::access::{self, Subject};
use crate::institution::approve;
use crate::institution::testing::{Answered, Api, Workspace};
use crate::params;
use crate::sandbox::fixtures;
use crate::session::fulfill;
use crate::store;
use crate::store::testing::TestDatabase;
use crate::testing::{TestIssuer, TestSetup};

use super::table::Row;

/// Headers of one request.
pub(super) type Headers = Vec<(&'static str, String)>;

pub(super) struct Stage {
    pub(super) issuer: TestIssuer,
    pub(super) api: Api,
    pub(super) owner: Workspace,
    pub(super) stranger: Workspace,
    /// A secret sandbox key of the owner that was revoked.
    pub(super) revoked_key: String,
    owner_wallet: UserId,
    stranger_wallet: UserId,
}

/// What there is to name.
pub(super) struct Things {
    session: String,
    code: String,
    verification: String,
    key: String,
    webhook: String,
    event: String,
    share: String,
    link: String,
    credential: String,
    user: String,
    refresh_token: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text in {value}")).to_owned()
}

impl Stage {
    pub(super) async fn set(database: &TestDatabase) -> Self {
        let issuer = TestIssuer::start_with(database, TestSetup { allow_live: true, ..TestSetup::default() }).await;
        let api = Api::new(&issuer.service);
        let owner = Workspace::onboard(&api, "ada@meridian.example").await;
        let stranger = Workspace::onboard(&api, "eve@other.example").await;
        let created = owner.call(Method::POST, "/v1/institution/keys", json!({ "environment": "sandbox", "kind": "sk" })).await.body;
        owner.call(Method::POST, &format!("/v1/institution/keys/{}/revoke", text(&created["id"])), json!({})).await;
        let mut wallets = Vec::new();
        for (workspace, token) in [(&owner, "PASSID-SANDBOX-TIER1AAA"), (&stranger, "PASSID-SANDBOX-TIER2BBB"), (&owner, "PASSID-SANDBOX-TIER3CCC")] {
            let headers = [("x-institution-key", workspace.onboarded.keys.sandbox.secret.as_str())];
            let verified = api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": token })).await;
            assert_eq!(verified.body["credential_valid"], true, "{}", verified.body);
            let sql = "SELECT user_id FROM shares WHERE fixture = $1";
            let row = issuer.service.store.reader().await.unwrap().fetch_optional(sql, params![token.trim_start_matches("PASSID-SANDBOX-")]).await;
            wallets.push(row.unwrap().unwrap().parse("user_id").unwrap());
        }
        let revoked_key = text(&created["value"]);
        Self { issuer, api, owner, stranger, revoked_key, owner_wallet: wallets[0], stranger_wallet: wallets[1] }
    }

    /// Lets the operator approve the owner, so that its live keys work.
    pub(super) async fn approve_owner(&self) {
        approve(&self.issuer.service.store, self.owner.onboarded.institution.id, self.issuer.service.clock.now()).await.unwrap();
    }

    pub(super) fn key(key: &str) -> Headers {
        vec![("x-institution-key", key.to_owned())]
    }

    pub(super) fn token(token: &str) -> Headers {
        vec![("authorization", format!("Bearer {token}"))]
    }

    fn wallet_token(&self, sub: UserId, environment: Environment) -> Headers {
        let service = &self.issuer.service;
        let token = access::issue(&service.keys, service.config.issuer(), Subject::Wallet { sub, environment, device: 0 }, service.clock.now());
        Self::token(&token.unwrap())
    }

    pub(super) fn owner_wallet(&self) -> Headers {
        self.wallet_token(self.owner_wallet, Environment::Sandbox)
    }

    pub(super) fn stranger_wallet(&self) -> Headers {
        self.wallet_token(self.stranger_wallet, Environment::Sandbox)
    }

    pub(super) fn live_wallet(&self) -> Headers {
        self.wallet_token(self.owner_wallet, Environment::Live)
    }

    /// Fresh things of the owner's.
    pub(super) async fn things(&self) -> Things {
        let headers = [("x-institution-key", self.owner.onboarded.keys.sandbox.secret.as_str())];
        let session = self.api.call(Method::POST, "/v1/sessions", &headers, &json!({})).await.body;
        let verified = self.api.call(Method::POST, "/v1/verify", &headers, &json!({ "token": "PASSID-SANDBOX-TIER1AAA" })).await.body;
        let key = self.owner.call(Method::POST, "/v1/institution/keys", json!({ "environment": "live", "kind": "pk" })).await.body;
        let webhook = json!({ "url": "https://hooks.example.com/passid", "environment": "sandbox" });
        let webhook = text(&self.owner.call(Method::POST, "/v1/institution/webhooks", webhook).await.body["id"]);
        self.owner.call(Method::POST, &format!("/v1/institution/webhooks/{webhook}/test"), json!({})).await;
        let deliveries = self.owner.call(Method::GET, &format!("/v1/institution/webhooks/{webhook}/deliveries"), Value::Null).await.body;
        // As if the receiver had taken it, so that it can be sent again.
        let sql = "UPDATE deliveries SET status = 'delivered' WHERE status = 'pending'";
        let delivered = self.issuer.service.store.write(move |connection| Box::pin(async move { connection.execute(sql, params![]).await }));
        delivered.await.unwrap();
        let login = json!({ "email": "ada@meridian.example", "password": "correct horse battery" });
        let tokens = self.api.post("/api/institution/login", login).await.body;
        let mut reader = self.issuer.service.store.reader().await.unwrap();
        let mut newest = async |sql| {
            let row = reader.fetch_optional(sql, params![self.owner_wallet]).await.unwrap().unwrap();
            row.get::<String>("id").unwrap()
        };
        Things {
            session: text(&session["requestId"]),
            code: text(&session["code"]),
            verification: text(&verified["verification_id"]),
            key: text(&key["id"]),
            webhook,
            event: text(&deliveries["data"][0]["event_id"]),
            share: newest("SELECT id FROM shares WHERE user_id = $1 ORDER BY id DESC LIMIT 1").await,
            link: newest("SELECT id FROM bank_links WHERE user_id = $1 ORDER BY id DESC LIMIT 1").await,
            credential: newest("SELECT id FROM credentials WHERE user_id = $1 ORDER BY id DESC LIMIT 1").await,
            user: self.owner_wallet.to_string(),
            refresh_token: text(&tokens["refresh_token"]),
        }
    }

    /// Calls the operation on the owner's things.
    pub(super) async fn call(&self, row: &Row, things: &Things, headers: &Headers) -> Answered {
        let (method, path) = row.operation.split_once(' ').unwrap();
        let path = things.fill(path);
        let body = match row.body {
            "" => Value::Null,
            "{presentation}" => self.presentation(&things.session).await,
            body => serde_json::from_str(&things.fill(body)).unwrap(),
        };
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.api.call(method.parse().unwrap(), &path, &headers, &body).await
    }

    /// [`Stage::call`] for answers that are no JSON: only the status.
    pub(super) async fn call_text(&self, row: &Row, things: &Things, headers: &Headers) -> StatusCode {
        let (method, path) = row.operation.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(things.fill(path)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let router = crate::http::router(self.issuer.service.clone());
        router.oneshot(request.body(Body::from(things.fill(row.body))).unwrap()).await.unwrap().status()
    }

    /// Gives back what a workspace may have a few of only.
    pub(super) async fn tidy(&self, things: &Things) {
        self.owner.call(Method::POST, &format!("/v1/institution/keys/{}/revoke", things.key), json!({})).await;
        self.owner.call(Method::DELETE, &format!("/v1/institution/webhooks/{}", things.webhook), Value::Null).await;
    }

    async fn presentation(&self, session: &str) -> Value {
        let service = &self.issuer.service;
        let found = store::sessions::find(&mut service.store.reader().await.unwrap(), session.parse().unwrap()).await.unwrap().unwrap();
        let (_, presentation) = fixtures::present(service, &fulfill::agreement(&found)).await.unwrap();
        json!({ "presentation": presentation })
    }
}

impl Things {
    /// A path or body with the owner's things in it. What `{id}` means follows from the room.
    fn fill(&self, template: &str) -> String {
        let id = [
            ("/sessions/", &self.session),
            ("/request/", &self.session),
            ("/verifications/", &self.verification),
            ("/keys/", &self.key),
            ("/webhooks/", &self.webhook),
            ("/bank-links/", &self.link),
            ("/credentials/", &self.credential),
        ];
        let id = id.iter().find(|(room, _)| template.contains(room)).map_or("", |(_, id)| id.as_str());
        let filled = template
            .replace("{id}", id)
            .replace("{event}", &self.event)
            .replace("{user_id}", &self.user)
            .replace("{share}", &self.share)
            .replace("{verification}", &self.verification);
        let filled = filled.replace("{link}", &self.link).replace("{token}", "KE8V-3TXY-Z72L").replace("{refresh_token}", &self.refresh_token);
        if filled.starts_with("/problems/") { filled.replace("{code}", "not_found") } else { filled.replace("{code}", &self.code) }
    }
}
