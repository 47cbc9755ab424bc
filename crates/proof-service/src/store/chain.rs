//! Parts of one chain.

use std::ops::Range;

use diesel::prelude::*;
use nextid_core::Avatar;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::rows::StoredLink;
use super::schema::links;

impl Store {
    /// The links with `from <= seq < from + count`, ascending, and the length of the chain.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn chain_page(
        &self,
        avatar: Avatar,
        from: i64,
        count: i64,
    ) -> Result<(Vec<StoredLink>, i64), DbError> {
        self.db()
            .read(move |conn| {
                let page = load_links(conn, &avatar, from..from.saturating_add(count))?;
                let length = match page.last() {
                    // A page that is not full is the end of the chain. Places have no gaps, so that the last one tells the
                    // length without counting.
                    Some(last) if is_short(&page, count) => last.seq + 1,
                    None if from == 0 => 0,
                    _ => length(conn, &avatar)?,
                };
                Ok((page, length))
            })
            .await
    }

    /// The links at these places, ascending. Places that a replica does not have yet are read from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn links_at(&self, avatar: Avatar, places: Range<i64>) -> Result<Vec<StoredLink>, DbError> {
        let wanted = places.clone();
        let found = self.db().read(move |conn| load_links(conn, &avatar, wanted.clone())).await?;
        if i64::try_from(found.len()).ok() == Some(places.end - places.start) {
            return Ok(found);
        }
        self.db().primary(move |conn| load_links(conn, &avatar, places.clone())).await
    }
}

fn length(conn: &mut DbConnection, avatar: &Avatar) -> Result<i64, DbError> {
    let last: Option<i64> = on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .order(links::seq.desc())
        .select(links::seq)
        .first(c)
        .optional())?;
    Ok(last.map_or(0, |seq| seq + 1))
}

fn is_short(page: &[StoredLink], count: i64) -> bool {
    i64::try_from(page.len()).is_ok_and(|found| found < count)
}

pub(super) fn load_links(
    conn: &mut DbConnection,
    avatar: &Avatar,
    places: Range<i64>,
) -> Result<Vec<StoredLink>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::seq.ge(places.start))
        .filter(links::seq.lt(places.end))
        .order(links::seq.asc())
        .select(StoredLink::as_select())
        .load(c))?)
}
