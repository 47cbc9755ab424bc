//! The two databases, and the macro that expands one body for both.

use std::fmt;

use diesel::{PgConnection, SqliteConnection};

use super::DbError;

/// Which database a URL names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backend {
    /// `postgres://…` or `postgresql://…`
    Postgres,
    /// `sqlite://path`
    Sqlite,
}

impl Backend {
    /// The database that `url` names, by its scheme.
    ///
    /// # Errors
    /// [`DbError::InvalidUrl`] for any other scheme.
    pub fn of(url: &str) -> Result<Self, DbError> {
        match url.split_once("://").map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some("sqlite") => Ok(Self::Sqlite),
            _ => Err(DbError::InvalidUrl { reason: "it starts with neither postgres:// nor sqlite://" }),
        }
    }

    /// `postgres` or `sqlite`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A connection to either database.
///
/// Not diesel's `MultiConnection`: that has no `on_conflict`, batch insert, `as_returning` or `for_update`.
pub enum DbConnection {
    /// A session of a PostgreSQL server.
    Postgres(PgConnection),
    /// An open SQLite file.
    Sqlite(SqliteConnection),
}

impl DbConnection {
    /// Which database this is, for the few statements that differ.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Postgres(_) => Backend::Postgres,
            Self::Sqlite(_) => Backend::Sqlite,
        }
    }
}

impl fmt::Debug for DbConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DbConnection").field(&self.backend()).finish()
    }
}

/// Expands one body for both variants of a [`DbConnection`](crate::db::DbConnection).
///
/// `on_backend!(conn, c => { … })`: `conn` is a `&mut DbConnection`, `c` is a `&mut PgConnection` in one expansion
/// and a `&mut SqliteConnection` in the other. The value of the body is the value of the macro.
#[macro_export]
macro_rules! on_backend {
    ($connection:expr, $c:ident => $body:expr) => {
        match $connection {
            $crate::db::DbConnection::Postgres($c) => $body,
            $crate::db::DbConnection::Sqlite($c) => $body,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_decides() {
        for (url, wanted) in [
            ("postgres://u@h/db", Some(Backend::Postgres)),
            ("postgresql:///db?host=/tmp", Some(Backend::Postgres)),
            ("sqlite:///tmp/a.db", Some(Backend::Sqlite)),
            ("sqlite://a.db", Some(Backend::Sqlite)),
            ("mysql://h/db", None),
            ("/tmp/a.db", None),
            ("", None),
        ] {
            assert_eq!(Backend::of(url).ok(), wanted, "{url}");
        }
    }
}
