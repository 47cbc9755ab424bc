//! Migrations: once, by one, on the right database.

use diesel_migrations::embed_migrations;
use nextid_service::db::{Db, DbError, Migrations, SchemaState};
use nextid_service::feed::{ddl, epoch};

use crate::support::{MIGRATIONS, settings};

static OLDER: Migrations = Migrations {
    service: "test-service",
    postgres: embed_migrations!("tests/storage/migrations/v1/postgres"),
    sqlite: embed_migrations!("tests/storage/migrations/v1/sqlite"),
};

static OTHER: Migrations = Migrations {
    service: "other-service",
    postgres: embed_migrations!("tests/storage/migrations/v1/postgres"),
    sqlite: embed_migrations!("tests/storage/migrations/v1/sqlite"),
};

static BROKEN: Migrations = Migrations {
    service: "test-service",
    postgres: embed_migrations!("tests/storage/migrations/broken/postgres"),
    sqlite: embed_migrations!("tests/storage/migrations/broken/sqlite"),
};

const FIRST: &str = "20250101000000";
const SECOND: &str = "20250102000000";

/// The fixture is what services include.
#[test]
fn fixture_is_the_documented_ddl() {
    assert_eq!(include_str!("migrations/v1/postgres/2025-01-01-000000_shared/up.sql"), ddl::POSTGRES_UP);
    assert_eq!(include_str!("migrations/v1/postgres/2025-01-01-000000_shared/down.sql"), ddl::POSTGRES_DOWN);
    assert_eq!(include_str!("migrations/v2/sqlite/2025-01-01-000000_shared/up.sql"), ddl::SQLITE_UP);
    assert_eq!(include_str!("migrations/v2/sqlite/2025-01-01-000000_shared/down.sql"), ddl::SQLITE_DOWN);
}

nextid_testkit::on_both_databases! {
    async fn run_once_and_go_back(database: TestDatabase) {
        let settings = settings(&database);
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Empty);
        let pending = MIGRATIONS.require_current(&settings).await;
        assert!(matches!(&pending, Err(DbError::PendingMigrations { pending }) if pending == &[FIRST, SECOND]));
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), [FIRST, SECOND]);
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Current);
        MIGRATIONS.require_current(&settings).await.unwrap();
        let none: [&str; 0] = [];
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), none);

        assert_eq!(MIGRATIONS.revert_last(&settings).await.unwrap().as_deref(), Some(SECOND));
        let pending = SchemaState::Pending(vec![SECOND.to_owned()]);
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), pending);
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), [SECOND]);

        for _ in 0..2 {
            assert!(MIGRATIONS.revert_last(&settings).await.unwrap().is_some());
        }
        assert_eq!(MIGRATIONS.revert_last(&settings).await.unwrap(), None);
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Empty);
        // A reverted database begins a new life.
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), [FIRST, SECOND]);
    }

    /// An older program's database is extended and keeps its epoch.
    async fn upgrade_keeps_the_epoch(database: TestDatabase) {
        let settings = settings(&database);
        OLDER.run(&settings).await.unwrap();
        let db = Db::open(settings.clone()).await.unwrap();
        let before = db.read(epoch).await.unwrap();
        assert!(before.len() == 32 && before.bytes().all(|b| b.is_ascii_hexdigit()), "{before}");
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), [SECOND]);
        assert_eq!(db.read(epoch).await.unwrap(), before);
    }

    /// Replicas that start together: one migrates, all succeed.
    async fn replicas_migrate_once(database: TestDatabase) {
        let settings = settings(&database);
        let replicas: Vec<_> = (0..6)
            .map(|_| {
                let settings = settings.clone();
                tokio::spawn(async move { MIGRATIONS.run(&settings).await })
            })
            .collect();
        let mut ran = Vec::new();
        for replica in replicas {
            ran.extend(replica.await.unwrap().unwrap());
        }
        assert_eq!(ran, [FIRST, SECOND]);
        assert_eq!(database.count("meta"), 2);
    }

    /// The other service's database, and that of any other program, is refused and not touched.
    async fn foreign_databases_are_refused(database: TestDatabase) {
        let settings = settings(&database);
        OTHER.run(&settings).await.unwrap();
        for refused in [
            MIGRATIONS.run(&settings).await.map(drop),
            MIGRATIONS.state(&settings).await.map(drop),
            MIGRATIONS.require_current(&settings).await,
            MIGRATIONS.revert_last(&settings).await.map(drop),
        ] {
            let foreign = matches!(&refused, Err(DbError::ForeignSchema { expected, found })
                if expected == "test-service" && found == "other-service");
            assert!(foreign, "{refused:?}");
        }
        database.execute("DROP TABLE lease; DROP TABLE feed; DROP TABLE outbox; DROP TABLE meta");
        let refused = MIGRATIONS.run(&settings).await;
        assert!(matches!(&refused, Err(DbError::ForeignSchema { .. })), "{refused:?}");
    }

    /// A table of somebody else, even one called `meta`, keeps us out.
    async fn other_programs_are_respected(database: TestDatabase) {
        let settings = settings(&database);
        for table in ["meta (a integer)", "meta (key text, value text)", "customers (a integer)"] {
            database.execute(&format!("CREATE TABLE {table}"));
            let refused = MIGRATIONS.run(&settings).await;
            let name = table.split(' ').next().unwrap();
            assert!(
                matches!(&refused, Err(DbError::ForeignSchema { found, .. }) if found.contains(name)),
                "{refused:?}"
            );
            database.execute(&format!("DROP TABLE {name}"));
        }
        MIGRATIONS.run(&settings).await.unwrap();
    }

    /// An old program does not run on a new database.
    async fn newer_databases_are_refused(database: TestDatabase) {
        let settings = settings(&database);
        MIGRATIONS.run(&settings).await.unwrap();
        for refused in [OLDER.run(&settings).await.map(drop), OLDER.require_current(&settings).await] {
            assert!(matches!(&refused, Err(DbError::TooNew { unknown }) if unknown == &[SECOND]), "{refused:?}");
        }
    }

    /// A migration that fails takes those of the same run back with it.
    async fn failure_leaves_nothing(database: TestDatabase) {
        let settings = settings(&database);
        let failed = BROKEN.run(&settings).await;
        assert!(matches!(&failed, Err(DbError::Migration { name, .. }) if name.contains("breaks")), "{failed:?}");
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Empty);
        MIGRATIONS.run(&settings).await.unwrap();
    }
}
