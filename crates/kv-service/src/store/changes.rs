//! The feed of links, across all chains.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::rows::StoredLink;
use super::schema::links;
use super::{FeedKind, Store};

/// Links, each with its feed id, and the database's epoch.
pub type Changes = (Vec<(i64, StoredLink)>, String);

impl Store {
    /// Up to `count` links whose feed id is greater than `last_id`, ascending, each with its feed id; and the database's
    /// epoch. A replica answers, which may lag behind.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn changes(&self, last_id: i64, count: i64) -> Result<Changes, DbError> {
        self.db().read(move |conn| page(conn, last_id, count)).await
    }

    /// As [`Store::changes`], with everything that is committed.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn latest_changes(&self, last_id: i64, count: i64) -> Result<Changes, DbError> {
        self.db().primary(move |conn| page(conn, last_id, count)).await
    }
}

fn page(conn: &mut DbConnection, last_id: i64, count: i64) -> Result<Changes, DbError> {
    let epoch = feed::epoch(conn)?;
    let rows = feed::read_after(conn, last_id, count, Some(FeedKind::Link as i16))?;
    let ids: Vec<i64> = rows.iter().map(|row| row.reference).collect();
    let mut by_id = links_by_id(conn, &ids)?;
    let numbered = rows.iter().filter_map(|row| by_id.remove(&row.reference).map(|link| (row.id, link)));
    Ok((numbered.collect(), epoch))
}

/// The links with these row ids; those that are not there are left out.
///
/// # Errors
/// [`DbError`].
pub fn links_by_id(conn: &mut DbConnection, ids: &[i64]) -> Result<HashMap<i64, StoredLink>, DbError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<StoredLink> = on_backend!(conn, c => links::table
        .filter(links::id.eq_any(ids))
        .select(StoredLink::as_select())
        .load(c))?;
    Ok(found.into_iter().map(|link| (link.id, link)).collect())
}
