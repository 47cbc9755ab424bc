//! What follows from links that another service accepted.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::{Action, Avatar, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;

use super::foreign::ForeignLink;
use super::schema::bindings;

/// What is said of a new binding before anybody here has looked at its proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirstState {
    pub(super) state: &'static str,
    pub(super) is_valid: bool,
    pub(super) invalid_reason: &'static str,
    pub(super) last_checked_at: i64,
    pub(super) next_check_at: Option<i64>,
}

/// The effect of some links, in the order of their chain, on one identity.
#[derive(Debug, Clone)]
struct Effect {
    was_revoked: bool,
    /// The link that bound it last, with its row's id, and the second at which it was bound first since it was revoked.
    bound: Option<(ForeignLink, i64, i64)>,
}

/// The effects of links, one for each identity, however many links there are.
#[derive(Debug, Default)]
pub(super) struct Effects {
    by_key: BTreeMap<(Avatar, Platform, String), Effect>,
}

impl Effects {
    /// Takes the next link, which is stored as this row.
    pub(super) fn add(&mut self, link: &ForeignLink, id: i64) {
        let key = (link.avatar, link.identity.platform(), link.identity.as_str().to_owned());
        let effect = self.by_key.entry(key).or_insert(Effect { was_revoked: false, bound: None });
        match link.action {
            Action::Create => {
                let first = effect.bound.as_ref().map_or(link.row.created_at, |(_, _, first)| *first);
                effect.bound = Some((link.clone(), id, first));
            }
            Action::Delete => *effect = Effect { was_revoked: true, bound: None },
        }
    }

    /// Writes what is bound now. Returns the links that bound it, each with its row's id.
    pub(super) fn apply(
        self,
        conn: &mut DbConnection,
        first_state: impl Fn(&ForeignLink) -> FirstState,
    ) -> Result<Vec<(ForeignLink, i64)>, DbError> {
        let mut bound = Vec::new();
        for ((avatar, platform, identity), effect) in self.by_key {
            if effect.was_revoked {
                unbind(conn, &avatar, platform, &identity)?;
            }
            if let Some((link, id, first)) = effect.bound {
                bind(conn, &link, id, first, first_state(&link))?;
                bound.push((link, id));
            }
        }
        Ok(bound)
    }
}

fn unbind(
    conn: &mut DbConnection,
    avatar: &Avatar,
    platform: Platform,
    identity: &str,
) -> Result<(), DbError> {
    on_backend!(conn, c => diesel::delete(
        bindings::table
            .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
            .filter(bindings::platform.eq(platform.as_str()))
            .filter(bindings::identity.eq(identity)),
    )
    .execute(c))?;
    Ok(())
}

/// Binds, or binds again: then the second of the first binding stays.
fn bind(
    conn: &mut DbConnection,
    link: &ForeignLink,
    link_id: i64,
    created_at: i64,
    first: FirstState,
) -> Result<(), DbError> {
    let platform = link.identity.platform();
    let row = (
        bindings::avatar.eq(link.avatar.as_bytes().as_slice()),
        bindings::platform.eq(platform.as_str()),
        bindings::identity.eq(link.identity.as_str()),
        bindings::identity_folded.eq(link.identity.folded()),
        bindings::alt_id.eq(&link.row.alt_id),
        bindings::alt_id_folded.eq(nextid_core::identity::fold(platform, &link.row.alt_id)),
        // The display name is not part of a link: the next look tells it.
        bindings::alt_name.eq(""),
        bindings::alt_name_folded.eq(""),
        bindings::proof_location.eq(&link.row.proof_location),
        bindings::link_id.eq(link_id),
        bindings::state.eq(first.state),
        bindings::is_valid.eq(first.is_valid),
        bindings::invalid_reason.eq(first.invalid_reason),
        bindings::created_at.eq(created_at),
        bindings::last_checked_at.eq(first.last_checked_at),
        bindings::next_check_at.eq(first.next_check_at),
        bindings::claimed_at.eq(0),
        bindings::negative_since.eq(None::<i64>),
        bindings::failures.eq(0),
    );
    on_backend!(conn, c => diesel::insert_into(bindings::table)
        .values(row)
        .on_conflict((bindings::avatar, bindings::platform, bindings::identity))
        .do_update()
        .set((
            bindings::alt_id.eq(excluded(bindings::alt_id)),
            bindings::alt_id_folded.eq(excluded(bindings::alt_id_folded)),
            bindings::alt_name.eq(excluded(bindings::alt_name)),
            bindings::alt_name_folded.eq(excluded(bindings::alt_name_folded)),
            bindings::proof_location.eq(excluded(bindings::proof_location)),
            bindings::link_id.eq(excluded(bindings::link_id)),
            bindings::state.eq(excluded(bindings::state)),
            bindings::is_valid.eq(excluded(bindings::is_valid)),
            bindings::invalid_reason.eq(excluded(bindings::invalid_reason)),
            bindings::last_checked_at.eq(excluded(bindings::last_checked_at)),
            bindings::next_check_at.eq(excluded(bindings::next_check_at)),
            bindings::claimed_at.eq(excluded(bindings::claimed_at)),
            bindings::negative_since.eq(excluded(bindings::negative_since)),
            bindings::failures.eq(excluded(bindings::failures)),
        ))
        .execute(c))?;
    Ok(())
}
