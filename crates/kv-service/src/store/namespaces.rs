//! The contents, by Avatar and by identity.

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::chain::head;
use super::rows::{Head, Namespace};
use super::schema::namespaces;

/// Which namespaces of an Avatar are asked for: all, those on a platform, or one.
#[derive(Debug, Clone, Default)]
pub struct NamespaceFilter {
    /// On this platform only.
    pub platform: Option<Platform>,
    /// With this identity only, normalised.
    pub identity: Option<String>,
}

/// What an Avatar published.
#[derive(Debug, Clone)]
pub struct Published {
    /// The last link of the chain; none for an empty one.
    pub head: Option<Head>,
    /// The contents, no older than the head; none where the reader has them already.
    pub namespaces: Option<Vec<Namespace>>,
}

impl Store {
    /// The head of a chain, and unless `is_known` says that the reader has what follows from it already, the contents, the
    /// oldest namespace first.
    ///
    /// The head is read first: a link that is committed meanwhile makes the contents newer than the head, so that a
    /// reader who comes again with that head gets them again. The other way round it would never get them.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn published(
        &self,
        avatar: Avatar,
        filter: NamespaceFilter,
        is_known: impl Fn(Option<&Head>) -> bool + Send + 'static,
    ) -> Result<Published, DbError> {
        self.db()
            .read(move |conn| {
                let head = head(conn, &avatar)?;
                let namespaces =
                    if is_known(head.as_ref()) { None } else { Some(selected(conn, &avatar, &filter)?) };
                Ok(Published { head, namespaces })
            })
            .await
    }

    /// The contents that Avatars have under one identity, the oldest namespace first: at most `count` after `skip`; and
    /// how many there are in all.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn namespaces_under(
        &self,
        identity: &Identity,
        skip: i64,
        count: i64,
    ) -> Result<(Vec<Namespace>, i64), DbError> {
        let (platform, identity) = (identity.platform().as_str(), identity.as_str().to_owned());
        self.db()
            .read(move |conn| {
                let matching = || {
                    namespaces::table
                        .filter(namespaces::platform.eq(platform))
                        .filter(namespaces::identity.eq(identity.clone()))
                };
                let total = on_backend!(&mut *conn, c => matching().count().get_result(c))?;
                let page = on_backend!(conn, c => matching()
                    .order(namespaces::id)
                    .offset(skip)
                    .limit(count)
                    .select(Namespace::as_select())
                    .load(c))?;
                Ok((page, total))
            })
            .await
    }
}

pub(super) fn of_avatar(conn: &mut DbConnection, avatar: &Avatar) -> Result<Vec<Namespace>, DbError> {
    Ok(on_backend!(conn, c => namespaces::table
        .filter(namespaces::avatar.eq(avatar.as_bytes().as_slice()))
        .order(namespaces::id)
        .select(Namespace::as_select())
        .load(c))?)
}

fn selected(
    conn: &mut DbConnection,
    avatar: &Avatar,
    filter: &NamespaceFilter,
) -> Result<Vec<Namespace>, DbError> {
    Ok(on_backend!(conn, c => {
        let mut query = namespaces::table
            .filter(namespaces::avatar.eq(avatar.as_bytes().as_slice()))
            .order(namespaces::id)
            .select(Namespace::as_select())
            .into_boxed();
        if let Some(platform) = filter.platform {
            query = query.filter(namespaces::platform.eq(platform.as_str()));
        }
        if let Some(identity) = &filter.identity {
            query = query.filter(namespaces::identity.eq(identity));
        }
        query.load(c)
    })?)
}
