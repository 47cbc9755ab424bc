//! Ten thousand due proofs on slow platforms, killed half-way: the short form of `scripts/recheck-soak`.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::Registry;
use nextid_service::shutdown::Shutdown;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use proof_service::recheck::RecheckRules;

use crate::support::bench::Worker;
use crate::support::scripted::assert_no_two_within_a_minute;
use crate::support::{Bench, Scripted, bind_many, until};

const PROOFS: usize = 10_000;

on_both_databases! {
    /// Each is looked at once, but for the few that were under way when the worker was killed.
    async fn ten_thousand_due_proofs(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let slow = Duration::from_millis(10);
        let names = [Platform::Minds, Platform::Github, Platform::Twitter, Platform::Keybase];
        let platforms = names.map(|platform| Scripted::new(platform, &bench.clock, slow));
        for platform in names {
            bind_many(&db, &bench.store, &key(platform.as_str()), platform, PROOFS / 4).await;
        }
        let rules = RecheckRules { concurrency: 256, platform_concurrency: 64, ..RecheckRules::default() };
        let worker = || -> Worker {
            let verifiers = platforms.clone().map(|platform| platform as _);
            bench.worker_with(Registry::of(verifiers, bench.net()), rules)
        };
        let asked = || platforms.iter().map(|platform| platform.count()).sum::<usize>();
        let killed = worker().rechecker.spawn(Shutdown::new());
        until("half of the looks", || asked() >= PROOFS / 2).await;
        drop(killed);
        let worker = worker();
        worker.run().await;
        bench.clock.advance(120);
        worker.run().await;
        assert!((PROOFS..=PROOFS + 256).contains(&asked()), "{}", asked());
        let mut all: Vec<_> = platforms
            .iter()
            .zip(1..)
            .flat_map(|(platform, number)| {
                platform.asked().into_iter().map(move |(name, at)| (format!("{number} {name}"), at))
            })
            .collect();
        assert_no_two_within_a_minute(&all);
        all.sort();
        all.dedup_by(|one, other| one.0 == other.0);
        assert_eq!(all.len(), PROOFS);
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE last_checked_at >= 1800000000"), 10_000);
        assert_eq!(worker.metric(r#"recheck_due{platform="minds"}"#), 0);
    }
}
