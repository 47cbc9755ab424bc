//! What `Db::write` promises.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nextid_service::db::{Backend, DbError};

use crate::support::{add, count, execute, open, text};

nextid_testkit::on_both_databases! {
    /// What returned `Ok` is there, what returned `Err` is not.
    async fn commits_or_rolls_back(database: TestDatabase) {
        let db = open(&database).await;
        assert_eq!(db.write(|c| add(c, 1)).await.unwrap(), 1);
        let failed: Result<(), _> = db
            .write(|c| {
                add(c, 2)?;
                Err(DbError::Busy { cause: "made up".to_owned() })
            })
            .await;
        assert!(matches!(failed, Err(DbError::Busy { .. })));
        assert_eq!(db.read(count).await.unwrap(), 1);
        assert_eq!(database.count("note"), 1);
    }

    /// A panic rolls back, is an error, and costs only its own connection.
    async fn panic_rolls_back(database: TestDatabase) {
        let db = open(&database).await;
        for place in 0..20 {
            let panicked: Result<(), _> = db
                .write(move |c| {
                    add(c, place)?;
                    panic!("wanted by the test");
                })
                .await;
            assert!(matches!(panicked, Err(DbError::Aborted)));
        }
        assert_eq!(db.primary(count).await.unwrap(), 0);
        assert_eq!(db.write(|c| add(c, 1)).await.unwrap(), 1);
    }

    /// A second row with the same key has an error of its own, and the transaction of it leaves nothing.
    async fn unique_violation_is_typed(database: TestDatabase) {
        let db = open(&database).await;
        db.write(|c| add(c, 7)).await.unwrap();
        let refused = db
            .write(|c| {
                add(c, 8)?;
                add(c, 7)
            })
            .await;
        assert!(matches!(refused, Err(DbError::UniqueViolation { .. })), "{refused:?}");
        assert_eq!(database.count("note"), 1);
    }

    /// PostgreSQL answers COMMIT with success after a statement failed. `Ok` must not be said then. SQLite undoes
    /// only the failed statement and commits the rest.
    async fn a_swallowed_error_is_no_commit(database: TestDatabase) {
        let db = open(&database).await;
        let outcome = db
            .write(|c| {
                add(c, 1)?;
                drop(execute(c, "INSERT INTO nowhere VALUES (1)"));
                Ok(())
            })
            .await;
        match db.backend() {
            Backend::Postgres => {
                assert!(outcome.is_err());
                assert_eq!(database.count("note"), 0);
            }
            Backend::Sqlite => {
                outcome.unwrap();
                assert_eq!(database.count("note"), 1);
            }
        }
        // The connection is as good as before.
        db.write(|c| add(c, 2)).await.unwrap();
    }

    /// Concurrent transactions that read and then write the same row all take effect.
    async fn no_update_is_lost(database: TestDatabase) {
        let db = open(&database).await;
        db.write(|c| add(c, 0)).await.unwrap();
        let lock = match db.backend() {
            Backend::Postgres => " FOR UPDATE",
            Backend::Sqlite => "",
        };
        let writers: Vec<_> = (0..50)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.write(move |c| {
                        let before = text(c, &format!("SELECT CAST(place AS text) AS v FROM note{lock}"))?;
                        execute(c, &format!("UPDATE note SET place = {before} + 1"))
                    })
                    .await
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(database.number("SELECT place AS n FROM note"), 50);
    }

    /// Two processes on one database, each with a pool of its own.
    async fn two_pools_share_a_database(database: TestDatabase) {
        let pools = [open(&database).await, open(&database).await];
        let writers: Vec<_> = (0..60)
            .map(|place| {
                let db = pools[place % 2].clone();
                tokio::spawn(async move { db.write(move |c| add(c, i64::try_from(place).unwrap())).await })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }
        assert_eq!(database.count("note"), 60);
    }

    /// A caller that goes away stops neither its transaction nor anybody else's.
    async fn an_absent_caller_disturbs_nobody(database: TestDatabase) {
        let db = open(&database).await;
        let begun = Arc::new(AtomicUsize::new(0));
        for place in 0..30 {
            let seen = Arc::clone(&begun);
            let (started, is_started) = tokio::sync::oneshot::channel();
            let call = db.write(move |c| {
                // Nobody listens when the call was the faster one.
                let _ = started.send(());
                seen.fetch_add(1, Ordering::SeqCst);
                add(c, place)
            });
            tokio::select! {
                biased;
                outcome = call => { outcome.unwrap(); }
                _ = is_started => {}
            }
        }
        // Behind all of them: SQLite's writers go one by one, PostgreSQL's pool is taken whole by as many readers.
        db.write(|c| add(c, 1000)).await.unwrap();
        while db.pool_state().open != db.pool_state().idle {
            tokio::task::yield_now().await;
        }
        assert_eq!(begun.load(Ordering::SeqCst), 30);
        assert_eq!(database.count("note"), 31);
    }
}
