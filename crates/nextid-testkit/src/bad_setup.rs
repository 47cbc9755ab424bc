//! What a service does where it was set up badly: it ends at once, with one line that names the cause and the key to
//! change, and with the exit code of that cause. Both programs are held to it by [`bad_setup_tests!`](crate::bad_setup_tests).

mod database;
mod machine;
mod readiness;

use std::time::Duration;

use crate::TestDatabase;
use crate::program::{Ended, Program};

pub use database::{
    a_foreign_database, a_newer_database, a_server_that_comes_later, a_server_that_never_comes,
    a_wrong_password, an_unknown_database, an_unreachable_host, migrations_that_nobody_ran,
};
pub use machine::{
    a_clock_behind_its_file, a_clock_unlike_the_server, a_mistyped_key, a_mistyped_variable,
    a_port_that_is_taken, a_secret_file_that_is_not_there, a_sqlite_file_that_cannot_be_written,
};
pub use readiness::a_database_that_goes_away;

/// The exit codes, as `--help` lists them.
mod exit {
    pub(super) const DATABASE: i32 = 65;
    pub(super) const UNAVAILABLE: i32 = 69;
    pub(super) const LISTEN: i32 = 71;
    pub(super) const CANNOT_CREATE: i32 = 73;
    pub(super) const CLOCK: i32 = 75;
    pub(super) const CONFIG: i32 = 78;
}

/// What is at once for a program whose database may be waited for half a minute.
const AT_ONCE: Duration = Duration::from_secs(15);

/// Free ports on loopback, and no migrations, accesses or colours in the log.
const BASE: [(&str, &str); 2] =
    [("NEXTID__SERVER__LISTEN", "127.0.0.1:0"), ("NEXTID__SERVER__ADMIN_LISTEN", "127.0.0.1:0")];

/// The environment of a service with this database, and more.
fn environment<'a>(url: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    BASE.into_iter().chain([("DATABASE_URL", url)]).chain(more.iter().copied()).collect()
}

/// Runs the service, which is to end at once, with this code, and a last line that holds all of these parts.
fn refuses(program: &Program, environment: &[(&str, &str)], code: i32, parts: &[&str]) -> Ended {
    let ended = program.run(&[], environment);
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert!(ended.took < AT_ONCE, "not at once: {ended:?}");
    for part in parts {
        assert!(ended.reason().contains(part), "{part:?} is not in {ended:?}");
    }
    ended
}

/// Runs the migrations of a database.
fn migrate(program: &Program, database: &TestDatabase) {
    let ended = program.run(&["migrate"], &environment(database.url(), &[]));
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// Makes a test of each function of this module, for the program at `$path`: `env!("CARGO_BIN_EXE_…")`.
#[macro_export]
macro_rules! bad_setup_tests {
    ($path:expr) => {
        $crate::bad_setup_tests!($path =>
            a_wrong_password, an_unknown_database, an_unreachable_host, a_newer_database, a_foreign_database,
            migrations_that_nobody_ran, a_server_that_comes_later, a_server_that_never_comes, a_mistyped_key,
            a_mistyped_variable, a_secret_file_that_is_not_there, a_port_that_is_taken,
            a_sqlite_file_that_cannot_be_written, a_clock_behind_its_file, a_clock_unlike_the_server,
            a_database_that_goes_away);
    };
    ($path:expr => $($name:ident),+) => {$(
        #[test]
        fn $name() {
            $crate::bad_setup::$name(&$crate::program::Program::new($path));
        }
    )+};
}
