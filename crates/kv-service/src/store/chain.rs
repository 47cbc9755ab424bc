//! Parts of one chain.

use std::ops::Range;

use diesel::prelude::*;
use nextid_core::{Avatar, LinkUuid};
use nextid_service::chain::Head;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::rows::{PatchRow, StoredLink};
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
            .read(move |conn| match order {
                ChainOrder::OldestFirst => oldest_first(conn, &avatar, skip, count),
                ChainOrder::NewestFirst => newest_first(conn, &avatar, skip, count),
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
        .select((links::seq, links::uuid, links::created_at, links::signature))
        .first(c)
        .optional())?)
}

// Places have no gaps, so that the last one tells a chain's length without counting; it is asked for only where the page
// does not hold it.

fn oldest_first(
    conn: &mut DbConnection,
    avatar: &Avatar,
    skip: i64,
    count: i64,
) -> Result<(Vec<StoredLink>, i64), DbError> {
    let places = skip..skip.saturating_add(count);
    let page = load_links(conn, avatar, places.clone())?;
    let length = match page.last() {
        Some(last) if !is_whole(&page, &places) => last.seq + 1,
        None if skip == 0 => 0,
        _ => length(conn, avatar)?,
    };
    Ok((page, length))
}

fn newest_first(
    conn: &mut DbConnection,
    avatar: &Avatar,
    skip: i64,
    count: i64,
) -> Result<(Vec<StoredLink>, i64), DbError> {
    if skip == 0 {
        let page: Vec<StoredLink> = on_backend!(conn, c => links::table
            .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
            .order(links::seq.desc())
            .limit(count)
            .select(StoredLink::as_select())
            .load(c))?;
        let length = page.first().map_or(0, |link| link.seq + 1);
        return Ok((page, length));
    }
    let length = length(conn, avatar)?;
    let mut page = load_links(conn, avatar, places_from_end(length, skip, count))?;
    page.reverse();
    Ok((page, length))
}

fn length(conn: &mut DbConnection, avatar: &Avatar) -> Result<i64, DbError> {
    Ok(head(conn, avatar)?.map_or(0, |head| head.seq + 1))
}

/// The places of a page in a chain of this length, counted from its end.
fn places_from_end(length: i64, skip: i64, count: i64) -> Range<i64> {
    let end = length.saturating_sub(skip).max(0);
    end.saturating_sub(count).max(0)..end
}

fn is_whole<T>(found: &[T], places: &Range<i64>) -> bool {
    i64::try_from(found.len()).ok() == Some(places.end - places.start)
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
        .select((links::seq, links::uuid, links::created_at, links::signature))
        .first(c)
        .optional())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_from_the_end_cover_the_chain() {
        assert_eq!([0, 40, 80].map(|skip| places_from_end(85, skip, 40)), [45..85, 5..45, 0..5]);
        for skip in [85, 120, i64::MAX] {
            assert!(places_from_end(85, skip, 40).is_empty());
        }
        assert!(places_from_end(0, 0, 40).is_empty());
    }
}
