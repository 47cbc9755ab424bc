//! Appending link after link, for SQLite, where a statement is no round trip.

use std::sync::Arc;

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::Action;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::NewLink;
use crate::recheck::Schedule;
use crate::store::FeedKind;
use crate::store::schema::{bindings, links};

/// Appends the links whose place and uuid are free, and applies them, in the caller's transaction. The row's id of each.
pub(super) fn append(
    conn: &mut DbConnection,
    links: &[Arc<NewLink>],
    schedule: &Schedule,
) -> Result<Vec<Option<i64>>, DbError> {
    let mut ids = Vec::with_capacity(links.len());
    for link in links {
        let id = insert(conn, link)?;
        if let Some(id) = id {
            match link.action {
                Action::Create => bind(conn, link, id, schedule)?,
                Action::Delete => unbind(conn, link)?,
            }
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
        links::action.eq(link.action.as_str()),
        links::platform.eq(link.identity.platform().as_str()),
        links::identity.eq(link.identity.as_str()),
        links::alt_id.eq(&link.alt_id),
        links::proof_location.eq(&link.proof_location),
        links::created_at.eq(link.created_at.seconds()),
        links::signature.eq(&link.signature),
        links::signature_payload.eq(&link.signature_payload),
        links::signer.eq(&link.signer),
        links::format.eq(nextid_core::link::LinkFormat::V1.as_str()),
        links::prev.eq(&link.prev),
        links::extra.eq(link.extra_text()),
        links::stored_at.eq(link.stored_at),
    );
    Ok(on_backend!(conn, c => diesel::insert_into(links::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(links::id)
        .get_result(c)
        .optional())?)
}

/// Binds, or binds again: then only the place of the proof, the names and the check change.
fn bind(conn: &mut DbConnection, link: &NewLink, link_id: i64, schedule: &Schedule) -> Result<(), DbError> {
    let platform = link.identity.platform();
    let row = (
        bindings::avatar.eq(link.avatar.as_bytes().as_slice()),
        bindings::platform.eq(platform.as_str()),
        bindings::identity.eq(link.identity.as_str()),
        bindings::identity_folded.eq(link.identity.folded()),
        bindings::alt_id.eq(&link.alt_id),
        bindings::alt_id_folded.eq(nextid_core::identity::fold(platform, &link.alt_id)),
        bindings::alt_name.eq(&link.alt_name),
        bindings::alt_name_folded.eq(nextid_core::identity::fold(platform, &link.alt_name)),
        bindings::proof_location.eq(&link.proof_location),
        bindings::link_id.eq(link_id),
        bindings::state.eq("valid"),
        bindings::is_valid.eq(true),
        bindings::invalid_reason.eq(""),
        bindings::created_at.eq(link.stored_at),
        bindings::last_checked_at.eq(link.stored_at),
        bindings::next_check_at.eq(schedule.first(link.avatar.as_bytes(), &link.identity, link.stored_at)),
        // The proof was looked at just now.
        bindings::claimed_at.eq(link.stored_at),
        bindings::negative_since.eq(None::<i64>),
        bindings::failures.eq(0),
    );
    on_backend!(conn, c => diesel::insert_into(bindings::table)
        .values(row)
        .on_conflict((bindings::avatar, bindings::platform, bindings::identity))
        .do_update()
        .set((
            bindings::alt_id.eq(excluded(bindings::alt_id)),
            bindings::alt_id_folded.eq(excluded(bindings::alt_id_folded)),
            bindings::alt_name.eq(excluded(bindings::alt_name)),
            bindings::alt_name_folded.eq(excluded(bindings::alt_name_folded)),
            bindings::proof_location.eq(excluded(bindings::proof_location)),
            bindings::link_id.eq(excluded(bindings::link_id)),
            bindings::state.eq(excluded(bindings::state)),
            bindings::is_valid.eq(excluded(bindings::is_valid)),
            bindings::invalid_reason.eq(excluded(bindings::invalid_reason)),
            bindings::last_checked_at.eq(excluded(bindings::last_checked_at)),
            bindings::next_check_at.eq(excluded(bindings::next_check_at)),
            bindings::claimed_at.eq(excluded(bindings::claimed_at)),
            bindings::negative_since.eq(excluded(bindings::negative_since)),
            bindings::failures.eq(excluded(bindings::failures)),
        ))
        .execute(c))?;
    Ok(())
}

fn unbind(conn: &mut DbConnection, link: &NewLink) -> Result<(), DbError> {
    on_backend!(conn, c => diesel::delete(
        bindings::table
            .filter(bindings::avatar.eq(link.avatar.as_bytes().as_slice()))
            .filter(bindings::platform.eq(link.identity.platform().as_str()))
            .filter(bindings::identity.eq(link.identity.as_str())),
    )
    .execute(c))?;
    Ok(())
}
