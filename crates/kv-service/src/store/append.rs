//! The append transaction: a link and the content that follows from it, durable together or not at all.

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::{feed, on_backend};

use super::rows::StoredLink;
use super::schema::{links, namespaces};
use super::{FeedKind, Store};

/// A link that has passed every check, to be put at one place of one chain.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// The place; free when the link was judged.
    pub seq: i64,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The namespace.
    pub identity: Identity,
    /// The namespace's identity, as it was signed.
    pub signed_identity: String,
    /// The merge patch.
    pub patch: CanonicalJson,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signature's bytes, as submitted.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// The namespace's content once the patch is merged into what it was at the place before.
    pub content: CanonicalJson,
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
    /// Appends a link and writes its namespace's content, in one transaction.
    ///
    /// # Errors
    /// [`DbError`]. After [`DbError::Unavailable`] it is not known whether the link was appended; submitting it again
    /// tells.
    pub async fn append(&self, link: NewLink) -> Result<AppendOutcome, DbError> {
        self.db().write(move |conn| append(conn, &link)).await
    }
}

fn append(conn: &mut DbConnection, link: &NewLink) -> Result<AppendOutcome, DbError> {
    let Some(stored) = insert(conn, link)? else {
        return Ok(AppendOutcome::Lost);
    };
    write_content(conn, link, stored.id)?;
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
    );
    Ok(on_backend!(conn, c => diesel::insert_into(links::table)
        .values(row)
        .on_conflict_do_nothing()
        .returning(StoredLink::as_returning())
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
    );
    on_backend!(conn, c => diesel::insert_into(namespaces::table)
        .values(row)
        .on_conflict((namespaces::avatar, namespaces::platform, namespaces::identity))
        .do_update()
        .set((
            namespaces::content.eq(excluded(namespaces::content)),
            namespaces::link_id.eq(excluded(namespaces::link_id)),
        ))
        .execute(c))?;
    Ok(())
}
