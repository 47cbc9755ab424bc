//! Links that another service accepted, as rows: nothing of what was signed is changed on the way in, so that they verify
//! on the way out.

use std::collections::HashMap;

use diesel::prelude::*;
use nextid_core::link::ProofLink;
use nextid_core::signature_text::{decode_base64_proof, encode_base64};
use nextid_core::verify::BindingEvidence;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::import::Unkept;
use nextid_service::on_backend;

use super::rows::StoredLink;
use super::schema::links;

/// Rows of one insert, far below the number of parameters that either database takes.
const CHUNK: usize = 500;

/// A link of another service, parsed.
#[derive(Debug, Clone)]
pub struct ForeignLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked, normalised; the row keeps the spelling that was signed.
    pub identity: Identity,
    /// What stands behind a binding.
    pub evidence: BindingEvidence,
    pub(super) row: ForeignRow,
}

/// As it is inserted.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = links)]
pub(super) struct ForeignRow {
    pub(super) avatar: Vec<u8>,
    pub(super) seq: i64,
    uuid: Vec<u8>,
    action: &'static str,
    platform: &'static str,
    identity: String,
    pub(super) alt_id: String,
    pub(super) proof_location: String,
    pub(super) created_at: i64,
    signature: Vec<u8>,
    signature_payload: String,
    signer: String,
    format: &'static str,
    prev: Option<Vec<u8>>,
    extra: String,
    stored_at: i64,
    /// Whether it binds, and nobody here has looked at the proof.
    pub(super) unchecked: bool,
}

impl ForeignLink {
    /// Takes a link that verifies, and is stored at this second.
    ///
    /// # Errors
    /// [`Unkept`].
    pub fn new(link: &ProofLink, stored_at: i64) -> Result<Self, Unkept> {
        let avatar = Avatar::parse(&link.avatar).map_err(|error| Unkept::new("avatar", error))?;
        let action: Action = link.action.parse().map_err(|error| Unkept::new("action", error))?;
        let platform: Platform = link.platform.parse().map_err(|error| Unkept::new("platform", error))?;
        let identity =
            Identity::parse(platform, &link.identity).map_err(|error| Unkept::new("identity", error))?;
        let created_at: CreatedAt =
            link.created_at.parse().map_err(|error| Unkept::new("created_at", error))?;
        let uuid = LinkUuid::parse(&link.uuid).map_err(|error| Unkept::new("uuid", error))?;
        for (field, text) in
            [("identity", &link.identity), ("alt_id", &link.alt_id), ("proof_location", &link.proof_location)]
        {
            if text.contains('\0') {
                return Err(Unkept::new(field, "it holds a NUL"));
            }
        }
        let row = ForeignRow {
            avatar: avatar.as_bytes().to_vec(),
            seq: i64::try_from(link.seq).map_err(|error| Unkept::new("seq", error))?,
            uuid: uuid.as_bytes().to_vec(),
            action: action.as_str(),
            platform: platform.as_str(),
            identity: link.identity.clone(),
            alt_id: link.alt_id.clone(),
            proof_location: link.proof_location.clone(),
            created_at: created_at.seconds(),
            signature: bytes_of("signature", &link.signature)?,
            signature_payload: link.signature_payload.clone(),
            signer: signer(&avatar, &identity, &link.signer),
            format: link.format.as_str(),
            prev: link.prev.as_deref().map(|prev| bytes_of("prev", prev)).transpose()?,
            extra: serde_json::Value::Object(link.extra.clone()).to_string(),
            stored_at,
            unchecked: false,
        };
        Ok(Self { avatar, action, evidence: BindingEvidence::of(platform, link), identity, row })
    }

    /// The first field in which a stored link differs; none if they are one and the same.
    pub fn difference(&self, stored: &StoredLink) -> Option<&'static str> {
        let row = &self.row;
        let extra = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        [
            ("signature", row.signature == stored.signature),
            ("signature_payload", row.signature_payload == stored.signature_payload),
            ("uuid", row.uuid == stored.uuid),
            ("created_at", row.created_at == stored.created_at),
            ("prev", row.prev == stored.prev),
            ("action", row.action == stored.action),
            ("platform", row.platform == stored.platform),
            ("identity", row.identity == stored.identity),
            ("signer", row.signer == stored.signer),
            ("format", row.format == stored.format),
            ("alt_id", row.alt_id == stored.alt_id),
            ("proof_location", row.proof_location == stored.proof_location),
            ("extra", extra(&row.extra) == extra(&stored.extra)),
        ]
        .into_iter()
        .find_map(|(field, is_same)| (!is_same).then_some(field))
    }
}

/// In another spelling of the same bytes, the next link's `prev` would not be found again.
fn bytes_of(field: &'static str, text: &str) -> Result<Vec<u8>, Unkept> {
    let bytes = decode_base64_proof(text).map_err(|error| Unkept::new(field, error))?;
    if encode_base64(&bytes) == text {
        Ok(bytes)
    } else {
        Err(Unkept::new(field, "not in its canonical spelling"))
    }
}

/// In the spelling in which this service writes signers.
fn signer(avatar: &Avatar, identity: &Identity, text: &str) -> String {
    if Avatar::parse(text).is_ok_and(|signer| signer == *avatar) {
        return avatar.to_hex();
    }
    match Identity::parse(identity.platform(), text) {
        Ok(signer) => signer.as_str().to_owned(),
        Err(_) => text.to_owned(),
    }
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
