//! Takes links of either kind, as JSON.

use nextid_core::Avatar;
use nextid_core::link::{KvLink, ProofLink};
use nextid_core::verify::{Anchor, KvChainVerifier, ProofChainVerifier};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::report::ChainReport;

/// A chain that is being checked. What kind it is, its first link says.
#[derive(Debug)]
pub struct Checker {
    expected: Option<Avatar>,
    links: u64,
    chain: Option<Chain>,
}

#[derive(Debug)]
enum Chain {
    Proof(Avatar, ProofChainVerifier),
    Kv(Avatar, KvChainVerifier),
}

impl Checker {
    /// For the chain of `expected`, or of whoever the first link belongs to.
    pub fn new(expected: Option<Avatar>) -> Self {
        Self { expected, links: 0, chain: None }
    }

    /// Checks the next link.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn push(&mut self, link: Value) -> Result<(), String> {
        if !link.is_object() {
            return Err("a link is a JSON object".to_owned());
        }
        let is_kv = link.get("patch").is_some();
        let chain = match &mut self.chain {
            Some(chain) => chain,
            None => self.chain.insert(Chain::begin(is_kv, self.expected.unwrap_or(owner(&link)?))),
        };
        match chain {
            Chain::Kv(_, verifier) if is_kv => {
                verifier.push(&read::<KvLink>(link)?).map_err(|error| error.to_string())?;
            }
            Chain::Proof(_, verifier) if !is_kv => {
                verifier.push(&read::<ProofLink>(link)?).map_err(|error| error.to_string())?;
            }
            _ => return Err("a link of a ProofChain and one of a KVChain are mixed".to_owned()),
        }
        self.links += 1;
        Ok(())
    }

    /// How many links hold so far.
    pub fn links(&self) -> u64 {
        self.links
    }

    /// What follows from the chain. A chain without links is one of `expected`, or of nobody.
    pub fn finish(self) -> ChainReport {
        match self.chain {
            Some(Chain::Kv(avatar, verifier)) => ChainReport::of_kv(avatar, self.links, verifier.finish()),
            Some(Chain::Proof(avatar, verifier)) => {
                ChainReport::of_proof(avatar, self.links, verifier.finish())
            }
            None => ChainReport::empty(self.expected),
        }
    }
}

impl Chain {
    fn begin(is_kv: bool, avatar: Avatar) -> Self {
        if is_kv {
            Self::Kv(avatar, KvChainVerifier::new(avatar, Anchor::Genesis))
        } else {
            Self::Proof(avatar, ProofChainVerifier::new(avatar, Anchor::Genesis))
        }
    }
}

fn owner(link: &Value) -> Result<Avatar, String> {
    let text =
        link.get("avatar").and_then(Value::as_str).ok_or("the link does not say whose it is (avatar)")?;
    Avatar::parse_with_raw(text).map_err(|error| format!("the field avatar is malformed: {error}"))
}

fn read<T: DeserializeOwned>(link: Value) -> Result<T, String> {
    serde_json::from_value(link).map_err(|error| format!("not a link: {error}"))
}
