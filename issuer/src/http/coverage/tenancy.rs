//! Every operation with no key, a wrong one, a revoked one, another's, and one of the wrong kind.

use axum::http::StatusCode;

use crate::http::openapi::{self, Caller};
use crate::store::testing::databases;

use super::stage::{Headers, Stage, Things};
use super::table::{self, Foreign, Row};

struct Case<'s> {
    stage: &'s Stage,
    things: &'s Things,
    row: &'static Row,
    engine: &'static str,
}

impl Case<'_> {
    async fn expect(&self, who: &str, headers: Headers, status: StatusCode, code: &str) {
        let answer = self.stage.call(self.row, self.things, &headers).await;
        let (row, engine) = (self.row.operation, self.engine);
        assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)), "{engine}: {row} with {who}: {}", answer.body);
        assert!(answer.body["request_id"].as_str().is_some_and(|id| id.starts_with("rid_")), "{row} with {who}");
    }

    async fn refused(&self, who: &str, headers: Headers) {
        self.expect(who, headers, StatusCode::UNAUTHORIZED, "unauthenticated").await;
    }

    async fn hidden(&self, who: &str, headers: Headers) {
        self.expect(who, headers, StatusCode::NOT_FOUND, "not_found").await;
    }

    async fn keys(&self, secret_only: bool) {
        let (owner, stranger) = (&self.stage.owner.onboarded, &self.stage.stranger.onboarded);
        let secret = &owner.keys.sandbox.secret;
        let mistyped = format!("{}{}", &secret[..secret.len() - 1], if secret.ends_with('a') { 'b' } else { 'a' });
        self.refused("no key", Vec::new()).await;
        self.refused("what is no key", Stage::key("sk_sandbox_nonsense")).await;
        self.refused("a mistyped key", Stage::key(&mistyped)).await;
        self.refused("a revoked key", Stage::key(&self.stage.revoked_key)).await;
        self.refused("an access token instead", Stage::token(&owner.access_token)).await;
        let live = Stage::key(&stranger.keys.live.secret);
        self.expect("a live key that is not enabled", live, StatusCode::FORBIDDEN, "live_mode_not_enabled").await;
        let publishable = Stage::key(&owner.keys.sandbox.publishable);
        if secret_only {
            self.expect("a publishable key", publishable, StatusCode::FORBIDDEN, "wrong_key_kind").await;
        } else if self.row.foreign == Foreign::Hidden {
            self.hidden("a publishable key without the session's secret", publishable).await;
        }
        if self.row.foreign == Foreign::Hidden {
            self.hidden("another workspace's key", Stage::key(&stranger.keys.sandbox.secret)).await;
            self.hidden("the workspace's own live key", Stage::key(&owner.keys.live.secret)).await;
        }
    }

    async fn institution_user(&self) {
        let (owner, stranger) = (&self.stage.owner.onboarded, &self.stage.stranger.onboarded);
        self.refused("no token", Vec::new()).await;
        self.refused("what is no token", Stage::token("nonsense")).await;
        self.refused("a key instead", Stage::key(&owner.keys.sandbox.secret)).await;
        self.refused("a wallet's token", self.stage.owner_wallet()).await;
        if self.row.foreign == Foreign::Hidden {
            self.hidden("another workspace's user", Stage::token(&stranger.access_token)).await;
        }
    }

    async fn wallet(&self) {
        let owner = &self.stage.owner.onboarded;
        self.refused("no token", Vec::new()).await;
        self.refused("what is no token", Stage::token("nonsense")).await;
        self.refused("a key instead", Stage::key(&owner.keys.sandbox.secret)).await;
        self.refused("an institution user's token", Stage::token(&owner.access_token)).await;
        match self.row.foreign {
            Foreign::Hidden => self.hidden("another holder's wallet", self.stage.stranger_wallet()).await,
            // A request of the sandbox is no request in the live world.
            Foreign::Open(_) => self.hidden("a live wallet", self.stage.live_wallet()).await,
            Foreign::Unnamed => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_at_what_is_not_theirs() {
    for database in databases().await {
        let stage = Stage::set(&database).await;
        stage.approve_owner().await;
        let things = stage.things().await;
        for operation in openapi::operations() {
            let row = table::of(&operation.method, &operation.path);
            let case = Case { stage: &stage, things: &things, row, engine: database.engine };
            match operation.caller {
                Caller::AnyKey => case.keys(false).await,
                Caller::SecretKey => case.keys(true).await,
                Caller::InstitutionUser => case.institution_user().await,
                Caller::Wallet => case.wallet().await,
                // Whatever a stranger sends along, it is no failure of the server's.
                Caller::Anyone => {
                    for headers in [Vec::new(), Stage::key("nonsense"), Stage::token("nonsense")] {
                        let answer = stage.call_text(row, &things, &headers).await;
                        assert!(answer.as_u16() < 500 || answer == StatusCode::BAD_GATEWAY, "{}: {answer}", row.operation);
                    }
                }
            }
        }
        // After ten minutes the owner's own token is worth nothing either.
        stage.issuer.clock.advance(601);
        for operation in openapi::operations().iter().filter(|operation| operation.caller == Caller::InstitutionUser) {
            let case = Case { stage: &stage, things: &things, row: table::of(&operation.method, &operation.path), engine: database.engine };
            case.refused("a token that has ended", Stage::token(&stage.owner.onboarded.access_token)).await;
        }
    }
}
