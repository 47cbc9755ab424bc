//! What a client submits, parsed.

use nextid_core::link::ProofLink;
use nextid_core::payload::ProofPayload;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform, counter_signature};

use super::Submitted;
use super::error::SubmitError;
use super::fault::SignatureFault;
use super::signatures::Signatures;

/// A request to append one link.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Whose chain.
    pub avatar: Avatar,
    /// Binding or revoking.
    pub action: Action,
    /// What is bound or revoked.
    pub identity: Identity,
    /// Where the proof post is; may be empty.
    pub location: String,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The Avatar's signature, as text.
    pub signature: Option<String>,
    /// The wallet's or the target's signature, as text.
    pub counter_signature: Option<String>,
    /// What the client takes for the head, if it says so: `Some(None)` is a chain without links.
    pub claimed_prev: Option<Option<String>>,
}

impl Submission {
    /// The exact string that is signed if `prev` is the head.
    pub fn payload(&self, prev: Option<&str>) -> String {
        ProofPayload {
            action: self.action,
            avatar: &self.avatar,
            platform: self.identity.platform(),
            identity: self.identity.as_str(),
            created_at: self.created_at,
            uuid: self.uuid,
            prev,
        }
        .to_string()
    }

    /// Whether a proof has to be fetched: only for a binding, never for a revocation.
    pub(super) fn needs_post(&self) -> bool {
        self.action == Action::Create && self.identity.platform().needs_post()
    }

    /// Whether the Avatar's signature is nowhere but in the post.
    pub(super) fn is_signed_in_post(&self) -> bool {
        self.needs_post() && self.signature.is_none()
    }

    pub(super) fn signatures(&self) -> Result<Signatures, SignatureFault> {
        Signatures::decode(self)
    }

    pub(super) fn claims_prev(&self, prev: Option<&str>) -> bool {
        self.claimed_prev.as_ref().is_some_and(|claimed| claimed.as_deref() == prev)
    }

    pub(super) fn claims_other_prev(&self, prev: Option<&str>) -> bool {
        self.claimed_prev.is_some() && !self.claims_prev(prev)
    }

    /// For wallets and aliases the identity is itself the account's immutable id.
    pub(super) fn own_alt_id(&self) -> String {
        match (self.action, self.identity.platform()) {
            (Action::Create, Platform::Ethereum | Platform::Solana | Platform::Nextid) => {
                self.identity.as_str().to_owned()
            }
            _ => String::new(),
        }
    }

    /// Answers a submission whose uuid is in the chain already: with the stored link if it is the same once more.
    pub(super) fn replay(&self, link: &ProofLink) -> Result<Submitted, SubmitError> {
        let is_same = link.action == self.action.as_str()
            && link.platform == self.identity.platform().as_str()
            && link.identity == self.identity.as_str()
            && link.created_at == self.created_at.to_string();
        if !is_same {
            return Err(SubmitError::UuidReused);
        }
        let mut signatures = self.signatures()?;
        let stored = link.extra.get(counter_signature::field_name(self.identity.platform()));
        if stored.and_then(serde_json::Value::as_str) == self.counter_signature.as_deref() {
            // Word for word what was accepted, perhaps by a contract, which is not asked again.
            signatures = signatures.without_counter();
        }
        signatures.check_given(self, &link.signature_payload)?;
        Ok(Submitted { link: link.clone(), replayed: true })
    }
}
