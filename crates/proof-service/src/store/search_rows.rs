//! The rows of a search, put together.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

use super::aliases;
use super::bindings::BindingRow;
use super::rows::avatar_hex;
use super::search::AvatarBindings;

/// One row: a binding of an Avatar on the page, or an alias of it, or neither where there is nothing to show.
#[derive(Debug, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = BigInt)]
    matches: i64,
    #[diesel(sql_type = BigInt)]
    matched: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    place: Option<i64>,
    #[diesel(sql_type = Nullable<Binary>)]
    avatar: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    activated_at: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    alias: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    platform: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    identity: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    alt_id: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    alt_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    state: Option<String>,
    #[diesel(sql_type = Nullable<Bool>)]
    is_valid: Option<bool>,
    #[diesel(sql_type = Nullable<Text>)]
    invalid_reason: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    created_at: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_checked_at: Option<i64>,
}

/// How many match in all, how many on this page, and the Avatars of the page. Rows of one Avatar follow each other.
pub(super) fn collect(rows: Vec<Row>) -> (i64, usize, Vec<AvatarBindings>) {
    let counts = rows.first().map(|row| (row.matches, usize::try_from(row.matched).unwrap_or(0)));
    let (matches, matched) = counts.unwrap_or_default();
    let mut avatars: Vec<AvatarBindings> = Vec::new();
    let mut last = None;
    for row in rows.into_iter().filter(|row| row.place.is_some()) {
        if last != row.place {
            last = row.place;
            avatars.push(AvatarBindings {
                avatar: String::new(),
                activated_at: 0,
                alias: Vec::new(),
                proofs: Vec::new(),
            });
        }
        if let Some(avatar) = avatars.last_mut() {
            add(avatar, row);
        }
    }
    for avatar in &mut avatars {
        avatar.alias.sort_unstable();
        avatar.alias.truncate(aliases::LIMIT);
    }
    // Whoever was asked for by key and has nothing was not found.
    avatars.retain(|avatar| !avatar.proofs.is_empty() || !avatar.alias.is_empty());
    (matches, matched, avatars)
}

fn add(to: &mut AvatarBindings, row: Row) {
    if let Some(alias) = row.alias {
        to.alias.push(alias);
        return;
    }
    let avatar = row.avatar.unwrap_or_default();
    if to.avatar.is_empty() {
        to.avatar = avatar_hex(&avatar);
        to.activated_at = row.activated_at.unwrap_or_default();
    }
    let Some(platform) = row.platform else { return };
    to.proofs.push(BindingRow {
        avatar,
        platform,
        identity: row.identity.unwrap_or_default(),
        alt_id: row.alt_id.unwrap_or_default(),
        alt_name: row.alt_name.unwrap_or_default(),
        state: row.state.unwrap_or_default(),
        is_valid: row.is_valid.unwrap_or_default(),
        invalid_reason: row.invalid_reason.unwrap_or_default(),
        created_at: row.created_at.unwrap_or_default(),
        last_checked_at: row.last_checked_at.unwrap_or_default(),
    });
}
