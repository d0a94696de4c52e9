//! Inviting, joining, changing roles, leaving.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use passid_api::institution::Role;

use crate::institution::testing::Api;
use crate::params;
use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::browser::{Browser, PASSWORD};

const TEAM: &str = "/dashboard/sandbox/team";
const DAY: i64 = 24 * 3_600;

/// The identifier of the user with this address, as the team's page shows it.
async fn member(browser: &mut Browser, email: &str) -> String {
    let page = browser.open(TEAM).await.text;
    let (_, after) = page.split_once(&format!("<th scope=\"row\">{email}")).unwrap_or_else(|| panic!("{email} is not in the team: {page}"));
    after.split_once("<code>").unwrap().1.split_once('<').unwrap().0.to_owned()
}

async fn access_token(api: &Api, email: &str) -> String {
    let answer = api.post("/api/institution/login", json!({ "email": email, "password": PASSWORD })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_once_for_three_days_and_until_it_is_withdrawn_or_replaced() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut owner, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let mut guest = Browser::new(&issuer.service);
        let gone = async |guest: &mut Browser, link: &str| {
            let page = guest.open(link).await;
            assert!(page.status == StatusCode::GONE && page.text.contains("This link works no more"), "{}: {}", database.engine, page.text);
        };
        let first = owner.invite("bo@meridian.example", Role::Developer).await;
        let second = owner.invite("Bo@Meridian.example", Role::Viewer).await;
        gone(&mut guest, &first).await;
        let team = owner.open(TEAM).await;
        assert_eq!(team.text.matches(">bo@meridian.example<").count(), 1, "one invitation for an address");
        assert!(!team.text.contains(second.rsplit('/').next().unwrap()), "the link is shown once");
        let withdraw = format!("{TEAM}/invitations/{}/withdraw", team.between("/team/invitations/", "/withdraw").unwrap());
        let withdrawn = owner.fill(TEAM, &withdraw, &[]).await;
        assert!(owner.open(withdrawn.location()).await.text.contains("Nobody is invited"));
        gone(&mut guest, &second).await;

        let late = owner.invite("bo@meridian.example", Role::Viewer).await;
        issuer.clock.advance(3 * DAY);
        gone(&mut guest, &late).await;
        owner.fill("/dashboard/sign-in", "/dashboard/sign-in", &[("email", "ada@meridian.example"), ("password", PASSWORD)]).await;
        let link = owner.invite("bo@meridian.example", Role::Viewer).await;
        assert!(guest.open(&link).await.text.contains("Join Meridian Bank") && guest.open(&link).await.status == StatusCode::OK, "looking does not use it up");
        let easy = guest.fill(&link, &link, &[("password", "bo@meridian.example")]).await;
        assert!(easy.status == StatusCode::BAD_REQUEST && easy.text.contains("too easy to guess"), "{}", easy.text);
        let (mut racer, mut other) = (guest.clone(), guest.clone());
        let fields = [("password", PASSWORD)];
        let (one, two) = tokio::join!(racer.fill(&link, &link, &fields), other.fill(&link, &link, &fields));
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::GONE], "{}: one of two gets it", database.engine);
        gone(&mut guest, &link).await;
        gone(&mut guest, "/dashboard/join/nonsense").await;
        gone(&mut guest, &format!("/dashboard/join/{}", "A".repeat(43))).await;

        let (_, welcome) = Browser::onboarded(&issuer.service, "eve@other.example").await;
        assert_eq!(welcome.status, StatusCode::CREATED);
        for taken in ["bo@meridian.example", "eve@other.example"] {
            let refused = owner.fill(TEAM, &format!("{TEAM}/invitations"), &[("email", taken), ("role", "viewer")]).await;
            assert!(refused.status == StatusCode::CONFLICT && refused.text.contains("aria-invalid"), "{taken}: {}", refused.text);
        }
        let nonsense = owner.fill(TEAM, &format!("{TEAM}/invitations"), &[("email", "<b>"), ("role", "viewer")]).await;
        assert!(nonsense.status == StatusCode::BAD_REQUEST && nonsense.text.contains("not an e-mail address") && !nonsense.text.contains("<b>"));
        let audit = owner.open("/dashboard/sandbox/audit?check=now").await;
        for action in ["member.invited", "invitation.withdrawn", "member.joined"] {
            assert!(audit.text.contains(action), "{}: {action}", database.engine);
        }
        assert!(audit.text.contains("The chain holds"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_holds_from_the_next_request_on_and_a_removed_user_is_out_at_once() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let api = Api::new(&issuer.service);
        let (mut owner, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let mut bo = owner.invited(&issuer.service, "bo@meridian.example", Role::Developer).await;
        let id = member(&mut owner, "bo@meridian.example").await;
        let token = format!("Bearer {}", access_token(&api, "bo@meridian.example").await);
        let headers = [("authorization", token.as_str())];
        let make_key = async || api.call(Method::POST, "/v1/institution/keys", &headers, &json!({ "environment": "sandbox", "kind": "sk" })).await;
        let look = async || api.call(Method::GET, "/v1/institution/keys", &headers, &Value::Null).await.status;
        assert_eq!(make_key().await.status, StatusCode::CREATED);
        assert_eq!(bo.fill("/dashboard/sandbox/keys", "/dashboard/sandbox/keys", &[("kind", "sk")]).await.status, StatusCode::CREATED);

        owner.fill(TEAM, &format!("{TEAM}/{id}/role"), &[("role", "viewer")]).await;
        let refused = make_key().await;
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "role_not_allowed"), "{}: with the same token", database.engine);
        assert_eq!(look().await, StatusCode::OK);
        assert_eq!(bo.fill("/dashboard/sandbox/keys", "/dashboard/sandbox/keys", &[("kind", "sk")]).await.status, StatusCode::FORBIDDEN);

        let refresh = api.post("/api/institution/login", json!({ "email": "bo@meridian.example", "password": PASSWORD })).await.body["refresh_token"].clone();
        owner.fill(TEAM, &format!("{TEAM}/{id}/remove"), &[]).await;
        assert_eq!(bo.open("/dashboard/sandbox").await.location(), "/dashboard/sign-in", "{}", database.engine);
        assert_eq!(look().await, StatusCode::UNAUTHORIZED, "the access token ends before its ten minutes");
        let refreshed = api.post("/api/institution/token/refresh", json!({ "refresh_token": refresh })).await;
        assert_eq!(refreshed.status, StatusCode::UNAUTHORIZED);
        let again = api.post("/api/institution/login", json!({ "email": "bo@meridian.example", "password": PASSWORD })).await;
        assert_eq!(again.status, StatusCode::UNAUTHORIZED);
        assert!(!owner.open(TEAM).await.text.contains("bo@meridian.example"));
        let kept = issuer.service.store.reader().await.unwrap().fetch_all("SELECT email, password_hash FROM institution_users", params![]).await.unwrap();
        assert!(!kept.iter().any(|row| row.get::<String>("email").unwrap().contains("bo@")), "the address is forgotten");
        let mut back = owner.invited(&issuer.service, "bo@meridian.example", Role::Viewer).await;
        assert_eq!(back.open(TEAM).await.status, StatusCode::OK, "{}: who comes back is another user", database.engine);
        assert_ne!(member(&mut owner, "bo@meridian.example").await, id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_always_has_an_owner_and_others_workspaces_are_out_of_reach() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let (mut ada, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
        let (mut eve, _) = Browser::onboarded(&issuer.service, "eve@other.example").await;
        let id = member(&mut ada, "ada@meridian.example").await;
        for (action, fields) in [("role", vec![("role", "viewer")]), ("remove", vec![])] {
            let last = ada.fill(TEAM, &format!("{TEAM}/{id}/{action}"), &fields).await;
            assert!(last.status == StatusCode::CONFLICT && last.text.contains("A workspace needs an owner"), "{} {action}: {}", database.engine, last.text);
            let foreign = eve.fill(TEAM, &format!("{TEAM}/{id}/{action}"), &fields).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{action}");
        }
        ada.invite("new@meridian.example", Role::Owner).await;
        let invitation = ada.open(TEAM).await.between("/team/invitations/", "/withdraw").unwrap();
        assert_eq!(eve.fill(TEAM, &format!("{TEAM}/invitations/{invitation}/withdraw"), &[]).await.status, StatusCode::NOT_FOUND);
        assert!(!eve.open(TEAM).await.text.contains("meridian.example"));

        // Two owners who remove each other at the same moment: one of them stays.
        let mut bo = ada.invited(&issuer.service, "bo@meridian.example", Role::Owner).await;
        let other = member(&mut ada, "bo@meridian.example").await;
        let (one, two) = (format!("{TEAM}/{other}/remove"), format!("{TEAM}/{id}/remove"));
        // Both see the page before either sends its form.
        let (seen, also_seen) = (ada.open(TEAM).await.hidden("form_token"), bo.open(TEAM).await.hidden("form_token"));
        let (mine, theirs) = ([("form_token", seen.as_str())], [("form_token", also_seen.as_str())]);
        let (first, second) = tokio::join!(ada.post(&one, &mine), bo.post(&two, &theirs));
        let mut statuses = [first.status, second.status];
        statuses.sort();
        assert_eq!(statuses[0], StatusCode::SEE_OTHER, "{}: {statuses:?}", database.engine);
        assert!(statuses[1].is_client_error() || statuses[1] == StatusCode::SEE_OTHER, "{statuses:?}");
        let sql = "SELECT COUNT(*) AS n FROM institution_users WHERE role = 'owner' AND removed_at IS NULL AND email LIKE '%meridian%'";
        let row = issuer.service.store.reader().await.unwrap().fetch_optional(sql, params![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 1, "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_sent_twice_shows_one_link_and_neither_token_nor_password_is_kept_in_clear() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let (mut owner, _) = Browser::onboarded(&issuer.service, "ada@meridian.example").await;
    let page = owner.open(TEAM).await;
    let (token, once) = (page.hidden("form_token"), page.hidden("once"));
    let fields = [("form_token", token.as_str()), ("once", once.as_str()), ("email", "bo@meridian.example"), ("role", "viewer")];
    let link = |shown: super::browser::Shown| shown.between("/dashboard/join/", "<").unwrap();
    let first = link(owner.post(&format!("{TEAM}/invitations"), &fields).await);
    assert_eq!(first, link(owner.post(&format!("{TEAM}/invitations"), &fields).await));
    for sql in ["SELECT id || email || invited_by AS text FROM institution_invitations", "SELECT subject || actor AS text FROM audit_log"] {
        for row in issuer.service.store.reader().await.unwrap().fetch_all(sql, params![]).await.unwrap() {
            let text: String = row.get("text").unwrap();
            assert!(!text.contains(&first), "{sql}");
            assert!(!sql.contains("audit_log") || !text.contains('@'), "no address in the audit log: {text}");
        }
    }
}
