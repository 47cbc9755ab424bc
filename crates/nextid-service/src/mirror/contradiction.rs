//! The origin against itself: what it shows now, and what it showed when it was copied.

use nextid_core::Avatar;
use nextid_core::verify::Anchor;

use super::links::{CopiedLink, CopiedLinks};
use super::refused::{Refused, why_forked};
use super::{Evidence, Stop};
use crate::db::{DbConnection, DbError};

/// Compares a link with the one that is stored at its place.
///
/// # Errors
/// [`Refused`] where they differ.
pub fn check_link<C: CopiedLinks>(
    conn: &mut DbConnection,
    feed_id: i64,
    link: &C::Link,
    now: i64,
) -> Result<(), Refused> {
    let avatar = link.avatar().map_err(|error| Refused::broken(feed_id, &error))?;
    match at::<C>(conn, &avatar, link.seq())? {
        Some(stored) => match difference::<C>(link, &stored, feed_id, now)? {
            None => Ok(()),
            Some(column) => Err(fork::<C>(conn, feed_id, &avatar, &stored, link, column, now)?),
        },
        None => Err(Stop::Rewritten { feed_id }.into()),
    }
}

/// A link for a place that is taken: another one, or the same once more.
pub(super) fn second_link<C: CopiedLinks>(
    conn: &mut DbConnection,
    feed_id: i64,
    avatar: &Avatar,
    link: &C::Link,
    now: i64,
) -> Result<Refused, Refused> {
    let Some(stored) = at::<C>(conn, avatar, link.seq())? else {
        return Ok(Refused::broken(feed_id, &"its place was passed over"));
    };
    match difference::<C>(link, &stored, feed_id, now)? {
        Some(column) => fork::<C>(conn, feed_id, avatar, &stored, link, column, now),
        None => Ok(Refused::broken(feed_id, &"it stands in the feed for the second time")),
    }
}

fn difference<C: CopiedLinks>(
    link: &C::Link,
    stored: &C::Row,
    feed_id: i64,
    now: i64,
) -> Result<Option<&'static str>, Refused> {
    let found = C::prepare(link, now).map_err(|unkept| Refused::broken(feed_id, &unkept))?;
    Ok(C::difference(&found, stored))
}

fn fork<C: CopiedLinks>(
    conn: &mut DbConnection,
    feed_id: i64,
    avatar: &Avatar,
    stored: &C::Row,
    found: &C::Link,
    column: &str,
    now: i64,
) -> Result<Refused, Refused> {
    let seq = C::head(stored).seq;
    let before = match seq.checked_sub(1) {
        None => Anchor::Genesis,
        Some(before) => match at::<C>(conn, avatar, before)? {
            Some(row) => Anchor::After(C::head(&row)),
            None => return Ok(Refused::broken(feed_id, &"the copy has a gap before it")),
        },
    };
    let mut verifier = C::Link::verifier(*avatar, before);
    let defect = found.follow(&mut verifier).err().map(|error| error.defect);
    let kept = C::told(stored);
    let evidence = Evidence {
        avatar: avatar.as_bytes().to_vec(),
        seq: i64::try_from(seq).unwrap_or(i64::MAX),
        feed_id,
        stored: serde_json::to_string(&kept).unwrap_or_default(),
        found: serde_json::to_string(found).unwrap_or_default(),
        why: why_forked(column, defect.as_ref()),
        found_at: now,
    };
    Ok(Refused::fork(evidence, C::Link::shown(avatar), [kept.uuid().to_owned(), found.uuid().to_owned()]))
}

fn at<C: CopiedLinks>(conn: &mut DbConnection, avatar: &Avatar, seq: u64) -> Result<Option<C::Row>, DbError> {
    match i64::try_from(seq) {
        Ok(seq) => C::row(conn, avatar, Some(seq)),
        Err(_) => Ok(None),
    }
}
