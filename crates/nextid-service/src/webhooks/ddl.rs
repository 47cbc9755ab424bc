//! The tables of webhooks, to be included word for word in a migration of each service.

/// Makes `webhooks` and `webhook_dead` on PostgreSQL.
pub const POSTGRES_UP: &str = include_str!("ddl/postgres/up.sql");

/// Takes back [`POSTGRES_UP`].
pub const POSTGRES_DOWN: &str = include_str!("ddl/postgres/down.sql");

/// Makes `webhooks` and `webhook_dead` on SQLite.
pub const SQLITE_UP: &str = include_str!("ddl/sqlite/up.sql");

/// Takes back [`SQLITE_UP`].
pub const SQLITE_DOWN: &str = include_str!("ddl/sqlite/down.sql");
