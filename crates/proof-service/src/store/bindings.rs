//! Single bindings.

mod point;

use diesel::prelude::*;
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::schema::bindings;
use super::{Store, aliases};
pub(super) use point::{Question, find};

/// A row of `bindings`, as far as answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = bindings)]
pub struct BindingRow {
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's display name.
    pub alt_name: String,
    /// What the last check said.
    pub state: String,
    /// Whether applications may rely on it.
    pub is_valid: bool,
    /// Why not.
    pub invalid_reason: String,
    /// The second at which it was bound first.
    pub created_at: i64,
    /// The second at which the proof was looked at last.
    pub last_checked_at: i64,
}

impl Store {
    /// The binding of exactly this identity, or of the account with exactly this id or name. Aliases are found in both
    /// directions, and over others.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn binding(
        &self,
        avatar: Avatar,
        platform: Platform,
        identity: String,
    ) -> Result<Option<BindingRow>, DbError> {
        let folded = nextid_core::identity::fold(platform, &identity);
        let found = self.batches().bindings.ask(Question { avatar, platform, folded }).await?;
        if found.is_some() || platform != Platform::Nextid {
            return Ok(found);
        }
        self.db()
            .read(move |conn| {
                if !aliases::of(conn, &avatar)?.contains(&identity) {
                    return Ok(None);
                }
                // An alias over others, or bound from its side: the link that made it is in another chain.
                Ok(Some(any_alias_row(conn, &avatar, &identity)?))
            })
            .await
    }
}

/// The row by which `identity` became an alias of somebody in the group, seen from `avatar`.
fn any_alias_row(conn: &mut DbConnection, avatar: &Avatar, identity: &str) -> Result<BindingRow, DbError> {
    let other = Avatar::parse(identity).map(|other| other.as_bytes().to_vec()).unwrap_or_default();
    let row: Option<BindingRow> = on_backend!(conn, c => bindings::table
        .filter(bindings::platform.eq(Platform::Nextid.as_str()))
        .filter(bindings::avatar.eq(&other).or(bindings::identity_folded.eq(identity)))
        .order(bindings::id.asc())
        .select(BindingRow::as_select())
        .first(c)
        .optional())?;
    Ok(BindingRow {
        avatar: avatar.as_bytes().to_vec(),
        platform: Platform::Nextid.as_str().to_owned(),
        identity: identity.to_owned(),
        alt_id: identity.to_owned(),
        alt_name: String::new(),
        state: "valid".to_owned(),
        is_valid: true,
        invalid_reason: String::new(),
        created_at: row.as_ref().map_or(0, |row| row.created_at),
        last_checked_at: row.as_ref().map_or(0, |row| row.last_checked_at),
    })
}
