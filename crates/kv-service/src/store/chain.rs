//! Parts of one chain.

use std::ops::Range;

use diesel::prelude::*;
use nextid_core::{Avatar, LinkUuid};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::rows::{Head, PatchRow, StoredLink};
use super::schema::links;

/// In which order the links of a chain are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainOrder {
    /// From the first on.
    OldestFirst,
    /// From the last on.
    NewestFirst,
}

impl Store {
    /// At most `count` links of a chain, after the first `skip` in this order, and the length of the chain.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn chain_page(
        &self,
        avatar: Avatar,
        order: ChainOrder,
        skip: i64,
        count: i64,
    ) -> Result<(Vec<StoredLink>, i64), DbError> {
        self.db()
            .read(move |conn| {
                // Places have no gaps, so that the last one tells the length without counting.
                let length = head(conn, &avatar)?.map_or(0, |head| head.seq + 1);
                let mut page = load_links(conn, &avatar, places(order, length, skip, count))?;
                if order == ChainOrder::NewestFirst {
                    page.reverse();
                }
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
        if is_whole(&found, &places) {
            return Ok(found);
        }
        self.db().primary(move |conn| load_links(conn, &avatar, places.clone())).await
    }

    /// What the links at these places change, ascending; otherwise as [`Store::links_at`].
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn patches_at(&self, avatar: Avatar, places: Range<i64>) -> Result<Vec<PatchRow>, DbError> {
        let wanted = places.clone();
        let found = self.db().read(move |conn| load_patches(conn, &avatar, wanted.clone())).await?;
        if is_whole(&found, &places) {
            return Ok(found);
        }
        self.db().primary(move |conn| load_patches(conn, &avatar, places.clone())).await
    }

    /// The link with this uuid, as far as it says where it stands. One that a replica does not have yet is looked for in
    /// the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn place_of(&self, avatar: Avatar, uuid: LinkUuid) -> Result<Option<Head>, DbError> {
        match self.db().read(move |conn| by_uuid(conn, &avatar, &uuid)).await? {
            Some(found) => Ok(Some(found)),
            None => self.db().primary(move |conn| by_uuid(conn, &avatar, &uuid)).await,
        }
    }
}

pub(super) fn head(conn: &mut DbConnection, avatar: &Avatar) -> Result<Option<Head>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .order(links::seq.desc())
        .select(Head::as_select())
        .first(c)
        .optional())?)
}

/// The places of a page, in a chain of this length.
fn places(order: ChainOrder, length: i64, skip: i64, count: i64) -> Range<i64> {
    match order {
        ChainOrder::OldestFirst => skip..skip.saturating_add(count),
        ChainOrder::NewestFirst => {
            let end = length.saturating_sub(skip).max(0);
            end.saturating_sub(count).max(0)..end
        }
    }
}

fn is_whole<T>(found: &[T], places: &Range<i64>) -> bool {
    i64::try_from(found.len()).ok() == Some(places.end - places.start)
}

fn load_links(
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

fn load_patches(
    conn: &mut DbConnection,
    avatar: &Avatar,
    places: Range<i64>,
) -> Result<Vec<PatchRow>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::seq.ge(places.start))
        .filter(links::seq.lt(places.end))
        .order(links::seq.asc())
        .select(PatchRow::as_select())
        .load(c))?)
}

fn by_uuid(conn: &mut DbConnection, avatar: &Avatar, uuid: &LinkUuid) -> Result<Option<Head>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq(uuid.as_bytes().as_slice()))
        .select(Head::as_select())
        .first(c)
        .optional())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_from_both_ends_cover_the_chain() {
        for (order, wanted) in [
            (ChainOrder::OldestFirst, [0..40, 40..80, 80..120]),
            (ChainOrder::NewestFirst, [45..85, 5..45, 0..5]),
        ] {
            assert_eq!([0, 40, 80].map(|skip| places(order, 85, skip, 40)), wanted);
        }
        for skip in [85, 120, i64::MAX] {
            assert!(places(ChainOrder::NewestFirst, 85, skip, 40).is_empty());
        }
        assert!(places(ChainOrder::NewestFirst, 0, 0, 40).is_empty());
        assert_eq!(places(ChainOrder::OldestFirst, 85, i64::MAX, 40).end, i64::MAX);
    }
}
