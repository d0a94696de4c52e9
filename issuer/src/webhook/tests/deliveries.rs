//! From an event to its receiver: signatures, the schedule, crashes, who stops it.

use serde_json::{Value, json};

use passid_api::ids::WebhookEndpointId;
use passid_api::time::Clock;
use passid_api::webhook::{DeliveryFailure, DeliveryStatus, DisabledReason, EventKind, SignatureError};
use tokio_util::sync::CancellationToken;

use super::Setting;
use super::receiver::{Receiver, raw};
use crate::audit;
use crate::http::ApiError;
use crate::store::StoreError;
use crate::store::testing::databases;
use crate::store::webhooks::{self as table, AttemptRow, LeasedDelivery};
use crate::webhook::{schedule, secrets, worker};

const COMPLETED: EventKind = EventKind::VerificationCompleted;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_arrives_once_and_both_signatures_hold() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(COMPLETED).await;
        assert_eq!((setting.deliver().await, setting.deliver().await), (1, 0), "{}", database.engine);
        let arrived = receiver.taken();
        let [arrival] = arrived.as_slice() else { panic!("{} arrived", arrived.len()) };
        let now = setting.issuer.clock.now();
        assert_eq!((arrival.documented(&created.secret), arrival.standard(&created.secret, now)), (Ok(()), Ok(())));
        assert_eq!(arrival.header("content-type"), "application/json");
        let envelope = arrival.envelope();
        let institution = setting.workspace.onboarded.institution.id;
        assert_eq!((envelope.event, envelope.id, envelope.institution_id, envelope.timestamp), (COMPLETED, event, institution, now));
        assert_eq!(arrival.header("webhook-id"), event.to_string());
        let log = setting.log(&created).await;
        assert_eq!((log[0].status, log[0].attempts, log[0].response_status), (DeliveryStatus::Delivered, 1, Some(204)));
        assert_eq!((log[0].delivered_at, log[0].next_attempt_at), (Some(now), None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_event_is_tried_five_times_on_schedule_under_one_identifier() {
    for database in databases().await {
        let (mut setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(COMPLETED).await;
        receiver.answers(&[500, 302, 404, 500, 503]);
        assert_eq!(setting.deliver().await, 1);
        for documented in schedule::DELAYS {
            setting.pass(i64::from(documented) - 1).await;
            assert_eq!(setting.deliver().await, 0, "{}: {documented} s is never shortened", database.engine);
            setting.pass(i64::from(documented / 10) + 1).await;
            assert_eq!(setting.deliver().await, 1, "{documented} s and a tenth is enough");
        }
        setting.pass(30 * 24 * 3_600).await;
        assert_eq!(setting.deliver().await, 0);
        let arrived = receiver.taken();
        assert_eq!(arrived.len(), 5);
        assert!(arrived.iter().all(|arrival| arrival.header("webhook-id") == event.to_string() && arrival.body == arrived[0].body));
        let mut moments: Vec<_> = arrived.iter().map(|arrival| arrival.header("webhook-timestamp").to_owned()).collect();
        moments.dedup();
        assert_eq!(moments.len(), 5, "every attempt is signed at its own time");
        let log = setting.log(&created).await;
        assert_eq!((log[0].status, log[0].attempts, log[0].failure), (DeliveryStatus::Failed, 5, Some(DeliveryFailure::Refused)));
        assert_eq!((log[0].response_status, log[0].response_body.as_deref()), (Some(503), Some("told to")));
        let attempts = setting.attempts(&created, event).await;
        let statuses: Vec<_> = attempts.iter().map(|attempt| attempt.response_status.unwrap()).collect();
        assert_eq!(statuses, [500, 302, 404, 500, 503], "every attempt is kept, in order");
        assert!(attempts.windows(2).all(|pair| pair[0].attempted_at < pair[1].attempted_at));
        assert_eq!((attempts[1].failure, attempts[1].response_body.as_deref()), (Some(DeliveryFailure::Refused), Some("told to")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_may_ask_for_patience() {
    for database in databases().await {
        let (mut setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        setting.register(&receiver.url, Value::Null).await;
        setting.happen(COMPLETED).await;
        receiver.answers_with(429, "retry-after", "1800");
        assert_eq!(setting.deliver().await, 1);
        setting.pass(1_799).await;
        assert_eq!(setting.deliver().await, 0, "{}", database.engine);
        setting.pass(1).await;
        assert_eq!((setting.deliver().await, receiver.taken().len()), (1, 2));
    }
}

async fn lease(setting: &Setting, endpoint: WebhookEndpointId, seconds: i64) -> Vec<LeasedDelivery> {
    let now = setting.issuer.clock.now();
    let leased = setting
        .service()
        .store
        .write(move |connection| Box::pin(async move { table::lease_due(connection, endpoint, now, now.plus_seconds(seconds), 100).await }));
    leased.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dead_worker_held_is_delivered_by_another() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(COMPLETED).await;
        let [LeasedDelivery { leased, .. }] = lease(&setting, created.endpoint.id, 40).await[..] else { panic!("one delivery") };
        assert_eq!(setting.deliver().await, 0, "{}: it is held", database.engine);
        setting.issuer.clock.advance(40);
        assert_eq!((setting.deliver().await, receiver.taken()[0].envelope().id), (1, event));

        // The dead one was only slow, and comes back with a failure: it counts no more.
        let now = setting.issuer.clock.now();
        let late = AttemptRow {
            status: DeliveryStatus::Failed,
            next_attempt_at: now,
            failure: Some(DeliveryFailure::TimedOut),
            response_status: None,
            response_body: None,
            duration_ms: 10_000,
            attempted_at: now,
        };
        let recorded = setting.service().store.write(move |connection| Box::pin(async move { table::record_attempt(connection, leased, late).await }));
        assert!(!recorded.await.unwrap());
        assert_eq!(setting.log(&created).await[0].status, DeliveryStatus::Delivered);
        let attempts = setting.attempts(&created, event).await;
        let failures: Vec<_> = attempts.iter().map(|attempt| attempt.failure).collect();
        assert_eq!(failures, [Some(DeliveryFailure::TimedOut), None], "{}: it was made, and stands in the log", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_transaction_sends_nothing() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        setting.register(&receiver.url, Value::Null).await;
        let (inside, institution) = (setting.service().clone(), setting.workspace.onboarded.institution.id);
        let undone = setting.service().store.write::<(), ApiError, _>(move |connection| {
            Box::pin(async move {
                let sandbox = passid_api::environment::Environment::Sandbox;
                crate::webhook::events::record(connection, &inside, institution, sandbox, COMPLETED, json!({})).await?;
                Err(StoreError::Interrupted.into())
            })
        });
        assert!(undone.await.is_err());
        assert_eq!((setting.deliver().await, receiver.taken().len()), (0, 0), "{}", database.engine);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_at_once_share_the_work_and_double_none() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        setting.register(&receiver.url, Value::Null).await;
        for _ in 0..60 {
            setting.happen(COMPLETED).await;
        }
        let made = tokio::join!(setting.deliver(), setting.deliver(), setting.deliver());
        assert_eq!(made.0 + made.1 + made.2, 60, "{}", database.engine);
        let mut identifiers: Vec<_> = receiver.taken().iter().map(|arrival| arrival.envelope().id).collect();
        identifiers.sort_unstable();
        identifiers.dedup();
        assert_eq!(identifiers.len(), 60);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_never_answers_holds_up_no_other() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let (silent, mut connections) = raw().await;
        setting.register(&silent, json!(["verification.failed"])).await;
        setting.register(&receiver.url, json!(["outcome.reported"])).await;
        for _ in 0..600 {
            setting.happen(EventKind::VerificationFailed).await;
        }
        let stop = CancellationToken::new();
        let running = tokio::spawn(worker::run(setting.service().clone(), stop.clone()));
        let held = connections.recv().await.unwrap();
        let event = setting.happen(EventKind::OutcomeReported).await;
        assert_eq!(receiver.next().await.envelope().id, event, "{}", database.engine);
        running.abort();
        drop((held, stop));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_has_its_turn_however_many_there_are() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(COMPLETED).await;
        // 300 endpoints wait for the same event: more than a turn looks at.
        let inside = setting.service().clone();
        let copied = setting.service().store.write(move |connection| {
            Box::pin(async move {
                for _ in 1..300 {
                    let id = inside.with_random(|random| WebhookEndpointId::generate(inside.clock.as_ref(), random));
                    let (_, sealed) = secrets::generate(&inside, id)?;
                    let sql = "INSERT INTO webhook_endpoints (id, institution_id, environment, url, events, sealed_secret, enabled, created_at)
                               SELECT $1, institution_id, environment, url, events, $2, 1, created_at FROM webhook_endpoints WHERE id = $3";
                    connection.execute(sql, crate::params![id, sealed, created.endpoint.id]).await?;
                    table::insert_deliveries(connection, &[(event, id)], false, inside.clock.now()).await?;
                }
                Ok::<_, ApiError>(())
            })
        });
        copied.await.unwrap();
        assert_eq!((setting.deliver().await, setting.deliver().await), (300, 0), "{}", database.engine);
        assert_eq!(receiver.taken().len(), 300);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gone_disables_the_endpoint_and_says_so() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        setting.happen(COMPLETED).await;
        receiver.answers(&[410]);
        setting.deliver().await;
        setting.happen(COMPLETED).await;
        assert_eq!((setting.deliver().await, receiver.taken().len()), (0, 1), "{}", database.engine);
        let endpoint = setting.endpoint(&created).await;
        assert_eq!((endpoint.enabled, endpoint.disabled_reason), (false, Some(DisabledReason::Gone)));
        let log = setting.log(&created).await;
        assert_eq!((log.len(), log[0].status, log[0].response_status), (1, DeliveryStatus::Failed, Some(410)));
        assert_eq!(actions(&setting).await, ["institution.onboarded", "webhook.created", "webhook.disabled"]);
    }
}

async fn actions(setting: &Setting) -> Vec<String> {
    let mut reader = setting.service().store.reader().await.unwrap();
    let institution = setting.workspace.onboarded.institution.id;
    audit::verify(&mut reader, institution).await.unwrap();
    let rows = crate::store::audit::list(&mut reader, institution, 0, 100).await.unwrap();
    rows.into_iter().map(|row| row.action).filter(|action| action != "user.signed_in").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn days_of_failure_disable_the_endpoint_and_one_success_starts_the_count_anew() {
    for database in databases().await {
        let (mut setting, receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let day = 24 * 3_600;
        for (answers, days) in [(&[500][..], 4), (&[200], 1), (&[500], 4), (&[500], 1)] {
            receiver.answers(answers);
            let event = setting.happen(COMPLETED).await;
            setting.deliver().await;
            assert!(setting.endpoint(&created).await.enabled, "{}", database.engine);
            settle(&setting, event, created.endpoint.id).await;
            setting.pass(days * day).await;
        }
        receiver.answers(&[500; 5]);
        setting.happen(COMPLETED).await;
        setting.deliver().await;
        for delay in schedule::DELAYS {
            assert!(setting.endpoint(&created).await.enabled, "a delivery has all its attempts");
            setting.pass(i64::from(delay + delay / 10)).await;
            setting.deliver().await;
        }
        let endpoint = setting.endpoint(&created).await;
        assert_eq!((endpoint.enabled, endpoint.disabled_reason), (false, Some(DisabledReason::Failing)));
        assert!(endpoint.failing_since.is_some() && endpoint.disabled_at.is_some());

        let path = format!("/v1/institution/webhooks/{}", created.endpoint.id);
        let enabled = setting.workspace.call(axum::http::Method::PATCH, &path, json!({ "enabled": true })).await;
        assert_eq!((&enabled.body["enabled"], &enabled.body["failing_since"]), (&json!(true), &Value::Null));
        receiver.answers(&[500]);
        setting.happen(COMPLETED).await;
        setting.deliver().await;
        assert!(setting.endpoint(&created).await.enabled, "its past is forgiven");
    }
}

/// Takes a delivery out of the queue, so that its retries do not count in the test.
async fn settle(setting: &Setting, event: passid_api::ids::EventId, endpoint: WebhookEndpointId) {
    let sql = "UPDATE deliveries SET status = 'failed' WHERE event_id = $1 AND endpoint_id = $2 AND status = 'pending'";
    let values = crate::params![event, endpoint];
    setting.service().store.write(move |connection| Box::pin(async move { connection.execute(sql, values).await })).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_rotation_both_secrets_sign_and_afterwards_the_new_one_only() {
    for database in databases().await {
        let (mut setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let rotated = setting.act(&created, "rotate-secret", json!({ "overlap_seconds": 3_600 })).await;
        let new = rotated.body["secret"].as_str().unwrap().to_owned();
        assert_ne!(new, created.secret);
        for (seconds, old_result) in [(3_599, Ok(())), (1, Err(SignatureError::Mismatch))] {
            setting.pass(seconds).await;
            setting.happen(COMPLETED).await;
            setting.deliver().await;
            let arrival = receiver.next().await;
            let now = setting.issuer.clock.now();
            assert_eq!(arrival.standard(&new, now), Ok(()), "{}", database.engine);
            assert_eq!(arrival.standard(&created.secret, now), old_result);
            assert_eq!(arrival.documented(&new), Ok(()));
        }
    }
}
