//! The feed: numbering, the lease, reading and waiting.

use std::time::Duration;

use diesel::prelude::*;
use nextid_service::db::{Db, DbError};
use nextid_service::feed::{FeedRow, Sequencer, SequencerSettings, enqueue, latest_id, read_after, schema};
use nextid_service::on_backend;

use crate::support::{end_sessions, execute, open};

/// Settings under which only `wake` gets anything done.
pub fn woken_only() -> SequencerSettings {
    SequencerSettings { poll: Duration::from_secs(3600), ..SequencerSettings::default() }
}

/// Settings under which everything happens soon.
pub fn quick() -> SequencerSettings {
    SequencerSettings {
        poll: Duration::from_millis(5),
        lease: Duration::from_millis(100),
        batch: 7,
        ..SequencerSettings::default()
    }
}

pub async fn append(db: &Db, kind: i16, references: Vec<i64>) {
    db.write(move |c| enqueue(c, kind, &references)).await.unwrap();
}

pub async fn all(db: &Db) -> Vec<FeedRow> {
    db.primary(|c| read_after(c, 0, i64::MAX, None)).await.unwrap()
}

pub async fn reaches(sequencer: &Sequencer, id: i64) {
    let mut watch = sequencer.watch();
    let reached = tokio::time::timeout(Duration::from_secs(60), watch.beyond(id - 1)).await;
    assert_eq!(reached.expect("the feed goes on"), Some(id));
}

