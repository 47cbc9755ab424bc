//! Several replicas share the endpoints, and one takes over from another that was killed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nextid_service::feed::{Sequencer, SequencerSettings};
use nextid_service::shutdown::Shutdown;
use nextid_service::webhooks::DeliveryRules;
use nextid_testkit::webhook::{Delivery, Reaction, WebhookReceiver};

use crate::support::{Bench, rules, until};

nextid_testkit::on_both_databases! {
    /// Three replicas, many endpoints: each gets everything once, in order.
    async fn nothing_is_sent_twice(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        for number in 0..24 {
            bench.endpoint(&receiver.url(&format!("/{number}"))).await;
        }
        bench.append(1..=10).await;
        let (second, third) = (bench.replica().await, bench.replica().await);
        // Nobody takes over from a replica that is merely slow.
        let unhurried = DeliveryRules { lease: Duration::from_secs(60), ..rules() };
        let workers =
            [&bench, &second, &third].map(|bench| bench.deliverer_with(unhurried.clone(), Duration::from_secs(15)));
        tokio::join!(workers[0].run(), workers[1].run(), workers[2].run());
        // Who was last may have left what another one still had.
        workers[0].run().await;
        let mut by_path: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for delivery in receiver.seen() {
            by_path.entry(delivery.path.clone()).or_default().push(delivery.event());
        }
        assert_eq!(by_path.len(), 24);
        for (path, events) in by_path {
            assert_eq!(events, (1..=10).collect::<Vec<_>>(), "{path}");
        }
    }

    /// Killed while a message was under way: the message comes again, under its id, from another replica, soon; then the
    /// others follow in order.
    async fn another_one_takes_over(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let receiver = WebhookReceiver::start();
        receiver.queue([Reaction::Status(200), Reaction::Hold]);
        let endpoint = bench.endpoint(&receiver.url("/")).await;
        bench.append(1..=4).await;
        let sequencer = Sequencer::spawn(bench.db.clone(), SequencerSettings::default());
        let (killed, shutdown) = (bench.deliverer(), Shutdown::new());
        let worker = killed.of.spawn(sequencer.watch(), shutdown.clone(), Duration::from_secs(5));
        until("the second message is under way", || receiver.seen().len() == 2).await;
        let replica = bench.replica().await;
        let other = replica.deliverer();
        let taking_over = other.of.spawn(sequencer.watch(), shutdown.clone(), Duration::from_secs(5));
        // While the holder lives, nobody else sends, however long the message takes.
        let patience = Instant::now() + rules().lease * 2;
        until("twice the lease has passed", || Instant::now() > patience).await;
        assert_eq!(receiver.seen().len(), 2);
        let begun = Instant::now();
        drop(worker);
        until("everything has arrived", || receiver.accepted_events().len() >= 4).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        let seen = receiver.seen();
        let events: Vec<i64> = seen.iter().map(Delivery::event).collect();
        assert!(events == [1, 2, 2, 3, 4] || events == [1, 2, 1, 2, 3, 4], "{events:?}");
        let second: Vec<&Delivery> = seen.iter().filter(|delivery| delivery.event() == 2).collect();
        assert_eq!(second[0].id, second[1].id);
        taking_over.stop().await;
        assert_eq!(bench.stored(&endpoint).await.standing.after_id, 4);
    }
}
