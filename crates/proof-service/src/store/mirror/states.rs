//! States of proofs, as the origin tells them.

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, Platform};
use nextid_service::db::DbConnection;
use nextid_service::mirror::{Refused, reference};
use nextid_service::on_backend;

use crate::store::FeedKind;
use crate::store::schema::{bindings, links, state_changes};
use crate::store::states::{NewStateChange, StateChange, states_by_id};

/// What became of a binding without a link, by the origin's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldState {
    /// The Avatar.
    pub avatar: String,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's display name.
    pub alt_name: String,
    /// The name before.
    pub alt_name_before: String,
    /// valid, missing, mismatch, unreachable, unchecked.
    pub state: String,
    /// The state before.
    pub state_before: String,
    /// Whether applications may rely on it.
    pub is_valid: bool,
    /// Whether they might before.
    pub is_valid_before: bool,
    /// Why not.
    pub invalid_reason: String,
    /// The second of the look.
    pub changed_at: i64,
}

/// Changes the binding, if it is in force, and writes the change. Returns its row's id.
pub(super) fn apply(conn: &mut DbConnection, feed_id: i64, told: &ToldState) -> Result<i64, Refused> {
    let avatar = Avatar::parse(&told.avatar).map_err(|error| Refused::broken(feed_id, &error))?;
    let platform: Platform = told.platform.parse().map_err(|error| Refused::broken(feed_id, &error))?;
    let identity =
        Identity::parse(platform, &told.identity).map_err(|error| Refused::broken(feed_id, &error))?;
    let texts = [&told.alt_id, &told.alt_name, &told.alt_name_before, &told.state, &told.state_before];
    if texts.into_iter().chain([&told.invalid_reason]).any(|text| text.contains('\0')) {
        return Err(Refused::broken(feed_id, &"it holds a NUL"));
    }
    let link_id = match change(conn, &avatar, &identity, told)? {
        Some(link_id) => link_id,
        // It was revoked while the origin looked at it.
        None => last_link(conn, &avatar, &identity)?
            .ok_or_else(|| Refused::broken(feed_id, &"it is about an identity that was never bound"))?,
    };
    let row = NewStateChange {
        avatar: avatar.as_bytes(),
        platform: platform.as_str(),
        identity: identity.as_str(),
        link_id,
        alt_id: &told.alt_id,
        alt_name: &told.alt_name,
        alt_name_before: &told.alt_name_before,
        state: &told.state,
        state_before: &told.state_before,
        is_valid: told.is_valid,
        is_valid_before: told.is_valid_before,
        invalid_reason: &told.invalid_reason,
        changed_at: told.changed_at,
    };
    Ok(on_backend!(conn, c => diesel::insert_into(state_changes::table)
        .values(&row)
        .returning(state_changes::id)
        .get_result(c))?)
}

/// Returns the link that bound it last; none if it is not in force.
fn change(
    conn: &mut DbConnection,
    avatar: &Avatar,
    identity: &Identity,
    told: &ToldState,
) -> Result<Option<i64>, Refused> {
    let platform = identity.platform();
    let binding = bindings::table
        .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(bindings::platform.eq(platform.as_str()))
        .filter(bindings::identity.eq(identity.as_str()));
    let columns = (
        bindings::state.eq(&told.state),
        bindings::is_valid.eq(told.is_valid),
        bindings::invalid_reason.eq(&told.invalid_reason),
        bindings::alt_id.eq(&told.alt_id),
        bindings::alt_id_folded.eq(nextid_core::identity::fold(platform, &told.alt_id)),
        bindings::alt_name.eq(&told.alt_name),
        bindings::alt_name_folded.eq(nextid_core::identity::fold(platform, &told.alt_name)),
        bindings::last_checked_at.eq(told.changed_at),
    );
    Ok(on_backend!(conn, c => diesel::update(binding)
        .set(columns)
        .returning(bindings::link_id)
        .get_result(c)
        .optional())?)
}

fn last_link(conn: &mut DbConnection, avatar: &Avatar, identity: &Identity) -> Result<Option<i64>, Refused> {
    Ok(on_backend!(conn, c => links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::platform.eq(identity.platform().as_str()))
        .filter(links::identity.eq(identity.as_str()))
        .order(links::seq.desc())
        .select(links::id)
        .first(c)
        .optional())?)
}

/// Whether this is what was copied under this id.
pub(super) fn is_same(conn: &mut DbConnection, feed_id: i64, told: &ToldState) -> Result<bool, Refused> {
    let Some(id) = reference(conn, feed_id, FeedKind::State as i16)? else { return Ok(false) };
    let Some(stored) = states_by_id(conn, &[id])?.remove(&id) else { return Ok(false) };
    let StateChange { avatar, platform, identity, state, is_valid, changed_at, .. } = stored;
    Ok(Avatar::parse(&told.avatar).is_ok_and(|told| told.as_bytes().as_slice() == avatar)
        && (platform, identity) == (told.platform.clone(), told.identity.clone())
        && (state, is_valid, changed_at) == (told.state.clone(), told.is_valid, told.changed_at))
}
