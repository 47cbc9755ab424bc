//! Several replicas share the work.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::Registry;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use proof_service::recheck::RecheckRules;

use crate::support::scripted::assert_no_two_within_a_minute;
use crate::support::{Answer, Bench, Scripted, bind_many, until};

on_both_databases! {
    /// Two workers look at everything, and at nothing twice.
    async fn two_workers_do_nothing_twice(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let replica = Bench::with_clock(&db, bench.clock.clone()).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::from_millis(5));
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 300).await;
        let (one, other) = (bench.worker([platform.clone() as _]), replica.worker([platform.clone() as _]));
        tokio::join!(one.run(), other.run());
        let mut asked: Vec<_> = platform.asked().into_iter().map(|(name, _)| name).collect();
        asked.sort();
        asked.dedup();
        assert_eq!((asked.len(), platform.count()), (300, 300));
        let looks = |worker: &crate::support::bench::Worker| worker.metric(r#"recheck_checks_total{outcome="valid",platform="minds"}"#);
        assert_eq!(looks(&one) + looks(&other), 300);
        assert!(looks(&one) > 0 && looks(&other) > 0, "both had work");
    }

    /// The oldest come first, and no more at a time than the rules say.
    async fn the_oldest_come_first(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 40).await;
        let rules = RecheckRules { concurrency: 1, ..RecheckRules::default() };
        let worker = bench.worker_with(Registry::of([platform.clone() as _], bench.net()), rules);
        worker.run().await;
        let asked: Vec<_> = platform.asked().into_iter().map(|(name, _)| name).collect();
        let wanted: Vec<_> = (1..=40).map(|number| format!("user{number}")).collect();
        assert_eq!(asked, wanted);
    }

    /// A platform that never answers takes its own places only.
    async fn a_silent_platform_keeps_nobody_waiting(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let silent = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        silent.answer(|_| Answer::Never);
        let other = Scripted::new(Platform::Github, &bench.clock, Duration::ZERO);
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 50).await;
        bind_many(&db, &bench.store, &key("bob"), Platform::Github, 50).await;
        let worker = bench.worker([silent.clone() as _, other.clone() as _]);
        tokio::select! {
            () = worker.run() => panic!("the silent platform is still being asked"),
            () = until("50 looks", || other.count() >= 50) => {}
        }
        assert_eq!(silent.count(), 4);
    }

    /// No look at a proof within a minute of another, whoever makes it due.
    async fn nothing_is_looked_at_twice_within_a_minute(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 5).await;
        let worker = bench.worker([platform.clone() as _]);
        for _ in 0..40 {
            db.execute("UPDATE bindings SET next_check_at = 0 WHERE next_check_at IS NOT NULL");
            worker.run().await;
            bench.clock.advance(7);
        }
        assert_eq!(platform.count(), 25, "every 63 seconds within 273");
        assert_no_two_within_a_minute(&platform.asked());
    }
}
