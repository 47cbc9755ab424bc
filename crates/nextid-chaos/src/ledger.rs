//! What was sent, and what was answered: what the chains are held against at the end.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nextid_core::{Avatar, CanonicalJson};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::plan::Service;

/// What is known of a submitted link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Answered 201: it has to be in the chain, with these bytes.
    Accepted(Accepted),
    /// Answered that another link is in its place: it must not be in the chain.
    Refused,
    /// Nobody knows: the answer never came, or said that something failed.
    Unknown,
}

/// What a 201 said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The place.
    pub seq: u64,
    /// SHA-256 of the link's canonical JSON.
    pub digest: [u8; 32],
}

impl Accepted {
    /// Of a link object, as answers and exports spell it.
    pub fn of(link: &Value) -> Option<Self> {
        let mut link = link.clone();
        link.as_object_mut()?.remove("replayed");
        let seq = link.get("seq")?.as_u64()?;
        Some(Self { seq, digest: Sha256::digest(CanonicalJson::of(&link).as_str()).into() })
    }
}

/// Whose chain at which service.
pub type Chain = (Service, Avatar);

/// Everything that was sent. Clones of the answers are not kept, their digests are.
#[derive(Debug, Default)]
pub struct Ledger {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    chains: HashMap<Chain, HashMap<String, Fate>>,
    answers: BTreeMap<String, u64>,
    violations: Vec<String>,
}

impl Ledger {
    /// A submit is about to be sent.
    pub fn sent(&self, chain: Chain, uuid: &str) {
        self.lock().chains.entry(chain).or_default().entry(uuid.to_owned()).or_insert(Fate::Unknown);
    }

    /// Something was answered, or failed in this way; for the report.
    pub fn answered(&self, what: &str) {
        let mut inner = self.lock();
        match inner.answers.get_mut(what) {
            Some(count) => *count += 1,
            None => drop(inner.answers.insert(what.to_owned(), 1)),
        }
    }

    /// A submit was answered 201, maybe not for the first time.
    pub fn accepted(&self, chain: Chain, uuid: &str, accepted: Accepted) {
        let mut inner = self.lock();
        let before = inner.chains.entry(chain).or_default().insert(uuid.to_owned(), Fate::Accepted(accepted));
        match before {
            Some(Fate::Accepted(other)) if other != accepted => {
                let words = format!("two different answers 201 for the link {uuid} of {}", chain.1);
                inner.violations.push(words);
            }
            Some(Fate::Refused) => {
                let words = format!("201 after a final refusal for the link {uuid} of {}", chain.1);
                inner.violations.push(words);
            }
            _ => {}
        }
    }

    /// A submit was answered that its place is taken by another link.
    pub fn refused(&self, chain: Chain, uuid: &str) {
        let mut inner = self.lock();
        let fate = inner.chains.entry(chain).or_default().entry(uuid.to_owned()).or_insert(Fate::Unknown);
        match fate {
            Fate::Accepted(_) => {
                let words = format!("a final refusal after 201 for the link {uuid} of {}", chain.1);
                inner.violations.push(words);
            }
            fate => *fate = Fate::Refused,
        }
    }

    /// As if it had never been sent.
    pub fn forget(&self, chain: Chain, uuid: &str) {
        if let Some(links) = self.lock().chains.get_mut(&chain) {
            links.remove(uuid);
        }
    }

    /// How often what was answered.
    pub fn answers(&self) -> BTreeMap<String, u64> {
        self.lock().answers.clone()
    }

    /// What went wrong while it was written.
    pub fn violations(&self) -> Vec<String> {
        self.lock().violations.clone()
    }

    /// Everybody who wrote.
    pub fn chains(&self) -> Vec<Chain> {
        let mut chains: Vec<Chain> = self.lock().chains.keys().copied().collect();
        chains.sort_by_key(|(service, avatar)| (*service, *avatar.as_bytes()));
        chains
    }

    /// What was sent for one chain, by uuid.
    pub fn of(&self, chain: &Chain) -> HashMap<String, Fate> {
        self.lock().chains.get(chain).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use nextid_testkit::keys::key;
    use serde_json::json;

    use super::*;

    #[test]
    fn contradictions_are_kept() {
        let ledger = Ledger::default();
        let chain = (Service::Proof, key("a").avatar());
        let first = Accepted::of(&json!({"seq": 1, "uuid": "u"})).unwrap();
        assert_eq!(Accepted::of(&json!({"uuid": "u", "seq": 1, "replayed": true})), Some(first));
        ledger.sent(chain, "u");
        ledger.accepted(chain, "u", first);
        ledger.accepted(chain, "u", first);
        assert_eq!(ledger.violations(), Vec::<String>::new());
        ledger.refused(chain, "u");
        ledger.accepted(chain, "u", Accepted { seq: 2, ..first });
        assert_eq!(ledger.violations().len(), 2);
        ledger.refused(chain, "v");
        ledger.accepted(chain, "v", first);
        assert_eq!(ledger.violations().len(), 3);
    }
}
