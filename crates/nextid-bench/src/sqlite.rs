//! SQLite as the services open it, for loading and for the floors.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::failure::{Context as _, Result};

diesel::table! {
    /// Rows as long and with as many indexes as a link.
    floor_links (id) {
        /// Given by the database.
        id -> BigInt,
        /// 33 bytes.
        avatar -> Binary,
        /// Ascending.
        seq -> BigInt,
        /// 16 bytes.
        uuid -> Binary,
        /// Everything else that a link holds.
        payload -> Text,
    }
}

diesel::table! {
    /// Rows to be read one by one.
    floor_points (avatar) {
        /// 33 bytes.
        avatar -> Binary,
        /// As long as what an Avatar publishes.
        content -> Text,
    }
}

/// The path in `sqlite://path`.
pub fn path_of(url: &str) -> &str {
    url.strip_prefix("sqlite://").unwrap_or(url)
}

/// Opens a file, durable at every commit, which is how the services open theirs.
///
/// # Errors
/// With SQLite's own words.
pub fn open(url: &str) -> Result<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path_of(url)).context("opening SQLite")?;
    connection
        .batch_execute("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
        .context("setting up SQLite")?;
    Ok(connection)
}

/// Opens a file for loading: as fast as it goes, since what is lost in a crash is loaded again.
///
/// # Errors
/// With SQLite's own words.
pub fn open_for_loading(url: &str) -> Result<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path_of(url)).context("opening SQLite")?;
    connection
        .batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
             PRAGMA cache_size = -500000; PRAGMA temp_store = FILE; PRAGMA foreign_keys = OFF;",
        )
        .context("setting up SQLite")?;
    Ok(connection)
}

/// An index or a trigger.
#[derive(Debug, QueryableByName)]
pub struct Part {
    /// `index` or `trigger`
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The statement that makes it.
    #[diesel(sql_type = Text)]
    pub sql: String,
}

/// The indexes of tables, constraints aside, and their triggers.
///
/// # Errors
/// With SQLite's own words.
pub fn indexes_and_triggers(connection: &mut SqliteConnection, tables: &[&str]) -> Result<Vec<Part>> {
    let list = tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(",");
    let sql = format!(
        "SELECT type AS kind, name, sql FROM sqlite_master \
         WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name IN ({list})"
    );
    diesel::sql_query(sql).load(connection).context("reading indexes")
}
