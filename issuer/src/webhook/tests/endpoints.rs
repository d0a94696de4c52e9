//! Registering, filtering, testing, resending, replaying.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use passid_api::webhook::{DeliveryStatus, EventKind};

use super::Setting;
use super::receiver::Receiver;
use crate::store::testing::databases;

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_gets_the_events_it_wants() {
    for database in databases().await {
        let (setting, mut all, mut some) = (Setting::on(&database).await, Receiver::start().await, Receiver::start().await);
        setting.register(&all.url, Value::Null).await;
        setting.register(&some.url, json!(["outcome.reported", "outcome.reported"])).await;
        for kind in [EventKind::VerificationCompleted, EventKind::VerificationFailed, EventKind::OutcomeReported] {
            setting.happen(kind).await;
        }
        setting.deliver().await;
        assert_eq!(all.taken().len(), 3, "{}", database.engine);
        let kinds: Vec<_> = some.taken().iter().map(|arrival| arrival.envelope().event).collect();
        assert_eq!(kinds, [EventKind::OutcomeReported]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_arrives_is_tried_once_and_leaves_health_alone() {
    for database in databases().await {
        let (mut setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, json!(["outcome.reported"])).await;
        receiver.answers(&[500]);
        let queued = setting.act(&created, "test", Value::Null).await;
        assert_eq!((queued.status, &queued.body["status"]), (StatusCode::ACCEPTED, &json!("pending")));
        setting.deliver().await;
        let arrival = receiver.next().await;
        assert_eq!((arrival.envelope().event, arrival.documented(&created.secret)), (EventKind::WebhookTest, Ok(())));
        assert_eq!(setting.log(&created).await[0].status, DeliveryStatus::Failed, "{}", database.engine);
        assert_eq!(setting.endpoint(&created).await.failing_since, None);
        setting.pass(24 * 3_600).await;
        assert_eq!(setting.deliver().await, 0);

        let path = format!("/v1/institution/webhooks/{}", created.endpoint.id);
        setting.workspace.call(Method::PATCH, &path, json!({ "enabled": false })).await;
        setting.act(&created, "test", json!({})).await;
        assert_eq!((setting.deliver().await, receiver.taken().len()), (1, 1), "a disabled endpoint can be tested");
        assert!(!setting.endpoint(&created).await.enabled);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_is_sent_again_under_its_identifier_but_not_while_it_is_pending() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let event = setting.happen(EventKind::VerificationCompleted).await;
        let resend = format!("deliveries/{event}/resend");
        assert_eq!(setting.act(&created, &resend, Value::Null).await.status, StatusCode::CONFLICT, "{}", database.engine);
        setting.deliver().await;
        let queued = setting.act(&created, &resend, Value::Null).await;
        assert_eq!((queued.status, &queued.body["event_id"]), (StatusCode::ACCEPTED, &json!(event)));
        receiver.answers(&[500]);
        setting.deliver().await;
        let arrived = receiver.taken();
        assert_eq!((arrived.len(), arrived[0].body == arrived[1].body), (2, true));
        let log = setting.log(&created).await;
        assert_eq!((log[0].status, log[0].attempts), (DeliveryStatus::Failed, 2));
        assert_eq!(setting.endpoint(&created).await.failing_since, None);
        let unknown = "deliveries/evt_01arz3ndektsv4rrffq69g5fav/resend";
        assert_eq!(setting.act(&created, unknown, Value::Null).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_since_a_time_are_sent_again_as_far_as_they_are_wanted() {
    for database in databases().await {
        let (mut setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        setting.happen(EventKind::OutcomeReported).await;
        setting.pass(3_600).await;
        let since = json!({ "since": passid_api::time::Clock::now(setting.issuer.clock.as_ref()) });
        let missed = setting.happen(EventKind::OutcomeReported).await;
        setting.happen(EventKind::VerificationFailed).await;
        let created = setting.register(&receiver.url, json!(["outcome.reported", "webhook.test"])).await;
        setting.act(&created, "test", Value::Null).await;
        let delivered = setting.happen(EventKind::OutcomeReported).await;
        setting.deliver().await;
        receiver.taken();

        let replayed = setting.act(&created, "replay", since.clone()).await;
        assert_eq!((replayed.status, &replayed.body["queued"], &replayed.body["has_more"]), (StatusCode::ACCEPTED, &json!(2), &json!(false)));
        let again = setting.act(&created, "replay", since).await;
        assert_eq!(again.body["queued"], 0, "{}: what is pending is not queued twice", database.engine);
        setting.deliver().await;
        let mut identifiers: Vec<_> = receiver.taken().iter().map(|arrival| arrival.envelope().id).collect();
        identifiers.sort_unstable();
        let mut expected = [missed, delivered];
        expected.sort_unstable();
        assert_eq!(identifiers, expected, "not the earlier one, the unwanted one, or the test");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_page_by_page_newest_first() {
    for database in databases().await {
        let (setting, receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        let mut events = Vec::new();
        for _ in 0..5 {
            setting.issuer.clock.advance(1);
            events.push(setting.happen(EventKind::VerificationCompleted).await.to_string());
        }
        events.reverse();
        let (mut read, mut path) = (Vec::new(), format!("/v1/institution/webhooks/{}/deliveries?limit=2", created.endpoint.id));
        loop {
            let page = setting.workspace.call(Method::GET, &path, Value::Null).await.body;
            read.extend(page["data"].as_array().unwrap().iter().map(|entry| entry["event_id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/institution/webhooks/{}/deliveries?limit=2&after={cursor}", created.endpoint.id);
        }
        assert_eq!(read, events, "{}", database.engine);
        receiver.answers(&[500]);
        setting.deliver().await;
        for (status, expected) in [("pending", 1), ("delivered", 4), ("failed", 0)] {
            let path = format!("/v1/institution/webhooks/{}/deliveries?status={status}", created.endpoint.id);
            let page = setting.workspace.call(Method::GET, &path, Value::Null).await.body;
            assert_eq!(page["data"].as_array().unwrap().len(), expected, "{} {status}", database.engine);
        }
        for query in ["limit=0", "limit=101", "limit=x", "after=x", "status=lost"] {
            let path = format!("/v1/institution/webhooks/{}/deliveries?{query}", created.endpoint.id);
            assert_eq!(setting.workspace.call(Method::GET, &path, Value::Null).await.status, StatusCode::BAD_REQUEST, "{query}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_endpoint_is_refused_with_its_field() {
    let setting = Setting::on(&crate::store::testing::sqlite()).await;
    let refused = [
        (json!({ "url": "http://example.com", "environment": "sandbox" }), "/url"),
        (json!({ "url": "https://10.0.0.1/", "environment": "live" }), "/url"),
        (json!({ "url": "http://127.0.0.1:1/", "environment": "live" }), "/url"),
        (json!({ "url": "https://example.com", "environment": "sandbox", "events": [] }), "/events"),
        (json!({ "url": "https://example.com", "environment": "sandbox", "events": ["verification.started"] }), "/events/0"),
        (json!({ "url": "https://example.com", "environment": "staging" }), "/environment"),
    ];
    for (request, pointer) in refused {
        let answer = setting.workspace.call(Method::POST, "/v1/institution/webhooks", request.clone()).await;
        assert_eq!((answer.status, &answer.body["errors"][0]["pointer"]), (StatusCode::BAD_REQUEST, &json!(pointer)), "{request}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registering_again_with_the_same_key_makes_one_endpoint_and_there_is_a_limit() {
    for database in databases().await {
        let setting = Setting::on(&database).await;
        let request = json!({ "url": "https://example.com/hook", "environment": "sandbox" });
        let first = setting.workspace.call_with_key("/v1/institution/webhooks", "one", request.clone()).await;
        let second = setting.workspace.call_with_key("/v1/institution/webhooks", "one", request.clone()).await;
        assert_eq!(first.body, second.body, "{}: the secret too", database.engine);
        for _ in 1..16 {
            setting.register("https://example.com/hook", Value::Null).await;
        }
        let more = setting.workspace.call(Method::POST, "/v1/institution/webhooks", request).await;
        assert_eq!((more.status, more.code()), (StatusCode::CONFLICT, "conflict"));
        let listed = setting.workspace.call(Method::GET, "/v1/institution/webhooks", Value::Null).await.body;
        assert_eq!(listed["data"].as_array().unwrap().len(), 16);
        assert!(!listed.to_string().contains("whsec_"), "secrets are shown once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_endpoint_gets_nothing_more() {
    for database in databases().await {
        let (setting, mut receiver) = (Setting::on(&database).await, Receiver::start().await);
        let created = setting.register(&receiver.url, Value::Null).await;
        setting.happen(EventKind::VerificationCompleted).await;
        let path = format!("/v1/institution/webhooks/{}", created.endpoint.id);
        assert_eq!(setting.workspace.call(Method::DELETE, &path, Value::Null).await.status, StatusCode::NO_CONTENT);
        setting.happen(EventKind::VerificationCompleted).await;
        assert_eq!((setting.deliver().await, receiver.taken().len()), (0, 0), "{}", database.engine);
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(setting.workspace.call(method, &path, Value::Null).await.status, StatusCode::NOT_FOUND);
        }
    }
}
