//! What this service knows of bindings by itself.

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::Store;
use super::schema::{bindings, follow};

/// The row of `follow` that is about proof-service.
pub(super) const PROOF_SERVICE: &str = "proof-service";

/// What the table says of one binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBinding {
    /// Created, and not deleted since.
    pub is_bound: bool,
    /// Whether applications may rely on it.
    pub is_valid: bool,
    /// The account, by the platform's own id; empty where the identity says as much.
    pub alt_id: String,
}

/// What the table says, and how far that can be relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The binding; none if the table has none.
    pub binding: Option<KnownBinding>,
    /// Whether the feed was once read to its end.
    pub is_whole: bool,
    /// The unix millisecond at which that was so last, on whichever replica.
    pub live_at: Option<i64>,
}

impl Known {
    /// The account that the identity is bound to, as far as the table knows; empty if it does not.
    pub fn alt_id(&self) -> &str {
        self.binding.as_ref().filter(|binding| binding.is_bound).map_or("", |binding| &binding.alt_id)
    }
}

impl Store {
    /// Keeps what proof-service answered, until its feed says the same: a binding that is bound and valid. What the feed
    /// has said already is not changed, since the answer may be older.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn remember(
        &self,
        avatar: Avatar,
        identity: &Identity,
        alt_id: String,
        now: i64,
    ) -> Result<(), DbError> {
        let (platform, identity) = (identity.platform(), identity.as_str().to_owned());
        self.db()
            .write(move |conn| {
                let serving: i64 = on_backend!(&mut *conn, c => follow::table
                    .find(PROOF_SERVICE)
                    .select(follow::serving)
                    .first(c))?;
                let row = (
                    bindings::generation.eq(serving),
                    bindings::avatar.eq(avatar.as_bytes().as_slice()),
                    bindings::platform.eq(platform.as_str()),
                    bindings::identity.eq(identity),
                    bindings::alt_id.eq(alt_id),
                    bindings::is_bound.eq(true),
                    bindings::is_valid.eq(true),
                    bindings::feed_id.eq(0),
                    bindings::seen_at.eq(now),
                );
                on_backend!(conn, c => diesel::insert_into(bindings::table)
                    .values(row)
                    .on_conflict_do_nothing()
                    .execute(c))?;
                Ok(())
            })
            .await
    }
}

/// What is known of one binding. The own key needs none.
pub(super) fn known(conn: &mut DbConnection, avatar: &Avatar, identity: &Identity) -> Result<Known, DbError> {
    if identity.platform() == Platform::Nextid {
        return Ok(Known::default());
    }
    let of_this = bindings::table.on(bindings::generation
        .eq(follow::serving)
        .and(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .and(bindings::platform.eq(identity.platform().as_str()))
        .and(bindings::identity.eq(identity.as_str())));
    let (serving, live_at, is_bound, is_valid, alt_id): (i64, _, Option<bool>, Option<bool>, Option<String>) =
        on_backend!(conn, c => follow::table
            .left_join(of_this)
            .filter(follow::name.eq(PROOF_SERVICE))
            .select((
                follow::serving,
                follow::live_at,
                bindings::is_bound.nullable(),
                bindings::is_valid.nullable(),
                bindings::alt_id.nullable(),
            ))
            .first(c))?;
    let binding = match (is_bound, is_valid, alt_id) {
        (Some(is_bound), Some(is_valid), Some(alt_id)) => Some(KnownBinding { is_bound, is_valid, alt_id }),
        _ => None,
    };
    Ok(Known { binding, is_whole: serving > 0, live_at })
}
