//! Requests that must not be answered, and what a person is told about those that may.

use passid_api::environment::Environment;
use passid_api::permission::PermissionSet;
use passid_api::session::{PublicSession, deep_link};

use super::*;
use crate::WalletError;
use crate::consent::{Obstacle, Warning};
use crate::testing::Home;

#[tokio::test]
async fn a_link_that_names_another_institution_is_not_shown() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let (session, other) = (home.session(), home.session());
    let forged = deep_link(session.request_id, other.institution.id);
    assert_eq!(wallet.review(&forged).await, Err(RequestError::OtherInstitution.into()));
}

#[tokio::test]
async fn answers_that_do_not_fit_the_question_are_refused() {
    type Row = (fn(&mut PublicSession), RequestError);
    let bends: [Row; 4] = [
        (|session| session.environment = Environment::Live, RequestError::OtherEnvironment),
        (|session| session.one_time = false, RequestError::Unusable),
        (|session| session.request_id = "req_01hzk3vw0kg9m2x4p6r8t0v2w5".parse().unwrap(), RequestError::Unusable),
        (|session| session.expires_in_seconds = 0, RequestError::Expired),
    ];
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    for (bend, expected) in bends {
        let session = home.session();
        bend(home.issuer.inside().sessions.get_mut(&session.request_id).unwrap());
        let link = deep_link(session.request_id, session.institution.id);
        assert_eq!(wallet.review(&link).await, Err(expected.into()));
    }
    let gone = deep_link("req_01hzk3vw0kg9m2x4p6r8t0v2w5".parse().unwrap(), "ins_01hzk3vw0kg9m2x4p6r8t0v2w4".parse().unwrap());
    assert_eq!(wallet.review(&gone).await, Err(RequestError::NotFound.into()));
}

#[tokio::test]
async fn a_code_shows_the_same_request_and_what_to_be_careful_about() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let session = home.issuer.session(PermissionSet::all());
    {
        let mut inside = home.issuer.inside();
        let stored = inside.sessions.get_mut(&session.request_id).unwrap();
        stored.institution.approved = false;
        stored.institution.display_name = Some("Totally Your Bank\u{202e}".to_owned());
        stored.expires_in_seconds = 45;
        stored.expires_at = stored.expires_at.plus_seconds(-555);
    }
    let review = wallet.review("ab3x-7yqm").await.unwrap();
    assert_eq!(review.session, session.request_id);
    assert_eq!(review.verifier.display_name.as_deref(), Some("Totally Your Bank"));
    assert_eq!(review.warnings, [Warning::UnapprovedInstitution, Warning::OtherName, Warning::Sandbox, Warning::ScoreAsked, Warning::LittleTime]);
    assert_eq!(review.claims.len(), 8, "seven permissions and what is always disclosed");
}

#[tokio::test]
async fn whoever_has_nothing_to_share_still_sees_who_asks() {
    let home = Home::new().await;
    let wallet = home.open().await.unwrap();
    let session = home.session();
    assert_eq!(home.review(&wallet, &session).await.obstacle, Some(Obstacle::NotRegistered));
    wallet.register().await.unwrap();
    let review = home.review(&wallet, &session).await;
    assert_eq!((review.obstacle, review.credential), (Some(Obstacle::NoCredential), None));
    assert_eq!(home.approve(&wallet, &review).await.unwrap_err().code(), "credential_none");
    home.receive(&wallet).await.unwrap();
    home.clock.advance(31 * 86_400);
    let review = home.review(&wallet, &home.session()).await;
    assert_eq!(review.obstacle, Some(Obstacle::CredentialExpired));
    assert!(matches!(home.approve(&wallet, &review).await, Err(WalletError::Credential(_))));
}
