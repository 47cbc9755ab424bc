//! Whose database this is and how far it has been migrated.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{Backend, DbConnection, DbError};

/// diesel's own table of the migrations that have run.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// The key in `meta` under which a database says whose it is.
pub(super) const SERVICE_KEY: &str = "service";

/// The key in `meta` of the database's epoch.
pub(crate) const EPOCH_KEY: &str = "epoch";

/// Whose database this is and how far it has been migrated. A foreign one is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// Nothing is in it yet.
    Empty,
    /// It is this service's and lacks these migrations, oldest first.
    Pending(Vec<String>),
    /// It is this service's and has every migration of this program.
    Current,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Reads the state without changing anything. `known` are this program's migrations, oldest first.
pub(super) fn of(conn: &mut DbConnection, service: &str, known: &[String]) -> Result<SchemaState, DbError> {
    let foreign = |found: String| DbError::ForeignSchema { expected: service.to_owned(), found };
    let tables = tables(conn)?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    let applied = if has(MIGRATIONS) { applied(conn)? } else { Vec::new() };
    let owner = if has("meta") { owner(conn)? } else { None };
    match owner {
        Some(owner) if owner == service => {}
        Some(owner) => return Err(foreign(owner)),
        None if applied.is_empty() => {
            // diesel makes its table in a transaction of ours; one that is empty is left by a reverted database.
            return match tables.into_iter().find(|table| table != MIGRATIONS) {
                None => Ok(SchemaState::Empty),
                Some(table) => Err(foreign(format!("another program (it has a table {table})"))),
            };
        }
        None => {
            return Err(foreign("another program (its migrations are not ours)".to_owned()));
        }
    }
    let unknown: Vec<String> = applied.iter().filter(|version| !known.contains(version)).cloned().collect();
    if !unknown.is_empty() {
        return Err(DbError::TooNew { unknown });
    }
    let pending: Vec<String> = known.iter().filter(|version| !applied.contains(version)).cloned().collect();
    Ok(if pending.is_empty() { SchemaState::Current } else { SchemaState::Pending(pending) })
}

/// The tables and views that somebody made, without those of extensions.
fn tables(conn: &mut DbConnection) -> Result<Vec<String>, DbError> {
    let sql = match conn.backend() {
        Backend::Postgres => {
            "SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS \
             (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid \
             AND d.deptype = 'e') ORDER BY 1"
        }
        Backend::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') \
             AND substr(name, 1, 7) <> 'sqlite_' ORDER BY 1"
        }
    };
    names(conn, sql)
}

fn applied(conn: &mut DbConnection) -> Result<Vec<String>, DbError> {
    names(conn, "SELECT version AS name FROM __diesel_schema_migrations ORDER BY 1")
}

/// The service that made the database. A table `meta` of somebody else's need not have our columns.
fn owner(conn: &mut DbConnection) -> Result<Option<String>, DbError> {
    let sql = match conn.backend() {
        Backend::Postgres => {
            "SELECT a.attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() \
             AND c.relname = 'meta' AND a.attnum > 0 AND NOT a.attisdropped"
        }
        Backend::Sqlite => "SELECT name FROM pragma_table_info('meta')",
    };
    let columns = names(conn, sql)?;
    if !["key", "value"].iter().all(|wanted| columns.iter().any(|column| column == wanted)) {
        return Ok(None);
    }
    let sql = format!("SELECT CAST(value AS text) AS name FROM meta WHERE key = '{SERVICE_KEY}'");
    Ok(names(conn, &sql)?.pop())
}

fn names(conn: &mut DbConnection, sql: &str) -> Result<Vec<String>, DbError> {
    let rows: Vec<Name> = crate::on_backend!(conn, c => diesel::sql_query(sql).load(c))?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
