//! Builds ProofChains, as clients and the service together do.

use nextid_core::counter_signature::field_name;
use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::payload::ProofPayload;
use nextid_core::payload::proof::legacy_2021;
use nextid_core::verify::{Anchor, ChainError, ProofChainState, verify_proof_chain};
use nextid_core::{Action, LinkUuid, Platform, SecretKey};

use super::keys::{key, uuid};
use super::party::Party;

/// The second of a chain's first link; each next link is ten seconds later.
pub const START: u64 = 1_700_000_000;

/// A chain whose links are signed.
pub struct ProofChain {
    pub key: SecretKey,
    pub links: Vec<ProofLink>,
}

impl ProofChain {
    pub fn new(label: &str) -> Self {
        Self { key: key(label), links: Vec::new() }
    }

    pub fn verify(&self) -> Result<ProofChainState, ChainError> {
        verify_proof_chain(&self.key.avatar(), Anchor::Genesis, &self.links)
    }

    /// The next link, with its signed string but without a signature.
    pub fn draft(&self, action: Action, platform: Platform, identity: &str) -> ProofLink {
        let seq = u64::try_from(self.links.len()).unwrap();
        let avatar = self.key.avatar().to_hex();
        let mut link = ProofLink {
            signer: avatar.clone(),
            avatar,
            seq,
            action: action.to_string(),
            platform: platform.to_string(),
            identity: identity.to_owned(),
            alt_id: String::new(),
            proof_location: String::new(),
            created_at: (START + 10 * seq).to_string(),
            signature: String::new(),
            signature_payload: String::new(),
            uuid: uuid(seq + 1).to_string(),
            extra: serde_json::Map::new(),
            arweave_id: String::new(),
            format: LinkFormat::V1,
            prev: self.links.last().map(|link| link.signature.clone()),
        };
        rebuild_payload(&self.key, &mut link);
        link
    }

    /// Adds a link that the Avatar signs.
    pub fn push_signed(&mut self, mut link: ProofLink) -> &mut Self {
        sign(&self.key, &mut link);
        self.links.push(link);
        self
    }

    /// Binds by a post.
    pub fn post(&mut self, platform: Platform, identity: &str) -> &mut Self {
        let mut link = self.draft(Action::Create, platform, identity);
        link.proof_location = format!("location-{}", link.seq);
        link.alt_id = format!("id-of-{identity}");
        self.push_signed(link)
    }

    /// Revokes, signed by the Avatar.
    pub fn revoke(&mut self, platform: Platform, identity: &str) -> &mut Self {
        let link = self.draft(Action::Delete, platform, identity);
        self.push_signed(link)
    }

    /// The next link, which binds `party` and carries its signature.
    pub fn draft_bind(&self, party: &Party) -> ProofLink {
        let mut link = self.draft(Action::Create, party.platform(), &party.identity());
        let signed = party.sign_for_extra(&link.signature_payload);
        link.extra.insert(field_name(party.platform()).to_owned(), signed.into());
        link
    }

    /// Binds a wallet or an alias.
    pub fn bind(&mut self, party: &Party) -> &mut Self {
        let link = self.draft_bind(party);
        self.push_signed(link)
    }

    /// The next link, which is revoked by `party` alone.
    pub fn draft_revoke_by(&self, party: &Party) -> ProofLink {
        let mut link = self.draft(Action::Delete, party.platform(), &party.identity());
        link.signature = party.sign_base64(&link.signature_payload);
        link.signer = party.identity();
        link
    }

    /// Revokes a binding, signed by the other party alone.
    pub fn revoke_by(&mut self, party: &Party) -> &mut Self {
        let link = self.draft_revoke_by(party);
        self.links.push(link);
        self
    }
}

/// Makes the signed string anew from the link's fields, whatever they are, as long as they can be parsed.
pub fn rebuild_payload(key: &SecretKey, link: &mut ProofLink) {
    let action: Action = link.action.parse().unwrap();
    let platform: Platform = link.platform.parse().unwrap();
    link.signature_payload = match link.format {
        LinkFormat::Legacy2021 => legacy_2021(action, platform, &link.identity, link.prev.as_deref()),
        LinkFormat::V1 | LinkFormat::KvPersona => ProofPayload {
            action,
            avatar: &key.avatar(),
            platform,
            identity: &link.identity,
            created_at: link.created_at.parse().unwrap(),
            uuid: LinkUuid::parse(&link.uuid).unwrap(),
            prev: link.prev.as_deref(),
        }
        .to_string(),
    };
}

/// The Avatar's signature over the signed string as it is.
pub fn sign(key: &SecretKey, link: &mut ProofLink) {
    link.signature = key.personal_sign(link.signature_payload.as_bytes()).with_reduced_v().to_base64();
}
