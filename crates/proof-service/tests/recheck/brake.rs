//! When too many proofs of a platform turn bad at a time, none becomes invalid.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::Registry;
use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};
use proof_service::recheck::RecheckRules;

use crate::support::{Answer, Bench, START, Scripted, bind_many};

fn number(name: &str) -> usize {
    name.trim_start_matches("user").parse().expect("a number")
}

fn invalid(db: &TestDatabase) -> i64 {
    db.number("SELECT count(*) AS n FROM bindings WHERE NOT is_valid")
}

on_both_databases! {
    /// A fifth is people who take their proofs back.
    async fn a_fifth_flips(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|name| if number(name).is_multiple_of(5) { Answer::NotFound } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 95).await;
        let worker = bench.worker([platform.clone() as _]);
        worker.run().await;
        assert_eq!((invalid(&db), worker.metric(r#"recheck_brake{platform="minds"}"#)), (0, 0));
        bench.clock.advance(4200);
        worker.run().await;
        assert_eq!(invalid(&db), 19);
    }

    /// More is a platform that fails. The brake is per platform, and the metric says so.
    async fn more_than_a_fifth_does_not(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let failing = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        failing.answer(|_| Answer::NotFound);
        let other = Scripted::new(Platform::Github, &bench.clock, Duration::ZERO);
        other.answer(|name| if number(name) == 1 { Answer::NotFound } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 600).await;
        bind_many(&db, &bench.store, &key("bob"), Platform::Github, 100).await;
        let registry = Registry::of([failing.clone() as _, other.clone() as _], bench.net());
        let rules = RecheckRules { concurrency: 128, platform_concurrency: 64, ..RecheckRules::default() };
        let worker = bench.worker_with(registry, rules);
        for _ in 0..12 {
            worker.run().await;
            bench.clock.advance(4200);
        }
        assert!(failing.count() > 1800, "they were looked at again");
        let count = |condition: &str| db.number(&format!("SELECT count(*) AS n FROM bindings WHERE {condition}"));
        assert_eq!(count("platform = 'minds' AND NOT is_valid"), 0);
        assert_eq!(count("platform = 'minds' AND state = 'missing'"), 600);
        assert_eq!(count("platform = 'github' AND NOT is_valid"), 1);
        assert_eq!(worker.metric(r#"recheck_brake{platform="minds"}"#), 1);
        assert_eq!(worker.metric(r#"recheck_brake{platform="github"}"#), 0);
    }

    /// The gauge is 1 while the brake is on, and 0 when it is over; what came back is as valid as ever.
    async fn the_brake_ends(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|name| if number(name) <= 30 { Answer::NotFound } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 100).await;
        let worker = bench.worker([platform.clone() as _]);
        worker.run().await;
        assert_eq!(worker.metric(r#"recheck_brake{platform="minds"}"#), 1);
        bench.clock.advance(4200);
        worker.run().await;
        assert_eq!((platform.count(), invalid(&db)), (130, 0));

        platform.answer(|name| if number(name) <= 3 { Answer::NotFound } else { Answer::Good });
        let mut hours = 0;
        while invalid(&db) < 3 {
            hours += 1;
            assert!(hours < 24 * 14, "what is really gone becomes invalid in the end");
            bench.clock.advance(3600);
            worker.run().await;
        }
        bench.clock.advance(3 * 3600);
        worker.run().await;
        assert_eq!((invalid(&db), worker.metric(r#"recheck_brake{platform="minds"}"#)), (3, 0));
    }

    /// Proofs that are really gone, more than a fifth of one hour and less of all, do not keep the brake on.
    async fn what_waits_behind_the_brake_does_not_hold_it(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|name| if number(name) <= 12 { Answer::NotFound } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 100).await;
        // The first forty are due at once, the others within a day.
        db.execute(&format!(
            "UPDATE bindings SET next_check_at = {START} + id * 864 WHERE next_check_at > {START} - 60"
        ));
        let worker = bench.worker([platform.clone() as _]);
        worker.run().await;
        assert_eq!((platform.count(), worker.metric(r#"recheck_brake{platform="minds"}"#)), (40, 1));
        for _ in 0..24 * 14 {
            bench.clock.advance(3600);
            worker.run().await;
        }
        assert_eq!(invalid(&db), 12);
        assert_eq!(worker.metric(r#"recheck_brake{platform="minds"}"#), 0);
        assert_eq!(db.number(&format!("SELECT count(*) AS n FROM recheck_tallies WHERE slot < {START} + 86400")), 0);
    }
}
