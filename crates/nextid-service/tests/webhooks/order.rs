//! Each endpoint is sent the feed in its order, whatever fails.

use std::sync::atomic::{AtomicUsize, Ordering};

use nextid_service::events::EventKind;
use nextid_service::webhooks::Filter;
use nextid_testkit::keys::key;
use nextid_testkit::webhook::{Reaction, WebhookReceiver};

use crate::support::{ALICE, BOB, Bench};

nextid_testkit::on_both_databases! {
    /// The feed, item by item, from its beginning.
    async fn everything_is_sent_in_order(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let endpoint = bench.endpoint(&receiver.url("/hook")).await;
        bench.append(1..=50).await;
        let worker = bench.deliverer();
        worker.run().await;
        assert_eq!(receiver.accepted_events(), (1..=50).collect::<Vec<_>>());
        for delivery in receiver.seen() {
            assert_eq!(delivery.path, "/hook");
            assert_eq!(delivery.timestamp, "1700000000");
            assert!(delivery.is_signed_by(&endpoint.secret));
            assert!(delivery.id.ends_with(&format!("_{}", delivery.event())), "{}", delivery.id);
            assert_eq!(delivery.json()["type"], "link.created");
            assert_eq!(delivery.json()["timestamp"], "2023-11-14T22:13:20Z");
        }
        let stored = bench.stored(&endpoint).await;
        assert_eq!((stored.standing.after_id, stored.standing.last_status), (50, Some(200)));
        assert_eq!(worker.metric(r#"webhook_deliveries_total{outcome="delivered"}"#), 50);
        // And nothing twice.
        worker.run().await;
        assert_eq!(receiver.seen().len(), 50);
    }

    /// Two of three attempts fail: the message that failed comes again, under its id, before the next one.
    async fn a_failure_holds_up_what_follows(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let count = AtomicUsize::new(0);
        receiver.react(move |_| match count.fetch_add(1, Ordering::SeqCst) % 3 {
            2 => Reaction::Status(204),
            _ => Reaction::Status(500),
        });
        bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=10).await;
        let worker = bench.deliverer();
        worker.run().await;
        while worker.run_next().await {}
        let seen = receiver.seen();
        let events: Vec<i64> = seen.iter().map(nextid_testkit::webhook::Delivery::event).collect();
        assert_eq!(events, (1..=10).flat_map(|event| [event; 3]).collect::<Vec<_>>());
        for tries in seen.chunks(3) {
            assert!(tries.iter().all(|one| one.id == tries[0].id && one.body == tries[0].body));
            assert!(tries[2].timestamp > tries[0].timestamp, "the attempt's own second");
        }
        assert_eq!(receiver.accepted_events(), (1..=10).collect::<Vec<_>>());
    }

    /// An endpoint that fails holds up nobody else.
    async fn endpoints_do_not_wait_for_each_other(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.react(|delivery| Reaction::Status(if delivery.path == "/bad" { 503 } else { 200 }));
        let bad = bench.endpoint(&receiver.url("/bad")).await;
        let good = bench.endpoint(&receiver.url("/good")).await;
        bench.append(1..=20).await;
        bench.deliverer().run().await;
        assert_eq!(receiver.accepted_events(), (1..=20).collect::<Vec<_>>());
        assert_eq!(bench.stored(&good).await.standing.after_id, 20);
        let standing = bench.stored(&bad).await.standing;
        assert_eq!((standing.after_id, standing.head_id, standing.failures), (0, Some(1), 1));
        assert_eq!(standing.last_error.as_deref(), Some("answered 503"));
    }

    /// Only what an endpoint asked for, still in order; the rest is passed over.
    async fn filters(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let of_alice = Filter { avatar: Some(key("alice").avatar()), ..Filter::default() };
        let of_dns = Filter { platform: Some("dns".parse().unwrap()), ..Filter::default() };
        let states = Filter { kinds: vec![EventKind::State], ..Filter::default() };
        let alice = bench.endpoint_with(&receiver.url("/alice"), of_alice).await;
        bench.endpoint_with(&receiver.url("/dns"), of_dns).await;
        bench.endpoint_with(&receiver.url("/states"), states).await;
        bench.append([ALICE, BOB, ALICE + 1, BOB + 1, BOB + 2]).await;
        bench.append_state(BOB).await;
        let worker = bench.deliverer();
        worker.run().await;
        let of = |path: &str| -> Vec<i64> {
            let mine = receiver.accepted().into_iter().filter(|delivery| delivery.path == path);
            mine.map(|delivery| delivery.event()).collect()
        };
        assert_eq!((of("/alice"), of("/dns"), of("/states")), (vec![1, 3], vec![3, 4], vec![6]));
        assert_eq!(bench.stored(&alice).await.standing.after_id, 6);
        let state = receiver.accepted().into_iter().find(|delivery| delivery.path == "/states").unwrap();
        assert_eq!(state.json()["type"], "proof.state_changed");
    }

    /// Going on from an earlier place sends what was sent before, under the same ids.
    async fn replay(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=6).await;
        let worker = bench.deliverer();
        worker.run().await;
        bench.store.replay(endpoint.id.clone(), 4, bench.clock.now()).await.unwrap();
        worker.run().await;
        assert_eq!(receiver.accepted_events(), [1, 2, 3, 4, 5, 6, 5, 6]);
        let seen = receiver.seen();
        assert_eq!((&seen[4].id, &seen[4].body), (&seen[6].id, &seen[6].body));
    }
}
