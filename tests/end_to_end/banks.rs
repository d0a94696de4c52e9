//! Banks of both schemes, from the list a wallet shows to a proof an institution gets.

use passid_api::permission::{Permission, PermissionSet};
use passid_api::session::{CreateSession, SessionState};
use passid_issuer::sandbox::bank::{BERLIN_GROUP_PROVIDER_ID, PROVIDER_ID};
use passid_tests::world::{World, approve};

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_of_the_berlin_group_is_listed_linked_and_proved_from() {
    for world in World::on_every_engine().await {
        let wallet = world.wallet("amara").await;
        wallet.register().await.unwrap();
        let listed: Vec<String> = wallet.banks().await.unwrap().into_iter().map(|bank| bank.id).collect();
        assert_eq!(listed, [PROVIDER_ID, BERLIN_GROUP_PROVIDER_ID], "{}", world.engine);

        let link = world.link_through(BERLIN_GROUP_PROVIDER_ID, &wallet, "amara", "Amara Osei").await;
        let shown = wallet.bank_link(link).await.unwrap();
        assert_eq!((shown.status.as_str(), shown.reconfirmation), ("authorised", None), "the bank itself asks again");
        assert_eq!(shown.expires_at.seconds() / 86_400 - world.service.clock.now().seconds() / 86_400, 181, "a hundred and eighty days, the last included");
        wallet.request_credential(link, "GB".parse().unwrap()).await.unwrap();

        let institution = world.institution("Lender").await;
        let permissions = PermissionSet::new([Permission::IdentityVerified, Permission::IncomeVerified, Permission::FullScore]).unwrap();
        let session = institution.session(&CreateSession { permissions: Some(permissions), ..CreateSession::default() }).await;
        approve(&wallet, &wallet.review(&session.deep_link).await.unwrap()).await.unwrap();
        assert_eq!(institution.poll(&session).await.status, SessionState::Completed, "{}", world.engine);
    }
}
