//! A worker that is killed, or stopped, and another one that goes on.

use std::time::Duration;

use nextid_core::Platform;
use nextid_service::shutdown::Shutdown;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::scripted::assert_no_two_within_a_minute;
use crate::support::{Answer, Bench, Scripted, bind_many, until};

on_both_databases! {
    /// Killed in the middle: what it held comes back after the lease, everything else at once, nothing twice in a minute.
    async fn killed_and_resumed(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::from_millis(2));
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 200).await;
        let killed = bench.worker([platform.clone() as _]).rechecker.spawn(Shutdown::new());
        until("60 looks", || platform.count() >= 60).await;
        drop(killed);
        let worker = bench.worker([platform.clone() as _]);
        worker.run().await;
        let unseen = db.number(&format!(
            "SELECT count(*) AS n FROM bindings WHERE next_check_at IS NOT NULL AND last_checked_at < {}", bench.clock.now()
        ));
        assert!(unseen <= 8, "{unseen}: no more than were under way, or being claimed");
        bench.clock.advance(59);
        let before = platform.count();
        worker.run().await;
        assert_eq!(platform.count(), before);
        bench.clock.advance(61);
        worker.run().await;
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE last_checked_at < 1800000000"), 1, "the seed");
        assert_no_two_within_a_minute(&platform.asked());
    }

    /// Stopped in the middle: what was not seen is given back, and looked at a minute later.
    async fn stopped_and_resumed(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|name| if name == "user3" { Answer::Never } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 20).await;
        let stopped = bench.worker([platform.clone() as _]).rechecker.spawn(Shutdown::new());
        until("20 looks", || platform.count() >= 20).await;
        stopped.stop().await;
        platform.answer(|_| Answer::Good);
        bench.clock.advance(60);
        bench.worker([platform.clone() as _]).run().await;
        assert_eq!(platform.asked().last().unwrap(), &("user3".to_owned(), bench.clock.now()));
        assert_no_two_within_a_minute(&platform.asked());
        let unseen = db.number(&format!("SELECT count(*) AS n FROM bindings WHERE last_checked_at < {}", bench.clock.now() - 60));
        assert_eq!(unseen, 1, "the seed");
    }

    /// A look that ended after the binding was revoked, or bound again, changes nothing.
    async fn a_late_finding_is_dropped(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::from_millis(200));
        platform.answer(|_| Answer::NotFound);
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 2).await;
        let worker = bench.worker([platform.clone() as _]);
        tokio::join!(worker.run(), async {
            until("two looks", || platform.count() >= 2).await;
            db.execute("DELETE FROM bindings WHERE identity = 'user1'");
            db.execute("UPDATE bindings SET claimed_at = claimed_at + 1 WHERE identity = 'user2'");
        });
        assert_eq!(bench.changes().await, []);
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE state = 'valid'"), 2, "with the seed");
    }

    /// A worker whose database goes away goes on when it is back.
    async fn a_worker_outlives_errors_of_the_database(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 3).await;
        db.execute("ALTER TABLE recheck_tallies RENAME TO elsewhere");
        let rechecker = bench.worker([platform.clone() as _]).rechecker;
        assert!(rechecker.run_until_idle().await.is_err());
        let worker = rechecker.spawn(Shutdown::new());
        tokio::task::yield_now().await;
        db.execute("ALTER TABLE elsewhere RENAME TO recheck_tallies");
        bench.clock.advance(120);
        until("a look at each", || {
            rechecker.wake();
            db.number("SELECT count(*) AS n FROM bindings WHERE last_checked_at >= 1800000000") >= 3
        })
        .await;
        worker.stop().await;
    }
}
