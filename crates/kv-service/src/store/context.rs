//! What a submit needs to know about its chain, as it stands now.

use diesel::prelude::*;
use nextid_core::{Avatar, LinkUuid};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::chain::head;
use super::namespaces::of_avatar;
use super::rows::{Head, Namespace, StoredLink};
use super::schema::links;

/// How many links back a signature may point to and still be recognised as made over an older head.
const RECENT: i64 = 32;

/// A chain as one submit sees it.
#[derive(Debug, Clone)]
pub struct SubmitContext {
    /// The last link.
    pub head: Option<Head>,
    /// The link that has the submitted uuid already.
    pub same_uuid: Option<StoredLink>,
    /// The contents, no older than the head.
    pub namespaces: Vec<Namespace>,
}

impl Store {
    /// Reads what a submit needs, from the primary.
    ///
    /// The head is read before the contents. So a link that is committed between the two reads makes the contents newer
    /// than the head and the place after the head taken: what was merged into them is then not appended. The other way
    /// round, a patch would be merged into contents that lack the link before it.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn submit_context(&self, avatar: Avatar, uuid: LinkUuid) -> Result<SubmitContext, DbError> {
        self.db()
            .primary(move |conn| {
                Ok(SubmitContext {
                    head: head(conn, &avatar)?,
                    same_uuid: by_uuid(conn, &avatar, &uuid)?,
                    namespaces: of_avatar(conn, &avatar)?,
                })
            })
            .await
    }

    /// The last link of a chain, from the primary.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn head(&self, avatar: Avatar) -> Result<Option<Head>, DbError> {
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
}

fn by_uuid(conn: &mut DbConnection, avatar: &Avatar, uuid: &LinkUuid) -> Result<Option<StoredLink>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq(uuid.as_bytes().as_slice()))
        .select(StoredLink::as_select())
        .first(c)
        .optional())?)
}