nextid_testkit::on_both_databases! {
    /// What was appended is numbered from 1, in its order, and leaves the outbox. More than one batch at once, too.
    async fn numbers_in_order(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, (100..2600).collect()).await;
        let sequencer = Sequencer::spawn(db.clone(), SequencerSettings { batch: 400, ..woken_only() });
        reaches(&sequencer, 2500).await;
        append(&db, 2, vec![7]).await;
        sequencer.wake();
        reaches(&sequencer, 2501).await;
        let rows = all(&db).await;
        assert!(rows.iter().zip(1..).all(|(row, id)| row.id == id));
        assert!(rows.iter().take(2500).zip(100..).all(|(row, reference)| row.reference == reference && row.kind == 1));
        assert_eq!(rows.last(), Some(&FeedRow { id: 2501, kind: 2, reference: 7 }));
        assert_eq!(database.count("outbox"), 0);
        assert!(sequencer.is_healthy());
    }

    /// An append that was rolled back never shows, and leaves no gap.
    async fn rolled_back_appends_do_not_show(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, vec![1]).await;
        let failed: Result<(), DbError> = db
            .write(|c| {
                enqueue(c, 1, &[2])?;
                Err(DbError::Aborted)
            })
            .await;
        assert!(failed.is_err());
        append(&db, 1, vec![3]).await;
        let sequencer = Sequencer::spawn(db.clone(), woken_only());
        reaches(&sequencer, 2).await;
        let rows: Vec<_> = all(&db).await.into_iter().map(|row| (row.id, row.reference)).collect();
        assert_eq!(rows, [(1, 1), (2, 3)]);
    }

    /// A writer's mistake, one thing handed over twice, does not stop the feed: the first place counts.
    async fn duplicates_do_not_stop_it(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, vec![5, 6, 5]).await;
        let sequencer = Sequencer::spawn(db.clone(), woken_only());
        reaches(&sequencer, 2).await;
        append(&db, 1, vec![6, 5, 7]).await;
        append(&db, 2, vec![5]).await;
        sequencer.wake();
        sequencer.stop().await;
        let rows: Vec<_> = all(&db).await.into_iter().map(|row| (row.id, row.kind, row.reference)).collect();
        assert_eq!(rows, [(1, 1, 5), (2, 1, 6), (3, 1, 7), (4, 2, 5)]);
        assert_eq!(database.count("outbox"), 0);
    }

    /// Pages, one kind, and the edges.
    async fn pages_and_kinds(database: TestDatabase) {
        let db = open(&database).await;
        assert_eq!(db.read(latest_id).await.unwrap(), 0);
        append(&db, 1, (0..10).collect()).await;
        append(&db, 2, (0..10).collect()).await;
        Sequencer::spawn(db.clone(), woken_only()).stop().await;
        assert_eq!(db.read(latest_id).await.unwrap(), 20);
        let cases = [(0, 3, None, vec![1, 2, 3]), (19, 3, None, vec![20]), (8, 3, Some(2), vec![11, 12, 13]),
            (20, 3, None, vec![]), (0, 0, None, vec![]), (0, -1, None, vec![]), (0, 9, Some(3), vec![]),
            (-5, 1, Some(1), vec![1])];
        for (after, count, kind, wanted) in cases {
            let rows = db.read(move |c| read_after(c, after, count, kind)).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), wanted, "{after} {count} {kind:?}");
        }
    }

    /// While one process has the lease another one moves nothing; stopped, the first gives it back at once.
    async fn the_lease_is_exclusive_and_given_back(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, vec![1]).await;
        let long = SequencerSettings { lease: Duration::from_secs(3600), ..woken_only() };
        let first = Sequencer::spawn(db.clone(), long.clone());
        reaches(&first, 1).await;
        append(&db, 1, vec![2]).await;
        let second = Sequencer::spawn(db.clone(), long);
        // It knows the feed only after a round, which found the lease taken.
        reaches(&second, 1).await;
        assert_eq!((database.count("outbox"), database.count("lease")), (1, 1));
        first.stop().await;
        assert_eq!((database.count("outbox"), database.count("lease")), (0, 0));
        append(&db, 1, vec![3]).await;
        second.wake();
        reaches(&second, 3).await;
    }

    /// The lease of a holder that was killed runs out, and the next one goes on.
    async fn the_lease_of_the_dead_passes_on(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, vec![1]).await;
        let first = Sequencer::spawn(db.clone(), SequencerSettings::default());
        reaches(&first, 1).await;
        drop(first);
        append(&db, 1, vec![2]).await;
        let start = std::time::Instant::now();
        let second = Sequencer::spawn(db.clone(), SequencerSettings::default());
        reaches(&second, 2).await;
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }

    /// A lease whose end lies beyond what anybody could have asked for, made by a clock that was set back.
    async fn an_impossible_lease_is_free(database: TestDatabase) {
        let db = open(&database).await;
        append(&db, 1, vec![1]).await;
        db.write(|c| {
            let lease = (
                schema::lease::name.eq("sequencer"),
                schema::lease::holder.eq("from the future"),
                schema::lease::expires_at.eq(i64::MAX),
            );
            Ok(on_backend!(c, c => diesel::insert_into(schema::lease::table).values(lease).execute(c))?)
        })
        .await
        .unwrap();
        let sequencer = Sequencer::spawn(db.clone(), woken_only());
        reaches(&sequencer, 1).await;
    }

    /// A reader that waits hears of it, also of what another process numbered, and is told when there is no more.
    async fn waiting_for_news(database: TestDatabase) {
        let (db, other) = (open(&database).await, open(&database).await);
        let numbering = Sequencer::spawn(db.clone(), woken_only());
        let listening = Sequencer::spawn(other, quick());
        let mut watch = listening.watch();
        assert_eq!(watch.latest(), 0);
        append(&db, 1, vec![1, 2]).await;
        numbering.wake();
        reaches(&listening, 2).await;
        assert_eq!(watch.beyond(0).await, Some(2));
        assert_eq!(watch.latest(), 2);
        listening.stop().await;
        drop(listening);
        assert_eq!(watch.beyond(2).await, None);
        numbering.stop().await;
    }
}

/// The sequencer outlives its own connections and says when it stands still.
#[tokio::test]
async fn an_error_passes() {
    let Some(database) = nextid_testkit::TestDatabase::postgres_unless_left_out() else {
        return;
    };
    let db = open(&database).await;
    append(&db, 1, vec![1]).await;
    let sequencer = Sequencer::spawn(db.clone(), quick());
    reaches(&sequencer, 1).await;
    db.write(|c| execute(c, "ALTER TABLE feed RENAME TO away")).await.unwrap();
    append(&db, 1, vec![2]).await;
    while sequencer.is_healthy() {
        tokio::task::yield_now().await;
    }
    end_sessions(&database);
    db.write(|c| execute(c, "ALTER TABLE away RENAME TO feed")).await.unwrap();
    reaches(&sequencer, 2).await;
    while !sequencer.is_healthy() {
        tokio::task::yield_now().await;
    }
}
