//! What htmx is answered: the pages everybody gets, and a way out of them when they are not the ones it asked for.

use axum::http::{Method, StatusCode};

use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::browser::{Browser, ORIGIN};

const EMAIL: &str = "ada@meridian.example";
const HTMX: (&str, &str) = ("hx-request", "true");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_leads_to_the_sign_in_page_and_not_into_a_part_of_another() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        issuer.clock.advance(12 * 3_600 + 1);
        for (method, path, headers) in [
            (Method::GET, "/dashboard/sandbox/verifications?result=refused", vec![HTMX]),
            (Method::GET, "/dashboard/sandbox/audit?check=now", vec![HTMX]),
            (Method::POST, "/dashboard/sandbox/webhooks/whe_1/deliveries/evt_1/resend", vec![HTMX, FORM, ("origin", ORIGIN)]),
        ] {
            let ended = browser.send(method, path, &headers, String::new()).await;
            assert_eq!((ended.status, ended.location()), (StatusCode::NO_CONTENT, ""), "{} {path}", database.engine);
            assert_eq!(ended.headers["hx-redirect"], "/dashboard/sign-in");
        }
        assert_eq!(browser.open("/dashboard/sandbox/verifications").await.location(), "/dashboard/sign-in", "without htmx as ever");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_shown_as_the_page_it_is() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
    let list = "/dashboard/sandbox/verifications";
    let found = browser.send(Method::GET, list, &[HTMX], String::new()).await;
    assert!(found.status == StatusCode::OK && !found.headers.contains_key("hx-retarget"));
    let without = |text: &str| text.lines().filter(|line| !line.contains("name=\"once\"")).collect::<String>();
    assert_eq!(without(&found.text), without(&browser.open(list).await.text), "htmx gets the same page");
    let resend = "/dashboard/sandbox/webhooks/whe_1/deliveries/evt_1/resend";
    let token = browser.open(list).await.hidden("form_token");
    for (what, status, answer) in [
        ("an unknown cursor", StatusCode::NOT_FOUND, browser.send(Method::GET, &format!("{list}?after=vrf_"), &[HTMX], String::new()).await),
        ("a form without its token", StatusCode::FORBIDDEN, browser.send(Method::POST, resend, &[HTMX, FORM, ("origin", ORIGIN)], String::new()).await),
        (
            "a form of another site that knows the token",
            StatusCode::FORBIDDEN,
            browser.send(Method::POST, resend, &[HTMX, FORM, ("origin", "https://evil.example")], format!("form_token={token}")).await,
        ),
    ] {
        assert_eq!(answer.status, status, "{what}");
        assert!(answer.headers["hx-retarget"] == "#main" && answer.headers["hx-reselect"] == "#main" && answer.text.contains("<main id=\"main\""), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_watched_while_an_attempt_is_due_and_no_longer() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
    let list = "/dashboard/sandbox/webhooks";
    let shown = browser.fill(list, list, &[("url", "https://hooks.example/a"), ("events", "webhook.test")]).await;
    let page = format!("{list}/{}", shown.between(&format!("{list}/"), "\"").unwrap());
    let queued = browser.fill(&page, &format!("{page}/test"), &[]).await;
    assert!(browser.open(queued.location()).await.text.contains("hx-trigger=\"every 2s\""));
    issuer.clock.advance(61);
    assert!(!browser.open(queued.location()).await.text.contains("hx-trigger"), "a page left open does not keep its session alive");
}
