//! What a person and an institution would notice about sharing, the hard cases first.

use std::sync::Arc;

use passid_api::agreement::{Agreement, CONTEXT_DOMAIN, Purpose};
use passid_api::claims::Slot;
use passid_api::predicate::{Operator, Predicate};
use passid_api::problem::ProblemCode;
use passid_api::session::{DeclineRequest, FulfillRequest, PublicSession};
use passid_circuits::{WitnessError, hash_to_field, session_nullifier};

use super::*;
use crate::consent::{ApprovalSubject, ConsentReview, KeystoreApproval, Obstacle, UserApproval, Warning};
use crate::credential::CredentialError;
use crate::history::{HistoryFilter, Outcome};
use crate::identity::ConsentLock;
use crate::issuer::IssuerError;
use crate::keystore::{KeyRole, KeystoreError};
use crate::request::RequestError;
use crate::testing::{Behaviour, Home};

async fn outcome(wallet: &Wallet) -> (Outcome, Option<String>) {
    let entry = wallet.history(HistoryFilter::default()).await.unwrap().remove(0);
    (entry.outcome, entry.reason)
}

fn fulfil(home: &Home, index: usize) -> FulfillRequest {
    serde_json::from_slice(&home.issuer.sent()[index].body).unwrap()
}

#[tokio::test]
async fn what_is_sent_is_exactly_what_was_agreed_to() {
    let home = Home::new().await;
    let (wallet, credential) = home.wallet().await;
    let session = home.session();
    let review = home.review(&wallet, &session).await;
    assert_eq!(review.obstacle, None);
    let shared = home.approve(&wallet, &review).await.unwrap();
    assert!(shared.verification_id.is_some());

    let presentation = fulfil(&home, 0).presentation;
    let mask = session.permissions.disclosure_mask();
    for slot in Slot::ALL {
        let disclosed = presentation.disclosed[slot.index()] != 0;
        assert!(!disclosed || mask & (1 << slot.index()) != 0, "{slot} was not agreed to");
    }
    assert_eq!(presentation.disclosed[Slot::IncomeMonthly.index()], 0);
    assert_ne!(presentation.disclosed[Slot::IncomeBand.index()], 0);
    // 5,000 seconds are two hours, rounded up.
    assert_eq!(presentation.max_data_age, 2 * 3_600);
    assert_eq!(presentation.min_expiry, session.expires_at.unsigned_seconds());
    assert_ne!(presentation.min_expiry, credential.expires_at.unsigned_seconds());

    let agreement = Agreement {
        environment: session.environment,
        purpose: Purpose::Session { institution: session.institution.id, session: session.request_id },
        permissions: session.permissions.clone(),
        predicates: Vec::new(),
        expires_at: session.expires_at,
    };
    let account = wallet.core.registered_account().await.unwrap();
    let secret = account.consent_lock(&wallet.core).open().unwrap().into_secret();
    let nullifier = session_nullifier(&secret, hash_to_field(CONTEXT_DOMAIN, &agreement.canonical_bytes()));
    assert_eq!(presentation.session_nullifier, nullifier.to_string());
}

#[tokio::test]
async fn a_request_that_changed_after_it_was_shown_is_not_answered() {
    let changes: [fn(&mut PublicSession); 6] = [
        |session| session.permissions = passid_api::permission::PermissionSet::all(),
        |session| session.predicates.push(Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound: 1 }),
        |session| session.expires_at = session.expires_at.plus_seconds(1),
        |session| session.institution.name = "Acme Bank Ltd".to_owned(),
        |session| session.institution.display_name = Some("Your bank".to_owned()),
        |session| session.institution.approved = false,
    ];
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    for change in changes {
        let session = home.session();
        let review = home.review(&wallet, &session).await;
        change(home.issuer.inside().sessions.get_mut(&session.request_id).unwrap());
        assert_eq!(home.approve(&wallet, &review).await, Err(ConsentError::RequestChanged.into()));
    }
    let session = home.session();
    let review = home.review(&wallet, &session).await;
    home.clock.advance(1);
    home.receive(&wallet).await.unwrap();
    assert_eq!(home.approve(&wallet, &review).await, Err(ConsentError::RequestChanged.into()), "another credential would be used than shown");
    assert_eq!((home.issuer.sent().len(), home.prover.proofs()), (0, 0));
}

