//! What a client submits, parsed.

use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::signature::SignatureError;
use nextid_core::{Avatar, CreatedAt, Identity, LinkUuid, Signature};

use super::patch::Patch;
use crate::store::StoredLink;

/// What is to be written, and under which name.
#[derive(Debug, Clone)]
pub struct Write {
    /// Whose chain.
    pub avatar: Avatar,
    /// The namespace.
    pub identity: Identity,
    /// The namespace's identity as the request spells it, which is how it is signed.
    pub signed_identity: String,
    /// The change.
    pub patch: Patch,
}

/// A request to append one link.
#[derive(Debug, Clone)]
pub struct Submission {
    /// What is written.
    pub write: Write,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The Avatar's signature.
    pub signature: Signature,
    /// What the client takes for the head, if it says so: `Some(None)` is a chain without links.
    pub claimed_prev: Option<Option<String>>,
}

impl Write {
    /// The exact string that is signed if `previous` is the head.
    pub fn payload(&self, uuid: LinkUuid, created_at: CreatedAt, previous: Option<&str>) -> String {
        KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: &self.avatar,
            platform: self.identity.platform(),
            identity: &self.signed_identity,
            uuid,
            created_at,
            patch: self.patch.canonical(),
            previous,
        }
        .to_string()
    }
}

impl Submission {
    /// The exact string that is signed if `previous` is the head.
    pub fn payload(&self, previous: Option<&str>) -> String {
        self.write.payload(self.uuid, self.created_at, previous)
    }

    pub(super) fn verify(&self, payload: &str) -> Result<(), SignatureError> {
        self.signature.verify(&self.write.avatar, payload.as_bytes())
    }

    pub(super) fn claims_other_prev(&self, prev: Option<&str>) -> bool {
        self.claimed_prev.as_ref().is_some_and(|claimed| claimed.as_deref() != prev)
    }

    /// Whether a stored link, which has the same uuid, says the same.
    pub(super) fn is_same_as(&self, link: &StoredLink) -> bool {
        link.platform == self.write.identity.platform().as_str()
            && link.namespace == self.write.identity.as_str()
            && link.created_at == self.created_at.seconds()
            && link.patch == self.write.patch.canonical().as_str()
    }
}
