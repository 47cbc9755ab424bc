//! The origin against itself: what it shows now, and what it showed when it was copied.

use diesel::prelude::*;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, KvChainVerifier};
use nextid_service::db::{DbConnection, DbError, MaybeDbError};
use nextid_service::mirror::{Evidence, Stop};
use nextid_service::on_backend;

use super::chains::{anchor, broken};
use crate::store::StoredLink;
use crate::store::foreign::ForeignLink;
use crate::store::schema::links;

/// Why a link is not stored, and what is kept of it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) stop: Box<Stop>,
    pub(super) evidence: Option<Box<Evidence>>,
    /// Where the origin may show another link than the one that was copied: the chain, the place, and the id of the link that does not follow.
    pub(super) suspect: Option<(Avatar, u64, i64)>,
}

impl From<Stop> for Refused {
    fn from(stop: Stop) -> Self {
        Self { stop: Box::new(stop), evidence: None, suspect: None }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Stop::from(error).into()
    }
}

impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        *refused.stop
    }
}

impl MaybeDbError for Refused {
    fn as_db(&self) -> Option<&DbError> {
        self.stop.as_db()
    }
}

impl Refused {
    /// The link that is at fault.
    pub(super) fn feed_id(&self) -> Option<i64> {
        match self.stop.as_ref() {
            Stop::Fork { feed_id, .. } | Stop::Broken { feed_id, .. } | Stop::Rewritten { feed_id } => {
                Some(*feed_id)
            }
            _ => None,
        }
    }
}

/// Compares a link with the one that is stored at its place.
pub(super) fn check(conn: &mut DbConnection, feed_id: i64, link: &KvLink, now: i64) -> Result<(), Refused> {
    let avatar = Avatar::parse_with_raw(&link.avatar).map_err(|error| broken(feed_id, &error))?;
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
        return Ok(broken(feed_id, &"its place was passed over"));
    };
    match difference(link, &stored, feed_id, now)? {
        Some(column) => fork(conn, feed_id, avatar, &stored, link, column, now),
        None => Ok(broken(feed_id, &"it stands in the feed for the second time")),
    }
}

fn difference(
    link: &KvLink,
    stored: &StoredLink,
    feed_id: i64,
    now: i64,
) -> Result<Option<&'static str>, Refused> {
    let found = ForeignLink::new(link, now).map_err(|unkept| broken(feed_id, &unkept))?;
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
            None => return Ok(broken(feed_id, &"the copy has a gap before it")),
        },
    };
    let mut verifier = KvChainVerifier::new(*avatar, before);
    let why = match verifier.push(found) {
        Ok(()) => format!("they differ in {column}, and both are signed"),
        Err(error) => {
            format!("they differ in {column}, and what is shown now does not hold: {}", error.defect)
        }
    };
    let kept = stored.to_link();
    let evidence = Evidence {
        avatar: avatar.as_bytes().to_vec(),
        seq: stored.seq,
        feed_id,
        stored: serde_json::to_string(&kept).unwrap_or_default(),
        found: serde_json::to_string(found).unwrap_or_default(),
        why: why.clone(),
        found_at: now,
    };
    let stop = Stop::Fork {
        avatar: avatar.to_uncompressed_hex(),
        seq: kept.seq,
        stored: kept.uuid,
        found: found.uuid.clone(),
        feed_id,
        why,
    };
    Ok(Refused { stop: Box::new(stop), evidence: Some(Box::new(evidence)), suspect: None })
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