#[tokio::test]
async fn a_stale_head_is_retried_once_with_a_fresh_one_and_a_new_key() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    home.issuer.behave(Behaviour::StaleHead);
    home.prover.meanwhile({
        let clock = home.clock.clone();
        move || clock.advance(1)
    });
    home.approve(&wallet, &review).await.unwrap();
    let sent = home.issuer.sent();
    assert_eq!((sent.len(), home.prover.proofs(), home.issuer.effects()), (2, 2, 1));
    assert_ne!(sent[0].key, sent[1].key);
    assert_ne!(fulfil(&home, 0).presentation.head, fulfil(&home, 1).presentation.head);

    let review = home.review(&wallet, &home.session()).await;
    home.issuer.behave(Behaviour::StaleHead);
    home.issuer.behave(Behaviour::StaleHead);
    let refused = home.approve(&wallet, &review).await.unwrap_err();
    assert_eq!(refused.code(), "stale_head");
    assert_eq!(home.issuer.sent().len(), 4);
    assert_eq!(outcome(&wallet).await, (Outcome::Failed, Some("stale_head".to_owned())));
    home.approve(&wallet, &review).await.expect("after a definite refusal it may be tried anew");
}

#[tokio::test]
async fn lost_answers_and_lost_requests_share_exactly_once() {
    for lost in [Behaviour::LoseAnswer, Behaviour::LoseRequest] {
        let home = Home::new().await;
        let (wallet, _) = home.wallet().await;
        let review = home.review(&wallet, &home.session()).await;
        home.issuer.behave(lost);
        assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::Unknown.into()));
        assert_eq!(outcome(&wallet).await.0, Outcome::Unknown);
        wallet.close().await.unwrap();

        let wallet = home.open().await.unwrap();
        let resumed = wallet.resume_attempts().await.unwrap();
        assert_eq!(resumed, [ResumedAttempt { subject: review.session.to_string(), outcome: ResumedOutcome::Shared }]);
        let sent = home.issuer.sent();
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0], sent[1], "the same bytes under the same key");
        assert_eq!((home.issuer.effects(), home.prover.proofs()), (1, 1));
        assert_eq!(outcome(&wallet).await, (Outcome::Shared, None));
        assert_eq!(wallet.resume_attempts().await.unwrap(), []);
        assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::AlreadyShared.into()));
    }
}

#[tokio::test]
async fn while_it_is_unknown_whether_it_arrived_nothing_new_is_sent() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    for _ in 0..3 {
        home.issuer.behave(Behaviour::LoseAnswer);
    }
    for _ in 0..2 {
        assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::Unknown.into()));
    }
    assert_eq!(wallet.decline(review.session, None).await, Err(PresentationError::Unknown.into()));
    let sent = home.issuer.sent();
    assert!(sent.len() == 3 && sent.iter().all(|one| *one == sent[0]));
    assert_eq!((home.issuer.effects(), home.prover.proofs()), (1, 1));
    assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::AlreadyShared.into()));
}

#[tokio::test]
async fn after_a_lost_answer_a_refusal_that_judges_nothing_settles_nothing() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    home.issuer.behave(Behaviour::LoseAnswer);
    assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::Unknown.into()));
    for code in [ProblemCode::RateLimited, ProblemCode::WrongKeyKind, ProblemCode::Unavailable, ProblemCode::RequestInProgress] {
        home.issuer.behave(Behaviour::Refuse(code));
        assert_eq!(wallet.resume_attempts().await.unwrap()[0].outcome, ResumedOutcome::Unknown, "{code}");
    }
    home.clock.advance(24 * 3_600);
    let before = home.issuer.sent().len();
    assert_eq!(wallet.resume_attempts().await.unwrap()[0].outcome, ResumedOutcome::Unknown, "too late to ask: the answer may be forgotten");
    assert_eq!(home.issuer.sent().len(), before);
    assert_eq!(wallet.resume_attempts().await.unwrap(), [], "nothing is left that could be sent");
    assert_eq!(outcome(&wallet).await.0, Outcome::Unknown);
    assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::Unknown.into()));
}

