//! One chain after the other, for SQLite, where a statement is no round trip.

use diesel::prelude::*;
use nextid_core::{Avatar, Identity, LinkUuid};
use nextid_service::chain::Head;
use nextid_service::db::DbError;

use super::{Question, SubmitContext};
use crate::store::StoredLink;
use crate::store::schema::{bindings, links};

pub(super) fn context(c: &mut SqliteConnection, question: &Question) -> Result<SubmitContext, DbError> {
    let Question { avatar, uuid, identity } = question;
    Ok(SubmitContext {
        head: head(c, avatar)?,
        same_uuid: by_uuid(c, avatar, uuid)?,
        is_bound: is_bound(c, avatar, identity)?,
        binding_count: binding_count(c, avatar)?,
    })
}

pub(super) fn head(c: &mut SqliteConnection, avatar: &Avatar) -> Result<Option<Head>, DbError> {
    Ok(links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .order(links::seq.desc())
        .select((links::seq, links::uuid, links::created_at, links::signature))
        .first(c)
        .optional()?)
}

fn by_uuid(
    c: &mut SqliteConnection,
    avatar: &Avatar,
    uuid: &LinkUuid,
) -> Result<Option<StoredLink>, DbError> {
    Ok(links::table
        .filter(links::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(links::uuid.eq(uuid.as_bytes().as_slice()))
        .select(StoredLink::as_select())
        .first(c)
        .optional()?)
}

fn is_bound(c: &mut SqliteConnection, avatar: &Avatar, identity: &Identity) -> Result<bool, DbError> {
    let bound = bindings::table
        .filter(bindings::avatar.eq(avatar.as_bytes().as_slice()))
        .filter(bindings::platform.eq(identity.platform().as_str()))
        .filter(bindings::identity.eq(identity.as_str()));
    Ok(diesel::select(diesel::dsl::exists(bound)).get_result(c)?)
}

fn binding_count(c: &mut SqliteConnection, avatar: &Avatar) -> Result<i64, DbError> {
    let own = bindings::table.filter(bindings::avatar.eq(avatar.as_bytes().as_slice()));
    Ok(own.count().get_result(c)?)
}
