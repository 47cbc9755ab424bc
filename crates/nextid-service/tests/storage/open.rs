//! What is refused when a database is opened.

use std::time::{Duration, Instant};

use nextid_service::db::{Db, DbError, DbSettings, wait_until_reachable};
use nextid_testkit::TestDatabase;

use crate::support::settings;

fn at_once(url: impl Into<String>) -> DbSettings {
    DbSettings { startup_wait: Duration::ZERO, ..DbSettings::new(url) }
}

/// A directory without a server's socket in it.
fn nowhere() -> (tempfile::TempDir, DbSettings) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("postgres:///db?host={}", directory.path().display());
    (directory, at_once(url))
}

/// Accepted links would be lost by such a server in a crash.
#[tokio::test]
async fn asynchronous_commit_is_refused() {
    let Some(database) = TestDatabase::postgres_unless_left_out() else {
        return;
    };
    database.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$",
    );
    let refused = Db::open(settings(&database)).await;
    assert!(matches!(&refused, Err(DbError::NotDurable { setting }) if setting == "off"), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let (_directory, settings) = nowhere();
    let refused = Db::open(settings).await;
    assert!(matches!(refused, Err(DbError::Unavailable { .. })), "{refused:?}");
}

/// The wait is bounded and has an end of its own.
#[tokio::test]
async fn waiting_ends() {
    let (_directory, settings) = nowhere();
    let start = Instant::now();
    let settings = DbSettings { startup_wait: Duration::from_millis(350), ..settings };
    assert!(matches!(wait_until_reachable(&settings).await, Err(DbError::Unavailable { .. })));
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(300) && waited < Duration::from_secs(5), "{waited:?}");
}

/// What waiting cannot mend is told at once.
#[tokio::test]
async fn wrong_urls_are_not_waited_for() {
    for url in ["mysql://h/d", "nonsense", "sqlite://", "sqlite://:memory:"] {
        let refused =
            Db::open(DbSettings { startup_wait: Duration::from_secs(60), ..DbSettings::new(url) }).await;
        assert!(matches!(refused, Err(DbError::InvalidUrl { .. })), "{url}: {refused:?}");
    }
}

/// The file and its directories are made, for the owner only.
#[tokio::test]
async fn sqlite_makes_its_place() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("a").join("b c");
    let file = place.join("data.db");
    Db::open(at_once(format!("sqlite://{}", file.display()))).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place), mode(&file)), (0o700, 0o600));
}

/// The message names what cannot be written.
#[tokio::test]
async fn sqlite_names_what_it_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a file");
    std::fs::write(&file, "text").unwrap();
    // A file where a directory should be, and a directory where the file should be.
    for (url, named) in [
        (format!("sqlite://{}/data.db", file.display()), file.clone()),
        (format!("sqlite://{}", directory.path().display()), directory.path().to_owned()),
    ] {
        match Db::open(at_once(url)).await {
            Err(error @ DbError::NotWritable { .. }) => {
                assert!(error.to_string().contains(&named.display().to_string()), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A file of another kind is left as it is.
#[tokio::test]
async fn sqlite_leaves_other_files_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("letter.txt");
    let letter = "Dear reader, this is not a database. ".repeat(100);
    std::fs::write(&file, &letter).unwrap();
    let refused = Db::open(at_once(format!("sqlite://{}", file.display()))).await;
    assert!(matches!(refused, Err(DbError::ForeignSchema { .. })), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
}