#[tokio::test]
async fn a_presentation_the_issuer_knows_already_was_shared() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    home.issuer.behave(Behaviour::Refuse(ProblemCode::PresentationReplayed));
    let shared = home.approve(&wallet, &review).await.unwrap();
    assert_eq!(shared.verification_id, None);
    assert_eq!(outcome(&wallet).await, (Outcome::Shared, None));
}

#[tokio::test]
async fn the_time_is_checked_before_proving_and_before_sending() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let session = home.session();
    let review = home.review(&wallet, &session).await;
    home.prover.meanwhile({
        let clock = home.clock.clone();
        move || clock.advance(601)
    });
    assert_eq!(home.approve(&wallet, &review).await, Err(RequestError::Expired.into()));
    assert_eq!((home.prover.proofs(), home.issuer.sent().len()), (1, 0));
    assert_eq!(outcome(&wallet).await, (Outcome::Failed, Some("request_expired".to_owned())));

    home.issuer.inside().sessions.get_mut(&session.request_id).unwrap().expires_in_seconds = 0;
    assert_eq!(home.approve(&wallet, &review).await, Err(RequestError::Expired.into()));
    assert_eq!(home.prover.proofs(), 1);
}

#[tokio::test]
async fn a_clock_that_is_minutes_off_is_said_and_nothing_is_proved() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let session = home.session();
    home.clock.advance(300);
    let review = home.review(&wallet, &session).await;
    assert!(review.warnings.contains(&Warning::ClockWrong));
    assert_eq!(review.seconds_left, 600, "the issuer counts the seconds");
    assert_eq!(home.approve(&wallet, &review).await, Err(RequestError::ClockWrong.into()));
    assert_eq!(home.prover.proofs(), 0);
}

#[tokio::test]
async fn cancelling_in_the_middle_of_the_proof_shares_nothing_and_can_be_taken_up_again() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    let control = PresentationControl::default();
    home.prover.meanwhile({
        let cancel = control.cancel.clone();
        move || cancel.cancel()
    });
    let cancelled = wallet.approve(review.session, review.request_hash, Arc::new(KeystoreApproval), control).await;
    assert_eq!(cancelled, Err(PresentationError::Cancelled.into()));
    assert_eq!(home.issuer.sent().len(), 0);
    home.approve(&wallet, &review).await.unwrap();
}

#[tokio::test]
async fn without_the_person_nothing_is_proved() {
    struct No;
    impl UserApproval for No {
        fn approve(&self, _: ApprovalSubject<'_>, _: &ConsentLock) -> Result<HolderSecret, KeystoreError> {
            Err(KeystoreError::Cancelled)
        }
    }
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    for error in [KeystoreError::Locked, KeystoreError::Cancelled, KeystoreError::Invalidated] {
        home.keystore.fail(KeyRole::Consent, error);
        assert_eq!(home.approve(&wallet, &review).await, Err(error.into()));
    }
    home.keystore.recover();
    let refused = wallet.approve(review.session, review.request_hash, Arc::new(No), PresentationControl::default()).await;
    assert_eq!(refused, Err(KeystoreError::Cancelled.into()));
    assert_eq!((home.prover.proofs(), home.issuer.sent().len(), home.keystore.times_opened(KeyRole::Consent)), (0, 0, 0));
    home.approve(&wallet, &review).await.unwrap();
    assert_eq!(home.keystore.times_opened(KeyRole::Consent), 1);
}

#[tokio::test]
async fn two_approvals_at_once_share_once() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    let (one, other) = tokio::join!(home.approve(&wallet, &review), home.approve(&wallet, &review));
    let failures: Vec<_> = [one, other].into_iter().filter_map(Result::err).collect();
    assert_eq!(failures, [PresentationError::AlreadyShared.into()]);
    assert_eq!(home.issuer.sent().len(), 1);
}

