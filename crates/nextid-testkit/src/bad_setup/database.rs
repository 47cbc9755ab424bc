//! Databases that are not as the configuration has it.
#![expect(clippy::expect_used, reason = "a test whose server cannot be set up has nothing to say")]

use super::{environment, exit, migrate, refuses};
use crate::TestDatabase;
use crate::postgres_server::PostgresServer;
use crate::program::{Program, get};

/// Both kinds, or SQLite alone where PostgreSQL is left out.
fn both() -> impl Iterator<Item = TestDatabase> {
    [Some(TestDatabase::sqlite()), TestDatabase::postgres_unless_left_out()].into_iter().flatten()
}

/// A server of its own, unless PostgreSQL is left out.
fn server() -> Option<PostgresServer> {
    TestDatabase::postgres_unless_left_out().map(|_| PostgresServer::start())
}

/// A password is not waited for, and not shown.
pub fn a_wrong_password(program: &Program) {
    let Some(server) = server() else { return };
    let database = server.database();
    database.execute("CREATE ROLE service LOGIN PASSWORD 'right'");
    server.demand_passwords();
    let url = format!("{}&password=hunter2", database.url().replace("user=nextid", "user=service"));
    let ended = refuses(
        program,
        &environment(&url, &[]),
        exit::UNAVAILABLE,
        &["database.url: ", "the password is wrong"],
    );
    assert!(!ended.lines.iter().any(|line| line.contains("hunter2")), "{ended:?}");
}

/// The server is there, the database is not.
pub fn an_unknown_database(program: &Program) {
    let Some(database) = TestDatabase::postgres_unless_left_out() else { return };
    let url = crate::database::with_database(database.url(), "no_such_database");
    let parts = ["database.url: ", "there is no such database", "no_such_database"];
    refuses(program, &environment(&url, &[]), exit::UNAVAILABLE, &parts);
}

/// No way leads to the broadcast address, on any machine.
pub fn an_unreachable_host(program: &Program) {
    let url = "postgres://service:hunter2@255.255.255.255/service";
    let ended = refuses(
        program,
        &environment(url, &[]),
        exit::UNAVAILABLE,
        &["database.url: ", "the host cannot be reached"],
    );
    assert!(!ended.lines.iter().any(|line| line.contains("hunter2")), "{ended:?}");
}

/// A newer program has migrated it.
pub fn a_newer_database(program: &Program) {
    for database in both() {
        migrate(program, &database);
        database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
        let parts = ["database.url: ", "newer than this program", "29990101000000"];
        refuses(program, &environment(database.url(), &[]), exit::DATABASE, &parts);
    }
}

/// Somebody else's tables are left alone.
pub fn a_foreign_database(program: &Program) {
    for database in both() {
        database.execute("CREATE TABLE letters (text TEXT)");
        let parts = ["database.url: ", "belongs to another program", "letters"];
        refuses(program, &environment(database.url(), &[]), exit::DATABASE, &parts);
    }
}

/// A service that may not migrate says what is missing.
pub fn migrations_that_nobody_ran(program: &Program) {
    for database in both() {
        let environment = environment(database.url(), &[("NEXTID__DATABASE__MIGRATE", "false")]);
        refuses(program, &environment, exit::DATABASE, &["database.url: ", "lacks the migrations"]);
        migrate(program, &database);
        let mut running = program.start(&[], &environment);
        running.addresses();
    }
}

/// A server that is not there yet is waited for, and the log says so.
pub fn a_server_that_comes_later(program: &Program) {
    let Some(server) = server() else { return };
    let database = server.database();
    server.stop();
    let mut running = program.start(&[], &environment(database.url(), &[]));
    let first = running.line_with("cannot be reached yet, next attempt in ");
    let second = running.line_with("cannot be reached yet, next attempt in ");
    assert!(pause_ms(&second) > pause_ms(&first), "no backoff: {first} {second}");
    server.start_again();
    let (api, _) = running.addresses();
    assert_eq!(get(api, "/readyz").0, 200);
}

fn pause_ms(line: &str) -> u64 {
    let (_, rest) = line.split_once("next attempt in ").expect("the line was looked for");
    rest.split(' ').next().and_then(|number| number.parse().ok()).expect("a number of milliseconds")
}

/// The wait ends.
pub fn a_server_that_never_comes(program: &Program) {
    let directory = tempfile::tempdir().expect("a directory without a server's socket in it");
    let url = format!("postgres:///service?host={}", directory.path().display());
    let environment = environment(&url, &[("NEXTID__DATABASE__CONNECT_WAIT_SECS", "1")]);
    let ended = refuses(
        program,
        &environment,
        exit::UNAVAILABLE,
        &["database.url: ", "unavailable", "No such file or directory"],
    );
    assert!(ended.lines.iter().any(|line| line.contains("cannot be reached yet")), "{ended:?}");
}
