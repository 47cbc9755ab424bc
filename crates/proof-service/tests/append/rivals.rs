//! Links for one place, through two replicas at once, over and over.

use futures_util::future::join_all;
use nextid_testkit::on_both_databases;
use proof_service::store::append::AppendOutcome;

use crate::support::{avatar, link, stores};

/// How often it is tried; `scripts/rivals` sets a thousand.
fn rounds() -> i64 {
    std::env::var("NEXTID_TEST_ROUNDS").map_or(10, |rounds| rounds.parse().expect("a number"))
}

on_both_databases! {
    /// Of fifty links for one place one gets it, in every round, and the chain has each place once.
    async fn of_fifty_rivals_one_wins(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        let alice = avatar(0);
        let mut state = 1_u64;
        for seq in 0..rounds() {
            let rivals = (0..50).map(|number| {
                // Linear congruential, Knuth: a delay that differs from round to round, and not from run to run.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let (store, pause) = (&stores[number % 2], state >> 62);
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
        assert_eq!((count, db.count("outbox")), (rounds(), rounds()));
        assert_eq!(db.number("SELECT max(seq) + 1 AS n FROM links"), count);
    }
}
