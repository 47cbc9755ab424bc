//! Configuration, ports, files and clock.
#![expect(clippy::expect_used, reason = "a test that cannot be set up has nothing to say")]

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use super::{BASE, environment, exit, migrate, refuses};
use crate::TestDatabase;
use crate::program::Program;

const DAY: Duration = Duration::from_secs(86_400);

/// The file is named, and the key that was meant.
pub fn a_mistyped_key(program: &Program) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("service.toml");
    std::fs::write(&path, "[server]\nlistn = \"127.0.0.1:0\"\n").expect("the file can be written");
    let path = path.display().to_string();
    let ended = program.run(&["--config", &path], &[]);
    assert_eq!((ended.code, ended.lines.len()), (Some(exit::CONFIG), 1), "{ended:?}");
    for part in ["server.listn", "server.listen", path.as_str()] {
        assert!(ended.reason().contains(part), "{part:?} is not in {ended:?}");
    }
}

/// The variable is named, and the one that was meant.
pub fn a_mistyped_variable(program: &Program) {
    let database = TestDatabase::sqlite();
    let environment = environment(database.url(), &[("NEXTID__SERVER__WORKRES", "2")]);
    let ended =
        refuses(program, &environment, exit::CONFIG, &["NEXTID__SERVER__WORKRES", "NEXTID__SERVER__WORKERS"]);
    assert_eq!(ended.lines.len(), 1, "{ended:?}");
}

/// The key and the file are named.
pub fn a_secret_file_that_is_not_there(program: &Program) {
    let environment: Vec<_> =
        BASE.into_iter().chain([("NEXTID__DATABASE__URL_FILE", "/nonexistent/url")]).collect();
    let ended = refuses(program, &environment, exit::CONFIG, &["database.url_file", "/nonexistent/url"]);
    assert_eq!(ended.lines.len(), 1, "{ended:?}");
}

/// Either port may be taken; the key says which.
pub fn a_port_that_is_taken(program: &Program) {
    let holder = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = holder.local_addr().expect("its address").to_string();
    for (variable, key) in
        [("NEXTID__SERVER__LISTEN", "server.listen"), ("NEXTID__SERVER__ADMIN_LISTEN", "server.admin_listen")]
    {
        let database = TestDatabase::sqlite();
        let environment = environment(database.url(), &[(variable, &address)]);
        refuses(program, &environment, exit::LISTEN, &[&format!("{key}: {address} is taken")]);
    }
}

/// Root could write to any ordinary file, so the directory is one that takes no files.
pub fn a_sqlite_file_that_cannot_be_written(program: &Program) {
    let environment = environment("sqlite:///proc/nextid/service.db", &[]);
    let ended = refuses(program, &environment, exit::CANNOT_CREATE, &["database.url: ", "/proc/nextid"]);
    assert_eq!(ended.lines.len(), 1, "{ended:?}");
}

/// A clock that lost a day is behind what it wrote itself.
pub fn a_clock_behind_its_file(program: &Program) {
    let database = TestDatabase::sqlite();
    migrate(program, &database);
    let path = database.url().trim_start_matches("sqlite://");
    let file = std::fs::File::options().write(true).open(path).expect("the database file");
    file.set_modified(SystemTime::now() + DAY).expect("its time can be set");
    let parts = ["payload.max_skew_secs: ", "clock is 86", " s behind the last change of the database file"];
    let ended = refuses(program, &environment(database.url(), &[]), exit::CLOCK, &parts);
    assert_eq!(ended.lines.len(), 1, "{ended:?}");
}

/// A server whose clock is a day off in either direction, made of a function that is found before its own.
pub fn a_clock_unlike_the_server(program: &Program) {
    for (interval, direction) in [("1 day", "behind"), ("-1 day", "ahead of")] {
        let Some(database) = TestDatabase::postgres_unless_left_out() else { return };
        migrate(program, &database);
        database.execute(&format!(
            "CREATE SCHEMA wrong; CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql \
             AS $$ SELECT pg_catalog.clock_timestamp() + interval '{interval}' $$; DO $$ BEGIN EXECUTE format('ALTER \
             DATABASE %I SET search_path = public, wrong, pg_catalog', current_database()); END $$"
        ));
        let direction = format!("{direction} the database server's clock");
        let parts = ["payload.max_skew_secs: ", "clock is 86", direction.as_str()];
        refuses(program, &environment(database.url(), &[]), exit::CLOCK, &parts);
    }
}
