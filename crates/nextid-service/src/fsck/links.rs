//! What both services ask of their `links`, which differ in the columns that these questions do not touch.

use diesel::prelude::*;

use crate::db::{DbConnection, DbError};
use crate::on_backend;

diesel::table! {
    /// The columns of `links` that both services have and this check uses.
    links (id) {
        /// Given by the database, ascending.
        id -> BigInt,
        /// The Avatar's 33 bytes.
        avatar -> Binary,
        /// The place in the chain.
        seq -> BigInt,
    }
}

/// How many links there are.
pub(super) fn count_links(conn: &mut DbConnection) -> Result<i64, DbError> {
    Ok(on_backend!(conn, c => links::table.count().get_result(c))?)
}

/// The Avatar of the link that comes `skip` links after the last one of `after`, ordered by Avatar and place; none when there
/// are fewer.
pub(super) fn avatar_after(
    conn: &mut DbConnection,
    after: &[u8],
    skip: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.gt(after))
        .order((links::avatar, links::seq))
        .offset(skip)
        .select(links::avatar)
        .first(c)
        .optional())?)
}

/// Which of these links there are.
pub(super) fn existing_links(conn: &mut DbConnection, ids: &[i64]) -> Result<Vec<i64>, DbError> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::id.eq_any(ids))
        .select(links::id)
        .load(c))?)
}

/// The two reads of whole links in [`Checks`](crate::fsck::Checks), which are the same over the `links` of either service: of the
/// diesel table `$links` as rows `$row`.
#[macro_export]
macro_rules! read_links {
    ($links:ident, $row:ty) => {
        fn links_between(
            conn: &mut $crate::db::DbConnection,
            span: &$crate::fsck::Span,
            count: i64,
        ) -> Result<Vec<$row>, $crate::db::DbError> {
            Ok($crate::on_backend!(conn, c => {
                let mut query = $links::table
                    .filter($links::avatar.gt(&span.after))
                    .order(($links::avatar, $links::seq, $links::id))
                    .limit(count)
                    .select(<$row>::as_select())
                    .into_boxed();
                if let Some(up_to) = &span.up_to {
                    query = query.filter($links::avatar.le(up_to));
                }
                query.load(c)
            })?)
        }

        fn links_from(
            conn: &mut $crate::db::DbConnection,
            avatar: &[u8],
            seq: i64,
            count: i64,
        ) -> Result<Vec<$row>, $crate::db::DbError> {
            Ok($crate::on_backend!(conn, c => $links::table
                .filter($links::avatar.eq(avatar))
                .filter($links::seq.ge(seq))
                .order(($links::seq, $links::id))
                .limit(count)
                .select(<$row>::as_select())
                .load(c))?)
        }
    };
}
