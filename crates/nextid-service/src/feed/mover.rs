//! Moving rows from the outbox to the feed.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::reader::latest_id;
use super::schema::outbox;
use crate::db::{DbConnection, DbError, Prepared, PreparedText};
use crate::on_backend;

/// Whether anything waits.
pub(super) fn has_waiting(conn: &mut DbConnection) -> Result<bool, DbError> {
    let first: Option<i64> =
        on_backend!(conn, c => outbox::table.select(outbox::id).order(outbox::id).first(c).optional())?;
    Ok(first.is_some())
}

/// Moves at most so many rows, whose numbers come after the last one. How many left the outbox, and how many got a number.
struct Move;

impl PreparedText for Move {
    const BEFORE: &'static str = "WITH given AS (SELECT * FROM (VALUES (";
    const AFTER: &'static str = ")) AS v (most, last)), taken AS (DELETE FROM outbox \
        WHERE id = ANY (ARRAY(SELECT id FROM outbox ORDER BY id LIMIT (SELECT most FROM given))) \
        RETURNING id, kind, ref), \
        fresh AS (SELECT min(id) AS id, kind, ref FROM taken t WHERE \
        (SELECT f.id FROM feed f WHERE f.kind = t.kind AND f.ref = t.ref) IS NULL GROUP BY kind, ref), \
        numbered AS (INSERT INTO feed (id, kind, ref) \
        SELECT (SELECT last FROM given) + row_number() OVER (ORDER BY id), kind, ref FROM fresh RETURNING 1) \
        SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM numbered)";
    type Row = (BigInt, BigInt);
}

/// What one transaction moved.
pub(super) struct Moved {
    /// Rows that left the outbox.
    pub(super) taken: usize,
    /// The feed's highest id afterwards.
    pub(super) latest: i64,
}

/// Moves at most `count` waiting rows in the order of their outbox ids The caller holds the lease in this
/// transaction.
///
/// A row that is in the feed already, or twice in the outbox, is dropped, or one mistake of a writer would stop the
/// feed for ever.
pub(super) fn move_waiting(conn: &mut DbConnection, count: i64) -> Result<Moved, DbError> {
    let last = latest_id(conn)?;
    match conn {
        // Each statement sees what was committed by its own start, so taking and numbering must be one. The array and
        // the scalar subquery are there for the planner: written as joins, it may read all of a table, since it
        // cannot know how little waits.
        DbConnection::Postgres(c) => {
            let given = (count.into_sql::<BigInt>(), last.into_sql::<BigInt>());
            let (taken, numbered): (i64, i64) = Prepared::<Move, _>::new(given).get_result(c)?;
            Ok(Moved { taken: usize::try_from(taken).unwrap_or(0), latest: last.saturating_add(numbered) })
        }
        // There is no other writer during this transaction, so both statements see the same rows.
        DbConnection::Sqlite(c) => {
            let numbered = diesel::sql_query(
                "INSERT INTO feed (id, kind, ref) \
                 SELECT ?2 + row_number() OVER (ORDER BY min(t.id)), t.kind, t.ref \
                 FROM (SELECT id, kind, ref FROM outbox ORDER BY id LIMIT ?1) t WHERE NOT EXISTS \
                 (SELECT 1 FROM feed f WHERE f.kind = t.kind AND f.ref = t.ref) GROUP BY t.kind, t.ref",
            )
            .bind::<BigInt, _>(count)
            .bind::<BigInt, _>(last)
            .execute(c)?;
            let taken = diesel::sql_query(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT ?1)",
            )
            .bind::<BigInt, _>(count)
            .execute(c)?;
            Ok(Moved { taken, latest: last.saturating_add(i64::try_from(numbered).unwrap_or(0)) })
        }
    }
}
