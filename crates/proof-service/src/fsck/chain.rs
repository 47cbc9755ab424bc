//! One ProofChain: its links by the rules of core, and what they bind.

use std::collections::{BTreeMap, HashSet};

use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::verify::{Anchor, Defect as Rule, Head, ProofChainVerifier};
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::fsck::{Defect, LinkPlace, LinkTexts};

use crate::store::StoredLink;

/// After how many links the verifier of core begins anew, at the head: it remembers the uuids, and so do we.
const ANEW: usize = 1024;

/// A chain, as far as its links were pushed.
///
/// Every link is looked at, whatever is wrong with those before. So what core calls the state of a sound chain is kept here,
/// from the columns: it is what the service made its bindings of.
#[derive(Debug)]
pub struct Chain {
    avatar: Vec<u8>,
    /// None where the bytes are no key, so that nothing can be verified.
    verifier: Option<ProofChainVerifier>,
    pushed: usize,
    head: Option<Head>,
    last_seq: Option<i64>,
    uuids: HashSet<[u8; 16]>,
    bound: BTreeMap<(String, String), Bound>,
}

/// A binding that follows from a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The id of the link that bound it last.
    pub link_id: i64,
    /// That link's place.
    pub seq: i64,
    /// The platform's own id of the account, as that link says it.
    pub alt_id: String,
    /// Where the proof post is.
    pub proof_location: String,
}

impl Chain {
    /// The chain of these bytes, without links.
    pub fn new(avatar: &[u8]) -> Self {
        let key = Avatar::from_sec1(avatar).ok();
        Self {
            avatar: avatar.to_vec(),
            verifier: key.map(|key| ProofChainVerifier::new(key, Anchor::Genesis)),
            pushed: 0,
            head: None,
            last_seq: None,
            uuids: HashSet::new(),
            bound: BTreeMap::new(),
        }
    }

    /// Whose.
    pub fn avatar(&self) -> &[u8] {
        &self.avatar
    }

    /// What is bound at the end, by platform and identity.
    pub fn bound(&self) -> &BTreeMap<(String, String), Bound> {
        &self.bound
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
        let before = self.last_seq;
        let of_rule = |rule: &Rule| Defect::of_link(place, before, texts, rule);
        let malformed = columns(row);
        let mut rules = malformed;
        if rules.is_empty() {
            rules.extend(self.verify(&link).err());
        }
        let is_sound = rules.is_empty();
        // What core has forgotten since it began anew.
        let is_reused = <[u8; 16]>::try_from(row.uuid.as_slice()).is_ok_and(|uuid| !self.uuids.insert(uuid));
        if is_reused && !rules.contains(&Rule::UuidReused) {
            rules.push(Rule::UuidReused);
        }
        if !self.apply(row) && is_sound {
            rules.push(Rule::NotBound);
        }
        found.extend(rules.iter().map(of_rule));
        self.last_seq = Some(row.seq);
        self.advance(&link, is_sound);
    }

    fn verify(&mut self, link: &ProofLink) -> Result<(), Rule> {
        match &mut self.verifier {
            Some(verifier) => verifier.push(link).map_err(|error| error.defect),
            None => Err(Rule::BadField { field: "avatar", why: "its bytes are no public key".to_owned() }),
        }
    }

    /// The verifier of core stays where it was before a link that does not hold; what follows is judged from that link on.
    fn advance(&mut self, link: &ProofLink, is_sound: bool) {
        let created_at = link.created_at.parse::<CreatedAt>().ok();
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
            self.verifier = Some(ProofChainVerifier::new(key, Anchor::After(head.clone())));
        }
    }

    /// Does what the service did with the link; false for a revocation of what is not bound.
    fn apply(&mut self, row: &StoredLink) -> bool {
        let identity = row
            .platform
            .parse::<Platform>()
            .ok()
            .and_then(|platform| Identity::parse(platform, &row.identity).ok())
            .map_or_else(|| row.identity.clone(), |identity| identity.as_str().to_owned());
        let key = (row.platform.clone(), identity);
        if row.action == Action::Delete.as_str() {
            return self.bound.remove(&key).is_some();
        }
        let bound = Bound {
            link_id: row.id,
            seq: row.seq,
            alt_id: row.alt_id.clone(),
            proof_location: row.proof_location.clone(),
        };
        self.bound.insert(key, bound);
        true
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
    if let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&row.extra) {
        found.push(bad("extra", format!("not a JSON object: {error}")));
    }
    found
}
