//! Shares as their maker sees them: made once whatever is lost, gone when used, withdrawn when wanted.

use passid_api::claims::Slot;
use passid_api::permission::Permission;
use passid_api::predicate::Operator;
use passid_api::share::CreateShare;
use passid_api::time::Clock;

use super::*;
use crate::consent::KeystoreApproval;
use crate::history::HistoryFilter;
use crate::keystore::{KeyRole, KeystoreError};
use crate::presentation::ResumedOutcome;
use crate::testing::{Behaviour, Home};

fn options() -> ShareOptions {
    ShareOptions::new(PermissionSet::new([Permission::IncomeVerified]).unwrap())
}

async fn make(wallet: &Wallet, options: ShareOptions) -> Result<NewShare, WalletError> {
    wallet.create_share(options, Arc::new(KeystoreApproval), PresentationControl::default()).await
}

#[tokio::test]
async fn a_share_is_made_for_what_was_proposed_and_can_be_read_aloud() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let audience = home.session().institution.id;
    let predicate = Predicate { claim: Slot::AccountAgeMonths, operator: Operator::AtLeast, bound: 12 };
    let options = ShareOptions { predicates: vec![predicate], audience: Some(audience), lifetime_seconds: 3_600, ..options() };
    let proposal = wallet.propose_share(&options).await.unwrap();
    assert_eq!(proposal.claims[0].values["income_band"], "£3,000–4,000/mo");
    assert_eq!(proposal.predicates[0].met, Some(true));
    assert!(!format!("{proposal:?}").contains("3,000"));

    let share = make(&wallet, options).await.unwrap();
    assert_eq!(share.spelled.len(), 3);
    let sent: CreateShare = serde_json::from_slice(&home.issuer.sent()[0].body).unwrap();
    assert_eq!((sent.audience, sent.predicates), (Some(audience), vec![predicate]));
    assert_eq!(sent.expires_at, home.clock.now().plus_seconds(3_600));
    assert_eq!(sent.presentation.min_expiry, sent.expires_at.unsigned_seconds());

    let stored = wallet.shares().await.unwrap().remove(0);
    assert_eq!((stored.code, stored.token), (Some(share.code), Some(share.token)));
    assert!(!format!("{share:?} {stored:?}").contains(&share.code.to_string()[..4]));
}

#[tokio::test]
async fn a_lost_answer_gives_one_share_and_its_code_comes_back() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    home.issuer.behave(Behaviour::LoseAnswer);
    assert_eq!(make(&wallet, options()).await.unwrap_err(), PresentationError::Unknown.into());
    assert_eq!(wallet.shares().await.unwrap(), []);
    wallet.close().await.unwrap();
    let wallet = home.open().await.unwrap();
    assert_eq!(wallet.resume_attempts().await.unwrap()[0].outcome, ResumedOutcome::Shared);
    let shares = wallet.shares().await.unwrap();
    assert!(shares.len() == 1 && shares[0].code.is_some());
    assert_eq!(home.issuer.effects(), 1);
}

#[tokio::test]
async fn when_it_was_used_the_history_says_by_whom_and_the_code_is_gone() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let share = make(&wallet, options()).await.unwrap();
    {
        let mut inside = home.issuer.inside();
        inside.shares[0].status = ShareState::Used;
        inside.shares[0].used_at = Some(home.clock.now());
        inside.shares[0].used_by = Some("Acme\u{202e} Bank".to_owned());
    }
    let stored = wallet.refresh_shares().await.unwrap().remove(0);
    assert_eq!((stored.id, stored.state, stored.code, stored.token), (share.id, ShareState::Used, None, None));
    let entry = wallet.history(HistoryFilter::default()).await.unwrap().remove(0);
    assert_eq!((entry.outcome, entry.verifier.as_deref()), (Outcome::Used, Some("Acme Bank")));
}

#[tokio::test]
async fn withdrawn_or_ended_shares_lose_their_codes() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let one = make(&wallet, options()).await.unwrap();
    let other = make(&wallet, options()).await.unwrap();
    wallet.revoke_share(one.id).await.unwrap();
    home.clock.advance(601);
    let shares = wallet.shares().await.unwrap();
    let state = |id| shares.iter().find(|share| share.id == id).map(|share| (share.state, share.code));
    assert_eq!(state(one.id), Some((ShareState::Revoked, None)));
    assert_eq!(state(other.id), Some((ShareState::Expired, None)));
    home.issuer.behave(Behaviour::Refuse(ProblemCode::Conflict));
    assert_eq!(wallet.revoke_share(other.id).await, Err(ShareError::Over.into()));
}

#[tokio::test]
async fn what_cannot_be_shared_is_refused_before_anyone_is_asked() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let predicate = |bound| Predicate { claim: Slot::IncomeMonthly, operator: Operator::AtLeast, bound };
    for (options, expected) in [
        (ShareOptions { lifetime_seconds: 59, ..options() }, ShareError::Lifetime),
        (ShareOptions { lifetime_seconds: 86_401, ..options() }, ShareError::Lifetime),
        (ShareOptions { predicates: vec![predicate(1); 5], ..options() }, ShareError::Predicates),
        (ShareOptions { predicates: vec![predicate(1 << 48)], ..options() }, ShareError::Predicates),
        (ShareOptions { predicates: vec![predicate(345_679)], ..options() }, ShareError::ConditionNotMet),
    ] {
        assert_eq!(make(&wallet, options).await.unwrap_err(), expected.into());
    }
    home.keystore.fail(KeyRole::Consent, KeystoreError::Cancelled);
    assert_eq!(make(&wallet, options()).await.unwrap_err(), KeystoreError::Cancelled.into());
    assert_eq!((home.prover.proofs(), home.issuer.sent().len()), (0, 0));
}
