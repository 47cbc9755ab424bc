//! The append transaction: links and what follows from them, durable together or not at all.
//!
//! Links that wait at the same time are appended together, see [`nextid_service::chain`]; each has its own outcome.

mod each;
mod together;

use std::sync::Arc;

use nextid_core::link::LinkFormat;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid};
use nextid_service::chain::Candidate;
use nextid_service::db::{DbConnection, DbError};

use super::Store;
use super::rows::StoredLink;
use crate::recheck::Schedule;

/// A link that has passed every check, to be put at one place of one chain.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// Whose chain.
    pub avatar: Avatar,
    /// The place; free when the link was judged.
    pub seq: i64,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: Identity,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The account's display name.
    pub alt_name: String,
    /// Where the proof post is.
    pub proof_location: String,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signature's bytes, v reduced.
    pub signature: Vec<u8>,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// Who signed.
    pub signer: String,
    /// The signature of the link before.
    pub prev: Option<Vec<u8>>,
    /// Signatures that support the link, a JSON object.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Now, in seconds.
    pub stored_at: i64,
}

/// What became of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is in the chain, durably.
    Appended(Box<StoredLink>),
    /// Another link took the place, or the uuid, first. Nothing was changed.
    Lost,
}

impl Store {
    /// Appends a link and applies it, in one transaction.
    ///
    /// # Errors
    /// [`DbError`]. After [`DbError::Unavailable`] it is not known whether the link was appended; submitting it again
    /// tells.
    pub async fn append(&self, link: NewLink) -> Result<AppendOutcome, DbError> {
        let link = Arc::new(link);
        let id = self.batches().appender.append(Arc::clone(&link)).await?;
        Ok(id.map_or(AppendOutcome::Lost, |id| AppendOutcome::Appended(Box::new(link.stored(id)))))
    }
}

/// Appends the links whose place and uuid are free, and applies them. The row's id of each.
pub(super) fn append(
    conn: &mut DbConnection,
    links: &[Arc<NewLink>],
    schedule: &Schedule,
) -> Result<Vec<Option<i64>>, DbError> {
    match conn {
        DbConnection::Postgres(c) => together::append(c, links, schedule),
        DbConnection::Sqlite(_) => each::append(conn, links, schedule),
    }
}

impl NewLink {
    fn extra_text(&self) -> String {
        // A map with texts for keys: it cannot fail.
        serde_json::to_string(&self.extra).unwrap_or_default()
    }

    /// As it stands in the database.
    fn stored(&self, id: i64) -> StoredLink {
        StoredLink {
            id,
            avatar: self.avatar.as_bytes().to_vec(),
            seq: self.seq,
            uuid: self.uuid.as_bytes().to_vec(),
            action: self.action.as_str().to_owned(),
            platform: self.identity.platform().as_str().to_owned(),
            identity: self.identity.as_str().to_owned(),
            alt_id: self.alt_id.clone(),
            proof_location: self.proof_location.clone(),
            created_at: self.created_at.seconds(),
            signature: self.signature.clone(),
            signature_payload: self.signature_payload.clone(),
            signer: self.signer.clone(),
            format: LinkFormat::V1.as_str().to_owned(),
            prev: self.prev.clone(),
            extra: self.extra_text(),
            stored_at: self.stored_at,
            // A submit is looked at before it is stored.
            unchecked: false,
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
        let texts = [
            self.identity.as_str(),
            &self.alt_id,
            &self.alt_name,
            &self.proof_location,
            &self.signature_payload,
        ];
        // Identity and names go there twice, as they are and folded; what `extra` holds was a part of one body.
        1024 + 2 * texts.iter().map(|text| text.len()).sum::<usize>()
    }
}
