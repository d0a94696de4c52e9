//! Forms and sessions that are not to be trusted.

use axum::http::{Method, StatusCode};

use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::browser::{Browser, ORIGIN, PASSWORD};

const EMAIL: &str = "ada@meridian.example";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_only_from_our_own_pages_in_the_same_browser() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut owner, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        let (mut stranger, _) = Browser::onboarded(&issuer.service, "eve@other.example").await;
        let token = owner.open("/dashboard/sandbox/keys").await.hidden("form_token");
        let strangers = stranger.open("/dashboard/sandbox/keys").await.hidden("form_token");
        assert!(token.len() == 64 && token != strangers);
        let body = format!("form_token={token}&kind=sk");
        for (headers, body) in [
            (vec![("origin", "https://evil.example"), FORM], body.clone()),
            (vec![("origin", "null"), FORM], body.clone()),
            (vec![("origin", "http://127.0.0.1:8421"), FORM], body.clone()),
            (vec![FORM], body.clone()),
            (vec![("sec-fetch-site", "cross-site"), FORM], body.clone()),
            (vec![("origin", ORIGIN), FORM], "kind=sk".to_owned()),
            (vec![("origin", ORIGIN), FORM], format!("form_token={strangers}&kind=sk")),
            (vec![("origin", ORIGIN), FORM], format!("form_token={}&kind=sk", &token[..63])),
        ] {
            let refused = owner.send(Method::POST, "/dashboard/sandbox/keys", &headers, body.clone()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{} {headers:?} {body}", database.engine);
        }
        let json = owner.send(Method::POST, "/dashboard/sandbox/keys", &[("origin", ORIGIN), ("content-type", "text/plain")], body.clone()).await;
        assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let made = owner.send(Method::POST, "/dashboard/sandbox/keys", &[("sec-fetch-site", "same-origin"), FORM], body).await;
        assert_eq!(made.status, StatusCode::CREATED, "the same form from our page: {}", made.text);
        let listed = owner.open("/dashboard/sandbox/keys").await;
        assert_eq!(listed.text.matches("<th scope=\"row\">").count(), 3, "nothing was made by what was refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_signed_in_by_another_sites_form() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (_, _) = Browser::onboarded(&issuer.service, EMAIL).await;
    let mut browser = Browser::new(&issuer.service);
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    assert_eq!(browser.post("/dashboard/sign-in", &fields).await.status, StatusCode::FORBIDDEN, "without a page of ours before it");
    let token = browser.open("/dashboard/sign-in").await.hidden("form_token");
    let body = format!("form_token={token}&email=ada%40meridian.example&password=correct+horse+battery");
    let foreign = browser.send(Method::POST, "/dashboard/sign-in", &[("origin", "https://evil.example"), FORM], body).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let signed_in = browser.fill("/dashboard/sign-in", "/dashboard/sign-in", &fields).await;
    assert_eq!((signed_in.status, signed_in.location()), (StatusCode::SEE_OTHER, "/dashboard/sandbox"));
    assert_eq!(browser.open("/dashboard/sandbox").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_was_left_alone_signed_out_or_is_thirty_days_old() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        issuer.clock.advance(12 * 3_600 - 1);
        assert_eq!(browser.open("/dashboard/sandbox").await.status, StatusCode::OK, "{}", database.engine);
        issuer.clock.advance(12 * 3_600 - 1);
        assert_eq!(browser.open("/dashboard/sandbox").await.status, StatusCode::OK, "use keeps it");
        issuer.clock.advance(12 * 3_600);
        let ended = browser.open("/dashboard/sandbox").await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, "/dashboard/sign-in"));
        let form = browser.post("/dashboard/sandbox/keys", &[("kind", "sk")]).await;
        assert_eq!(form.location(), "/dashboard/sign-in");

        let fields = [("email", EMAIL), ("password", PASSWORD)];
        browser.fill("/dashboard/sign-in", "/dashboard/sign-in", &fields).await;
        let stolen = browser.clone();
        let out = browser.fill("/dashboard/sandbox", "/dashboard/sandbox/sign-out", &[]).await;
        assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/dashboard/sign-in"));
        for mut browser in [browser.clone(), stolen] {
            assert_eq!(browser.open("/dashboard/sandbox").await.location(), "/dashboard/sign-in", "the cookie is worth nothing after signing out");
        }

        browser.fill("/dashboard/sign-in", "/dashboard/sign-in", &fields).await;
        for _ in 0..60 {
            assert_eq!(browser.open("/dashboard/sandbox").await.status, StatusCode::OK);
            issuer.clock.advance(12 * 3_600 - 1);
        }
        issuer.clock.advance(60);
        assert_eq!(browser.open("/dashboard/sandbox").await.location(), "/dashboard/sign-in", "use does not prolong it for ever");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_workspace_or_the_other_environment_is_not_there() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut owner, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        let (mut stranger, _) = Browser::onboarded(&issuer.service, "eve@other.example").await;
        let shown =
            owner.fill("/dashboard/sandbox/webhooks", "/dashboard/sandbox/webhooks", &[("url", "https://hooks.example/a"), ("events", "webhook.test")]).await;
        assert_eq!(shown.status, StatusCode::CREATED, "{}", shown.text);
        let endpoint = shown.between("/dashboard/sandbox/webhooks/", "\"").unwrap();
        let queued = owner.fill(&format!("/dashboard/sandbox/webhooks/{endpoint}"), &format!("/dashboard/sandbox/webhooks/{endpoint}/test"), &[]).await;
        let delivery = queued.location().split('?').next().unwrap().to_owned();
        assert_eq!(owner.open(&delivery).await.status, StatusCode::OK, "{}: {}", database.engine, queued.text);
        let key = owner.open("/dashboard/sandbox/keys").await.between("/dashboard/sandbox/keys/", "/").unwrap();

        for page in
            [format!("/dashboard/sandbox/webhooks/{endpoint}"), delivery.clone(), delivery.replace("sandbox", "live"), "/dashboard/production".to_owned()]
        {
            assert_eq!(stranger.open(&page).await.status, StatusCode::NOT_FOUND, "{page}");
        }
        assert_eq!(owner.open(&format!("/dashboard/live/webhooks/{endpoint}")).await.status, StatusCode::NOT_FOUND);
        for (action, fields) in [
            (format!("keys/{key}/rotate"), vec![("overlap_hours", "1")]),
            (format!("keys/{key}/revoke"), vec![]),
            (format!("webhooks/{endpoint}"), vec![("url", "https://evil.example/"), ("events", "webhook.test")]),
            (format!("webhooks/{endpoint}/switch"), vec![("enabled", "no")]),
            (format!("webhooks/{endpoint}/remove"), vec![]),
            (format!("webhooks/{endpoint}/rotate-secret"), vec![("overlap_hours", "1")]),
            (format!("webhooks/{endpoint}/test"), vec![]),
            (format!("webhooks/{endpoint}/replay"), vec![("since", "2026-03-17T00:00:00Z")]),
            (format!("{}/resend", delivery.trim_start_matches("/dashboard/sandbox/")), vec![]),
        ] {
            let foreign = stranger.fill("/dashboard/sandbox/keys", &format!("/dashboard/sandbox/{action}"), &fields).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{} {action}: {}", database.engine, foreign.text);
            let elsewhere = owner.fill("/dashboard/live/keys", &format!("/dashboard/live/{action}"), &fields).await;
            assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "{action} in the other environment");
        }
        assert!(owner.open("/dashboard/sandbox/keys").await.text.matches("In use").count() == 2, "nothing changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_foreign_and_inline_scripts_frames_and_caches() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
    for page in ["/dashboard", "/dashboard/sign-in", "/dashboard/sandbox", "/dashboard/sandbox/keys", "/dashboard/nowhere", "/dashboard/sandbox/webhooks/whe_1"]
    {
        let shown = browser.open(page).await;
        let policy = shown.headers.get("content-security-policy").unwrap_or_else(|| panic!("{page} has no policy")).to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(shown.headers["cache-control"], "no-store", "{page}");
        assert_eq!(shown.headers["referrer-policy"], "same-origin");
        for inline in ["<script>", "<style", " style=", " on", " hx-on", "javascript:", "js:"] {
            assert!(!markup(&shown.text).any(|tag| tag.contains(inline)), "{page} holds {inline}");
        }
        let scripts: Vec<&str> = markup(&shown.text).filter(|tag| tag.starts_with("<script")).collect();
        assert!(scripts.iter().all(|tag| tag.starts_with("<script src=\"/dashboard/assets/") && tag.ends_with(" defer>")), "{page}: {scripts:?}");
        for address in scripts.iter().filter_map(|tag| tag.split('"').nth(1)) {
            let script = browser.open(address).await;
            assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
            assert!(script.status == StatusCode::OK && script.headers["cache-control"].to_str().unwrap().contains("immutable"), "{address}");
        }
    }
    let style = browser.open("/dashboard/sign-in").await.between("rel=\"stylesheet\" href=\"", "\"").unwrap();
    assert!(browser.open(&style).await.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(browser.open("/dashboard/assets/0000/dashboard.css").await.headers["cache-control"], "no-store");
    assert_eq!(browser.open("/dashboard/assets/0000/other.js").await.status, StatusCode::NOT_FOUND);
}

/// The tags of a page, without what stands between them.
fn markup(page: &str) -> impl Iterator<Item = &str> {
    page.split_inclusive('>').filter_map(|text| text.find('<').map(|at| &text[at..]))
}
