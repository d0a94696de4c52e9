//! What a user sees and does.

use axum::http::StatusCode;

use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::browser::{Browser, PASSWORD};

const EMAIL: &str = "ada@meridian.example";

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_shown_once_and_a_form_sent_twice_makes_one() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, welcome) = Browser::onboarded(&issuer.service, EMAIL).await;
        let secret = welcome.between("sk_sandbox_", "<").unwrap();
        assert_eq!(welcome.text.matches("class=\"secret\"").count(), 4);
        let keys = browser.open("/dashboard/sandbox/keys").await;
        assert!(!keys.text.contains(&secret) && keys.text.contains(&secret[secret.len() - 4..]), "{}", database.engine);
        assert!(keys.text.contains("<strong>Sandbox</strong>") && browser.open("/dashboard/live/keys").await.text.contains("<strong>Live</strong>"));

        let (token, once) = (keys.hidden("form_token"), keys.hidden("once"));
        let fields = [("form_token", token.as_str()), ("once", once.as_str()), ("kind", "pk")];
        let first = browser.post("/dashboard/sandbox/keys", &fields).await;
        let again = browser.post("/dashboard/sandbox/keys", &fields).await;
        let made = first.between("pk_sandbox_", "<").unwrap();
        assert_eq!((first.status, Some(&made)), (StatusCode::CREATED, again.between("pk_sandbox_", "<").as_ref()), "a double click shows the same key");
        assert_eq!(browser.open("/dashboard/sandbox/keys").await.text.matches("In use").count(), 3);

        let page = browser.open("/dashboard/sandbox/keys").await;
        let id = page.between("/dashboard/sandbox/keys/", "/").unwrap();
        let rotated = browser.fill("/dashboard/sandbox/keys", &format!("/dashboard/sandbox/keys/{id}/rotate"), &[("overlap_hours", "24")]).await;
        assert_eq!(rotated.status, StatusCode::CREATED, "{}", rotated.text);
        assert!(browser.open("/dashboard/sandbox/keys").await.text.contains("Replaced; works until"));
        let revoked = browser.fill("/dashboard/sandbox/keys", &format!("/dashboard/sandbox/keys/{id}/revoke"), &[]).await;
        let after = browser.open(revoked.location()).await;
        assert!(after.text.contains("The key was revoked") && after.text.contains("Revoked 2026-"), "{}", after.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_wrong_fields_are_said_on_the_form() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let mut browser = Browser::new(&issuer.service);
    let wrong = browser.fill("/dashboard/onboard", "/dashboard/onboard", &[("name", "M"), ("email", "<script>"), ("password", "short")]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.text.matches("aria-invalid=\"true\"").count(), 3);
    assert!(!wrong.text.contains("<script>") && !wrong.text.contains("short\""), "what was typed is escaped, and a password not repeated");
    Browser::onboarded(&issuer.service, EMAIL).await;
    let refused = browser.fill("/dashboard/sign-in", "/dashboard/sign-in", &[("email", EMAIL), ("password", "wrong horse battery")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.text.contains("role=\"alert\"") && refused.text.contains(EMAIL));
    let taken = browser.fill("/dashboard/onboard", "/dashboard/onboard", &[("name", "Other"), ("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.text.contains("A user with this e-mail address exists"));
}

#[tokio::test(flavor = "multi_thread")]
async fn origins_of_one_environment_are_saved_and_wrong_ones_named() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        for (environment, typed) in [("sandbox", "http://localhost:3000\r\nhttps://apply.example.com"), ("live", "https://live.example.com")] {
            let keys = format!("/dashboard/{environment}/keys");
            let saved = browser.fill(&keys, &format!("/dashboard/{environment}/origins"), &[("origins", typed)]).await;
            assert!(browser.open(saved.location()).await.text.contains("The origins were saved"), "{}", saved.text);
        }
        let wrong = browser.fill("/dashboard/live/keys", "/dashboard/live/origins", &[("origins", "http://live.example.com")]).await;
        assert!(wrong.status == StatusCode::BAD_REQUEST && wrong.text.contains("use https"), "{}", wrong.text);
        let sandbox = browser.open("/dashboard/sandbox/keys").await;
        assert!(sandbox.text.contains("http://localhost:3000\nhttps://apply.example.com</textarea>"), "{}: {}", database.engine, sandbox.text);
        assert!(!sandbox.text.contains("live.example.com"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_registered_changed_tested_and_removed() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        let list = "/dashboard/sandbox/webhooks";
        let refused = browser.fill(list, list, &[("url", "http://10.0.0.1/"), ("events", "webhook.test")]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let shown = browser.fill(list, list, &[("url", "https://hooks.example/a"), ("events", "verification.completed")]).await;
        let secret = shown.between("whsec_", "<").unwrap();
        let page = format!("{list}/{}", shown.between(&format!("{list}/"), "\"").unwrap());
        let rotated = browser.fill(&page, &format!("{page}/rotate-secret"), &[("overlap_hours", "24")]).await;
        assert!(rotated.between("whsec_", "<").is_some_and(|new| new != secret) && rotated.text.contains("signs too until"));
        let changed = browser.fill(&page, &page, &[("url", "https://hooks.example/b"), ("events", "verification.completed"), ("events", "webhook.test")]).await;
        assert!(browser.open(changed.location()).await.text.contains("https://hooks.example/b"), "{}", changed.text);
        let queued = browser.fill(&page, &format!("{page}/test"), &[]).await;
        let delivery = browser.open(queued.location()).await;
        assert!(delivery.text.contains(">pending<") && delivery.text.contains("Queued."), "{}: {}", database.engine, delivery.text);
        let twice = browser.fill(&page, &format!("{}/resend", queued.location().split('?').next().unwrap()), &[]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "it is still pending");
        let none = browser.fill(&page, &format!("{page}/replay"), &[("since", "2026-03-17T00:00:00Z")]).await;
        assert!(none.location().ends_with("?done=nothing"), "a test is not replayed: {}", none.text);
        let off = browser.fill(&page, &format!("{page}/switch"), &[("enabled", "no")]).await;
        assert!(browser.open(off.location()).await.text.contains("switched it off"));
        assert!(browser.open(&format!("{page}?status=failed")).await.text.contains("endpoint_disabled"));
        assert!(browser.open(&format!("{page}?status=delivered")).await.text.contains("Nothing was sent yet with this status"));
        let removed = browser.fill(&page, &format!("{page}/remove"), &[]).await;
        assert!(browser.open(removed.location()).await.text.contains("No endpoints yet"));
        assert_eq!(browser.open(&page).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_paged_and_its_check_finds_a_changed_entry() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
    for _ in 0..60 {
        browser.fill("/dashboard/sandbox/keys", "/dashboard/sandbox/origins", &[("origins", "")]).await;
    }
    let newest = browser.open("/dashboard/sandbox/audit").await;
    assert!(newest.text.contains(">61<") && !newest.text.contains(">11<") && newest.text.contains("?before=12"), "{}", newest.text);
    let oldest = browser.open("/dashboard/sandbox/audit?before=12").await;
    assert!(oldest.text.contains("institution.onboarded") && !oldest.text.contains("Older entries"));
    assert!(browser.open("/dashboard/sandbox/audit?check=now").await.text.contains("61 entries follow"));
    let forge = "UPDATE audit_log SET actor = 'somebody' WHERE sequence = 7";
    issuer.service.store.write(move |connection| Box::pin(async move { connection.execute(forge, Vec::new()).await })).await.unwrap();
    assert!(browser.open("/dashboard/sandbox/audit?check=now").await.text.contains("broken at entry 7"));
}
