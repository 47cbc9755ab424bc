//! What is in the database, counted.

use nextid_testkit::TestDatabase;

/// How much a database holds. Two that are equal mean that nothing was appended, bound or revoked in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Links of all chains.
    pub links: i64,
    /// Bindings in force, aliases included.
    pub bindings: i64,
    /// The sum of the bindings' links: binding again changes it.
    pub bound_by: i64,
    /// Events, numbered or not.
    pub events: i64,
}

impl Tally {
    /// Counts.
    pub fn of(db: &TestDatabase) -> Self {
        Self {
            links: db.count("links"),
            bindings: db.count("bindings"),
            bound_by: db.number("SELECT CAST(COALESCE(SUM(link_id), 0) AS BIGINT) AS n FROM bindings"),
            events: db.number("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM feed) AS n"),
        }
    }
}
