//! Two links for one place: what a mirror keeps when its origin contradicts itself.

use diesel::prelude::*;

use super::schema::mirror_evidence;
use crate::db::{DbConnection, DbError};
use crate::on_backend;

/// Two links for one place, or one for a place that it does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mirror_evidence)]
pub struct Evidence {
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// The place in the chain.
    pub seq: i64,
    /// Where in the origin's feed the link stood that was found.
    pub feed_id: i64,
    /// The link that the mirror has; a JSON object.
    pub stored: String,
    /// The link that the origin shows; a JSON object.
    pub found: String,
    /// What is wrong.
    pub why: String,
    /// The second at which it was found.
    pub found_at: i64,
}

/// Keeps evidence, once.
///
/// # Errors
/// The database's.
pub fn keep(conn: &mut DbConnection, evidence: &Evidence) -> Result<(), DbError> {
    let same = mirror_evidence::table
        .filter(mirror_evidence::avatar.eq(&evidence.avatar))
        .filter(mirror_evidence::seq.eq(evidence.seq))
        .filter(mirror_evidence::found.eq(&evidence.found));
    let is_known: bool =
        on_backend!(&mut *conn, c => diesel::select(diesel::dsl::exists(same)).get_result(c))?;
    if !is_known {
        on_backend!(conn, c => diesel::insert_into(mirror_evidence::table).values(evidence).execute(c))?;
    }
    Ok(())
}

/// Everything that was kept, oldest first.
///
/// # Errors
/// The database's.
pub fn all(conn: &mut DbConnection) -> Result<Vec<Evidence>, DbError> {
    Ok(on_backend!(conn, c => mirror_evidence::table
        .order(mirror_evidence::id)
        .select(Evidence::as_select())
        .load(c))?)
}
