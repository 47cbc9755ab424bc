//! The check of a KVChain, and the content that follows from it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::defect::{ChainError, Defect};
use super::order::{Anchor, Head, Order, Place, bad_field};
use super::signatures::{Of, Signatures};
use crate::avatar::Avatar;
use crate::canonical_json::CanonicalJson;
use crate::created_at::CreatedAt;
use crate::identity::Identity;
use crate::link::{KvLink, LinkFormat};
use crate::link_uuid::LinkUuid;
use crate::merge_patch::merge_patch;
use crate::payload::KvPayload;
use crate::payload::kv::KvPayloadForm;
use crate::platform::Platform;
use crate::signature::Signature;
use crate::signature_text::decode_base64_kv;

/// What follows from a chain that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct KvChainState {
    /// The last link; none for an empty chain.
    pub head: Option<Head>,
    /// The content of each namespace: all its patches, one after the other, applied to `{}`, from the last link on that
    /// restarts it. Keyed by platform and normalised identity.
    pub contents: BTreeMap<(Platform, String), Value>,
}

/// Takes the links of one KVChain in order.
#[derive(Debug)]
pub struct KvChainVerifier {
    order: Order,
    signatures: Signatures,
    contents: BTreeMap<(Platform, String), Value>,
}

/// Checks a whole KVChain, or the part of one that follows `anchor`; the content of a part begins empty.
///
/// # Errors
/// [`ChainError`], which names the first link that does not hold and says why.
pub fn verify_kv_chain<L: std::borrow::Borrow<KvLink>>(
    avatar: &Avatar,
    anchor: Anchor,
    links: impl IntoIterator<Item = L>,
) -> Result<KvChainState, ChainError> {
    let mut verifier = KvChainVerifier::new(*avatar, anchor);
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

impl KvChainVerifier {
    /// Begins with the chain of `avatar` at `anchor`.
    pub fn new(avatar: Avatar, anchor: Anchor) -> Self {
        Self {
            order: Order::new(avatar, anchor),
            signatures: Signatures::new(avatar),
            contents: BTreeMap::new(),
        }
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
    pub fn push(&mut self, link: &KvLink) -> Result<(), ChainError> {
        self.check(link).map_err(|defect| ChainError {
            position: self.order.position,
            seq: link.seq,
            uuid: link.uuid.clone(),
            defect,
        })
    }

    /// Ends the check: every link that was pushed holds.
    pub fn finish(self) -> KvChainState {
        KvChainState { head: self.order.into_head(), contents: self.contents }
    }

    fn check(&mut self, link: &KvLink) -> Result<(), Defect> {
        let platform: Platform = link.platform.parse().map_err(bad_field("platform"))?;
        let place = Place {
            avatar: &link.avatar,
            seq: link.seq,
            prev: link.prev.as_deref(),
            uuid: LinkUuid::parse(&link.uuid).map_err(bad_field("uuid"))?,
            created_at: CreatedAt::from_seconds(link.created_at).map_err(bad_field("created_at"))?,
        };
        self.order.check(&place)?;
        let identity = Identity::parse(platform, &link.identity).map_err(bad_field("identity"))?;
        if platform == Platform::Nextid && identity.as_str() != self.order.avatar().to_hex() {
            return Err(Defect::BadField {
                field: "identity",
                why: "under nextid an Avatar writes for itself only".to_owned(),
            });
        }
        if !link.patch.is_object() {
            return Err(Defect::BadField { field: "patch", why: "not a JSON object".to_owned() });
        }
        if link.restart && platform == Platform::Nextid {
            return Err(Defect::BadField {
                field: "restart",
                why: "under nextid there is no other account".to_owned(),
            });
        }
        let rebuilt = KvPayload {
            form: match link.format {
                LinkFormat::V1 => KvPayloadForm::Avatar,
                LinkFormat::KvPersona => KvPayloadForm::Persona,
                LinkFormat::Legacy2021 => return Err(Defect::WrongFormat),
            },
            avatar: self.order.avatar(),
            platform,
            identity: &link.identity,
            uuid: place.uuid,
            created_at: place.created_at,
            patch: &CanonicalJson::of(&link.patch),
            previous: place.prev,
        }
        .to_string();
        if rebuilt != link.signature_payload {
            return Err(Defect::PayloadDiffers { rebuilt });
        }
        self.check_signature(link)?;

        let content = self
            .contents
            .entry((platform, identity.as_str().to_owned()))
            .or_insert_with(|| Value::Object(serde_json::Map::new()));
        if link.restart {
            *content = Value::Object(serde_json::Map::new());
        }
        merge_patch(content, &link.patch);
        self.order.advance(&place, &link.signature);
        Ok(())
    }

    /// Nobody but the Avatar signs KV links.
    fn check_signature(&mut self, link: &KvLink) -> Result<(), Defect> {
        if !self.order.is_avatar(&link.signer) {
            return Err(Defect::SignerMayNot { signer: link.signer.clone() });
        }
        let bytes = decode_base64_kv(&link.signature).map_err(bad_field("signature"))?;
        let signature = Signature::from_slice(&bytes).map_err(Defect::Signature)?;
        let of = Of { position: self.order.position, seq: link.seq, uuid: &link.uuid };
        self.signatures.check(signature, &link.signature_payload, &of)
    }
}
