//! Places in the feed, which a mirror's rows have from the origin.

use diesel::prelude::*;

use crate::db::{DbConnection, DbError};
use crate::feed;
use crate::feed::schema::feed as feed_table;
use crate::on_backend;

/// Gives rows the places in the feed that they have at the origin: the id, the kind, and the row's own id.
///
/// # Errors
/// The database's.
pub fn number(conn: &mut DbConnection, rows: &[(i64, i16, i64)]) -> Result<(), DbError> {
    let rows: Vec<_> = rows
        .iter()
        .map(|(id, kind, reference)| {
            (feed_table::id.eq(*id), feed_table::kind.eq(*kind), feed_table::reference.eq(*reference))
        })
        .collect();
    on_backend!(conn, c => diesel::insert_into(feed_table::table).values(rows).execute(c))?;
    Ok(())
}

/// The row that an id of the feed refers to, if it is of this kind.
///
/// # Errors
/// The database's.
pub fn reference(conn: &mut DbConnection, feed_id: i64, kind: i16) -> Result<Option<i64>, DbError> {
    let rows = feed::read_after(conn, feed_id - 1, 1, None)?;
    Ok(rows.into_iter().find(|row| row.id == feed_id && row.kind == kind).map(|row| row.reference))
}
