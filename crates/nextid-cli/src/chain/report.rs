//! What follows from a chain that holds.

use nextid_core::Avatar;
use nextid_core::verify::{BindingEvidence, Head, KvChainState, ProofBinding, ProofChainState};
use serde::Serialize;
use serde_json::Value;

use crate::moment;
use crate::ui::{Style, Ui, one_line};

/// What follows from a chain that holds, as it is shown and as scripts get it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainReport {
    holds: bool,
    /// `proof` or `kv`; null for a chain without links.
    kind: Option<&'static str>,
    avatar: Option<Avatar>,
    links: u64,
    head: Option<ShownHead>,
    /// Whether it is known that no link is missing at the end: the source told the head, and it is the last link.
    complete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bindings: Vec<ShownBinding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contents: Vec<ShownContent>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ShownHead {
    seq: u64,
    signature: String,
    created_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ShownBinding {
    platform: &'static str,
    identity: String,
    alt_id: String,
    proof_location: String,
    seq: u64,
    created_at: i64,
    evidence: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct ShownContent {
    platform: &'static str,
    identity: String,
    content: Value,
}

impl ChainReport {
    pub(super) fn of_proof(avatar: Avatar, links: u64, state: ProofChainState) -> Self {
        let bindings = state.bindings.into_iter().map(ShownBinding::of).collect();
        Self { bindings, ..Self::new(Some("proof"), Some(avatar), links, state.head) }
    }

    pub(super) fn of_kv(avatar: Avatar, links: u64, state: KvChainState) -> Self {
        let contents = state.contents.into_iter().map(|((platform, identity), content)| ShownContent {
            platform: platform.as_str(),
            identity,
            content,
        });
        Self { contents: contents.collect(), ..Self::new(Some("kv"), Some(avatar), links, state.head) }
    }

    pub(super) fn empty(avatar: Option<Avatar>) -> Self {
        Self::new(None, avatar, 0, None)
    }

    fn new(kind: Option<&'static str>, avatar: Option<Avatar>, links: u64, head: Option<Head>) -> Self {
        let head = head.map(|head| ShownHead {
            seq: head.seq,
            signature: head.signature,
            created_at: head.created_at.seconds(),
        });
        Self {
            holds: true,
            kind,
            avatar,
            links,
            head,
            complete: false,
            bindings: Vec::new(),
            contents: Vec::new(),
        }
    }

    /// With the knowledge that no link is missing at the end.
    pub fn complete(self) -> Self {
        Self { complete: true, ..self }
    }

    /// The place and the signature of the last link.
    pub(super) fn head(&self) -> Option<(u64, &str)> {
        self.head.as_ref().map(|head| (head.seq, head.signature.as_str()))
    }

    /// The content that follows from a KVChain for one identity.
    pub fn content(&self, platform: &str, identity: &str) -> Option<&Value> {
        let found =
            self.contents.iter().find(|shown| shown.platform == platform && shown.identity == identity);
        found.map(|shown| &shown.content)
    }

    /// The sentences for people.
    pub fn text(&self, ui: &Ui) -> String {
        let Some(avatar) = self.avatar.filter(|_| self.links > 0) else {
            return "The chain is empty: nothing follows from it.".to_owned();
        };
        let kind = if self.kind == Some("kv") { "KVChain" } else { "ProofChain" };
        let verdict = ui.styled(Style::Good, "holds");
        let links = if self.links == 1 { "1 link" } else { &format!("{} links", self.links) };
        let mut lines =
            vec![format!("The {kind} of {avatar} {verdict}: {links}, every signature checked here.")];
        if !self.complete {
            lines.push(
                "The source does not say where the chain ends, so that links may be missing after the last."
                    .to_owned(),
            );
        }
        if self.kind == Some("kv") {
            lines.extend(self.contents.iter().map(|shown| {
                format!(
                    "  {}:{} = {}",
                    shown.platform,
                    one_line(&shown.identity),
                    one_line(&shown.content.to_string())
                )
            }));
        } else if self.bindings.is_empty() {
            lines.push("Nothing is bound at its end.".to_owned());
        } else {
            lines.push("Bound at its end:".to_owned());
            lines.extend(self.bindings.iter().map(ShownBinding::text));
        }
        lines.join("\n")
    }
}

impl ShownBinding {
    fn of(binding: ProofBinding) -> Self {
        Self {
            platform: binding.platform.as_str(),
            identity: binding.identity,
            alt_id: binding.alt_id,
            proof_location: binding.proof_location,
            seq: binding.seq,
            created_at: binding.created_at.seconds(),
            evidence: match binding.evidence {
                BindingEvidence::CounterSignature => "counter_signature",
                BindingEvidence::Post => "post",
                BindingEvidence::Contract => "contract",
            },
        }
    }

    fn text(&self) -> String {
        let evidence = match self.evidence {
            "counter_signature" => "signed by both sides, checked here".to_owned(),
            "contract" => "approved by a contract wallet, not checked offline".to_owned(),
            _ if self.proof_location.is_empty() => {
                "proved by what is published there, not fetched here".to_owned()
            }
            _ => format!("proved by the post {}, not fetched here", one_line(&self.proof_location)),
        };
        let at = moment::show(&self.created_at.to_string());
        format!("  {}:{}  link {}, {at}; {evidence}", self.platform, one_line(&self.identity), self.seq)
    }
}
