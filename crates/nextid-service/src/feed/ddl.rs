//! The tables that both services have, to be included word for word in each service's first migration.

/// Makes `meta`, `outbox`, `feed` and `lease` on PostgreSQL.
pub const POSTGRES_UP: &str = include_str!("ddl/postgres/up.sql");

/// Takes back [`POSTGRES_UP`].
pub const POSTGRES_DOWN: &str = include_str!("ddl/postgres/down.sql");

/// Makes `meta`, `outbox`, `feed` and `lease` on SQLite.
pub const SQLITE_UP: &str = include_str!("ddl/sqlite/up.sql");

/// Takes back [`SQLITE_UP`].
pub const SQLITE_DOWN: &str = include_str!("ddl/sqlite/down.sql");
