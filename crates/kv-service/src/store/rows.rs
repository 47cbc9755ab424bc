//! Rows as they come from the database, and as the link object that everybody sees.

use diesel::prelude::*;
use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::signature_text::encode_base64;
use nextid_core::{Avatar, LinkUuid};
use serde_json::Value;

use super::schema::{links, namespaces};

/// A row of `links`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct StoredLink {
    /// The row's id.
    pub id: i64,
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// The place in the chain.
    pub seq: i64,
    /// 16 bytes.
    pub uuid: Vec<u8>,
    /// The namespace's platform.
    pub platform: String,
    /// The namespace's identity, as it was signed.
    pub identity: String,
    /// The namespace's identity, normalised.
    pub namespace: String,
    /// The merge patch, canonical JSON.
    pub patch: String,
    /// The signed second.
    pub created_at: i64,
    /// The signature's bytes, as submitted.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// Who signed.
    pub signer: String,
    /// By which rules the signed string is built.
    pub format: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// The second at which the link was stored.
    pub stored_at: i64,
    /// Whether the namespace begins again, empty, with this link.
    pub restart: bool,
    /// The signature's spelling, where it is not canonical base64.
    pub signature_text: Option<String>,
    /// As `signature_text`, of `prev`.
    pub prev_text: Option<String>,
}

/// A row of `namespaces`, without its keys.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = namespaces)]
pub struct NamespaceRow {
    /// The Avatar's 33 bytes.
    pub avatar: Vec<u8>,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// A JSON object, canonical.
    pub content: String,
    /// The account that the identity was when this was written; empty where none is known.
    pub alt_id: String,
}

/// What a link changes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct PatchRow {
    /// The namespace's platform.
    pub platform: String,
    /// The namespace's identity, normalised.
    pub namespace: String,
    /// The merge patch, canonical JSON.
    pub patch: String,
    /// Whether the namespace begins again, empty, before the patch.
    pub restart: bool,
}

impl StoredLink {
    /// The signature as it was submitted.
    pub fn signature_base64(&self) -> String {
        self.signature_text.clone().unwrap_or_else(|| encode_base64(&self.signature))
    }

    /// The link object of the contract. What the database holds was checked before it was stored; a row that was changed
    /// behind our back comes out as it is, and does not verify.
    pub fn to_link(&self) -> KvLink {
        KvLink {
            avatar: avatar_hex(&self.avatar),
            seq: u64::try_from(self.seq).unwrap_or_default(),
            platform: self.platform.clone(),
            identity: self.identity.clone(),
            patch: serde_json::from_str(&self.patch).unwrap_or(Value::Null),
            created_at: self.created_at,
            uuid: uuid_text(&self.uuid),
            signature: self.signature_base64(),
            signature_payload: self.signature_payload.clone(),
            signer: self.signer.clone(),
            format: LinkFormat::from_stored(&self.format).unwrap_or(LinkFormat::V1),
            prev: self.prev_text.clone().or_else(|| self.prev.as_deref().map(encode_base64)),
            restart: self.restart,
        }
    }
}

/// How kv-service shows an Avatar, from its stored bytes.
pub fn avatar_hex(bytes: &[u8]) -> String {
    Avatar::from_sec1(bytes).map(|avatar| avatar.to_uncompressed_hex()).unwrap_or_default()
}

/// How a uuid is shown, from its stored bytes.
pub fn uuid_text(bytes: &[u8]) -> String {
    let uuid = uuid::Uuid::from_slice(bytes).ok().and_then(|uuid| LinkUuid::new(uuid).ok());
    uuid.map(|uuid| uuid.to_string()).unwrap_or_default()
}
