//! Two replicas that batch over the same Avatars.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use nextid_core::Platform;
use nextid_testkit::on_both_databases;
use proof_service::recheck::{Brake, Verdict};
use proof_service::store::append::{AppendOutcome, NewLink};
use proof_service::store::recheck::{Finding, Wanted};

use crate::support::{NOW, append, avatar, link, revocation, rows, stores};

on_both_databases! {
    /// Writers on two replicas go through the same Avatars in opposite orders, some binding, some revoking. Nobody waits
    /// for a deadlock to be found, and each chain has each place once, each link pointing at the one before.
    async fn neither_deadlock_nor_fork(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        let started = Instant::now();
        let writers = (0..40).map(|writer| {
            let store = &stores[writer % 2];
            async move {
                let mut appended = 0_usize;
                for step in 0..12 {
                    let number = if writer % 4 < 2 { step } else { 11 - step };
                    let alice = avatar(number);
                    let head = store.head(alice).await.expect("a head");
                    let seq = head.as_ref().map_or(0, |head| head.seq + 1);
                    let prev = head.map(|head| head.signature);
                    let link = match writer % 3 {
                        0 => revocation(alice, seq, "octocat"),
                        _ => link(alice, seq, "octocat"),
                    };
                    match store.append(NewLink { prev, ..link }).await.expect("no deadlock") {
                        AppendOutcome::Appended(_) => appended += 1,
                        AppendOutcome::Lost => {}
                    }
                }
                appended
            }
        });
        let appended: usize = join_all(writers).await.into_iter().sum();
        // PostgreSQL looks for deadlocks after a second; each that it finds ends as a failure here.
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        let written = rows(&stores[0], &db).await;
        assert_eq!(written.links.len(), appended);
        let mut before: Option<(Vec<u8>, i64, Vec<u8>)> = None;
        for (avatar, seq, _, _, _, _, signature, prev) in written.links {
            let expected = before.filter(|(other, _, _)| *other == avatar).map(|(_, seq, signature)| (seq + 1, signature));
            assert_eq!((seq, prev), expected.map_or((0, None), |(seq, signature)| (seq, Some(signature))));
            before = Some((avatar, seq, signature));
        }
        assert!(written.bindings.len() <= 12);
    }

    /// Bindings are bound again by a batch and written by whoever looks at proofs, at the same time.
    async fn looks_and_appends_do_not_wait_for_each_other(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        const COUNT: usize = 30;
        // Bound in another order than the Avatars', so that ids and Avatars sort differently.
        for number in 0..COUNT {
            append(&stores[0], link(avatar(number), 0, "octocat")).await.expect("a free place");
        }
        for round in 1..6 {
            let now = NOW + 1_000_000 * round;
            let wanted = vec![Wanted { platform: Platform::Github, count: COUNT }];
            let claimed = stores[1].claim_due(wanted, now, 60).await.expect("a claim");
            assert_eq!(claimed.len(), COUNT);
            let findings = claimed.iter().map(|due| Finding {
                binding_id: due.binding_id,
                link_id: due.link_id,
                claimed_at: due.claimed_at,
                verdict: Verdict::Unreachable { retry_after: None, why: "429".to_owned() },
            });
            let brake = Brake { percent: 20, min_looks: 1000 };
            let looks = stores[1].record_findings(findings.collect(), brake, now);
            let appends = join_all((0..COUNT).map(|number| {
                let link = NewLink { stored_at: now, ..link(avatar(number), round, "octocat") };
                append(&stores[0], link)
            }));
            let (looks, outcomes) = futures_util::join!(looks, appends);
            looks.expect("no deadlock");
            assert!(outcomes.iter().all(Option::is_some));
        }
    }
}
