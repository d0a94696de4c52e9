//! Whatever changes something in a workspace is in its audit log.

use passid_api::ids::InstitutionId;

use crate::http::openapi::{self, Caller};
use crate::service::Service;
use crate::store;
use crate::store::testing::databases;

use super::stage::Stage;
use super::table::{self, Audit};

async fn entries(service: &Service, institution: InstitutionId) -> i64 {
    store::audit::head(&mut service.store.reader().await.unwrap(), institution).await.unwrap().map_or(0, |head| head.sequence)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_on_record() {
    for database in databases().await {
        let stage = Stage::set(&database).await;
        let (service, id) = (&stage.issuer.service, stage.owner.onboarded.institution.id);
        for operation in openapi::operations() {
            let row = table::of(&operation.method, &operation.path);
            if row.audit != Audit::Writes {
                continue;
            }
            let things = stage.things().await;
            let headers = match operation.caller {
                Caller::AnyKey | Caller::SecretKey => Stage::key(&stage.owner.onboarded.keys.sandbox.secret),
                Caller::InstitutionUser => Stage::token(&stage.owner.onboarded.access_token),
                Caller::Wallet => stage.owner_wallet(),
                Caller::Anyone => Vec::new(),
            };
            let before = entries(service, id).await;
            let answer = stage.call(row, &things, &headers).await;
            assert!(answer.status.is_success(), "{}: {} answers {}: {}", database.engine, row.operation, answer.status, answer.body);
            assert!(entries(service, id).await > before, "{}: {} leaves no entry", database.engine, row.operation);
            stage.tidy(&things).await;
        }
        crate::audit::verify(&mut service.store.reader().await.unwrap(), id).await.unwrap();
    }
}
