//! Links for one place, through two replicas at once, over and over.

use futures_util::future::join_all;
use nextid_testkit::on_both_databases;
use nextid_testkit::rivals::{Chances, RIVALS, rounds};
use proof_service::store::append::AppendOutcome;

use crate::support::{avatar, link, stores};

on_both_databases! {
    /// Of fifty links for one place one gets it, in every round, and the chain has each place once.
    async fn of_fifty_rivals_one_wins(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        let alice = avatar(0);
        let mut chances = Chances::new(1);
        for seq in 0..rounds(10) {
            let rivals = (0..RIVALS).map(|number| {
                let (store, pause) = (&stores[number % 2], chances.below(4));
                let link = link(alice, seq, &format!("rival-{number}"));
                async move {
                    for _ in 0..pause {
                        tokio::task::yield_now().await;
                    }
                    store.append(link).await.expect("no failure")
                }
            });
            let outcomes = join_all(rivals).await;
            let winners: Vec<_> = outcomes
                .iter()
                .filter_map(|outcome| match outcome {
                    AppendOutcome::Appended(link) => Some(link),
                    AppendOutcome::Lost => None,
                })
                .collect();
            assert_eq!(winners.len(), 1, "round {seq}");
            for store in &stores {
                let head = store.head(alice).await.unwrap().expect("a head");
                assert_eq!((head.seq, &head.signature), (seq, &winners[0].signature));
            }
        }
        let count = db.count("links");
        assert_eq!((count, db.count("outbox")), (rounds(10), rounds(10)));
        assert_eq!(db.number("SELECT max(seq) + 1 AS n FROM links"), count);
    }
}
