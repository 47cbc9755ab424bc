//! The worker in the background.

use std::time::{Duration, Instant};

use nextid_service::feed::{Sequencer, SequencerSettings, enqueue};
use nextid_service::shutdown::Shutdown;
use nextid_service::webhooks::DeliveryRules;
use nextid_testkit::webhook::{Reaction, WebhookReceiver};

use crate::support::{Bench, rules, until};

nextid_testkit::on_both_databases! {
    /// What is appended while it runs arrives at once, in order.
    async fn it_hears_of_what_is_appended(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        bench.endpoint(&receiver.url("/")).await;
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let slow_poll = DeliveryRules { poll: Duration::from_secs(3600), ..rules() };
        let delivering = bench.deliverer_with(slow_poll, Duration::from_secs(5));
        let worker = delivering.of.spawn(sequencer.watch(), Shutdown::new(), Duration::from_secs(5));
        for reference in 1..=20 {
            bench.db.write(move |conn| enqueue(conn, 1, &[reference])).await.unwrap();
            sequencer.wake();
        }
        until("everything has arrived", || receiver.accepted_events().len() == 20).await;
        assert_eq!(receiver.accepted_events(), (1..=20).collect::<Vec<_>>());
        worker.stop().await;
    }

    /// It ends when the message that is under way has, and what became of that is written.
    async fn stopping_lets_the_message_end(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Hold]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=3).await;
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let (delivering, shutdown) = (bench.deliverer(), Shutdown::new());
        let worker = delivering.of.spawn(sequencer.watch(), shutdown.clone(), Duration::from_secs(60));
        until("the message is under way", || receiver.seen().len() == 1).await;
        shutdown.request();
        let letting_go = async {
            // Longer than the lease: it is renewed while the last message ends.
            let patience = Instant::now() + rules().lease * 2;
            until("a while has passed", || Instant::now() > patience).await;
            receiver.let_go(1);
        };
        tokio::join!(worker.stop(), letting_go);
        assert_eq!((receiver.seen().len(), bench.stored(&endpoint).await.standing.after_id), (1, 1));
        // The claim was given back: nobody has to wait for its end.
        bench.deliverer().run().await;
        assert_eq!(receiver.accepted_events(), [1, 2, 3]);
    }

    /// It does not wait longer than it may: what is under way is given up, and sent again later.
    async fn stopping_ends_with_the_grace(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Hold]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append([1]).await;
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let delivering = bench.deliverer();
        let worker = delivering.of.spawn(sequencer.watch(), Shutdown::new(), Duration::from_millis(50));
        until("the message is under way", || receiver.seen().len() == 1).await;
        worker.stop().await;
        assert_eq!(bench.stored(&endpoint).await.standing.after_id, 0);
        bench.deliverer().run().await;
        let seen = receiver.seen();
        assert_eq!((seen.len(), &seen[0].id), (2, &seen[1].id));
        receiver.let_go(1);
    }

    /// Endpoints that never answer take their own places only.
    async fn silent_endpoints_keep_nobody_waiting(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.react(|delivery| match delivery.path.as_str() {
            "/good" => Reaction::Status(200),
            _ => Reaction::Hold,
        });
        for _ in 0..6 {
            bench.endpoint(&receiver.url("/silent")).await;
        }
        db.execute("UPDATE webhooks SET is_slow = true");
        bench.endpoint(&receiver.url("/good")).await;
        bench.append(1..=30).await;
        let one_each = DeliveryRules { brisk_places: 1, slow_places: 2, ..rules() };
        let delivering = bench.deliverer_with(one_each, Duration::from_secs(600));
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let worker = delivering.of.spawn(sequencer.watch(), Shutdown::new(), Duration::ZERO);
        until("the good one has everything", || receiver.accepted_events().len() == 30).await;
        assert_eq!(receiver.accepted_events(), (1..=30).collect::<Vec<_>>());
        let silent = receiver.seen().iter().filter(|delivery| delivery.path == "/silent").count();
        assert_eq!(silent, 2, "as many as there are places");
        worker.stop().await;
        receiver.let_go(6);
    }

    /// Disabling ends what is under way after its message; a place that is changed is heeded at once.
    async fn operators_are_heard(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Hold]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=5).await;
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let delivering = bench.deliverer();
        let worker = delivering.of.spawn(sequencer.watch(), Shutdown::new(), Duration::from_secs(5));
        until("the first message is under way", || receiver.seen().len() == 1).await;
        bench.store.set_enabled(endpoint.id.clone(), false, bench.clock.now()).await.unwrap();
        delivering.of.wake();
        let patience = Instant::now() + rules().lease;
        until("the worker has heard of it", || Instant::now() > patience).await;
        receiver.let_go(1);
        let written = async || bench.stored(&endpoint).await.standing.after_id;
        let deadline = Instant::now() + Duration::from_secs(30);
        while written().await == 0 {
            assert!(Instant::now() < deadline, "what was under way is written");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!((receiver.accepted_events(), written().await), (vec![1], 1));
        bench.store.set_enabled(endpoint.id.clone(), true, bench.clock.now()).await.unwrap();
        bench.store.replay(endpoint.id.clone(), 3, bench.clock.now()).await.unwrap();
        delivering.of.wake();
        until("it goes on there", || receiver.accepted_events() == [1, 4, 5]).await;
        assert_eq!(delivering.metric("webhook_failing"), 0);
        worker.stop().await;
    }
}
