//! Single bindings, and everything that is bound to some Avatars.

use diesel::prelude::*;
use nextid_core::{Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::schema::{bindings, links};
use super::{Store, aliases};

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

/// An Avatar with everything that is bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvatarBindings {
    /// Who.
    pub avatar: Avatar,
    /// The second of the newest link; 0 without one.
    pub activated_at: i64,
    /// Other Avatars of the same person, in the stored spelling.
    pub alias: Vec<String>,
    /// The bindings in force, newest first, aliases not among them.
    pub proofs: Vec<BindingRow>,
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
        self.db()
            .read(move |conn| {
                let found = find(conn, &avatar, platform, &identity)?;
                if found.is_some() || platform != Platform::Nextid {
                    return Ok(found);
                }
                if !aliases::of(conn, &avatar)?.contains(&identity) {
                    return Ok(None);
                }
                // An alias over others, or bound from its side: the link that made it is in another chain.
                Ok(Some(any_alias_row(conn, &avatar, &identity)?))
            })
            .await
    }
}

fn find(
    conn: &mut DbConnection,
    avatar: &Avatar,
    platform: Platform,
    identity: &str,
) -> Result<Option<BindingRow>, DbError> {
    let folded = nextid_core::identity::fold(platform, identity);
    let rows: Vec<BindingRow> = on_backend!(conn, c => bindings::table
        .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(bindings::platform.eq(platform.as_str()))
        .filter(
            bindings::identity_folded
                .eq(&folded)
                .or(bindings::alt_id_folded.eq(&folded).and(bindings::alt_id_folded.ne(""))),
        )
        .order(bindings::id.desc())
        .select(BindingRow::as_select())
        .load(c))?;
    // A number can be one account's id and another's name: whoever has it as the name comes first.
    let (by_name, by_id): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| nextid_core::identity::fold(platform, &row.identity) == folded);
    Ok(by_name.into_iter().chain(by_id).next())
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

/// Everything bound to the given Avatars, in their order.
pub(super) fn of_avatars(
    conn: &mut DbConnection,
    avatars: &[Avatar],
) -> Result<Vec<AvatarBindings>, DbError> {
    let keys: Vec<Vec<u8>> = avatars.iter().map(|avatar| avatar.as_bytes().to_vec()).collect();
    let rows: Vec<BindingRow> = on_backend!(&mut *conn, c => bindings::table
        .filter(bindings::avatar.eq_any(&keys))
        .filter(bindings::platform.ne(Platform::Nextid.as_str()))
        .order(bindings::id.desc())
        .select(BindingRow::as_select())
        .load(c))?;
    let newest: Vec<(Vec<u8>, Option<i64>)> = on_backend!(&mut *conn, c => links::table
        .filter(links::avatar.eq_any(&keys))
        .group_by(links::avatar)
        .select((links::avatar, diesel::dsl::max(links::created_at)))
        .load(c))?;
    avatars
        .iter()
        .map(|avatar| {
            let own = |bytes: &[u8]| bytes == avatar.as_bytes().as_slice();
            Ok(AvatarBindings {
                avatar: *avatar,
                activated_at: newest.iter().find(|(key, _)| own(key)).and_then(|(_, at)| *at).unwrap_or(0),
                alias: aliases::of(conn, avatar)?,
                proofs: rows.iter().filter(|row| own(&row.avatar)).cloned().collect(),
            })
        })
        .collect()
}
