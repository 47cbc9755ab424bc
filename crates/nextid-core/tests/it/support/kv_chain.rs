//! Builds KVChains, as clients and the service together do.

use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::verify::{Anchor, ChainError, KvChainState, verify_kv_chain};
use nextid_core::{CanonicalJson, CreatedAt, LinkUuid, Platform, SecretKey};
use serde_json::Value;

use super::keys::{key, uuid};

/// The second of a chain's first link; each next link is ten seconds later.
const START: u64 = 1_700_000_000;

/// A chain whose links are signed.
pub struct KvChain {
    pub key: SecretKey,
    pub links: Vec<KvLink>,
}

impl KvChain {
    pub fn new(label: &str) -> Self {
        Self { key: key(label), links: Vec::new() }
    }

    pub fn verify(&self) -> Result<KvChainState, ChainError> {
        verify_kv_chain(&self.key.avatar(), Anchor::Genesis, &self.links)
    }

    /// The next link, with its signed string but without a signature.
    pub fn draft(&self, platform: Platform, identity: &str, patch: Value) -> KvLink {
        let seq = u64::try_from(self.links.len()).unwrap();
        let avatar = self.key.avatar();
        let mut link = KvLink {
            avatar: avatar.to_uncompressed_hex(),
            seq,
            platform: platform.to_string(),
            identity: identity.to_owned(),
            patch,
            created_at: i64::try_from(START + 10 * seq).unwrap(),
            uuid: uuid(seq + 1).to_string(),
            signature: String::new(),
            signature_payload: String::new(),
            signer: avatar.to_uncompressed_hex(),
            format: LinkFormat::V1,
            prev: self.links.last().map(|link| link.signature.clone()),
            restart: false,
        };
        rebuild_payload(&self.key, &mut link);
        link
    }

    /// Adds a link that the Avatar signs.
    pub fn push_signed(&mut self, mut link: KvLink) -> &mut Self {
        sign(&self.key, &mut link);
        self.links.push(link);
        self
    }

    /// Writes into the Avatar's own namespace.
    pub fn own(&mut self, patch: Value) -> &mut Self {
        let identity = self.key.avatar().to_hex();
        self.write(Platform::Nextid, &identity, patch)
    }

    /// Writes into the namespace of a binding.
    pub fn write(&mut self, platform: Platform, identity: &str, patch: Value) -> &mut Self {
        let link = self.draft(platform, identity, patch);
        self.push_signed(link)
    }
}

/// Makes the signed string anew from the link's fields, whatever they are, as long as they can be parsed.
pub fn rebuild_payload(key: &SecretKey, link: &mut KvLink) {
    link.signature_payload = KvPayload {
        form: match link.format {
            LinkFormat::KvPersona => KvPayloadForm::Persona,
            LinkFormat::V1 | LinkFormat::Legacy2021 => KvPayloadForm::Avatar,
        },
        avatar: &key.avatar(),
        platform: link.platform.parse().unwrap(),
        identity: &link.identity,
        uuid: LinkUuid::parse(&link.uuid).unwrap(),
        created_at: CreatedAt::from_seconds(link.created_at).unwrap(),
        patch: &CanonicalJson::of(&link.patch),
        previous: link.prev.as_deref(),
    }
    .to_string();
}

/// The Avatar's signature over the signed string as it is, spelled as kv clients submit it.
pub fn sign(key: &SecretKey, link: &mut KvLink) {
    link.signature = key.personal_sign(link.signature_payload.as_bytes()).to_base64();
}
