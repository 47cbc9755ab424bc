//! A migrated database with one table of our own.

use std::time::Duration;

use diesel::prelude::*;
use diesel_migrations::embed_migrations;
use nextid_service::db::{Db, DbConnection, DbError, DbSettings, Migrations};
use nextid_service::on_backend;
use nextid_testkit::TestDatabase;

diesel::table! {
    note (id) {
        id -> BigInt,
        place -> BigInt,
        body -> Text,
    }
}

/// A service with the shared tables and `note`.
pub static MIGRATIONS: Migrations = Migrations {
    service: "test-service",
    postgres: embed_migrations!("tests/storage/migrations/v2/postgres"),
    sqlite: embed_migrations!("tests/storage/migrations/v2/sqlite"),
};

/// Settings that fail at once where the defaults would wait.
pub fn settings(database: &TestDatabase) -> DbSettings {
    DbSettings { startup_wait: Duration::ZERO, ..DbSettings::new(database.url()) }
}

/// The database, migrated and opened.
pub async fn open(database: &TestDatabase) -> Db {
    open_with(settings(database)).await
}

pub async fn open_with(settings: DbSettings) -> Db {
    MIGRATIONS.run(&settings).await.expect("the migrations run");
    Db::open(settings).await.expect("the database opens")
}

/// Writes one note. Its place is unique.
pub fn add(conn: &mut DbConnection, place: i64) -> Result<usize, DbError> {
    let row = (note::place.eq(place), note::body.eq("text"));
    Ok(on_backend!(conn, c => diesel::insert_into(note::table).values(row).execute(c))?)
}

pub fn count(conn: &mut DbConnection) -> Result<i64, DbError> {
    Ok(on_backend!(conn, c => note::table.count().get_result(c))?)
}

/// Runs statements without looking at rows.
pub fn execute(conn: &mut DbConnection, sql: &str) -> Result<usize, DbError> {
    Ok(on_backend!(conn, c => diesel::sql_query(sql).execute(c))?)
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = diesel::sql_types::Text)]
    v: String,
}

/// The single text that `sql` selects as `v`.
pub fn text(conn: &mut DbConnection, sql: &str) -> Result<String, DbError> {
    let row: Value = on_backend!(conn, c => diesel::sql_query(sql).get_result(c))?;
    Ok(row.v)
}

/// Ends every other session of the database on the server, as an administrator can.
pub fn end_sessions(database: &TestDatabase) {
    database.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
}

/// A small generator of repeatable delays and orders.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        // Xorshift, Marsaglia 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
