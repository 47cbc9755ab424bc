//! What a submit needs to know about its chain, as it stands now.
//!
//! Submits that wait at the same time are told together, by one round trip.

mod each;
mod together;

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, LinkUuid, Platform};
use nextid_service::chain::{Head, RECENT};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::rows::StoredLink;
use super::schema::{bindings, links};
use super::{Store, aliases};

/// A chain as one submit sees it.
#[derive(Debug, Clone)]
pub struct SubmitContext {
    /// The last link.
    pub head: Option<Head>,
    /// The link that has the submitted uuid already.
    pub same_uuid: Option<StoredLink>,
    /// Whether the submitted identity is bound to the Avatar.
    pub is_bound: bool,
    /// How many bindings the Avatar has, aliases included.
    pub binding_count: i64,
}

/// Of which chain, and what of it, a submit needs to know.
#[derive(Debug)]
pub(super) struct Question {
    avatar: Avatar,
    uuid: LinkUuid,
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
        self.batches().contexts.ask(Question { avatar, uuid, identity: identity.clone() }).await
    }

    /// How many aliases the Avatar would have if this one became one, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn alias_count_with(&self, avatar: Avatar, target: &Identity) -> Result<usize, DbError> {
        let target = target.as_str().to_owned();
        self.db().primary(move |conn| aliases::count_with(conn, &avatar, &target)).await
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

    /// The identity under which an account is bound to the Avatar, found by the platform's own id or display name: so that
    /// a revocation needs no answer from the platform.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn bound_by_other_name(
        &self,
        avatar: Avatar,
        platform: Platform,
        name: &str,
    ) -> Result<Option<String>, DbError> {
        let folded = nextid_core::identity::fold(platform, name);
        self.db()
            .primary(move |conn| {
                Ok(on_backend!(conn, c => bindings::table
                    .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
                    .filter(bindings::platform.eq(platform.as_str()))
                    .filter(bindings::alt_id_folded.eq(&folded).or(bindings::alt_name_folded.eq(&folded)))
                    .order(bindings::id.desc())
                    .select(bindings::identity)
                    .first(c)
                    .optional())?)
            })
            .await
    }
}

/// The answer to each question, in their order.
pub(super) fn contexts(
    conn: &mut DbConnection,
    questions: &[Question],
) -> Result<Vec<SubmitContext>, DbError> {
    match conn {
        DbConnection::Postgres(c) => together::contexts(c, questions),
        DbConnection::Sqlite(c) => questions.iter().map(|question| each::context(c, question)).collect(),
    }
}

/// The last link of each chain, in their order.
pub(super) fn heads(conn: &mut DbConnection, avatars: &[Avatar]) -> Result<Vec<Option<Head>>, DbError> {
    match conn {
        DbConnection::Postgres(c) => {
            let keys = avatars.iter().map(|avatar| avatar.as_bytes().as_slice()).collect();
            nextid_service::chain::heads(c, keys)
        }
        DbConnection::Sqlite(c) => avatars.iter().map(|avatar| each::head(c, avatar)).collect(),
    }
}
