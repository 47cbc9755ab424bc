//! The append transaction: links and the contents that follow from them, durable together or not at all.
//!
//! Links that wait at the same time are appended together, see [`nextid_service::chain`]; each has its own outcome.

mod each;
mod together;

use std::sync::Arc;

use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::signature_text::encode_base64;
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid};
use nextid_service::chain::Candidate;
use nextid_service::db::{DbConnection, DbError};
use serde_json::Value;

use super::Store;

/// A link that has passed every check, to be put at one place of one chain.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// The place; free when the link was judged.
    pub seq: i64,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The namespace.
    pub identity: Identity,
    /// The namespace's identity, as it was signed.
    pub signed_identity: String,
    /// The merge patch.
    pub patch: CanonicalJson,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signature's bytes, as submitted.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// The namespace's content once the patch is merged into what it was at the place before.
    pub content: CanonicalJson,
    /// Whether it was merged into nothing, because the content before was another account's.
    pub restart: bool,
    /// The account that writes, by the platform's own id; empty where none is known.
    pub alt_id: String,
    /// Now, in seconds.
    pub stored_at: i64,
}

/// What became of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is in the chain, durably, in the row with this id.
    Appended(i64),
    /// Another link took the place, or the uuid, first. Nothing was changed.
    Lost,
}

impl Store {
    /// Appends a link and writes its namespace's content, in one transaction.
    ///
    /// # Errors
    /// [`DbError`]. After [`DbError::Unavailable`] it is not known whether the link was appended; submitting it again
    /// tells.
    pub async fn append(&self, link: Arc<NewLink>) -> Result<AppendOutcome, DbError> {
        let id = self.batches().appender.append(link).await?;
        Ok(id.map_or(AppendOutcome::Lost, AppendOutcome::Appended))
    }
}

/// Appends the links whose place and uuid are free, and writes what follows from them. The row's id of each.
pub(super) fn append(conn: &mut DbConnection, links: &[Arc<NewLink>]) -> Result<Vec<Option<i64>>, DbError> {
    match conn {
        DbConnection::Postgres(c) => together::append(c, links),
        DbConnection::Sqlite(_) => each::append(conn, links),
    }
}

impl NewLink {
    /// The link object of the contract. `patch` is the value of the link's patch.
    pub fn to_link(&self, patch: Value) -> KvLink {
        KvLink {
            avatar: self.avatar.to_uncompressed_hex(),
            seq: u64::try_from(self.seq).unwrap_or_default(),
            platform: self.identity.platform().as_str().to_owned(),
            identity: self.signed_identity.clone(),
            patch,
            created_at: self.created_at.seconds(),
            uuid: self.uuid.to_string(),
            signature: encode_base64(&self.signature),
            signature_payload: self.signature_payload.clone(),
            signer: self.avatar.to_uncompressed_hex(),
            format: LinkFormat::V1,
            prev: self.prev.as_deref().map(encode_base64),
            restart: self.restart,
        }
    }
}

impl Candidate for NewLink {
    fn avatar(&self) -> &[u8] {
        self.avatar.as_bytes()
    }

    fn uuid(&self) -> &[u8] {
        self.uuid.as_bytes()
    }

    fn bytes(&self) -> usize {
        let texts =
            [self.patch.as_str(), self.content.as_str(), &self.signature_payload, &self.signed_identity];
        1024 + texts.iter().map(|text| text.len()).sum::<usize>()
    }
}
