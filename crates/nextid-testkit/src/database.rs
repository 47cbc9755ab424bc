//! A fresh database for one test, on either backend.
#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "a test whose database cannot be made has nothing to say"
)]

pub(crate) mod statements;

use std::path::PathBuf;

use tempfile::TempDir;
use uuid::Uuid;

/// The maintenance database of the server that the tests may fill: `postgres://…`. `scripts/test` sets it.
pub const POSTGRES_VARIABLE: &str = "NEXTID_TEST_POSTGRES";

/// Set to `1`, it leaves the PostgreSQL half of [`on_both_databases!`](crate::on_both_databases) out.
pub const SQLITE_ONLY_VARIABLE: &str = "NEXTID_TEST_SQLITE_ONLY";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file in a temporary directory.
    Sqlite,
    /// A database of its own in the server that [`POSTGRES_VARIABLE`] names.
    Postgres,
}

/// A fresh, empty database, removed when this value is dropped, whoever is still connected to it.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite { _directory: TempDir },
    Postgres { maintenance_url: String, name: String },
}

impl TestDatabase {
    /// A SQLite file in a temporary directory of its own. The file does not exist before something opens it.
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory for SQLite");
        let path: PathBuf = directory.path().join("test.db");
        Self { url: format!("sqlite://{}", path.display()), kind: Kind::Sqlite { _directory: directory } }
    }

    /// A database with a name of its own in the server that [`POSTGRES_VARIABLE`] names.
    ///
    /// # Panics
    /// When the variable is not set or the server cannot be reached.
    pub fn postgres() -> Self {
        let Ok(maintenance_url) = std::env::var(POSTGRES_VARIABLE) else {
            panic!(
                "{POSTGRES_VARIABLE} is not set: run ./scripts/test, which starts a PostgreSQL for the tests, \
                 or set {SQLITE_ONLY_VARIABLE}=1 to leave them out"
            );
        };
        Self::postgres_in(&maintenance_url)
    }

    /// As [`TestDatabase::postgres`], in the server behind `maintenance_url`.
    pub fn postgres_in(maintenance_url: &str) -> Self {
        let name = format!("nextid_test_{}", Uuid::new_v4().simple());
        // template0, because nobody can be connected to it, and a template in use cannot be copied.
        statements::postgres(maintenance_url, &format!("CREATE DATABASE {name} TEMPLATE template0"))
            .unwrap_or_else(|error| panic!("cannot create a database in {maintenance_url}: {error}"));
        Self {
            url: with_database(maintenance_url, &name),
            kind: Kind::Postgres { maintenance_url: maintenance_url.to_owned(), name },
        }
    }

    /// A PostgreSQL database, or none, with a line that says so, when [`SQLITE_ONLY_VARIABLE`] is `1`.
    pub fn postgres_unless_left_out() -> Option<Self> {
        if std::env::var(SQLITE_ONLY_VARIABLE).is_ok_and(|value| value == "1") {
            tell_left_out();
            return None;
        }
        Some(Self::postgres())
    }

    /// What `database.url` takes: `sqlite:///path/test.db` or `postgres://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which kind of database this is.
    pub fn backend(&self) -> Backend {
        match self.kind {
            Kind::Sqlite { .. } => Backend::Sqlite,
            Kind::Postgres { .. } => Backend::Postgres,
        }
    }

    /// Runs one or more statements, over a connection of its own.
    ///
    /// # Panics
    /// With the database's own words when it refuses.
    pub fn execute(&self, sql: &str) {
        let done = match self.backend() {
            Backend::Sqlite => statements::sqlite(&self.url, sql),
            Backend::Postgres => statements::postgres(&self.url, sql),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The single number that `sql` selects, which has to be named `n`: `SELECT count(*) AS n FROM links`.
    ///
    /// # Panics
    /// With the database's own words when it refuses.
    pub fn number(&self, sql: &str) -> i64 {
        let found = match self.backend() {
            Backend::Sqlite => statements::sqlite_number(&self.url, sql),
            Backend::Postgres => statements::postgres_number(&self.url, sql),
        };
        found.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// How a query would be answered: the steps of the plan, line by line.
    ///
    /// # Panics
    /// With the database's own words when it refuses.
    pub fn plan(&self, sql: &str) -> String {
        let steps = match self.backend() {
            Backend::Sqlite => statements::sqlite_plan(&self.url, sql),
            Backend::Postgres => statements::postgres_plan(&self.url, sql),
        };
        steps.unwrap_or_else(|error| panic!("{sql}: {error}")).join("\n")
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS n FROM {table}"))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Kind::Postgres { maintenance_url, name } = &self.kind {
            let dropped = statements::postgres(
                maintenance_url,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            );
            // A server that a test has stopped takes its databases with it.
            drop(dropped);
        }
    }
}

/// The same server, another database: the path of the URL is replaced, its query (which may hold the host) kept.
pub(crate) fn with_database(maintenance_url: &str, name: &str) -> String {
    let (scheme, rest) = maintenance_url.split_once("://").unwrap_or(("postgres", maintenance_url));
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, format!("?{query}")),
        None => (rest, String::new()),
    };
    let authority = place.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{name}{query}")
}

