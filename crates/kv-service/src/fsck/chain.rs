//! One KVChain: its links by the rules of core, and the contents that they make.

use std::collections::{BTreeMap, HashSet};

use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::merge_patch::merge_patch;
use nextid_core::verify::{Anchor, Defect as Rule, Head, KvChainVerifier};
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::fsck::{Defect, LinkPlace, LinkTexts};
use serde_json::{Map, Value};

use crate::store::StoredLink;

/// After how many links the verifier of core begins anew, at the head: it remembers the uuids and the contents, and so do we.
const ANEW: usize = 256;

/// A chain, as far as its links were pushed.
///
/// Every link is looked at, whatever is wrong with those before. So the contents are folded here, from the columns: it is what
/// the service made them of.
#[derive(Debug)]
pub struct Chain {
    avatar: Vec<u8>,
    /// None where the bytes are no key, so that nothing can be verified.
    verifier: Option<KvChainVerifier>,
    pushed: usize,
    head: Option<Head>,
    last_seq: Option<i64>,
    uuids: HashSet<[u8; 16]>,
    contents: BTreeMap<(String, String), Folded>,
}

/// A namespace's content, as it follows from a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// All patches, one after the other, from the last link on that begins it again.
    pub content: Value,
    /// The id of the link that changed it last.
    pub link_id: i64,
    /// That link's place.
    pub seq: i64,
}

impl Chain {
    /// The chain of these bytes, without links.
    pub fn new(avatar: &[u8]) -> Self {
        let key = Avatar::from_sec1(avatar).ok();
        Self {
            avatar: avatar.to_vec(),
            verifier: key.map(|key| KvChainVerifier::new(key, Anchor::Genesis)),
            pushed: 0,
            head: None,
            last_seq: None,
            uuids: HashSet::new(),
            contents: BTreeMap::new(),
        }
    }

    /// Whose.
    pub fn avatar(&self) -> &[u8] {
        &self.avatar
    }

    /// The contents at the end, by platform and normalised identity.
    pub fn contents(&self) -> &BTreeMap<(String, String), Folded> {
        &self.contents
    }

    /// Checks the next link and takes it as the head.
    pub fn push(&mut self, row: &StoredLink, found: &mut Vec<Defect>) {
        let place = LinkPlace { avatar: &row.avatar, seq: row.seq, id: row.id };
        let link = row.to_link();
        let texts = LinkTexts {
            created_at: row.created_at,
            uuid: &link.uuid,
            signer: &link.signer,
            signature: &link.signature,
            signature_payload: &link.signature_payload,
        };
        let mut rules = columns(row);
        if rules.is_empty() {
            rules.extend(self.verify(&link).err());
        }
        let is_sound = rules.is_empty();
        // What core has forgotten since it began anew.
        let is_reused = <[u8; 16]>::try_from(row.uuid.as_slice()).is_ok_and(|uuid| !self.uuids.insert(uuid));
        if is_reused && !rules.contains(&Rule::UuidReused) {
            rules.push(Rule::UuidReused);
        }
        let before = self.last_seq;
        found.extend(rules.iter().map(|rule| Defect::of_link(place, before, texts, rule)));
        self.apply(row, &link.patch);
        self.last_seq = Some(row.seq);
        self.advance(&link, is_sound);
    }

    fn verify(&mut self, link: &KvLink) -> Result<(), Rule> {
        match &mut self.verifier {
            Some(verifier) => verifier.push(link).map_err(|error| error.defect),
            None => Err(Rule::BadField { field: "avatar", why: "its bytes are no public key".to_owned() }),
        }
    }

    /// The verifier of core stays where it was before a link that does not hold; what follows is judged from that link on.
    fn advance(&mut self, link: &KvLink, is_sound: bool) {
        let created_at = CreatedAt::from_seconds(link.created_at).ok();
        let created_at = created_at.or(self.head.as_ref().map(|head| head.created_at));
        self.head = Some(Head {
            seq: link.seq,
            signature: link.signature.clone(),
            created_at: created_at.unwrap_or(CreatedAt::EPOCH),
        });
        self.pushed += 1;
        if (!is_sound || self.pushed >= ANEW)
            && let (Ok(key), Some(head)) = (Avatar::from_sec1(&self.avatar), &self.head)
        {
            self.pushed = 0;
            self.verifier = Some(KvChainVerifier::new(key, Anchor::After(head.clone())));
        }
    }

    /// Does what the service did with the link.
    fn apply(&mut self, row: &StoredLink, patch: &Value) {
        let empty = || Value::Object(Map::new());
        let folded = self
            .contents
            .entry((row.platform.clone(), row.namespace.clone()))
            .or_insert_with(|| Folded { content: empty(), link_id: row.id, seq: row.seq });
        if row.restart {
            folded.content = empty();
        }
        if patch.is_object() {
            merge_patch(&mut folded.content, patch);
        }
        (folded.link_id, folded.seq) = (row.id, row.seq);
    }
}

/// What the columns hold that the link object cannot show.
fn columns(row: &StoredLink) -> Vec<Rule> {
    let bad = |field, why: String| Rule::BadField { field, why };
    let mut found = Vec::new();
    if row.seq < 0 {
        found.push(bad("seq", "it is negative".to_owned()));
    }
    let uuid = uuid::Uuid::from_slice(&row.uuid).ok().and_then(|uuid| LinkUuid::new(uuid).ok());
    if uuid.is_none() {
        found.push(bad("uuid", format!("its {} bytes are no uuid", row.uuid.len())));
    }
    if LinkFormat::from_stored(&row.format).is_none() {
        found.push(bad("format", format!("{:?} is not known", row.format)));
    }
    match serde_json::from_str::<Value>(&row.patch) {
        Ok(patch) if CanonicalJson::of(&patch).as_str() == row.patch => {}
        Ok(_) => found.push(bad("patch", "it is not canonical JSON".to_owned())),
        Err(error) => found.push(bad("patch", format!("not JSON: {error}"))),
    }
    let normalised = row
        .platform
        .parse::<Platform>()
        .ok()
        .and_then(|platform| Identity::parse(platform, &row.identity).ok());
    if let Some(identity) = normalised.filter(|identity| identity.as_str() != row.namespace) {
        found
            .push(bad("namespace", format!("{:?} is not {:?}, normalised", row.namespace, identity.shown())));
    }
    found
}
