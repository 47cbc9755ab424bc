//! What a submit needs to know about its chain, as it stands now.

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, LinkUuid, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::rows::StoredLink;
use super::schema::{bindings, links};
use super::{Store, aliases};

/// How many links back a signature may point to and still be recognised as made over an older head.
const RECENT: i64 = 32;

/// A chain as one submit sees it.
#[derive(Debug, Clone)]
pub struct SubmitContext {
    /// The last link.
    pub head: Option<StoredLink>,
    /// The link that has the submitted uuid already.
    pub same_uuid: Option<StoredLink>,
    /// Whether the submitted identity is bound to the Avatar.
    pub is_bound: bool,
    /// How many bindings the Avatar has, aliases included.
    pub binding_count: i64,
    /// How many Avatars the Avatar would be an alias of with the submitted one; 0 on other platforms.
    pub alias_count: usize,
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
        let identity = identity.clone();
        self.db()
            .primary(move |conn| {
                let alias_count = match identity.platform() {
                    Platform::Nextid => aliases::count_with(conn, &avatar, identity.as_str())?,
                    _ => 0,
                };
                Ok(SubmitContext {
                    head: head(conn, &avatar)?,
                    same_uuid: by_uuid(conn, &avatar, &uuid)?,
                    is_bound: is_bound(conn, &avatar, &identity)?,
                    binding_count: binding_count(conn, &avatar)?,
                    alias_count,
                })
            })
            .await
    }

    /// The last link of a chain, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn head(&self, avatar: Avatar) -> Result<Option<StoredLink>, DbError> {
        self.db().primary(move |conn| head(conn, &avatar)).await
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

pub(super) fn head(conn: &mut DbConnection, avatar: &Avatar) -> Result<Option<StoredLink>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .order(links::seq.desc())
        .select(StoredLink::as_select())
        .first(c)
        .optional())?)
}

fn by_uuid(conn: &mut DbConnection, avatar: &Avatar, uuid: &LinkUuid) -> Result<Option<StoredLink>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq(uuid.as_bytes().as_slice()))
        .select(StoredLink::as_select())
        .first(c)
        .optional())?)
}

fn is_bound(conn: &mut DbConnection, avatar: &Avatar, identity: &Identity) -> Result<bool, DbError> {
    let bound = bindings::table
        .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(bindings::platform.eq(identity.platform().as_str()))
        .filter(bindings::identity.eq(identity.as_str()));
    Ok(on_backend!(conn, c => diesel::select(diesel::dsl::exists(bound)).get_result(c))?)
}

fn binding_count(conn: &mut DbConnection, avatar: &Avatar) -> Result<i64, DbError> {
    Ok(on_backend!(conn, c => bindings::table
        .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .count()
        .get_result(c))?)
}
