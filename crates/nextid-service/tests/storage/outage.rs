//! A server that goes away and comes back.

use std::time::{Duration, Instant};

use nextid_service::db::{DbError, DbSettings};
use nextid_testkit::{PostgresServer, TestDatabase};

use crate::support::{add, count, open_with, settings};

/// While the server is away every call fails soon; when it is back, calls succeed again without a restart.
#[tokio::test]
async fn an_outage_passes() {
    if TestDatabase::postgres_unless_left_out().is_none() {
        return;
    }
    let server = tokio::task::spawn_blocking(PostgresServer::start).await.unwrap();
    let database = server.database();
    let db = open_with(settings(&database)).await;
    db.write(|c| add(c, 1)).await.unwrap();
    server.stop();
    for _ in 0..3 {
        let start = Instant::now();
        let read = db.read(count).await;
        let write = db.write(|c| add(c, 2)).await;
        assert!(matches!(read, Err(DbError::Unavailable { .. })), "{read:?}");
        assert!(matches!(write, Err(DbError::Unavailable { .. })), "{write:?}");
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    }
    // Started with the server away, a service waits for it.
    let early =
        tokio::spawn(open_with(DbSettings { startup_wait: Duration::from_secs(60), ..settings(&database) }));
    server.start_again();
    assert_eq!(early.await.unwrap().read(count).await.unwrap(), 1);
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match db.write(|c| add(c, 3)).await {
            Ok(_) => break,
            Err(error) => assert!(error.is_temporary() && Instant::now() < deadline, "{error}"),
        }
    }
    assert_eq!(db.read(count).await.unwrap(), 2);
}
