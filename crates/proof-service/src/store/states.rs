//! What became of bindings without a link: changes of state, of validity, of the account's name.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::schema::state_changes;
use super::{FeedKind, Store};

/// A row of `state_changes`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = state_changes)]
pub struct StateChange {
    /// The row's id, by which the feed refers to it.
    pub id: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// The link that bound it.
    pub link_id: i64,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's display name.
    pub alt_name: String,
    /// The name before.
    pub alt_name_before: String,
    /// What the look said: valid, missing, mismatch, unreachable.
    pub state: String,
    /// The state before; may be `unchecked` as well.
    pub state_before: String,
    /// Whether applications may rely on it.
    pub is_valid: bool,
    /// Whether they might before.
    pub is_valid_before: bool,
    /// Why not.
    pub invalid_reason: String,
    /// The second of the look.
    pub changed_at: i64,
}

/// A change that is to be written.
#[derive(Debug, Insertable)]
#[diesel(table_name = state_changes)]
pub(super) struct NewStateChange<'a> {
    pub(super) avatar: &'a [u8],
    pub(super) platform: &'a str,
    pub(super) identity: &'a str,
    pub(super) link_id: i64,
    pub(super) alt_id: &'a str,
    pub(super) alt_name: &'a str,
    pub(super) alt_name_before: &'a str,
    pub(super) state: &'a str,
    pub(super) state_before: &'a str,
    pub(super) is_valid: bool,
    pub(super) is_valid_before: bool,
    pub(super) invalid_reason: &'a str,
    pub(super) changed_at: i64,
}

/// Writes a change and hands it to the feed, in the transaction that changes the binding.
pub(super) fn insert(conn: &mut DbConnection, change: &NewStateChange<'_>) -> Result<(), DbError> {
    let id: i64 = on_backend!(&mut *conn, c => diesel::insert_into(state_changes::table)
        .values(change)
        .returning(state_changes::id)
        .get_result(c))?;
    feed::enqueue(conn, FeedKind::State as i16, &[id])
}

impl Store {
    /// The changes with these ids, ascending; those that are not there are left out.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn state_changes(&self, ids: Vec<i64>) -> Result<Vec<StateChange>, DbError> {
        self.db()
            .read(move |conn| {
                Ok(on_backend!(conn, c => state_changes::table
                    .filter(state_changes::id.eq_any(&ids))
                    .order(state_changes::id.asc())
                    .select(StateChange::as_select())
                    .load(c))?)
            })
            .await
    }
}

/// The changes with these ids; those that are not there are left out.
///
/// # Errors
/// [`DbError`].
pub fn states_by_id(conn: &mut DbConnection, ids: &[i64]) -> Result<HashMap<i64, StateChange>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<StateChange> = on_backend!(conn, c => state_changes::table
        .filter(state_changes::id.eq_any(ids))
        .select(StateChange::as_select())
        .load(c))?;
    Ok(found.into_iter().map(|change| (change.id, change)).collect())
}
