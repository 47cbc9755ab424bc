//! Bounds of the pool, sessions, and the replica.

use std::sync::mpsc;
use std::time::Duration;

use nextid_service::db::{Backend, DbError, DbSettings};
use nextid_testkit::TestDatabase;

use crate::support::{add, count, execute, open, open_with, settings, text};

nextid_testkit::on_both_databases! {
    /// When every connection is taken, a caller waits no longer than it was told to, and the next ones are served.
    async fn overload_is_bounded(database: TestDatabase) {
        let db = open_with(DbSettings {
            pool_size: 1,
            acquire_timeout: Duration::from_millis(50),
            ..settings(&database)
        })
        .await;
        let (release, held) = mpsc::channel::<()>();
        let (started, is_started) = tokio::sync::oneshot::channel();
        let holder = {
            let (db, mut started) = (db.clone(), Some(started));
            tokio::spawn(async move {
                db.primary(move |c| {
                    if let Some(started) = started.take() {
                        started.send(()).unwrap();
                    }
                    held.recv().unwrap();
                    count(c)
                })
                .await
            })
        };
        is_started.await.unwrap();
        assert!(matches!(db.read(count).await, Err(DbError::Overloaded { .. })));
        assert!(matches!(db.write(|c| add(c, 1)).await, Err(DbError::Overloaded { .. })));
        release.send(()).unwrap();
        assert_eq!(holder.await.unwrap().unwrap(), 0);
        assert_eq!(db.write(|c| add(c, 1)).await.unwrap(), 1);
    }

    /// The pool opens no more than it may, and what was opened is used again.
    async fn connections_are_reused(database: TestDatabase) {
        let db = open_with(DbSettings { pool_size: 3, ..settings(&database) }).await;
        let readers: Vec<_> = (0..100)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { db.read(count).await })
            })
            .collect();
        for reader in readers {
            reader.await.unwrap().unwrap();
        }
        let state = db.pool_state();
        assert!(state.open <= 3 && state.size == 3, "{state:?}");
    }

    /// A transaction that a reader left open does not go back to the pool.
    async fn an_open_transaction_is_not_pooled(database: TestDatabase) {
        let db = open_with(DbSettings { pool_size: 1, ..settings(&database) }).await;
        db.read(|c| {
            use diesel::connection::{AnsiTransactionManager, TransactionManager};
            Ok(nextid_service::on_backend!(c, c => AnsiTransactionManager::begin_transaction(c))?)
        })
        .await
        .unwrap();
        db.write(|c| add(c, 1)).await.unwrap();
        assert_eq!(database.count("note"), 1);
    }

    /// Each session is set up as the documentation says.
    async fn sessions_are_set_up(database: TestDatabase) {
        let db = open_with(DbSettings {
            statement_timeout: Duration::from_secs(7),
            lock_timeout: Duration::from_secs(3),
            application_name: "it's ours".to_owned(),
            ..settings(&database)
        })
        .await;
        let facts: &[(&str, &str)] = match db.backend() {
            Backend::Postgres => &[
                ("SELECT current_setting('application_name') AS v", "it's ours"),
                ("SELECT current_setting('statement_timeout') AS v", "7s"),
                ("SELECT current_setting('lock_timeout') AS v", "3s"),
                ("SELECT current_setting('idle_in_transaction_session_timeout') AS v", "10s"),
            ],
            Backend::Sqlite => &[
                ("SELECT CAST(timeout AS text) AS v FROM pragma_busy_timeout", "3000"),
                ("SELECT journal_mode AS v FROM pragma_journal_mode", "wal"),
                // 2 is FULL.
                ("SELECT CAST(synchronous AS text) AS v FROM pragma_synchronous", "2"),
                ("SELECT CAST(foreign_keys AS text) AS v FROM pragma_foreign_keys", "1"),
            ],
        };
        for (sql, wanted) in facts {
            assert_eq!(db.read(move |c| text(c, sql)).await.unwrap(), *wanted, "{sql}");
        }
    }
}

/// `read` asks the replica, `primary` and `write` never do, and a replica that is away is done without.
#[tokio::test]
async fn replica_answers_reads_only() {
    let (Some(primary), Some(replica)) =
        (TestDatabase::postgres_unless_left_out(), TestDatabase::postgres_unless_left_out())
    else {
        return;
    };
    // Not a copy, so that it can be told apart.
    open(&replica).await.write(|c| add(c, 1).and_then(|_| add(c, 2))).await.unwrap();
    let away = format!("{}_is_not_there", replica.url());
    for (read_url, wanted) in [(replica.url().to_owned(), 2), (away, 0)] {
        let db = open_with(DbSettings { read_url: Some(read_url), ..settings(&primary) }).await;
        assert_eq!(db.read(count).await.unwrap(), wanted);
        assert_eq!(db.primary(count).await.unwrap(), 0);
    }
    let db = open_with(DbSettings { read_url: Some(replica.url().to_owned()), ..settings(&primary) }).await;
    db.write(|c| add(c, 9)).await.unwrap();
    assert_eq!((primary.count("note"), replica.count("note")), (1, 2));
}

/// A replica for SQLite, or of another kind than the primary, is a mistake in the configuration.
#[tokio::test]
async fn replica_is_for_postgres() {
    let database = TestDatabase::sqlite();
    let wrong = DbSettings { read_url: Some(database.url().to_owned()), ..settings(&database) };
    let refused = nextid_service::db::Db::open(wrong).await;
    assert!(matches!(refused, Err(DbError::InvalidUrl { .. })), "{refused:?}");
}

/// A statement on a read-only SQLite session is told apart from other errors.
#[tokio::test]
async fn sqlite_read_only_is_typed() {
    let database = TestDatabase::sqlite();
    let db = open_with(DbSettings { pool_size: 1, ..settings(&database) }).await;
    let refused = db
        .write(|c| {
            execute(c, "PRAGMA query_only = ON")?;
            add(c, 1)
        })
        .await;
    assert!(matches!(refused, Err(DbError::ReadOnly { .. })), "{refused:?}");
    // That connection was left.
    db.write(|c| add(c, 1)).await.unwrap();
}
