//! What reading the head of a chain costs, which is asked of both services' tables.

use crate::{Backend, TestDatabase};

/// The head is found by one probe of the index. PostgreSQL does not go to the links for it: they need not fit in memory.
///
/// # Panics
/// With the plan, when it is another one.
pub fn assert_one_probe(db: &TestDatabase) {
    let (bytes, wanted) = match db.backend() {
        Backend::Postgres => ("'\\x02'", "Index Only Scan Backward using links_place on links"),
        Backend::Sqlite => ("x'02'", "SEARCH links USING INDEX sqlite_autoindex_links_1 (avatar=?)"),
    };
    let plan = db.plan(&format!(
        "SELECT seq, uuid, created_at, signature FROM links WHERE avatar = {bytes} ORDER BY seq DESC LIMIT 1"
    ));
    assert!(plan.contains(wanted), "{plan}");
}
