//! The status page as visitors and monitoring tools meet it.

use axum::body::to_bytes;
use axum::http::{Method, Request, StatusCode};
use passid_api::time::{Clock, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::institution::testing::Api;
use crate::store::testing::{databases, sqlite};
use crate::testing::TestIssuer;

use super::component::Component;
use super::incident::{self, Impact, NewIncident, Stage};
use super::{job, snapshot};

async fn get(issuer: &TestIssuer, path: &str) -> Value {
    let answer = Api::new(&issuer.service).call(Method::GET, path, &[], &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.body
}

async fn text(issuer: &TestIssuer, path: &str) -> String {
    let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
    let response = crate::http::router(issuer.service.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

async fn status_of(issuer: &TestIssuer, component: Component) -> String {
    let body = get(issuer, "/api/v2/components.json").await;
    let found = body["components"].as_array().unwrap().iter().find(|one| one["id"] == json!(component)).cloned().unwrap();
    found["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_service_shows_all_components_operational_and_probes_leave_nothing_behind() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        assert_eq!(get(&issuer, "/api/v2/status.json").await["status"]["description"], "Not measured yet");
        job::turn(&issuer.service).await;
        let summary = get(&issuer, "/api/v2/summary.json").await;
        assert_eq!((&summary["status"]["indicator"], summary["components"].as_array().unwrap().len()), (&json!("none"), 7), "{}", database.engine);
        for component in Component::ALL {
            assert_eq!(status_of(&issuer, *component).await, "operational", "{}: {component}", database.engine);
        }
        let mut reader = issuer.service.store.reader().await.unwrap();
        let sql = "SELECT (SELECT COUNT(*) FROM institutions) + (SELECT COUNT(*) FROM verifications) + (SELECT COUNT(*) FROM wallet_challenges) AS n";
        let left: i64 = reader.fetch_optional(sql, Vec::new()).await.unwrap().unwrap().get("n").unwrap();
        assert_eq!(left, 0, "{}", database.engine);
        let page = text(&issuer, "/status").await;
        assert!(page.contains("All systems operational") && page.contains("Verify API"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_renders_and_says_so_when_the_database_is_down() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    job::turn(&issuer.service).await;
    issuer.service.store.close().await;
    issuer.clock.advance(360);
    job::turn(&issuer.service).await;
    assert_eq!(status_of(&issuer, Component::Verify).await, "major_outage");
    let page = text(&issuer, "/status").await;
    assert!(page.contains("Major outage") && page.contains("The database does not answer"));
}

#[tokio::test(flavor = "multi_thread")]
async fn failing_requests_show_and_minutes_nobody_measured_are_down() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let note = |status| {
            let took = std::time::Duration::from_millis(5);
            issuer.service.status.note_request(Component::Sessions, issuer.clock.now(), status, took);
        };
        (0..20).for_each(|index| note(if index < 12 { 503 } else { 200 }));
        job::turn(&issuer.service).await;
        assert_eq!(status_of(&issuer, Component::Sessions).await, "major_outage", "{}", database.engine);
        assert_eq!(status_of(&issuer, Component::Verify).await, "operational");

        // Ten minutes measured, then ten in which nothing ran.
        for _ in 0..9 {
            issuer.clock.advance(60);
            job::turn(&issuer.service).await;
        }
        issuer.clock.advance(11 * 60);
        job::turn(&issuer.service).await;
        let picture = issuer.service.status.picture();
        let uptime = |component| picture.components.iter().find(|one| one.component == component).unwrap().uptime();
        assert_eq!((uptime(Component::Verify).up, uptime(Component::Verify).down), (10, 10), "{}", database.engine);
        assert_eq!((uptime(Component::Sessions).up, uptime(Component::Sessions).down), (9, 11));
        assert_eq!((picture.months.len(), picture.months[0].credit), (1, 50));

        // Summed up into days, the figures stay.
        let before = uptime(Component::Verify);
        issuer.clock.advance(5 * 24 * 3_600);
        snapshot::sum_up(&issuer.service).await.unwrap();
        job::turn(&issuer.service).await;
        let picture = issuer.service.status.picture();
        let verify = &picture.components[0];
        assert_eq!(verify.uptime().up, before.up + 1, "{}: the minute that ran then is over", database.engine);
        assert_eq!(verify.uptime().up + verify.uptime().down, 20 + 5 * 24 * 60, "every minute since is one nobody measured");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_is_told_from_its_beginning_to_its_end() {
    for database in databases().await {
        let issuer = TestIssuer::start(&database).await;
        let open = |new: NewIncident| {
            let inside = issuer.service.clone();
            issuer.service.store.write(move |connection| {
                Box::pin(async move {
                    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(inside.clock.now().unsigned_seconds());
                    incident::open(connection, new, inside.clock.as_ref(), &mut random).await
                })
            })
        };
        let say = |id, stage, body: &str| {
            let (inside, body) = (issuer.service.clone(), body.to_owned());
            issuer.service.store.write(move |connection| {
                Box::pin(async move {
                    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(inside.clock.now().unsigned_seconds());
                    incident::update(connection, id, stage, body, inside.clock.as_ref(), &mut random).await
                })
            })
        };
        let new = NewIncident {
            name: "Elevated latency <b>".to_owned(),
            impact: Impact::Minor,
            components: vec![Component::Verify],
            body: "An alert was triggered.".to_owned(),
            started_at: None,
            scheduled_until: None,
        };
        let id = open(new.clone()).await.unwrap();
        issuer.clock.advance(60);
        say(id, Stage::Identified, "The connection pool is exhausted.").await.unwrap();
        job::turn(&issuer.service).await;
        let summary = get(&issuer, "/api/v2/summary.json").await;
        assert_eq!(summary["incidents"][0]["status"], "identified", "{}", database.engine);
        assert_eq!(summary["status"], json!({ "indicator": "minor", "description": "An incident is open" }), "every probe passes, and yet");
        assert!(!text(&issuer, "/status").await.contains("All systems operational"));
        issuer.clock.advance(60);
        say(id, Stage::Resolved, "It is over.").await.unwrap();
        assert!(say(id, Stage::Monitoring, "Or is it?").await.is_err(), "what is over stays over");
        assert!(open(NewIncident { name: String::new(), ..new.clone() }).await.is_err());
        assert!(open(NewIncident { impact: Impact::Maintenance, ..new }).await.is_err(), "announced work has an end");
        job::turn(&issuer.service).await;
        let incidents = get(&issuer, "/api/v2/incidents.json").await;
        let told: Vec<_> = incidents["incidents"][0]["incident_updates"].as_array().unwrap().iter().map(|update| update["status"].clone()).collect();
        assert_eq!(told, ["resolved", "identified", "investigating"]);
        let over = get(&issuer, "/api/v2/summary.json").await;
        assert!(over["incidents"].as_array().unwrap().is_empty() && over["status"]["indicator"] == "none", "{over}");
        let (page, feed) = (text(&issuer, "/status").await, text(&issuer, "/status/feed.atom").await);
        assert!(page.contains("Elevated latency &#60;b&#62;") && !page.contains("<b>"), "{page}");
        assert!(feed.contains("It is over.") && !feed.contains("<b>"), "{feed}");
        let document: usize = feed.matches("<entry>").count();
        assert_eq!(document, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_maintenance_announced_two_days_before_is_left_out_of_the_uptime() {
    for (announced, down) in [(48 * 3_600, 0), (48 * 3_600 - 60, 10)] {
        let database = sqlite();
        let issuer = TestIssuer::start(&database).await;
        let begins: Timestamp = issuer.clock.now().plus_seconds(announced + 60 - issuer.clock.now().seconds().rem_euclid(60));
        let early = announced >= 48 * 3_600;
        let inside = issuer.service.clone();
        let opened = issuer.service.store.write(move |connection| {
            Box::pin(async move {
                let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(1);
                let new = NewIncident {
                    name: "Database upgrade".to_owned(),
                    impact: Impact::Maintenance,
                    components: vec![Component::Verify],
                    body: "Nothing answers for ten minutes.".to_owned(),
                    started_at: Some(if early { begins } else { begins.plus_seconds(-60) }),
                    scheduled_until: Some(begins.plus_seconds(600)),
                };
                incident::open(connection, new, inside.clock.as_ref(), &mut random).await
            })
        });
        opened.await.unwrap();
        issuer.clock.advance(begins.seconds_since(issuer.clock.now()) - 60);
        job::turn(&issuer.service).await;
        issuer.clock.advance(60 + 600);
        job::turn(&issuer.service).await;
        let picture = issuer.service.status.picture();
        assert_eq!((picture.components[0].uptime().up, picture.components[0].uptime().down), (1, down), "announced {announced} s before");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_the_operators_alone_and_name_no_one() {
    let database = sqlite();
    let issuer = TestIssuer::start(&database).await;
    let api = Api::new(&issuer.service);
    for headers in [&[][..], &[("authorization", "Bearer guess-guess-guess-guess-guess")]] {
        assert_eq!(api.call(Method::GET, "/metrics", headers, &Value::Null).await.status, StatusCode::NOT_FOUND);
    }
    let text = crate::metrics::render(&issuer.service).await.unwrap();
    assert!(text.contains("passid_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"404\"} 2"), "{text}");
    assert!(text.contains("passid_webhook_queue 0") && text.contains("passid_tree_leaves{environment=\"sandbox\"} 0"), "{text}");
}
