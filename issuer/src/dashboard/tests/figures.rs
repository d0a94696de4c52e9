//! What the overview counts, and the list of verifications.

use axum::http::StatusCode;
use passid_api::environment::Environment;
use passid_api::ids::VerificationId;
use passid_api::verify::DenyReason;

use crate::params;
use crate::service::Service;
use crate::store::StoreError;
use crate::store::testing::databases;
use crate::store::verifications::{self, NewVerification, StoredVerification, VerificationFacts};
use crate::testing::TestIssuer;
use crate::verify::record;

use super::browser::Browser;

const EMAIL: &str = "ada@meridian.example";

/// Writes a verification of the first workspace with this name.
async fn verified(service: &Service, workspace: &'static str, environment: Environment, reason: Option<DenyReason>, reference: &str) -> VerificationId {
    let now = service.clock.now();
    let id = service.with_random(|random| VerificationId::generate(service.clock.as_ref(), random));
    let mut response = record::refused(service, id, now, reason.unwrap_or(DenyReason::TokenExpired));
    response.institution_reference = Some(reference.to_owned());
    if reason.is_none() {
        (response.credential_valid, response.deny_reason, response.reason_code, response.message) = (true, None, None, None);
        response.claims = serde_json::from_str(r#"{"income_verified":true,"currency":"<GBP>"}"#).unwrap();
    }
    let (text, evidence) = (serde_json::to_string(&response).unwrap(), reason.is_none().then(|| "{}".to_owned()));
    let facts = VerificationFacts { deny_reason: reason, institution_reference: Some(reference.to_owned()), ..VerificationFacts::default() };
    let stored = StoredVerification { id, response: text, evidence, created_at: now };
    let write = service.store.write::<(), StoreError, _>(move |connection| {
        Box::pin(async move {
            let owner = connection.fetch_optional("SELECT institution_id FROM institution_users WHERE email = $1", params![workspace]).await?;
            let institution = owner.ok_or(StoreError::Corrupt("owner"))?.parse("institution_id")?;
            let verification = NewVerification { institution, environment, token_digest: None, stored, facts };
            verifications::insert_each(connection, &[&verification]).await
        })
    });
    write.await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_counts_its_own_workspace_environment_and_period() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let (mut browser, _) = Browser::onboarded(service, EMAIL).await;
        let (_, _) = Browser::onboarded(service, "eve@other.example").await;
        let empty = browser.open("/dashboard/sandbox").await;
        assert!(empty.status == StatusCode::OK && empty.text.contains("No session was completed"), "{}: {}", database.engine, empty.text);
        for (workspace, environment, reason) in [
            (EMAIL, Environment::Sandbox, None),
            (EMAIL, Environment::Sandbox, None),
            (EMAIL, Environment::Sandbox, None),
            (EMAIL, Environment::Sandbox, Some(DenyReason::TokenExpired)),
            (EMAIL, Environment::Live, Some(DenyReason::ProofInvalid)),
            ("eve@other.example", Environment::Sandbox, Some(DenyReason::TokenRevoked)),
        ] {
            verified(service, workspace, environment, reason, "loan").await;
        }
        let shown = browser.open("/dashboard/sandbox").await;
        assert!(shown.text.contains("<dd>3 <small>75 % of all</small></dd>") && shown.text.contains("<dd>1 <small>25 % of all</small></dd>"), "{}", shown.text);
        assert!(shown.text.contains("TOKEN_EXPIRED") && !shown.text.contains("PROOF_INVALID") && !shown.text.contains("TOKEN_REVOKED"));
        assert!(shown.text.contains("<th scope=\"row\">2026-03-17</th><td class=\"number\">3</td><td class=\"number\">1</td>"), "{}", shown.text);
        issuer.clock.advance(7 * 24 * 3_600);
        let mut browser = Browser::new(service);
        browser.fill("/dashboard/sign-in", "/dashboard/sign-in", &[("email", EMAIL), ("password", super::browser::PASSWORD)]).await;
        assert!(browser.open("/dashboard/sandbox").await.text.contains("<dd>0 "));
        assert!(browser.open("/dashboard/sandbox?days=30").await.text.contains("<dd>3 "), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verifications_are_filtered_paged_downloaded_and_nobody_elses() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let (mut browser, _) = Browser::onboarded(service, EMAIL).await;
        let (mut stranger, _) = Browser::onboarded(service, "eve@other.example").await;
        let first = verified(service, EMAIL, Environment::Sandbox, None, "=HYPERLINK(\"x\")").await;
        for _ in 0..26 {
            issuer.clock.advance(1);
            verified(service, EMAIL, Environment::Sandbox, Some(DenyReason::TokenExpired), "late").await;
        }
        let list = "/dashboard/sandbox/verifications";
        let newest = browser.open(list).await;
        assert_eq!(newest.text.matches("<th scope=\"row\">").count(), 25, "{}: {}", database.engine, newest.text);
        let older = newest.between("?after=", "\"").unwrap().replace("&amp;", "&");
        let older = browser.open(&format!("{list}?after={older}")).await;
        assert!(
            older.text.matches("<th scope=\"row\">").count() == 2 && older.text.contains(&first.to_string()) && !older.text.contains("Older verifications")
        );
        let accepted = browser.open(&format!("{list}?result=accepted&from=2026-03-17&until=2026-03-17")).await;
        assert_eq!(accepted.text.matches("<th scope=\"row\">").count(), 1);
        assert!(browser.open(&format!("{list}?from=2026-03-18")).await.text.contains("None that match."));
        assert_eq!(browser.open(&format!("{list}?after=nonsense")).await.status, StatusCode::NOT_FOUND);

        let csv = browser.open(&format!("{list}.csv?result=accepted")).await;
        assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        let lines: Vec<_> = csv.text.lines().collect();
        assert!(lines.len() == 2 && lines[1].contains("\"'=HYPERLINK("), "a formula is text: {lines:?}");
        let late = browser.open(&format!("{list}?reason=TOKEN_EXPIRED&reference=late&result=refused")).await;
        assert_eq!(late.text.matches("<th scope=\"row\">").count(), 25);
        let repeated = late.text.replace("&#38;", "&").replace("&amp;", "&");
        assert!(repeated.contains("verifications.csv?result=refused&reason=TOKEN_EXPIRED&reference=late"), "the filters go along: {}", late.text);
        assert!(browser.open(&format!("{list}?reference=nobody")).await.text.contains("None that match."));

        let one = browser.open(&format!("{list}/{first}")).await;
        assert!(one.text.contains("income_verified") && !one.text.contains("<GBP>") && one.text.contains("evidence.json"), "{}", one.text);
        for page in [format!("{list}/{first}"), format!("{list}/{first}/evidence.json")] {
            assert_eq!(stranger.open(&page).await.status, StatusCode::NOT_FOUND, "{page}");
            assert_eq!(browser.open(&page.replace("sandbox", "live")).await.status, StatusCode::NOT_FOUND, "{page}");
        }
        assert!(stranger.open(list).await.text.contains("No verifications yet") && stranger.open(&format!("{list}.csv")).await.text.lines().count() == 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_token_is_tried_its_outcome_reported_and_both_are_on_its_timeline() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let service = &issuer.service;
        let (mut browser, _) = Browser::onboarded(service, EMAIL).await;
        let hooks = "/dashboard/sandbox/webhooks";
        let events = [("url", "https://hooks.example/a"), ("events", "verification.completed"), ("events", "outcome.reported")];
        browser.fill(hooks, hooks, &events).await;
        let page = "/dashboard/sandbox/try";
        let tried = browser.fill(page, page, &[("token", "passid-sandbox-tier1aaa"), ("institution_reference", "loan 7")]).await;
        let verification = browser.open(tried.location()).await;
        assert!(verification.text.contains("Accepted") && verification.text.contains("loan 7") && verification.text.contains("KE→GB"), "{}", verification.text);
        assert_eq!(verification.text.matches("https://hooks.example/a").count(), 1, "the event is on the timeline: {}", verification.text);
        let refused = browser.fill(page, page, &[("token", "PASSID-SANDBOX-REVOKED")]).await;
        assert!(browser.open(refused.location()).await.text.contains("CREDENTIAL_REVOKED"));
        let guessed = browser.fill(page, page, &[("token", "AB3X-7YQM-K9PQ")]).await;
        assert_eq!(guessed.status, StatusCode::BAD_REQUEST, "codes are not guessed here");
        let live = "/dashboard/live/try";
        assert_eq!(browser.open(live).await.status, StatusCode::NOT_FOUND);

        let id = tried.location().rsplit('/').next().unwrap().to_owned();
        issuer.clock.advance(100);
        let outcomes = "/dashboard/sandbox/outcomes";
        let reported = browser.fill(outcomes, outcomes, &[("token", id.as_str()), ("outcome", "repaid"), ("observationDays", "90")]).await;
        assert!(browser.open(reported.location()).await.text.contains("The outcome was recorded"), "{}: {}", database.engine, reported.text);
        let told = browser.open(tried.location()).await;
        assert!(
            told.text.contains("You reported <strong>repaid</strong> after 90 days") && told.text.matches("https://hooks.example/a").count() == 2,
            "{}",
            told.text
        );
        let twice = browser.fill(outcomes, outcomes, &[("token", id.as_str()), ("outcome", "defaulted")]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);

        let again = browser.fill(page, page, &[("token", "PASSID-SANDBOX-TIER2BBB")]).await;
        let second = again.location().rsplit('/').next().unwrap().to_owned();
        let table = format!("token,outcome\n{second},defaulted\n{id},repaid\nvrf_nobody,repaid\n{second},lost\n");
        let read = browser.fill(outcomes, &format!("{outcomes}/table"), &[("table", table.as_str())]).await;
        assert!(
            read.text.contains("1 recorded, 3 not.") && read.text.contains("reported for this token before") && read.text.contains("lost"),
            "{}",
            read.text
        );
        let audit = browser.open("/dashboard/sandbox/audit").await;
        assert!(audit.text.contains("outcome.reported") && !audit.text.contains("api key"), "a user did it, not a key");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn performance_says_nothing_of_few_and_draws_what_is_enough() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        let page = "/dashboard/sandbox/performance";
        assert!(browser.open(page).await.text.contains("No outcomes yet"));
        for number in 0..10 {
            let tried = browser.fill("/dashboard/sandbox/try", "/dashboard/sandbox/try", &[("token", "PASSID-SANDBOX-TIER1AAA")]).await;
            let id = tried.location().rsplit('/').next().unwrap().to_owned();
            if number == 9 {
                let few = browser.open(page).await;
                assert!(few.text.contains("Too few to say more") && !few.text.contains("<svg"), "{}: {}", database.engine, few.text);
            }
            let outcome = if number < 8 { "repaid" } else { "defaulted" };
            browser.fill("/dashboard/sandbox/outcomes", "/dashboard/sandbox/outcomes", &[("token", id.as_str()), ("outcome", outcome)]).await;
        }
        let shown = browser.open(page).await;
        assert!(shown.text.contains("<td class=\"number\">80.0 %</td>") && shown.text.contains("49.0 % to 94.3 %"), "{}", shown.text);
        assert!(shown.text.contains("No mature outcome with a prediction yet"));
        assert!(browser.open("/dashboard/live/performance").await.text.contains("No outcomes yet"), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_event_is_sent_to_sandbox_endpoints_only() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        for (environment, status) in [("sandbox", StatusCode::SEE_OTHER), ("live", StatusCode::CONFLICT)] {
            let list = format!("/dashboard/{environment}/webhooks");
            let shown = browser.fill(&list, &list, &[("url", "https://hooks.example/a"), ("events", "webhook.test")]).await;
            let page = format!("{list}/{}", shown.between(&format!("{list}/"), "\"").unwrap());
            let sent = browser.fill(&page, &format!("{page}/test"), &[("event", "outcome.reported")]).await;
            assert_eq!(sent.status, status, "{} {environment}: {}", database.engine, sent.text);
            if environment == "sandbox" {
                let delivery = browser.open(sent.location()).await;
                assert!(
                    delivery.text.contains("simulated") && delivery.text.contains("outcome.reported") && delivery.text.contains("None yet."),
                    "{}",
                    delivery.text
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_come_from_a_file_or_from_what_was_pasted_and_each_row_says_what_is_wrong() {
    const BOUNDARY: &str = "----form";
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut browser, _) = Browser::onboarded(&issuer.service, EMAIL).await;
        let verified = browser.fill("/dashboard/sandbox/try", "/dashboard/sandbox/try", &[("token", "PASSID-SANDBOX-TIER1AAA")]).await;
        let verification = verified.location().rsplit('/').next().unwrap().to_owned();
        let token = browser.open("/dashboard/sandbox/outcomes").await.hidden("form_token");
        let part = |name: &str, file: &str, text: &[u8]| {
            let file = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"\r\ncontent-type: text/csv") };
            [format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(), text, b"\r\n"].concat()
        };
        let send = async |browser: &mut Browser, parts: &[Vec<u8>]| {
            let mut body = parts.concat();
            body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
            let media = format!("multipart/form-data; boundary={BOUNDARY}");
            browser.send_bytes("/dashboard/sandbox/outcomes/table", &[("origin", super::browser::ORIGIN), ("content-type", &media)], body).await
        };
        let own = || part("form_token", "", token.as_bytes());
        let table = format!("\u{feff}token;outcome;observationDays\r\n{verification};repaid;30\r\nvrf_nobody;repaid;1\r\n{verification};lost;1\r\n");
        let foreign = send(&mut browser, &[part("file", "outcomes.csv", table.as_bytes())]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}: without our form's token", database.engine);
        let read = send(&mut browser, &[own(), part("table", "", b""), part("file", "outcomes.csv", table.as_bytes())]).await;
        assert!(read.status == StatusCode::OK && read.text.contains("1 recorded, 2 not."), "{}: {}", database.engine, read.text);
        assert!(read.text.contains("is not an outcome; use one of"), "{}", read.text);
        let pasted = format!("token,outcome\n{verification},repaid\n");
        let again = send(&mut browser, &[own(), part("table", "", pasted.as_bytes()), part("file", "", b"")]).await;
        assert!(again.text.contains("0 recorded, 1 not."), "{}", again.text);
        for (parts, says) in [
            (vec![own()], "Choose a file"),
            (vec![own(), part("table", "", b"token,outcome"), part("file", "a.csv", b"token,outcome")], "not both"),
            (vec![own(), part("file", "a.csv", b"token,outcome\n\xe9,repaid\n")], "CSV UTF-8"),
            (vec![own(), part("file", "a.csv", b"amount\n1\n")], "There is no column"),
        ] {
            let refused = send(&mut browser, &parts).await;
            assert!(refused.status == StatusCode::BAD_REQUEST && refused.text.contains(says), "{says}: {}", refused.text);
        }
        let large = send(&mut browser, &[own(), part("file", "a.csv", &b"x".repeat(70_000))]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(
            large.text.contains("This is too large") && large.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"),
            "{}",
            large.text
        );
    }
}
