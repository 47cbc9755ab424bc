//! Errors are told apart, and a lost connection costs what it must.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use nextid_service::db::{Db, DbError, DbSettings};
use nextid_testkit::TestDatabase;

use crate::support::{add, count, end_sessions, execute, open, open_with, settings};

nextid_testkit::on_both_databases! {
    /// A lock that another process holds for too long.
    async fn a_held_lock_is_busy(database: TestDatabase) {
        let impatient = DbSettings { lock_timeout: Duration::from_millis(30), ..settings(&database) };
        let (one, other) = (open_with(impatient.clone()).await, open_with(impatient).await);
        one.write(|c| add(c, 1)).await.unwrap();
        let (release, held) = mpsc::channel::<()>();
        let (started, is_started) = tokio::sync::oneshot::channel();
        let holder = tokio::spawn(async move {
            one.write(move |c| {
                execute(c, "UPDATE note SET body = 'held'")?;
                started.send(()).unwrap();
                held.recv().unwrap();
                Ok(())
            })
            .await
        });
        is_started.await.unwrap();
        let refused = other.write(|c| execute(c, "UPDATE note SET body = 'other'")).await;
        assert!(matches!(refused, Err(DbError::Busy { .. })), "{refused:?}");
        release.send(()).unwrap();
        holder.await.unwrap().unwrap();
        assert_eq!(database.count("note WHERE body = 'held'"), 1);
    }

    /// A mistake in a statement is neither temporary nor the connection's fault.
    async fn a_wrong_statement_is_other(database: TestDatabase) {
        let db = open(&database).await;
        let wrong = db.read(|c| execute(c, "SELECT * FROM nowhere")).await.unwrap_err();
        assert!(matches!(wrong, DbError::Other(_)) && !wrong.is_temporary(), "{wrong:?}");
        assert!(!wrong.is_not_found());
    }
}

async fn on_postgres() -> Option<(TestDatabase, Db)> {
    let database = TestDatabase::postgres_unless_left_out()?;
    let db = open(&database).await;
    Some((database, db))
}

/// Opens every connection of the pool, so that all of them can be cut.
async fn fill(db: &Db) {
    let (parties, barrier) = (db.pool_state().size, Arc::new(std::sync::Barrier::new(8)));
    assert_eq!(parties, 8);
    let readers: Vec<_> = (0..8)
        .map(|_| {
            let (db, barrier) = (db.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                db.read(move |c| {
                    barrier.wait();
                    count(c)
                })
                .await
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap().unwrap();
    }
    assert_eq!(db.pool_state().open, 8);
}

/// After all idle connections were cut, nobody notices: reads are repeated, and a transaction that cannot begin has
/// done nothing.
#[tokio::test]
async fn cut_idle_connections_cost_nothing() {
    let Some((database, db)) = on_postgres().await else {
        return;
    };
    fill(&db).await;
    end_sessions(&database);
    assert_eq!(db.read(count).await.unwrap(), 0);
    fill(&db).await;
    end_sessions(&database);
    assert_eq!(db.write(|c| add(c, 1)).await.unwrap(), 1);
    assert_eq!(db.primary(count).await.unwrap(), 1);
}

/// A write whose connection is cut in the middle fails, is not repeated, and leaves nothing.
#[tokio::test]
async fn a_cut_write_is_not_repeated() {
    let Some((database, db)) = on_postgres().await else {
        return;
    };
    let database = Arc::new(database);
    let runs = Arc::new(AtomicUsize::new(0));
    let (cutter, counter) = (Arc::clone(&database), Arc::clone(&runs));
    let cut = db
        .write(move |c| {
            counter.fetch_add(1, Ordering::SeqCst);
            add(c, 1)?;
            end_sessions(&cutter);
            add(c, 2)
        })
        .await;
    assert!(matches!(cut, Err(DbError::Unavailable { .. })), "{cut:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(db.primary(count).await.unwrap(), 0);
}

/// A read whose connection is cut in the middle is run once more.
#[tokio::test]
async fn a_cut_read_is_repeated_once() {
    let Some((database, db)) = on_postgres().await else {
        return;
    };
    let database = Arc::new(database);
    for (cuts, wanted) in [(1, true), (2, false)] {
        let (cutter, mut run) = (Arc::clone(&database), 0);
        let outcome = db
            .read(move |c| {
                run += 1;
                if run <= cuts {
                    end_sessions(&cutter);
                }
                count(c)
            })
            .await;
        assert_eq!(outcome.is_ok(), wanted, "{outcome:?}");
    }
    assert_eq!(db.read(count).await.unwrap(), 0);
}

/// A statement that takes too long is ended by the server.
#[tokio::test]
async fn a_slow_statement_times_out() {
    let Some(database) = TestDatabase::postgres_unless_left_out() else {
        return;
    };
    let db =
        open_with(DbSettings { statement_timeout: Duration::from_millis(50), ..settings(&database) }).await;
    let slow = db.read(|c| execute(c, "SELECT pg_sleep(60)")).await;
    assert!(matches!(slow, Err(DbError::TimedOut { .. })), "{slow:?}");
}

/// Two transactions that wait for each other: one is told so, the other goes on.
#[tokio::test]
async fn a_deadlock_is_busy() {
    let Some((_database, db)) = on_postgres().await else {
        return;
    };
    db.write(|c| add(c, 1).and_then(|_| add(c, 2))).await.unwrap();
    let barrier = Arc::new(std::sync::Barrier::new(2));
    let writers = [(1, 2), (2, 1)].map(|(first, second)| {
        let (db, barrier) = (db.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            db.write(move |c| {
                execute(c, &format!("UPDATE note SET body = 'x' WHERE place = {first}"))?;
                barrier.wait();
                execute(c, &format!("UPDATE note SET body = 'x' WHERE place = {second}"))
            })
            .await
        })
    });
    let mut outcomes = Vec::new();
    for writer in writers {
        outcomes.push(writer.await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(DbError::Busy { .. }))), "{outcomes:?}");
}

/// A server that has become a replica.
#[tokio::test]
async fn a_read_only_server_is_typed() {
    let Some((database, _)) = on_postgres().await else {
        return;
    };
    database.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', \
         current_database()); END $$",
    );
    let db = Db::open(settings(&database)).await.unwrap();
    let refused = db.write(|c| add(c, 1)).await;
    assert!(matches!(refused, Err(DbError::ReadOnly { .. })), "{refused:?}");
    assert_eq!(db.read(count).await.unwrap(), 0);
}
