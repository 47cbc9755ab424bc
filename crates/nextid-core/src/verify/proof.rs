//! The check of a ProofChain, and the bindings that follow from it.

use std::collections::{BTreeMap, BTreeSet};

use super::defect::{ChainError, Defect};
use super::order::{Anchor, Head, Order, Place, bad_field};
use super::signatures::{Of, Signatures};
use crate::action::Action;
use crate::avatar::Avatar;
use crate::counter_signature;
use crate::created_at::CreatedAt;
use crate::identity::Identity;
use crate::link::{LinkFormat, ProofLink};
use crate::link_uuid::LinkUuid;
use crate::payload::{ProofPayload, proof::legacy_2021};
use crate::platform::Platform;
use crate::signature::Signature;
use crate::signature_text::decode_base64_proof;

/// What stands behind a binding besides the Avatar's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingEvidence {
    /// The other party signed as well, and the signature was checked.
    CounterSignature,
    /// A proof post, which has to be fetched to be checked.
    Post,
    /// A contract wallet's approval (ERC-1271, ERC-6492) at a block, which has to be asked of an Ethereum node.
    Contract,
}

impl BindingEvidence {
    /// As reports and the shared vectors name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CounterSignature => "counter_signature",
            Self::Post => "post",
            Self::Contract => "contract",
        }
    }

    /// What stands behind the binding that a link makes, if the link verifies.
    pub fn of(platform: Platform, link: &ProofLink) -> Self {
        if platform.needs_post() {
            Self::Post
        } else if platform == Platform::Ethereum && link.extra.contains_key("contract") {
            Self::Contract
        } else {
            Self::CounterSignature
        }
    }
}

/// A binding that is in force at the end of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofBinding {
    /// Where the identity lives.
    pub platform: Platform,
    /// The normalised identity.
    pub identity: String,
    /// The platform's own id of the account, as the link claims it.
    pub alt_id: String,
    /// Where the proof post is.
    pub proof_location: String,
    /// The place of the link that bound it last.
    pub seq: u64,
    /// The second of that link.
    pub created_at: CreatedAt,
    /// What stands behind it, and with that whether it was checked here.
    pub evidence: BindingEvidence,
}

/// What follows from a chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofChainState {
    /// The last link; none for an empty chain.
    pub head: Option<Head>,
    /// The bindings in force, by platform and identity.
    pub bindings: Vec<ProofBinding>,
}

/// Takes the links of one ProofChain in order.
#[derive(Debug)]
pub struct ProofChainVerifier {
    order: Order,
    signatures: Signatures,
    /// Whether everything that is bound is known.
    knows_all: bool,
    bindings: BTreeMap<(Platform, String), ProofBinding>,
    /// What is known to be bound by links before the anchor.
    bound_before: BTreeSet<(Platform, String)>,
    /// What was revoked after an anchor, before which it may have been bound.
    revoked: BTreeSet<(Platform, String)>,
}

/// Checks a whole ProofChain, or the part of one that follows `anchor`.
///
/// # Errors
/// [`ChainError`], which names the first link that does not hold and says why.
pub fn verify_proof_chain<L: std::borrow::Borrow<ProofLink>>(
    avatar: &Avatar,
    anchor: Anchor,
    links: impl IntoIterator<Item = L>,
) -> Result<ProofChainState, ChainError> {
    let mut verifier = ProofChainVerifier::new(*avatar, anchor);
    verifier.signatures.wait();
    for link in links {
        let pushed = verifier.push(link.borrow());
        // A signature of a link before comes first.
        if pushed.is_err() || verifier.signatures.are_many() {
            verifier.signatures.settle()?;
        }
        pushed?;
    }
    verifier.signatures.settle()?;
    Ok(verifier.finish())
}

impl ProofChainVerifier {
    /// Begins with the chain of `avatar` at `anchor`.
    pub fn new(avatar: Avatar, anchor: Anchor) -> Self {
        let knows_all = anchor == Anchor::Genesis;
        Self {
            order: Order::new(avatar, anchor),
            signatures: Signatures::new(avatar),
            knows_all,
            bindings: BTreeMap::new(),
            bound_before: BTreeSet::new(),
            revoked: BTreeSet::new(),
        }
    }

    /// Says what is bound at the anchor, by platform and normalised identity: then nothing else can be revoked after it.
    #[must_use]
    pub fn with_bound(mut self, bound: impl IntoIterator<Item = (Platform, String)>) -> Self {
        self.bound_before.extend(bound);
        self.knows_all = true;
        self
    }

    /// Says which uuids were used before the anchor: then none of them can be used after it.
    #[must_use]
    pub fn with_used(mut self, uuids: impl IntoIterator<Item = LinkUuid>) -> Self {
        self.order.add_used(uuids);
        self
    }

    /// Checks the next link. After an error nothing has changed.
    ///
    /// # Errors
    /// [`ChainError`], which says what is wrong with the link.
    pub fn push(&mut self, link: &ProofLink) -> Result<(), ChainError> {
        self.check(link).map_err(|defect| ChainError {
            position: self.order.position,
            seq: link.seq,
            uuid: link.uuid.clone(),
            defect,
        })
    }