#[expect(clippy::print_stderr, reason = "the runner shows it beside the test's name")]
fn tell_left_out() {
    eprintln!("left out: {SQLITE_ONLY_VARIABLE}=1");
}

/// Writes one test body as two tests, `name::sqlite` and `name::postgres`, each with a fresh [`TestDatabase`].
///
/// ```
/// nextid_testkit::on_both_databases! {
///     /// A new database has no tables of ours.
///     async fn starts_empty(db: TestDatabase) {
///         assert_eq!(db.number("SELECT 1 AS n"), 1);
///     }
///
///     async fn another(db: TestDatabase) {
///         db.execute("CREATE TABLE t (a INTEGER)");
///         assert_eq!(db.count("t"), 0);
///     }
/// }
/// ```
///
/// The body runs on an actix system, which is a tokio runtime as well, so no attribute is needed or allowed beside
/// documentation, `#[ignore]` and lint attributes. With `NEXTID_TEST_SQLITE_ONLY=1` the PostgreSQL half passes with a
/// line that says it was left out.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($db:ident: TestDatabase) $body:block)+) => {$(
        async fn $name($db: $crate::TestDatabase) $body

        mod $name {
            $(#[$attribute])*
            #[test]
            fn sqlite() {
                $crate::block_on(super::$name($crate::TestDatabase::sqlite()));
            }

            $(#[$attribute])*
            #[test]
            fn postgres() {
                if let Some(database) = $crate::TestDatabase::postgres_unless_left_out() {
                    $crate::block_on(super::$name(database));
                }
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_database_and_keeps_the_rest() {
        for (given, wanted) in [
            ("postgres:///postgres?host=/tmp/x&user=u", "postgres:///n?host=/tmp/x&user=u"),
            ("postgres://u:p@127.0.0.1:5432/postgres", "postgres://u:p@127.0.0.1:5432/n"),
            ("postgresql://127.0.0.1", "postgresql://127.0.0.1/n"),
            ("postgres://u@h/", "postgres://u@h/n"),
        ] {
            assert_eq!(with_database(given, "n"), wanted);
        }
    }

    on_both_databases! {
        /// Two databases share nothing.
        async fn each_test_owns_its_database(db: TestDatabase) {
            let other = match db.backend() {
                Backend::Sqlite => TestDatabase::sqlite(),
                Backend::Postgres => TestDatabase::postgres(),
            };
            db.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7); INSERT INTO t VALUES (8)");
            other.execute("CREATE TABLE t (a INTEGER)");
            assert_eq!((db.count("t"), other.count("t")), (2, 0));
            assert_eq!(db.number("SELECT sum(a) AS n FROM t"), 15);
        }
    }

    #[test]
    fn a_dropped_database_is_gone() {
        let Some(database) = TestDatabase::postgres_unless_left_out() else {
            return;
        };
        let url = database.url().to_owned();
        assert!(statements::postgres(&url, "SELECT 1").is_ok());
        drop(database);
        let refusal = statements::postgres(&url, "SELECT 1").expect_err("the database was dropped");
        assert!(refusal.to_string().contains("does not exist"), "{refusal}");
    }

    #[test]
    fn a_dropped_file_is_gone() {
        let database = TestDatabase::sqlite();
        database.execute("CREATE TABLE t (a INTEGER)");
        let path = PathBuf::from(database.url().trim_start_matches("sqlite://"));
        assert!(path.exists());
        drop(database);
        assert!(!path.exists());
    }
}
