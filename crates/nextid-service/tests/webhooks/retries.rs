//! What does not arrive is sent again for three days, by a clock that is moved, and then given up.

use std::time::Duration;

use nextid_service::webhooks::WINDOW;
use nextid_testkit::webhook::{Reaction, WebhookReceiver};

use crate::support::{Bench, START};

/// The seconds after [`START`] at which messages arrived.
fn seconds(receiver: &WebhookReceiver) -> Vec<i64> {
    let begun = START / 1000;
    receiver.seen().iter().map(|delivery| delivery.timestamp.parse::<i64>().unwrap() - begun).collect()
}

nextid_testkit::on_both_databases! {
    /// The waits grow, and nothing is sent between.
    async fn the_schedule(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.react(|_| Reaction::Status(500));
        bench.endpoint(&receiver.url("/")).await;
        bench.append([1]).await;
        let worker = bench.deliverer();
        worker.run().await;
        for _ in 0..6 {
            bench.clock.advance(Duration::from_millis(900));
            worker.run().await;
            assert!(worker.run_next().await);
        }
        assert_eq!(seconds(&receiver), [0, 5, 35, 155, 755, 2555, 6155]);
    }

    /// After three days the next message has its turn, and the one that was given up is kept, until it arrives after all.
    async fn dead_letters(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        // A message that this application will never take.
        receiver.react(|delivery| Reaction::Status(if delivery.event() == 2 { 400 } else { 200 }));
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=4).await;
        let worker = bench.deliverer();
        worker.run().await;
        assert_eq!(receiver.accepted_events(), [1]);
        while worker.run_next().await {}
        assert_eq!(receiver.accepted_events(), [1, 3, 4]);
        assert_eq!(seconds(&receiver).iter().rev().nth(2), Some(&(WINDOW / 1000)), "tried until the end");
        assert_eq!(bench.dead(&endpoint).await, [2]);
        assert_eq!(worker.metric(r#"webhook_deliveries_total{outcome="dead"}"#), 1);
        let tries = receiver.seen().iter().filter(|delivery| delivery.event() == 2).count();
        assert!(tries > 10, "{tries}");
        let page = nextid_service::http::Page::default();
        let (letters, total) = bench.store.dead(endpoint.id.clone(), page, 10).await.unwrap();
        assert_eq!(total, 1);
        assert_eq!(letters[0].attempts, i64::try_from(tries).unwrap());
        assert_eq!((letters[0].first_attempt_at, letters[0].last_attempt_at), (START, START + WINDOW));
        assert_eq!((letters[0].last_status, letters[0].error.as_str()), (Some(400), "answered 400"));

        receiver.react(|_| Reaction::Status(200));
        bench.store.replay(endpoint.id.clone(), 0, bench.clock.now()).await.unwrap();
        worker.run().await;
        assert_eq!(receiver.accepted_events(), [1, 3, 4, 1, 2, 3, 4]);
        assert_eq!(bench.dead(&endpoint).await, [0_i64; 0]);
    }

    /// An endpoint that is down for good: everything is tried at least once, nothing blocks for ever, all is kept.
    async fn an_endpoint_that_is_down_for_good(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.react(|_| Reaction::Status(502));
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=5).await;
        let worker = bench.deliverer();
        worker.run().await;
        while worker.run_next().await {}
        assert_eq!(bench.dead(&endpoint).await, [1, 2, 3, 4, 5]);
        assert!(bench.clock.now() < START + WINDOW + 60_000, "they had the same three days");
        let standing = bench.stored(&endpoint).await.standing;
        assert_eq!((standing.after_id, standing.failing_since), (5, Some(START)));
        receiver.react(|_| Reaction::Status(200));
        bench.append([6]).await;
        bench.clock.advance(Duration::from_secs(10));
        worker.run().await;
        assert_eq!(receiver.accepted_events(), [6]);
    }

    /// An endpoint may ask for a longer wait than it would get, with whatever status.
    async fn retry_after_is_heeded(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::RetryAfter(429, 60), Reaction::RetryAfter(503, 120), Reaction::Status(429)]);
        bench.endpoint(&receiver.url("/")).await;
        bench.append([1]).await;
        let worker = bench.deliverer();
        worker.run().await;
        while worker.run_next().await {}
        assert_eq!(seconds(&receiver), [0, 60, 180, 300]);
        assert_eq!(receiver.accepted_events(), [1]);
    }

    /// 410: nothing more is sent, until an operator says otherwise; then what was refused comes first.
    async fn gone(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Status(200), Reaction::Status(410)]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=3).await;
        let worker = bench.deliverer();
        worker.run().await;
        assert!(!worker.run_next().await, "nothing is due any more");
        assert_eq!((receiver.accepted_events(), receiver.seen().len()), (vec![1], 2));
        let stored = bench.stored(&endpoint).await;
        assert_eq!((stored.enabled, stored.disabled_because.as_deref()), (false, Some("gone")));
        let stored = bench.store.set_enabled(endpoint.id.clone(), true, bench.clock.now()).await.unwrap().unwrap();
        assert_eq!((stored.enabled, stored.disabled_because), (true, None));
        worker.run().await;
        assert_eq!(receiver.accepted_events(), [1, 2, 3]);
    }

    /// A redirect is a failure that says so, and is not followed.
    async fn redirects_are_not_followed(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let (receiver, other) = (WebhookReceiver::start(), WebhookReceiver::start());
        receiver.queue([Reaction::Redirect(other.url("/"))]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append([1]).await;
        bench.deliverer().run().await;
        assert_eq!(other.seen().len(), 0);
        let standing = bench.stored(&endpoint).await.standing;
        assert_eq!(standing.last_error.as_deref(), Some("answered 307; redirects are not followed"));
        assert_eq!((standing.last_status, standing.head_id), (Some(307), Some(1)));
    }

    /// No answer in time is a failure, and so is no server.
    async fn silence(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Hold]);
        let silent = bench.endpoint(&receiver.url("/")).await;
        let nobody = bench.endpoint("http://127.0.0.1:9/").await;
        bench.append([1]).await;
        bench.deliverer_with(crate::support::rules(), Duration::from_millis(100)).run().await;
        let why = |stored: nextid_service::webhooks::store::StoredWebhook| stored.standing.last_error.unwrap();
        assert_eq!(why(bench.stored(&silent).await), "127.0.0.1 did not answer in time");
        assert_eq!(why(bench.stored(&nobody).await), "cannot connect to 127.0.0.1");
        receiver.let_go(1);
    }
}