#[tokio::test]
async fn a_condition_that_is_not_met_is_said_before_and_tells_the_institution_nothing() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let session = home.session();
    let predicate = Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound: 345_679 };
    home.issuer.inside().sessions.get_mut(&session.request_id).unwrap().predicates.push(predicate);
    let review = home.review(&wallet, &session).await;
    assert_eq!(review.obstacle, Some(Obstacle::ConditionNotMet));
    assert_eq!(review.predicates[0].text.english, "Your monthly income is at least £3,456.79");
    let failed = home.approve(&wallet, &review).await.unwrap_err();
    assert_eq!(failed, PresentationError::Unprovable(WitnessError::BelowBound { slot: 3 }).into());
    assert_eq!(home.issuer.sent().len(), 0);

    let session = home.session();
    home.issuer.inside().sessions.get_mut(&session.request_id).unwrap().predicates.push(Predicate { bound: 345_678, ..predicate });
    let review = home.review(&wallet, &session).await;
    assert_eq!(review.obstacle, None);
    home.approve(&wallet, &review).await.unwrap();
}

#[tokio::test]
async fn a_revoked_credential_is_noticed_at_the_path() {
    let home = Home::new().await;
    let (wallet, credential) = home.wallet().await;
    let review = home.review(&wallet, &home.session()).await;
    home.issuer.revoke_newest();
    assert_eq!(home.approve(&wallet, &review).await, Err(CredentialError::NotInTree.into()));
    assert_eq!(home.prover.proofs(), 0);
    let view = wallet.credentials().await.unwrap().remove(0);
    assert_eq!((view.id, view.state.as_str()), (credential.id, "revoked"));
}

#[tokio::test]
async fn declining_says_why_and_cannot_be_taken_back() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let session = home.session();
    let review = home.review(&wallet, &session).await;
    home.issuer.behave(Behaviour::LoseAnswer);
    let long = format!(" {}", "x".repeat(500));
    assert_eq!(wallet.decline(review.session, Some(&long)).await, Err(PresentationError::Unknown.into()));
    assert_eq!(wallet.resume_attempts().await.unwrap()[0].outcome, ResumedOutcome::Declined);
    let sent = home.issuer.sent();
    assert_eq!(sent[0], sent[1]);
    let declined: DeclineRequest = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(declined.reason.unwrap().len(), 200);
    assert_eq!(outcome(&wallet).await, (Outcome::Declined, None));
    assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::AlreadyDeclined.into()));
    assert_eq!(wallet.decline(review.session, None).await, Err(PresentationError::AlreadyDeclined.into()));
}

#[tokio::test]
async fn a_refusal_for_good_says_so_and_keeps_no_claims() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    for code in [ProblemCode::Gone, ProblemCode::ProofInvalid, ProblemCode::SanctionsMatch, ProblemCode::CredentialNotValid] {
        let review = home.review(&wallet, &home.session()).await;
        home.issuer.behave(Behaviour::Refuse(code));
        let refused = home.approve(&wallet, &review).await.unwrap_err();
        assert!(matches!(&refused, WalletError::Presentation(PresentationError::Refused(IssuerError::Problem(problem))) if problem.code == code));
    }
    let bodies: i64 = wallet
        .core
        .vault
        .read(|tables| tables.query_row("SELECT count(*) FROM attempt WHERE body IS NOT NULL", [], |row| row.get(0)).map_err(VaultError::from))
        .await
        .unwrap();
    assert_eq!(bodies, 0);
}

#[tokio::test]
async fn neither_errors_nor_debug_nor_history_carry_values() {
    let home = Home::new().await;
    let (wallet, credential) = home.wallet().await;
    let session = home.session();
    let review = home.review(&wallet, &session).await;
    home.approve(&wallet, &review).await.unwrap();
    let history = wallet.export_history().await.unwrap();
    let printed = format!("{wallet:?} {credential:?} {review:?} {history}");
    for value in ["345678", "3,000", "987654", "0.98", "\"KE", "KE→GB"] {
        assert!(!printed.contains(value), "{value}");
    }
    assert!(history.contains("income_verified") && history.contains("Acme Bank"));
    let shown: &ConsentReview = &review;
    assert!(serde_json::to_string(shown).unwrap().contains("£3,000–4,000/mo"), "the person does see the values");
}
