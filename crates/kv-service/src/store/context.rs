//! What a submit needs to know about its chain, as it stands now.
//!
//! Submits that wait at the same time are told together, by one round trip.

mod together;

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, LinkUuid};
use nextid_service::chain::{Head, RECENT};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::bindings::{Known, known};
use super::chain::head;
use super::namespace::Namespace;
use super::namespaces::{BATCH_BYTES, of_avatar};
use super::rows::StoredLink;
use super::schema::links;

/// A chain as one submit sees it.
#[derive(Debug, Clone)]
pub struct SubmitContext {
    /// The last link.
    pub head: Option<Head>,
    /// The link that has the submitted uuid already.
    pub same_uuid: Option<StoredLink>,
    /// The contents, no older than the head.
    pub namespaces: Vec<Namespace>,
    /// What is known of the binding that is written under.
    pub known: Known,
}

/// A chain as a payload for it sees it.
#[derive(Debug, Clone)]
pub struct PayloadContext {
    /// The last link.
    pub head: Option<Head>,
    /// What is known of the binding that is to be written under.
    pub known: Known,
}

/// Of which chain, and what of it, a submit needs to know.
#[derive(Debug, Clone)]
pub(super) struct SubmitQuestion {
    avatar: Avatar,
    uuid: LinkUuid,
    identity: Identity,
}

/// As [`SubmitQuestion`], of a payload.
#[derive(Debug)]
pub(super) struct PayloadQuestion {
    avatar: Avatar,
    identity: Identity,
}

impl Store {
    /// Reads what a submit needs, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn submit_context(
        &self,
        avatar: Avatar,
        uuid: LinkUuid,
        identity: &Identity,
    ) -> Result<SubmitContext, DbError> {
        let question = SubmitQuestion { avatar, uuid, identity: identity.clone() };
        match self.batches().contexts.ask(question.clone()).await? {
            Some(context) => Ok(context),
            None => self.db().primary(move |conn| submit_context(conn, &question)).await,
        }
    }

    /// Reads what a payload needs, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn payload_context(
        &self,
        avatar: Avatar,
        identity: &Identity,
    ) -> Result<PayloadContext, DbError> {
        self.batches().payloads.ask(PayloadQuestion { avatar, identity: identity.clone() }).await
    }

    /// The last link of a chain, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn head(&self, avatar: Avatar) -> Result<Option<Head>, DbError> {
        self.batches().heads.ask(avatar).await
    }

    /// The `prev` of the newest links, newest first: the heads over which a slower client may have signed.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn recent_prevs(&self, avatar: Avatar) -> Result<Vec<Option<Vec<u8>>>, DbError> {
        self.db()
            .primary(move |conn| {
                Ok(on_backend!(conn, c => links::table
                    .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
                    .order(links::seq.desc())
                    .limit(RECENT)
                    .select(links::prev)
                    .load(c))?)
            })
            .await
    }
}

/// The answer to each question, in their order; none where there is too much content for a common answer.
pub(super) fn submit_contexts(
    conn: &mut DbConnection,
    questions: &[SubmitQuestion],
) -> Result<Vec<Option<SubmitContext>>, DbError> {
    if let DbConnection::Postgres(c) = conn {
        return together::submit_contexts(c, questions);
    }
    let mut bytes = 0_usize;
    questions
        .iter()
        .map(|question| {
            if bytes > BATCH_BYTES {
                return Ok(None);
            }
            let context = submit_context(conn, question)?;
            bytes += context.namespaces.iter().map(|namespace| namespace.content.len()).sum::<usize>();
            Ok(Some(context))
        })
        .collect()
}

/// The answer to each question, in their order.
pub(super) fn payload_contexts(
    conn: &mut DbConnection,
    questions: &[PayloadQuestion],
) -> Result<Vec<PayloadContext>, DbError> {
    if let DbConnection::Postgres(c) = conn {
        return together::payload_contexts(c, questions);
    }
    questions
        .iter()
        .map(|PayloadQuestion { avatar, identity }| {
            Ok(PayloadContext { head: head(conn, avatar)?, known: known(conn, avatar, identity)? })
        })
        .collect()
}

/// The last link of each chain, in their order.
pub(super) fn heads(conn: &mut DbConnection, avatars: &[Avatar]) -> Result<Vec<Option<Head>>, DbError> {
    if let DbConnection::Postgres(c) = conn {
        let keys = avatars.iter().map(|avatar| avatar.as_bytes().as_slice()).collect();
        return nextid_service::chain::heads(c, keys);
    }
    avatars.iter().map(|avatar| head(conn, avatar)).collect()
}

/// The answer to one question, whatever there is.
///
/// The head is read before the contents. So a link that is committed between the two reads makes the contents newer than
/// the head and the place after the head taken: what was merged into them is then not appended. The other way round, a
/// patch would be merged into contents that lack the link before it.
fn submit_context(conn: &mut DbConnection, question: &SubmitQuestion) -> Result<SubmitContext, DbError> {
    let SubmitQuestion { avatar, uuid, identity } = question;
    Ok(SubmitContext {
        head: head(conn, avatar)?,
        same_uuid: by_uuid(conn, avatar, uuid)?,
        namespaces: of_avatar(conn, avatar)?,
        known: known(conn, avatar, identity)?,
    })
}

fn by_uuid(conn: &mut DbConnection, avatar: &Avatar, uuid: &LinkUuid) -> Result<Option<StoredLink>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq(uuid.as_bytes().as_slice()))
        .select(StoredLink::as_select())
        .first(c)
        .optional())?)
}