    /// Ends the check: every link that was pushed holds. The bindings are those that these links made.
    pub fn finish(self) -> ProofChainState {
        ProofChainState { head: self.order.into_head(), bindings: self.bindings.into_values().collect() }
    }

    fn check(&mut self, link: &ProofLink) -> Result<(), Defect> {
        let action: Action = link.action.parse().map_err(bad_field("action"))?;
        let platform: Platform = link.platform.parse().map_err(bad_field("platform"))?;
        let place = Place {
            avatar: &link.avatar,
            seq: link.seq,
            prev: link.prev.as_deref(),
            uuid: LinkUuid::parse(&link.uuid).map_err(bad_field("uuid"))?,
            created_at: link.created_at.parse().map_err(bad_field("created_at"))?,
        };
        self.order.check(&place)?;
        let identity = Identity::parse(platform, &link.identity).map_err(bad_field("identity"))?;
        self.check_payload(link, action, &identity, &place)?;
        self.check_signature(link, action, &identity)?;

        let key = (platform, identity.as_str().to_owned());
        match action {
            Action::Create => {
                let binding = ProofBinding {
                    platform,
                    identity: identity.as_str().to_owned(),
                    alt_id: link.alt_id.clone(),
                    proof_location: link.proof_location.clone(),
                    seq: link.seq,
                    created_at: place.created_at,
                    evidence: self.evidence(link, &identity)?,
                };
                self.revoked.remove(&key);
                self.bindings.insert(key, binding);
            }
            Action::Delete => {
                let may_be_older = !self.knows_all && !self.revoked.contains(&key);
                let was_bound_before = self.bound_before.remove(&key);
                if self.bindings.remove(&key).is_none() && !was_bound_before && !may_be_older {
                    return Err(Defect::NotBound);
                }
                if !self.knows_all {
                    self.revoked.insert(key);
                }
            }
        }
        self.order.advance(&place, &link.signature);
        Ok(())
    }

    fn check_payload(
        &self,
        link: &ProofLink,
        action: Action,
        identity: &Identity,
        place: &Place<'_>,
    ) -> Result<(), Defect> {
        let rebuild = |identity: &str| match link.format {
            LinkFormat::V1 => Ok(ProofPayload {
                action,
                avatar: self.order.avatar(),
                platform: self.platform_of(link)?,
                identity,
                created_at: place.created_at,
                uuid: place.uuid,
                prev: place.prev,
            }
            .to_string()),
            LinkFormat::Legacy2021 => Ok(legacy_2021(action, self.platform_of(link)?, identity, place.prev)),
            LinkFormat::KvPersona => Err(Defect::WrongFormat),
        };
        let rebuilt = rebuild(identity.as_str())?;
        if rebuilt == link.signature_payload {
            return Ok(());
        }
        // Chains of other servers hold spellings that are not normalised, such as a leading @; those were signed as they are.
        if link.identity != identity.as_str() && rebuild(&link.identity)? == link.signature_payload {
            return Ok(());
        }
        Err(Defect::PayloadDiffers { rebuilt })
    }

    fn platform_of(&self, link: &ProofLink) -> Result<Platform, Defect> {
        link.platform.parse().map_err(bad_field("platform"))
    }

    /// The Avatar may sign every link; the other party only the revocation of its own binding.
    fn check_signature(
        &mut self,
        link: &ProofLink,
        action: Action,
        identity: &Identity,
    ) -> Result<(), Defect> {
        let bytes = decode_base64_proof(&link.signature).map_err(bad_field("signature"))?;
        if self.order.is_avatar(&link.signer) {
            let signature = Signature::from_slice(&bytes).map_err(Defect::Signature)?;
            let of = Of { position: self.order.position, seq: link.seq, uuid: &link.uuid };
            return self.signatures.check(signature, &link.signature_payload, &of);
        }
        let signer_is_party = !identity.platform().needs_post()
            && Identity::parse(identity.platform(), &link.signer)
                .is_ok_and(|signer| signer.as_str() == identity.as_str());
        if action != Action::Delete || !signer_is_party {
            return Err(Defect::SignerMayNot { signer: link.signer.clone() });
        }
        counter_signature::verify_bytes(identity, &bytes, &link.signature_payload)
            .map_err(Defect::CounterSignature)
    }

    /// What stands behind a new binding. Where the other party signs, its signature has to be there and to verify.
    fn evidence(&self, link: &ProofLink, identity: &Identity) -> Result<BindingEvidence, Defect> {
        let platform = identity.platform();
        if platform == Platform::Nextid && identity.as_str() == self.order.avatar().to_hex() {
            return Err(Defect::OwnAlias);
        }
        let evidence = BindingEvidence::of(platform, link);
        if evidence != BindingEvidence::CounterSignature {
            return Ok(evidence);
        }
        let field = counter_signature::field_name(platform);
        let text = link
            .extra
            .get(field)
            .and_then(serde_json::Value::as_str)
            .ok_or(Defect::CounterSignatureMissing { field })?;
        counter_signature::verify(identity, text, &link.signature_payload)
            .map_err(Defect::CounterSignature)?;
        Ok(evidence)
    }
}
