//! How readers come and go.

use std::time::Instant;

use nextid_client::{EventBody, EventFilter, codes};
use nextid_testkit::http::TestClient;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use super::{PATIENCE, change_states, client, next, open};
use crate::support::{App, Setup};

/// Waits until so many streams are open.
async fn until_open(app: &App, wanted: usize) {
    let admin = TestClient::new(format!("http://{}", app.admin_address));
    let line = format!("nextid_events_subscribers{{service=\"proof-service\"}} {wanted}");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let metrics = admin.get("/metrics").await.text();
        if metrics.lines().any(|found| found == line) {
            return;
        }
        assert!(Instant::now() < deadline, "{metrics}");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

on_both_databases! {
    /// From now on, if no id is given; what happens is told within a moment.
    async fn links_and_states_come_as_they_happen(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        app.bind_wallet(&alice, &key("wallet 0")).await;
        app.changes(1).await;
        let mut reader = open(&app, None, EventFilter::default()).await;
        assert_eq!(reader.hello().last_id, 1);
        let epoch = app.read("/v1/proofchain/changes").await["epoch"].clone();
        assert_eq!(reader.hello().epoch, epoch.as_str().unwrap());
        let link = app.bind_wallet(&alice, &key("wallet 1")).await;
        let event = next(&mut reader).await.unwrap();
        let EventBody::Link(told) = event.body else { panic!("{event:?}") };
        assert_eq!((event.id, serde_json::to_value(told).unwrap()), (2, link));
        change_states(&db);
        for id in 3..=4 {
            let event = next(&mut reader).await.unwrap();
            let EventBody::State(change) = &event.body else { panic!("{event:?}") };
            assert_eq!((event.id, change.avatar.as_str()), (id, alice.avatar().to_hex().as_str()));
            assert_eq!((change.state.as_str(), change.state_before.as_str()), ("missing", "valid"));
            assert_eq!((change.is_valid, change.is_valid_before, change.changed_at), (false, true, 1_700_000_000));
            assert_eq!((change.alt_name.as_str(), change.alt_name_before.as_str()), ("new", "old"));
            assert_eq!((change.alt_id.as_str(), change.invalid_reason.as_str()), ("7", "gone"));
        }
    }

    /// An id that the feed has not reached is of another database.
    async fn a_stale_cursor_is_told_so(db: TestDatabase) {
        let app = App::start(&db).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        app.changes(1).await;
        let error = client(&app).events(Some(2), &EventFilter::default()).await.unwrap_err();
        assert!(error.is_code(codes::STALE_CURSOR), "{error}");
        let body = app.get("/v1/events?last_id=2").await.expect_error(410, "stale_cursor");
        assert_eq!((body["latest_id"].as_i64(), body["epoch"].as_str().map(str::len)), (Some(1), Some(32)));
        app.get("/v1/events?epoch=0123").await.expect_error(410, "stale_cursor");
        app.get("/v1/events?avatar=zz").await.expect_error(400, "bad_public_key");
        app.get("/v1/events?platform=zz").await.expect_error(400, "unknown_platform");
        app.get("/v1/events?last_id=zz").await.expect_error(400, "bad_field");
    }

    /// A stream holds a place as long as somebody reads it.
    async fn places_are_limited_and_given_back(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.event_streams", 2).start().await;
        let first = open(&app, None, EventFilter::default()).await;
        let _second = open(&app, None, EventFilter::default()).await;
        until_open(&app, 2).await;
        app.get("/v1/events").await.expect_error(503, "overloaded");
        // Nothing has been written that could fail: that the reader is gone is known by its word alone.
        drop(first);
        until_open(&app, 1).await;
        let _third = open(&app, None, EventFilter::default()).await;
    }

    /// Signs of life come in silence, and say how far the stream is.
    async fn signs_of_life_move_a_filtered_reader_on(db: TestDatabase) {
        let app = Setup::new(&db).set("events.heartbeat_secs", 1).start().await;
        let filter = EventFilter { avatar: Some(key("nobody").avatar()), platform: None };
        let mut reader = open(&app, Some(0), filter).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        app.changes(1).await;
        let told = async {
            while reader.last_id() < 1 {
                // No event comes, so that this ends by its limit only.
                let step = std::time::Duration::from_millis(200);
                assert!(tokio::time::timeout(step, reader.next()).await.is_err());
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("no sign of life comes");
    }

    /// A service that stops ends its streams at once.
    async fn stopping_ends_streams(db: TestDatabase) {
        let app = App::start(&db).await;
        let mut reader = open(&app, Some(0), EventFilter::default()).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        assert_eq!(next(&mut reader).await.unwrap().id, 1);
        let started = Instant::now();
        drop(app);
        assert_eq!(next(&mut reader).await, None);
        assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
        assert_eq!(reader.last_id(), 1);
    }
}
