//! What `fsck` does as a command and before serving, for both programs: [`fsck_tests!`](crate::fsck_tests).
#![expect(clippy::expect_used, reason = "a test whose program writes something else has nothing to say")]

use serde_json::Value;

use crate::TestDatabase;
use crate::program::{Program, get};

const DEFECTS: Option<i32> = Some(4);

fn environment(db: &TestDatabase) -> Vec<(&str, &str)> {
    let listen = ["NEXTID__SERVER__LISTEN", "NEXTID__SERVER__ADMIN_LISTEN"].map(|name| (name, "127.0.0.1:0"));
    listen.into_iter().chain([("DATABASE_URL", db.url())]).collect()
}

/// What is sound ends with 0 and without a line on standard output, and is served.
pub fn a_sound_database(program: &Program, db: &TestDatabase) {
    let ended = program.run(&["fsck"], &environment(db));
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.reason().starts_with("fsck: ") && ended.reason().ends_with(": 0 defects"), "{ended:?}");

    let mut running = program.start(&["--fsck"], &environment(db));
    running.line_with(": 0 defects");
    assert_eq!(get(running.addresses().0, "/readyz").0, 200);
    running.terminate();
    assert_eq!(running.wait().code, Some(0));
}

/// Each defect is a line on standard output, of text or JSON; the code says that there are some; nothing is served.
pub fn a_database_with_a_defect(program: &Program, db: &TestDatabase, blow: &str, code: &str) {
    db.execute(blow);
    let ended = program.run(&["fsck"], &environment(db));
    assert_eq!((ended.code, ended.out.lines().count()), (DEFECTS, 1), "{ended:?}");
    assert!(ended.out.starts_with(&format!("{code}: table=")), "{ended:?}");
    assert!(ended.reason().ends_with(": the database has 1 defect"), "{ended:?}");

    let ended = program.run(&["fsck", "--json", "--jobs", "1"], &environment(db));
    let defect: Value = serde_json::from_str(&ended.out).expect("one JSON object");
    assert_eq!((ended.code, defect.get("code")), (DEFECTS, Some(&code.into())), "{ended:?}");

    let ended = program.run(&["serve", "--fsck"], &environment(db));
    assert_eq!((ended.code, ended.out.as_str()), (DEFECTS, ""), "{ended:?}");
    assert!(ended.lines.iter().any(|line| line.contains(code)), "{ended:?}");
    assert!(!ended.lines.iter().any(|line| line.contains("listening")), "{ended:?}");
}

/// A database that is not there is not made, one that is not migrated is not changed.
pub fn a_database_that_is_not_ready(program: &Program) {
    let db = TestDatabase::sqlite();
    let path = db.url().trim_start_matches("sqlite://").to_owned();
    let ended = program.run(&["fsck"], &environment(&db));
    assert_eq!(ended.code, Some(69), "{ended:?}");
    assert!(ended.reason().contains("there is no file") && ended.reason().contains(&path), "{ended:?}");
    assert!(!std::path::Path::new(&path).exists());

    db.execute("PRAGMA user_version = 1");
    let ended = program.run(&["fsck"], &environment(&db));
    assert_eq!(ended.code, Some(65), "{ended:?}");
    assert!(ended.reason().contains("lacks the migrations"), "{ended:?}");
    assert_eq!(db.number("SELECT count(*) AS n FROM sqlite_schema"), 0);
}

/// Makes tests of the functions of this module, for the program at `$path`; `$populate` fills a database, `$blow` breaks it in
/// one place, which is named with `$code`.
#[macro_export]
macro_rules! fsck_tests {
    ($path:expr, populate = $populate:path, blow = $blow:expr, code = $code:expr) => {
        $crate::on_both_databases! {
            async fn a_database(db: TestDatabase) {
                $populate(&db).await;
                let program = $crate::program::Program::new($path);
                $crate::fsck::a_sound_database(&program, &db);
                $crate::fsck::a_database_with_a_defect(&program, &db, $blow, $code);
            }
        }

        #[test]
        fn a_database_that_is_not_ready() {
            $crate::fsck::a_database_that_is_not_ready(&$crate::program::Program::new($path));
        }
    };
}
