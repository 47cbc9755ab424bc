//! The feed of links, across all chains.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_service::db::DbError;
use nextid_service::{feed, on_backend};

use super::rows::StoredLink;
use super::schema::links;
use super::{FeedKind, Store};

impl Store {
    /// Up to `count` links whose feed id is greater than `last_id`, ascending, each with its feed id; and the database's
    /// epoch.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn changes(
        &self,
        last_id: i64,
        count: i64,
    ) -> Result<(Vec<(i64, StoredLink)>, String), DbError> {
        self.db()
            .read(move |conn| {
                let epoch = feed::epoch(conn)?;
                let rows = feed::read_after(conn, last_id, count, Some(FeedKind::Link as i16))?;
                let ids: Vec<i64> = rows.iter().map(|row| row.reference).collect();
                let found: Vec<StoredLink> = on_backend!(conn, c => links::table
                    .filter(links::id.eq_any(&ids))
                    .select(StoredLink::as_select())
                    .load(c))?;
                let mut by_id: HashMap<i64, StoredLink> =
                    found.into_iter().map(|link| (link.id, link)).collect();
                let numbered =
                    rows.iter().filter_map(|row| by_id.remove(&row.reference).map(|link| (row.id, link)));
                Ok((numbered.collect(), epoch))
            })
            .await
    }
}
