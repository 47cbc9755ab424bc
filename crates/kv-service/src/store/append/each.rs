//! Appending link after link, for SQLite, where a statement is no round trip.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::NewLink;
use crate::store::FeedKind;
use crate::store::schema::{links, namespaces};

/// Appends the links whose place and uuid are free, and writes what follows from them, in the caller's transaction. The
/// row's id of each.
pub(super) fn append(conn: &mut DbConnection, links: &[Arc<NewLink>]) -> Result<Vec<Option<i64>>, DbError> {
    let mut ids = Vec::with_capacity(links.len());
    for link in links {
        let id = insert(conn, link)?;
        if let Some(id) = id {
            write_content(conn, link, id)?;
        }
        ids.push(id);
    }
    let appended: Vec<i64> = ids.iter().flatten().copied().collect();
    feed::enqueue(conn, FeedKind::Link as i16, &appended)?;
    Ok(ids)
}

/// Takes the place; none if it, or the uuid, is taken.
fn insert(conn: &mut DbConnection, link: &NewLink) -> Result<Option<i64>, DbError> {
    let row = (
        links::avatar.eq(link.avatar.as_bytes().as_slice()),
        links::seq.eq(link.seq),
        links::uuid.eq(link.uuid.as_bytes().as_slice()),
        links::platform.eq(link.identity.platform().as_str()),
        links::identity.eq(&link.signed_identity),
        links::namespace.eq(link.identity.as_str()),
        links::patch.eq(link.patch.as_str()),
        links::created_at.eq(link.created_at.seconds()),
        links::signature.eq(&link.signature),
        links::signature_payload.eq(&link.signature_payload),
        links::signer.eq(link.avatar.to_uncompressed_hex()),
        links::format.eq(nextid_core::link::LinkFormat::V1.as_str()),
        links::prev.eq(&link.prev),
        links::stored_at.eq(link.stored_at),
        links::restart.eq(link.restart),
    );
    Ok(on_backend!(conn, c => diesel::insert_into(links::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(links::id)
        .get_result(c)
        .optional())?)
}

fn write_content(conn: &mut DbConnection, link: &NewLink, link_id: i64) -> Result<(), DbError> {
    let row = (
        namespaces::avatar.eq(link.avatar.as_bytes().as_slice()),
        namespaces::platform.eq(link.identity.platform().as_str()),
        namespaces::identity.eq(link.identity.as_str()),
        namespaces::content.eq(link.content.as_str()),
        namespaces::link_id.eq(link_id),
        namespaces::alt_id.eq(&link.alt_id),
    );
    on_backend!(conn, c => diesel::insert_into(namespaces::table)
        .values(row)
        .on_conflict((namespaces::avatar, namespaces::platform, namespaces::identity))
        .do_update()
        .set((
            namespaces::content.eq(excluded(namespaces::content)),
            namespaces::link_id.eq(excluded(namespaces::link_id)),
            namespaces::alt_id.eq(excluded(namespaces::alt_id)),
        ))
        .execute(c))?;
    Ok(())
}
