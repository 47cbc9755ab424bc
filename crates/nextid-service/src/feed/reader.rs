//! Reading the feed.

use diesel::dsl::max;
use diesel::prelude::*;

use super::schema::{feed, meta};
use crate::db::{DbConnection, DbError, EPOCH_KEY};
use crate::on_backend;

/// One row of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct FeedRow {
    /// Its place, from 1.
    pub id: i64,
    /// What `reference` refers to.
    pub kind: i16,
    /// The id of the row that this is about.
    pub reference: i64,
}

/// The rows after `after`, ascending, at most `count`, all or of one kind. Start at 0; go on after the last id.
///
/// # Errors
/// The database's.
pub fn read_after(
    conn: &mut DbConnection,
    after: i64,
    count: i64,
    kind: Option<i16>,
) -> Result<Vec<FeedRow>, DbError> {
    let rows = feed::table
        .select((feed::id, feed::kind, feed::reference))
        .filter(feed::id.gt(after))
        .order(feed::id)
        .limit(count.max(0));
    Ok(match kind {
        Some(kind) => on_backend!(conn, c => rows.filter(feed::kind.eq(kind)).load(c))?,
        None => on_backend!(conn, c => rows.load(c))?,
    })
}

/// The highest id, 0 if the feed is empty.
///
/// # Errors
/// The database's.
pub fn latest_id(conn: &mut DbConnection) -> Result<i64, DbError> {
    let latest: Option<i64> = on_backend!(conn, c => feed::table.select(max(feed::id)).first(c))?;
    Ok(latest.unwrap_or(0))
}

/// Which life of the database this is: 32 hex digits, made when it was migrated for the first time. A reader that
/// finds another one than before has to start from 0.
///
/// # Errors
/// The database's; not found ([`DbError::is_not_found`]) in a database that was not migrated.
pub fn epoch(conn: &mut DbConnection) -> Result<String, DbError> {
    let value = meta::table.find(EPOCH_KEY).select(meta::value);
    Ok(on_backend!(conn, c => value.first(c))?)
}
