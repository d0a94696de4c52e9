//! Who may send which form: one table of all forms, held against those there are.

use axum::http::StatusCode;

use passid_api::institution::Role;

use crate::store::testing::databases;
use crate::testing::TestIssuer;

use super::browser::Browser;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Nobody is signed in yet.
    Anyone,
    /// Every user of the workspace.
    Member,
    /// Those who may change what is in it.
    Developer,
    /// Those who manage its people.
    Owner,
}

use Who::{Anyone, Developer, Member, Owner};

const FORMS: &[(&str, Who)] = &[
    ("/dashboard/sign-in", Anyone),
    ("/dashboard/onboard", Anyone),
    ("/dashboard/join/{token}", Anyone),
    ("/dashboard/{environment}/keys", Developer),
    ("/dashboard/{environment}/keys/{id}/rotate", Developer),
    ("/dashboard/{environment}/keys/{id}/revoke", Developer),
    ("/dashboard/{environment}/origins", Developer),
    ("/dashboard/{environment}/webhooks", Developer),
    ("/dashboard/{environment}/webhooks/{id}", Developer),
    ("/dashboard/{environment}/webhooks/{id}/switch", Developer),
    ("/dashboard/{environment}/webhooks/{id}/remove", Developer),
    ("/dashboard/{environment}/webhooks/{id}/rotate-secret", Developer),
    ("/dashboard/{environment}/webhooks/{id}/test", Developer),
    ("/dashboard/{environment}/webhooks/{id}/replay", Developer),
    ("/dashboard/{environment}/webhooks/{id}/deliveries/{event}/resend", Developer),
    ("/dashboard/{environment}/outcomes", Developer),
    ("/dashboard/{environment}/outcomes/table", Developer),
    ("/dashboard/{environment}/try", Developer),
    ("/dashboard/{environment}/team/invitations", Owner),
    ("/dashboard/{environment}/team/invitations/{id}/withdraw", Owner),
    ("/dashboard/{environment}/team/{user}/role", Owner),
    ("/dashboard/{environment}/team/{user}/remove", Owner),
    // Last: it ends the session that the others are sent with.
    ("/dashboard/{environment}/sign-out", Member),
];

impl Who {
    fn includes(self, role: Role) -> bool {
        match self {
            Anyone | Member => true,
            Developer => role != Role::Viewer,
            Owner => role == Role::Owner,
        }
    }
}

#[test]
fn every_form_is_in_the_table_and_nothing_else() {
    let pages = crate::dashboard::pages();
    let missing: Vec<_> = pages.forms().iter().filter(|form| !FORMS.iter().any(|(path, _)| path == *form)).collect();
    assert!(missing.is_empty(), "say in the table who may send these: {missing:#?}");
    let gone: Vec<_> = FORMS.iter().filter(|(path, _)| !pages.forms().contains(path)).collect();
    assert!(gone.is_empty(), "there are no such forms: {gone:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_counts_from_those_alone_who_may_send_it() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut owner, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let developer = owner.invited(&issuer.service, "dev@meridian.example", Role::Developer).await;
        let viewer = owner.invited(&issuer.service, "viv@meridian.example", Role::Viewer).await;
        let mut nobody = Browser::new(&issuer.service);
        for (path, who) in FORMS.iter().filter(|(_, who)| *who != Anyone) {
            // Nothing of that name is there: whoever may send the form is told so, and the others are refused before.
            let path = path.replace("{environment}", "sandbox").replace("{event}", "evt_1").replace("{user}", "mem_1").replace("{id}", "key_1");
            assert_eq!(nobody.post(&path, &[]).await.location(), "/dashboard/sign-in", "{} {path}", database.engine);
            for (mut browser, role) in [(owner.clone(), Role::Owner), (developer.clone(), Role::Developer), (viewer.clone(), Role::Viewer)] {
                let answer = browser.fill("/dashboard/sandbox/audit", &path, &[]).await;
                let refused = answer.status == StatusCode::FORBIDDEN;
                assert_eq!(refused, !who.includes(role), "{} {path} as {role}: {} {}", database.engine, answer.status, answer.text);
                assert!(!refused || answer.text.contains("Your role does not allow this"), "{path} as {role}: {}", answer.text);
                assert!(answer.status.as_u16() < 500, "{path} as {role}: {}", answer.text);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_every_page_and_no_form_but_signing_out() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut owner, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let mut viewer = owner.invited(&issuer.service, "viv@meridian.example", Role::Viewer).await;
        let hook = [("url", "https://hooks.example/a"), ("events", "webhook.test")];
        let shown = owner.fill("/dashboard/sandbox/webhooks", "/dashboard/sandbox/webhooks", &hook).await;
        let endpoint = format!("webhooks/{}", shown.between("/dashboard/sandbox/webhooks/", "\"").unwrap());
        let queued = owner.fill(&format!("/dashboard/sandbox/{endpoint}"), &format!("/dashboard/sandbox/{endpoint}/test"), &[]).await;
        let delivery = queued.location().split('?').next().unwrap().trim_start_matches("/dashboard/sandbox/").to_owned();
        let verified = owner.fill("/dashboard/sandbox/try", "/dashboard/sandbox/try", &[("token", "PASSID-SANDBOX-TIER1AAA")]).await;
        let verification = verified.location().trim_start_matches("/dashboard/sandbox/").to_owned();
        for section in
            ["", "verifications", "outcomes", "performance", "webhooks", "keys", "requests", "team", "audit", "try", &endpoint, &delivery, &verification]
        {
            let slash = if section.is_empty() { "" } else { "/" };
            let page = viewer.open(&format!("/dashboard/sandbox{slash}{section}")).await;
            assert_eq!(page.status, StatusCode::OK, "{} {section}", database.engine);
            assert_eq!(page.text.matches("method=\"post\"").count(), 1, "{section} offers what a viewer may not do: {}", page.text);
            assert!(page.text.contains("/sign-out\"") && page.text.contains("You are a viewer"), "{section}");
            let owners = owner.open(&format!("/dashboard/sandbox{slash}{section}")).await;
            assert!(!owners.text.contains("You are a viewer") && owners.status == StatusCode::OK, "{section}");
        }
    }
}
