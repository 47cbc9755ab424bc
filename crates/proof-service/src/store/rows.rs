//! Rows as they come from the database, and as the link object that everybody sees.

use diesel::prelude::*;
use nextid_core::LinkUuid;
use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::signature_text::encode_base64;

use super::schema::links;

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
    /// `create` or `delete`.
    pub action: String,
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// Where the proof post is.
    pub proof_location: String,
    /// The signed second.
    pub created_at: i64,
    /// The signature's bytes.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// Who signed.
    pub signer: String,
    /// By which rules the signed string is built.
    pub format: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// A JSON object.
    pub extra: String,
    /// The second at which the link was stored.
    pub stored_at: i64,
    /// Whether it binds, and nobody here had looked at the proof when it was stored.
    pub unchecked: bool,
}

impl StoredLink {
    /// The link object of the contract. What the database holds was checked before it was stored; a row that was changed
    /// behind our back comes out as it is, and does not verify.
    pub fn to_link(&self) -> ProofLink {
        ProofLink {
            avatar: avatar_hex(&self.avatar),
            seq: u64::try_from(self.seq).unwrap_or_default(),
            action: self.action.clone(),
            platform: self.platform.clone(),
            identity: self.identity.clone(),
            alt_id: self.alt_id.clone(),
            proof_location: self.proof_location.clone(),
            created_at: self.created_at.to_string(),
            signature: encode_base64(&self.signature),
            signature_payload: self.signature_payload.clone(),
            uuid: uuid_text(&self.uuid),
            extra: serde_json::from_str(&self.extra).unwrap_or_default(),
            arweave_id: String::new(),
            signer: self.signer.clone(),
            format: LinkFormat::from_stored(&self.format).unwrap_or(LinkFormat::V1),
            prev: self.prev.as_deref().map(encode_base64),
        }
    }
}

/// The stored spelling of an Avatar, from its bytes. They were checked before they were stored; to see that they are a
/// point of the curve again takes longer than to read the row.
pub(super) fn avatar_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        text.extend(
            [byte >> 4, byte & 15].iter().filter_map(|digit| char::from_digit(u32::from(*digit), 16)),
        );
        text
    })
}

fn uuid_text(bytes: &[u8]) -> String {
    uuid::Uuid::from_slice(bytes)
        .ok()
        .and_then(|uuid| LinkUuid::new(uuid).ok())
        .map(|uuid| uuid.to_string())
        .unwrap_or_default()
}
