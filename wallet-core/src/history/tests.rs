//! The history: filtered, deleted, switched off; sharing stays safe without it.

use super::*;
use crate::presentation::PresentationError;
use crate::testing::Home;

#[tokio::test]
async fn lines_can_be_filtered_deleted_and_switched_off() {
    let home = Home::new().await;
    let (wallet, _) = home.wallet().await;
    let (one, other) = (home.session(), home.session());
    home.approve(&wallet, &home.review(&wallet, &one).await).await.unwrap();
    home.clock.advance(10);
    wallet.decline(other.request_id, None).await.unwrap();

    let all = wallet.history(HistoryFilter::default()).await.unwrap();
    assert_eq!(all.iter().map(|entry| entry.outcome).collect::<Vec<_>>(), [Outcome::Declined, Outcome::Shared]);
    let filtered = async |filter| wallet.history(filter).await.unwrap().into_iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(filtered(HistoryFilter { verifier: Some(one.institution.id), ..HistoryFilter::default() }).await, [all[1].id]);
    assert_eq!(filtered(HistoryFilter { outcome: Some(Outcome::Declined), ..HistoryFilter::default() }).await, [all[0].id]);
    assert_eq!(filtered(HistoryFilter { since: Some(all[0].at), ..HistoryFilter::default() }).await, [all[0].id]);
    assert_eq!(filtered(HistoryFilter { limit: Some(1), ..HistoryFilter::default() }).await, [all[0].id]);

    assert_eq!(wallet.delete_history(Some(all[0].id)).await.unwrap(), 1);
    wallet.keep_history(false).await.unwrap();
    let review = home.review(&wallet, &home.session()).await;
    home.approve(&wallet, &review).await.unwrap();
    assert_eq!(wallet.history(HistoryFilter::default()).await.unwrap().len(), 1);
    assert_eq!(wallet.delete_history(None).await.unwrap(), 1);
    assert_eq!(home.approve(&wallet, &review).await, Err(PresentationError::AlreadyShared.into()), "safety does not rest on the history");
    wallet.keep_history(true).await.unwrap();
    wallet.decline(home.session().request_id, None).await.unwrap();
    assert_eq!(wallet.history(HistoryFilter::default()).await.unwrap().len(), 1);
}
