//! The append transaction: a link and what follows from it, durable together or not at all.

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::rows::StoredLink;
use super::schema::{bindings, links};
use super::{FeedKind, Store};
use crate::recheck::Schedule;

/// A link that has passed every check, to be put at one place of one chain.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// The place; free when the link was judged.
    pub seq: i64,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: Identity,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's display name.
    pub alt_name: String,
    /// Where the proof post is.
    pub proof_location: String,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signature's bytes, v reduced.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// Who signed.
    pub signer: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// Signatures that support the link, a JSON object.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Now, in seconds.
    pub stored_at: i64,
}

/// What became of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is in the chain, durably.
    Appended(Box<StoredLink>),
    /// Another link took the place, or the uuid, first. Nothing was changed.
    Lost,
}

impl Store {
    /// Appends a link and applies it, in one transaction.
    ///
    /// # Errors
    /// [`DbError`]. After [`DbError::Unavailable`] it is not known whether the link was appended; submitting it again
    /// tells.
    pub async fn append(&self, link: NewLink) -> Result<AppendOutcome, DbError> {
        let schedule = *self.schedule();
        self.db().write(move |conn| append(conn, &link, &schedule)).await
    }
}

fn append(conn: &mut DbConnection, link: &NewLink, schedule: &Schedule) -> Result<AppendOutcome, DbError> {
    let Some(stored) = insert(conn, link)? else {
        return Ok(AppendOutcome::Lost);
    };
    match link.action {
        Action::Create => bind(conn, link, stored.id, schedule)?,
        Action::Delete => unbind(conn, link)?,
    }
    feed::enqueue(conn, FeedKind::Link as i16, &[stored.id])?;
    Ok(AppendOutcome::Appended(Box::new(stored)))
}

/// Takes the place; none if it, or the uuid, is taken. The conflict is asked for instead of provoked: a unique violation
/// would end the transaction on PostgreSQL.
fn insert(conn: &mut DbConnection, link: &NewLink) -> Result<Option<StoredLink>, DbError> {
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
        links::extra.eq(serde_json::Value::Object(link.extra.clone()).to_string()),
        links::stored_at.eq(link.stored_at),
    );
    Ok(on_backend!(conn, c => diesel::insert_into(links::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(StoredLink::as_returning())
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
