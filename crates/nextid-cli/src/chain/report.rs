//! What follows from a chain that holds.

use nextid_core::Avatar;
use nextid_core::export::{ExportState, VerifiedChain};
use nextid_core::verify::{Head, KvChainState, ProofBinding, ProofChainState};
use serde::Serialize;
use serde_json::Value;

use super::live::Live;
use crate::moment;
use crate::ui::{Style, Ui, one_line};

/// What follows from a chain that holds, as it is shown and as scripts get it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainReport {
    holds: bool,
    /// `proof` or `kv`; null for a chain of which neither a header nor a link is there.
    kind: Option<&'static str>,
    pub(super) avatar: Option<Avatar>,
    links: u64,
    head: Option<ShownHead>,
    /// Whether it is known that no link is missing at the end: the source told the head, and it is the last link.
    complete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) bindings: Vec<ShownBinding>,
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
pub(super) struct ShownBinding {
    platform: &'static str,
    identity: String,
    alt_id: String,
    proof_location: String,
    pub(super) seq: u64,
    created_at: i64,
    evidence: &'static str,
    /// What was found out just now, if anybody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) live: Option<Live>,
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

    /// Of an export, whose header says that no link is missing at the end.
    pub(super) fn of_export(state: ExportState) -> Self {
        let ExportState { avatar, links, chain, .. } = state;
        match chain {
            VerifiedChain::Proof(state) => Self::of_proof(avatar, links, state),
            VerifiedChain::Kv(state) => Self::of_kv(avatar, links, state),
        }
        .complete()
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
    pub(super) fn complete(self) -> Self {
        Self { complete: true, ..self }
    }

    /// The signature of the last link.
    pub fn head_signature(&self) -> Option<&str> {
        self.head.as_ref().map(|head| head.signature.as_str())
    }

    /// The content that follows from a KVChain for one identity.
    pub fn content(&self, platform: &str, identity: &str) -> Option<&Value> {
        let found =
            self.contents.iter().find(|shown| shown.platform == platform && shown.identity == identity);
        found.map(|shown| &shown.content)
    }

    /// The sentences for people.
    pub fn text(&self, ui: &Ui) -> String {
        let kind = match self.kind {
            Some("kv") => "KVChain",
            Some(_) => "ProofChain",
            None => "chain",
        };
        let Some(avatar) = self.avatar.filter(|_| self.links > 0) else {
            return format!("The {kind} is empty: nothing follows from it.");
        };
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
            evidence: binding.evidence.as_str(),
            live: None,
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
        let evidence = self.live.as_ref().map_or(evidence, Live::text);
        format!("  {}:{}  link {}, {at}; {evidence}", self.platform, one_line(&self.identity), self.seq)
    }
}
