//! Aliases: Avatars of the same person. The relation is symmetric and transitive.

use std::collections::BTreeSet;

use diesel::prelude::*;
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::rows::avatar_hex;
use super::schema::bindings;

/// How many aliases are listed, and followed, at most.
pub const LIMIT: usize = 100;

/// Every Avatar that is reached from `avatar` over alias bindings in either direction, in the stored spelling, without
/// `avatar` itself.
pub(super) fn of(conn: &mut DbConnection, avatar: &Avatar) -> Result<Vec<String>, DbError> {
    reach(conn, avatar.to_hex())
}

/// How many aliases `avatar` would have if `target` became one.
pub(super) fn count_with(conn: &mut DbConnection, avatar: &Avatar, target: &str) -> Result<usize, DbError> {
    let own = avatar.to_hex();
    let mut all: BTreeSet<String> = reach(conn, own.clone())?.into_iter().collect();
    all.extend(reach(conn, target.to_owned())?);
    all.insert(target.to_owned());
    all.remove(&own);
    Ok(all.len())
}

/// Breadth first, one query a level; it stops at the limit, so that a long ring costs no more than a short one.
fn reach(conn: &mut DbConnection, start: String) -> Result<Vec<String>, DbError> {
    let mut seen = BTreeSet::from([start.clone()]);
    let mut level = vec![start.clone()];
    while !level.is_empty() && seen.len() <= LIMIT {
        let next: Vec<String> =
            neighbours(conn, &level)?.into_iter().filter(|found| seen.insert(found.clone())).collect();
        level = next;
    }
    seen.remove(&start);
    Ok(seen.into_iter().take(LIMIT).collect())
}

fn neighbours(conn: &mut DbConnection, avatars: &[String]) -> Result<Vec<String>, DbError> {
    let keys: Vec<Vec<u8>> = avatars
        .iter()
        .filter_map(|text| Avatar::parse(text).ok())
        .map(|avatar| avatar.as_bytes().to_vec())
        .collect();
    let nextid = Platform::Nextid.as_str();
    let limit = i64::try_from(LIMIT + 1).unwrap_or(i64::MAX);
    let targets: Vec<String> = on_backend!(&mut *conn, c => bindings::table
        .filter(bindings::platform.eq(nextid))
        .filter(bindings::avatar.eq_any(&keys))
        .select(bindings::identity)
        .limit(limit)
        .load(c))?;
    let sources: Vec<Vec<u8>> = on_backend!(conn, c => bindings::table
        .filter(bindings::platform.eq(nextid))
        .filter(bindings::identity_folded.eq_any(avatars))
        .select(bindings::avatar)
        .limit(limit)
        .load(c))?;
    Ok(targets.into_iter().chain(sources.iter().map(|bytes| avatar_hex(bytes))).collect())
}
