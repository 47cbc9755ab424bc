//! How to reach a database and how long to wait for it.

use std::fmt;
use std::time::Duration;

/// How to reach a database and how long to wait for it. Its `Debug` form holds no password.
#[derive(Clone)]
pub struct DbSettings {
    /// `postgres://…` or `sqlite://path` (the path is taken as it is, not percent-decoded).
    pub url: String,
    /// A PostgreSQL replica for [`Db::read`](super::Db::read). When it fails, the primary answers.
    pub read_url: Option<String>,
    /// Connections to each server, at least 1. Four to eight are best.
    pub pool_size: u32,
    /// How long a caller waits for its turn before [`DbError::Overloaded`](super::DbError::Overloaded).
    pub acquire_timeout: Duration,
    /// How long start-up waits for a server that cannot be reached yet. Zero: not at all.
    pub startup_wait: Duration,
    /// PostgreSQL ends a statement that takes longer. Zero: never. Migrations are exempt.
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock: `lock_timeout` of PostgreSQL, `busy_timeout` of SQLite.
    pub lock_timeout: Duration,
    /// The name under which PostgreSQL lists our sessions.
    pub application_name: String,
}

impl DbSettings {
    /// The defaults, for the database behind `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            read_url: None,
            pool_size: 8,
            acquire_timeout: Duration::from_secs(5),
            startup_wait: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(15),
            lock_timeout: Duration::from_secs(5),
            application_name: "nextid".to_owned(),
        }
    }
}

impl fmt::Debug for DbSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbSettings")
            .field("url", &shown(&self.url))
            .field("read_url", &self.read_url.as_deref().map(shown))
            .field("pool_size", &self.pool_size)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("startup_wait", &self.startup_wait)
            .field("statement_timeout", &self.statement_timeout)
            .field("lock_timeout", &self.lock_timeout)
            .field("application_name", &self.application_name)
            .finish()
    }
}

/// A database URL without user, password and parameters: any of them may be a secret.
pub(super) fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return "(not a URL)".to_owned();
    };
    let place = rest.split_once('?').map_or(rest, |(place, _)| place);
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    format!("{scheme}://{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        for (url, wanted) in [
            ("postgres://user:s3cret@db:5432/proof?password=s3cret", "postgres://db:5432/proof"),
            ("postgres://user:s3@cret@db/proof", "postgres://db/proof"),
            ("postgres:///proof?host=/tmp&user=u", "postgres:///proof"),
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db"),
            ("s3cret", "(not a URL)"),
        ] {
            assert_eq!(shown(url), wanted);
        }
        let debug = format!("{:?}", DbSettings::new("postgres://user:s3cret@db/proof"));
        assert!(!debug.contains("s3cret"), "{debug}");
    }
}
