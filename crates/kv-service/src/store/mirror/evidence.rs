//! The origin against itself: what it shows now, and what it showed when it was copied.

use diesel::prelude::*;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, KvChainVerifier};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::mirror::{Evidence, Refused, Stop, why_forked};
use nextid_service::on_backend;

use super::chains::anchor;
use crate::store::StoredLink;
use crate::store::foreign::ForeignLink;
use crate::store::schema::links;

/// Compares a link with the one that is stored at its place.
pub(super) fn check(conn: &mut DbConnection, feed_id: i64, link: &KvLink, now: i64) -> Result<(), Refused> {
    let avatar = Avatar::parse_with_raw(&link.avatar).map_err(|error| Refused::broken(feed_id, &error))?;
    match at(conn, &avatar, link.seq)? {
        Some(stored) => match difference(link, &stored, feed_id, now)? {
            None => Ok(()),
            Some(column) => Err(fork(conn, feed_id, &avatar, &stored, link, column, now)?),
        },
        None => Err(Stop::Rewritten { feed_id }.into()),
    }
}

/// A link for a place that is taken: another one, or the same once more.
pub(super) fn second_link(
    conn: &mut DbConnection,
    feed_id: i64,
    avatar: &Avatar,
    link: &KvLink,
    now: i64,
) -> Result<Refused, Refused> {
    let Some(stored) = at(conn, avatar, link.seq)? else {
        return Ok(Refused::broken(feed_id, &"its place was passed over"));
    };
    match difference(link, &stored, feed_id, now)? {
        Some(column) => fork(conn, feed_id, avatar, &stored, link, column, now),
        None => Ok(Refused::broken(feed_id, &"it stands in the feed for the second time")),
    }
}

fn difference(
    link: &KvLink,
    stored: &StoredLink,
    feed_id: i64,
    now: i64,
) -> Result<Option<&'static str>, Refused> {
    let found = ForeignLink::new(link, now).map_err(|unkept| Refused::broken(feed_id, &unkept))?;
    Ok(found.difference(stored))
}

fn fork(
    conn: &mut DbConnection,
    feed_id: i64,
    avatar: &Avatar,
    stored: &StoredLink,
    found: &KvLink,
    column: &str,
    now: i64,
) -> Result<Refused, Refused> {
    let before = match stored.seq {
        0 => Anchor::Genesis,
        seq => match at(conn, avatar, u64::try_from(seq - 1).unwrap_or_default())? {
            Some(link) => anchor(&link),
            None => return Ok(Refused::broken(feed_id, &"the copy has a gap before it")),
        },
    };
    let mut verifier = KvChainVerifier::new(*avatar, before);
    let defect = verifier.push(found).err().map(|error| error.defect);
    let kept = stored.to_link();
    let evidence = Evidence {
        avatar: avatar.as_bytes().to_vec(),
        seq: stored.seq,
        feed_id,
        stored: serde_json::to_string(&kept).unwrap_or_default(),
        found: serde_json::to_string(found).unwrap_or_default(),
        why: why_forked(column, defect.as_ref()),
        found_at: now,
    };
    Ok(Refused::fork(evidence, avatar.to_uncompressed_hex(), [kept.uuid, found.uuid.clone()]))
}

fn at(conn: &mut DbConnection, avatar: &Avatar, seq: u64) -> Result<Option<StoredLink>, DbError> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::seq.eq(seq))
        .select(StoredLink::as_select())
        .first(c)
        .optional())?)
}
