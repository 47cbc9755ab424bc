//! What a chain does not prove by itself: the links of bindings whose posts, or contracts, have to be asked.

use std::collections::BTreeMap;

use nextid_core::link::ProofLink;
use serde_json::Value;

/// The links that bound what is in force, taken down while a chain is read.
#[derive(Debug)]
pub struct Posts {
    /// None where nobody will ask.
    by_account: Option<BTreeMap<(String, String), ProofLink>>,
}

impl Posts {
    /// Takes them down.
    pub fn gathered() -> Self {
        Self { by_account: Some(BTreeMap::new()) }
    }

    /// Takes nothing down.
    pub fn ignored() -> Self {
        Self { by_account: None }
    }

    /// The next link, which holds, as JSON text. What is not a link of a ProofChain is left out.
    pub(super) fn note_line(&mut self, line: &[u8]) {
        if self.by_account.is_some()
            && let Ok(link) = serde_json::from_slice(line)
        {
            self.keep(link);
        }
    }

    /// As [`Posts::note_line`].
    pub(super) fn note(&mut self, link: &Value) {
        if self.by_account.is_some()
            && let Ok(link) = serde_json::from_value(link.clone())
        {
            self.keep(link);
        }
    }

    fn keep(&mut self, link: ProofLink) {
        let Some(by_account) = &mut self.by_account else { return };
        let account = (link.platform.clone(), link.identity.clone());
        match link.action.as_str() {
            "create" => drop(by_account.insert(account, link)),
            _ => drop(by_account.remove(&account)),
        }
    }

    /// The link at a place, if it bound something that is in force.
    pub(super) fn at(&self, seq: u64) -> Option<&ProofLink> {
        self.by_account.iter().flat_map(BTreeMap::values).find(|link| link.seq == seq)
    }
}
