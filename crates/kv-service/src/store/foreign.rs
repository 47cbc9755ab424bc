//! Links that another service accepted, as rows: nothing of what was signed is changed on the way in, so that they verify
//! on the way out.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_core::link::KvLink;
use nextid_core::signature_text::{decode_base64_kv, encode_base64};
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::Unkept;
use nextid_service::on_backend;
use serde_json::Value;

use super::rows::StoredLink;
use super::schema::links;

/// Rows of one insert, far below the number of parameters that either database takes.
const CHUNK: usize = 100;

/// A link of another service, parsed.
#[derive(Debug, Clone)]
pub struct ForeignLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// The namespace, normalised; the row keeps the spelling that was signed.
    pub identity: Identity,
    /// The merge patch.
    pub patch: Value,
    /// Whether the namespace begins again, empty, before the patch.
    pub restart: bool,
    pub(super) row: ForeignRow,
}

/// As it is inserted.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = links)]
pub(super) struct ForeignRow {
    pub(super) avatar: Vec<u8>,
    pub(super) seq: i64,
    uuid: Vec<u8>,
    platform: &'static str,
    identity: String,
    namespace: String,
    patch: String,
    created_at: i64,
    signature: Vec<u8>,
    signature_payload: String,
    signer: String,
    format: &'static str,
    prev: Option<Vec<u8>>,
    stored_at: i64,
    restart: bool,
    /// The signature's spelling, where it is not canonical.
    pub(super) signature_text: Option<String>,
    prev_text: Option<String>,
}

impl ForeignLink {
    /// Takes a link that verifies, and is stored at this second.
    ///
    /// # Errors
    /// [`Unkept`].
    pub fn new(link: &KvLink, stored_at: i64) -> Result<Self, Unkept> {
        let avatar = Avatar::parse_with_raw(&link.avatar).map_err(|error| Unkept::new("avatar", error))?;
        let platform: Platform = link.platform.parse().map_err(|error| Unkept::new("platform", error))?;
        let identity =
            Identity::parse(platform, &link.identity).map_err(|error| Unkept::new("identity", error))?;
        let created_at =
            CreatedAt::from_seconds(link.created_at).map_err(|error| Unkept::new("created_at", error))?;
        let uuid = LinkUuid::parse(&link.uuid).map_err(|error| Unkept::new("uuid", error))?;
        if link.identity.contains('\0') {
            return Err(Unkept::new("identity", "it holds a NUL"));
        }
        let (signature, signature_text) = decoded("signature", &link.signature)?;
        let (prev, prev_text) = match &link.prev {
            Some(prev) => decoded("prev", prev).map(|(prev, text)| (Some(prev), text))?,
            None => (None, None),
        };
        let row = ForeignRow {
            avatar: avatar.as_bytes().to_vec(),
            seq: i64::try_from(link.seq).map_err(|error| Unkept::new("seq", error))?,
            uuid: uuid.as_bytes().to_vec(),
            platform: platform.as_str(),
            identity: link.identity.clone(),
            namespace: identity.as_str().to_owned(),
            patch: CanonicalJson::of(&link.patch).into_string(),
            created_at: created_at.seconds(),
            signature,
            signature_payload: link.signature_payload.clone(),
            // Nobody but the Avatar signs.
            signer: avatar.to_uncompressed_hex(),
            format: link.format.as_str(),
            prev,
            stored_at,
            restart: link.restart,
            signature_text,
            prev_text,
        };
        Ok(Self { avatar, identity, patch: link.patch.clone(), restart: link.restart, row })
    }

    /// The first field in which a stored link differs; none if they are one and the same.
    pub fn difference(&self, stored: &StoredLink) -> Option<&'static str> {
        let row = &self.row;
        [
            ("signature", row.signature == stored.signature && row.signature_text == stored.signature_text),
            ("signature_payload", row.signature_payload == stored.signature_payload),
            ("uuid", row.uuid == stored.uuid),
            ("created_at", row.created_at == stored.created_at),
            ("prev", row.prev == stored.prev && row.prev_text == stored.prev_text),
            ("platform", row.platform == stored.platform),
            ("identity", row.identity == stored.identity),
            ("patch", row.patch == stored.patch),
            ("signer", row.signer == stored.signer),
            ("format", row.format == stored.format),
            ("restart", row.restart == stored.restart),
        ]
        .into_iter()
        .find_map(|(field, is_same)| (!is_same).then_some(field))
    }
}

/// The bytes, and the spelling where it is not the canonical one.
fn decoded(field: &'static str, text: &str) -> Result<(Vec<u8>, Option<String>), Unkept> {
    let bytes = decode_base64_kv(text).map_err(|error| Unkept::new(field, error))?;
    let is_canonical = encode_base64(&bytes) == text;
    Ok((bytes, (!is_canonical).then(|| text.to_owned())))
}

/// Puts links into their places, and returns the ids of their rows, in the given order.
///
/// # Errors
/// [`DbError::UniqueViolation`] if a place or a uuid was taken meanwhile; the transaction has to end then.
pub(super) fn insert(conn: &mut DbConnection, new: &[ForeignLink]) -> Result<Vec<i64>, DbError> {
    let mut ids = Vec::with_capacity(new.len());
    for chunk in new.chunks(CHUNK) {
        let rows: Vec<ForeignRow> = chunk.iter().map(|link| link.row.clone()).collect();
        let avatars: Vec<Vec<u8>> = rows.iter().map(|row| row.avatar.clone()).collect();
        let uuids: Vec<Vec<u8>> = rows.iter().map(|row| row.uuid.clone()).collect();
        on_backend!(&mut *conn, c => diesel::insert_into(links::table).values(&rows).execute(c))?;
        let inserted: Vec<(Vec<u8>, i64, i64)> = on_backend!(&mut *conn, c => links::table
            .filter(links::avatar.eq_any(&avatars))
            .filter(links::uuid.eq_any(&uuids))
            .select((links::avatar, links::seq, links::id))
            .load(c))?;
        let by_place: HashMap<(Vec<u8>, i64), i64> =
            inserted.into_iter().map(|(avatar, seq, id)| ((avatar, seq), id)).collect();
        for row in rows {
            let id = by_place.get(&(row.avatar, row.seq)).copied();
            ids.push(id.ok_or(diesel::result::Error::NotFound)?);
        }
    }
    Ok(ids)
}
