//! What waits for its number, held against what has none.
//!
//! The outbox has no index but that of its ids, and needs none: it is nearly empty where a sequencer runs. Where none ran for
//! long it is not, and to look up one page of links after the other in it would take for ever. So the questions are asked for a
//! whole table at once, and both databases answer them by sorting or hashing what waits, on disk where it is much. Each answer
//! is of one statement, and so of one moment.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable};

use super::{Defect, Kind, PageEnd};
use crate::db::{DbConnection, DbError};
use crate::on_backend;

/// The most rows that one statement names; the next one begins behind them.
const MOST: usize = 500;
/// No number, for both databases.
const NONE: &str = "CAST(NULL AS bigint)";

/// Something asked about the rows of a kind that come after an id.
pub(super) type Question =
    fn(&mut DbConnection, &Kind, i64, &mut Vec<Defect>) -> Result<Option<PageEnd>, DbError>;

/// A row that is not in the feed as it should be.
#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Binary)]
    avatar: Vec<u8>,
    #[diesel(sql_type = Nullable<BigInt>)]
    seq: Option<i64>,
    /// Under which id it waits.
    #[diesel(sql_type = Nullable<BigInt>)]
    place: Option<i64>,
    /// Under which id the link before it waits.
    #[diesel(sql_type = Nullable<BigInt>)]
    earlier: Option<i64>,
}

impl Row {
    fn told(&self, defect: Defect) -> Defect {
        let defect = defect.row(self.id).of(&self.avatar);
        match self.seq {
            Some(seq) => defect.at(seq),
            None => defect,
        }
    }
}

/// What has no number waits for one.
pub(super) fn without_place(
    conn: &mut DbConnection,
    kind: &Kind,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let Kind { number, table, .. } = kind;
    let seq = if kind.has_seq { "t.seq" } else { NONE };
    let sql = format!(
        "SELECT t.id, t.avatar, {seq} AS seq, {NONE} AS place, {NONE} AS earlier FROM ( \
         SELECT r.id FROM {table} r WHERE r.id > {after} \
         AND NOT EXISTS (SELECT 1 FROM feed f WHERE f.kind = {number} AND f.ref = r.id) \
         EXCEPT SELECT o.ref FROM outbox o WHERE o.kind = {number} \
         ORDER BY 1 LIMIT {MOST}) missing JOIN {table} t ON t.id = missing.id ORDER BY t.id"
    );
    let rows = load(conn, sql)?;
    found.extend(rows.iter().map(|row| {
        let defect = Defect::new("not_in_feed", table, "neither numbered nor waiting for it");
        row.told(defect.expected("a row of feed or of outbox", "none"))
    }));
    Ok(end(&rows))
}

/// What waits does so once.
pub(super) fn waits_twice(
    conn: &mut DbConnection,
    kind: &Kind,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let Kind { number, table, .. } = kind;
    let seq = if kind.has_seq { "t.seq" } else { NONE };
    // Rows that are not there, or have a number, are named where the outbox is looked at row by row.
    let sql = format!(
        "SELECT t.id, t.avatar, {seq} AS seq, o.id AS place, {NONE} AS earlier FROM ( \
         SELECT d.ref FROM (SELECT ref FROM outbox WHERE kind = {number} AND ref > {after} \
         GROUP BY ref HAVING count(*) > 1) d JOIN {table} r ON r.id = d.ref \
         WHERE NOT EXISTS (SELECT 1 FROM feed f WHERE f.kind = {number} AND f.ref = d.ref) \
         ORDER BY d.ref LIMIT {MOST}) twice \
         JOIN outbox o ON o.kind = {number} AND o.ref = twice.ref JOIN {table} t ON t.id = twice.ref \
         ORDER BY t.id, o.id"
    );
    let rows = load(conn, sql)?;
    for same in rows.chunk_by(|one, other| one.id == other.id) {
        let Some(row) = same.first() else { continue };
        let places: Vec<i64> = same.iter().filter_map(|row| row.place).collect();
        let defect = Defect::new("waits_twice", table, "it waits for its number more than once");
        found.push(row.told(defect.expected("one row of outbox", format!("the rows {places:?}"))));
    }
    Ok(end(&rows))
}

/// The links of a chain wait in its order. Only links have a place in a chain.
pub(super) fn waits_in_order(
    conn: &mut DbConnection,
    kind: &Kind,
    after: i64,
    found: &mut Vec<Defect>,
) -> Result<Option<PageEnd>, DbError> {
    let Kind { number, table, .. } = kind;
    let sql = format!(
        "SELECT id, avatar, seq, place, earlier FROM ( \
         SELECT t.id, t.avatar, t.seq, w.place, \
         lag(w.place) OVER (PARTITION BY t.avatar ORDER BY t.seq, t.id) AS earlier \
         FROM (SELECT ref, min(id) AS place FROM outbox WHERE kind = {number} GROUP BY ref) w \
         JOIN {table} t ON t.id = w.ref \
         WHERE NOT EXISTS (SELECT 1 FROM feed f WHERE f.kind = {number} AND f.ref = w.ref)) waiting \
         WHERE earlier >= place AND id > {after} ORDER BY id LIMIT {MOST}"
    );
    let rows = load(conn, sql)?;
    for row in &rows {
        let (place, earlier) = (row.place.unwrap_or(0), row.earlier.unwrap_or(0));
        let defect = Defect::new("feed_order", table, "it waits before the link before");
        found.push(row.told(defect.expected(format!("> {earlier}"), place)));
    }
    Ok(end(&rows))
}

/// Nothing follows where nothing was found. The rows are counted where they are looked at one by one.
fn end(rows: &[Row]) -> Option<PageEnd> {
    rows.last().map(|row| PageEnd { last: row.id, rows: 0 })
}

fn load(conn: &mut DbConnection, sql: String) -> Result<Vec<Row>, DbError> {
    // Connections to SQLite sort in memory, which serves the small sorts of a service.
    if let DbConnection::Sqlite(c) = conn {
        c.batch_execute("PRAGMA temp_store = FILE")?;
    }
    let rows = on_backend!(&mut *conn, c => diesel::sql_query(sql).load(c));
    if let DbConnection::Sqlite(c) = conn {
        c.batch_execute("PRAGMA temp_store = MEMORY")?;
    }
    Ok(rows?)
}
