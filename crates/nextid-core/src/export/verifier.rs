//! The check of an export, line by line.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::defect::{ExportDefect, ExportError};
use super::{ChainService, ExportHead, ExportHeader, FORMAT, VERSION};
use crate::avatar::Avatar;
use crate::link::{KvLink, ProofLink};
use crate::verify::{Anchor, KvChainState, KvChainVerifier, ProofChainState, ProofChainVerifier};

/// Takes the lines of an export in order. Memory grows as that of the chain's verifier does, not with the file.
#[derive(Debug)]
pub struct ExportVerifier {
    expected: Option<Avatar>,
    line: u64,
    begun: Option<Begun>,
}

/// What is known after the header.
#[derive(Debug)]
struct Begun {
    avatar: Avatar,
    service: ChainService,
    head: Option<ExportHead>,
    links: u64,
    last: Option<u64>,
    chain: Verifier,
}

#[derive(Debug)]
enum Verifier {
    Proof(ProofChainVerifier),
    Kv(KvChainVerifier),
}

/// What follows from an export that holds: all of the chain, up to the head that its header names.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportState {
    /// Whose chain it is.
    pub avatar: Avatar,
    /// Which service's.
    pub service: ChainService,
    /// How many links it has.
    pub links: u64,
    /// What follows from them.
    pub chain: VerifiedChain,
}

/// What follows from a chain of either kind.
#[derive(Debug, Clone, PartialEq)]
pub enum VerifiedChain {
    /// The bindings in force.
    Proof(ProofChainState),
    /// The contents.
    Kv(KvChainState),
}

impl ExportVerifier {
    /// For the chain of `expected`, or of whomever the header names.
    pub fn new(expected: Option<Avatar>) -> Self {
        Self { expected, line: 0, begun: None }
    }

    /// Checks the next line, with or without its end. Blank lines are counted and otherwise ignored.
    ///
    /// # Errors
    /// [`ExportError`], which names the line.
    pub fn push_line(&mut self, line: &[u8]) -> Result<(), ExportError> {
        self.line += 1;
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        match &mut self.begun {
            None => Begun::read(line, self.expected).map(|begun| self.begun = Some(begun)),
            Some(begun) => begun.push(line),
        }
        .map_err(|defect| self.error(defect))
    }

    /// The number of the line that was pushed last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How many links hold so far.
    pub fn links(&self) -> u64 {
        self.begun.as_ref().map_or(0, |begun| begun.links)
    }

    /// Ends the check: every line holds, and the last link is the head.
    ///
    /// # Errors
    /// [`ExportDefect::Truncated`], or [`ExportDefect::Empty`].
    pub fn finish(self) -> Result<ExportState, ExportError> {
        let line = self.line.max(1);
        let error = |defect| ExportError { line, defect };
        let begun = self.begun.ok_or_else(|| error(ExportDefect::Empty))?;
        match &begun.head {
            Some(head) if begun.last != Some(head.seq) => {
                Err(error(ExportDefect::Truncated { head: head.seq, last: begun.last }))
            }
            _ => Ok(ExportState {
                avatar: begun.avatar,
                service: begun.service,
                links: begun.links,
                chain: match begun.chain {
                    Verifier::Proof(verifier) => VerifiedChain::Proof(verifier.finish()),
                    Verifier::Kv(verifier) => VerifiedChain::Kv(verifier.finish()),
                },
            }),
        }
    }

    fn error(&self, defect: ExportDefect) -> ExportError {
        ExportError { line: self.line.max(1), defect }
    }
}

impl Begun {
    fn read(line: &[u8], expected: Option<Avatar>) -> Result<Self, ExportDefect> {
        let value: Value = serde_json::from_slice(line).map_err(|error| not_json(&error))?;
        if value.get("format").is_none_or(|format| format != FORMAT) {
            return Err(ExportDefect::NotHeader(format!("it does not say that its format is {FORMAT}")));
        }
        let not_header = |error: serde_json::Error| ExportDefect::NotHeader(error.to_string());
        // Another version may have other fields.
        match value.get("version").map(Value::as_u64) {
            Some(Some(VERSION)) => {}
            Some(Some(version)) => return Err(ExportDefect::UnknownVersion(version)),
            _ => return Err(ExportDefect::NotHeader("it has no version".to_owned())),
        }
        let header: ExportHeader = serde_json::from_value(value).map_err(not_header)?;
        let avatar = Avatar::parse_with_raw(&header.avatar)
            .map_err(|error| ExportDefect::NotHeader(format!("avatar: {error}")))?;
        match expected {
            Some(expected) if expected != avatar => {
                Err(ExportDefect::OtherChain { found: avatar.to_hex(), expected: expected.to_hex() })
            }
            _ => Ok(Self {
                avatar,
                service: header.service,
                head: header.head,
                links: 0,
                last: None,
                chain: match header.service {
                    ChainService::Proof => Verifier::Proof(ProofChainVerifier::new(avatar, Anchor::Genesis)),
                    ChainService::Kv => Verifier::Kv(KvChainVerifier::new(avatar, Anchor::Genesis)),
                },
            }),
        }
    }

    fn push(&mut self, line: &[u8]) -> Result<(), ExportDefect> {
        let beyond = ExportDefect::BeyondHead { head: self.head.as_ref().map(|head| head.seq) };
        let Some(head) = &self.head else { return Err(beyond) };
        if self.last.is_some_and(|last| last >= head.seq) {
            return Err(beyond);
        }
        let (seq, signature) = match &mut self.chain {
            Verifier::Proof(verifier) => {
                let link: ProofLink = read_link(line, "patch")?;
                verifier.push(&link)?;
                (link.seq, link.signature)
            }
            Verifier::Kv(verifier) => {
                let link: KvLink = read_link(line, "action")?;
                verifier.push(&link)?;
                (link.seq, link.signature)
            }
        };
        if seq == head.seq && signature != head.signature {
            return Err(ExportDefect::HeadDiffers);
        }
        self.last = Some(seq);
        self.links += 1;
        Ok(())
    }
}

/// Reads a link. A line that is no link of the wanted kind, and has a field that only the other kind has, is one of those.
fn read_link<L: DeserializeOwned>(line: &[u8], only_in_other: &str) -> Result<L, ExportDefect> {
    let error = match serde_json::from_slice(line) {
        // A struct may be read from an array as well.
        Ok(link) if line.first() == Some(&b'{') => return Ok(link),
        Ok(_) => return Err(not_an_object()),
        Err(error) if !error.is_data() => return Err(not_json(&error)),
        Err(error) => error,
    };
    match serde_json::from_slice::<Value>(line) {
        Ok(Value::Object(fields)) if fields.contains_key(only_in_other) => Err(ExportDefect::WrongKind),
        Ok(Value::Object(_)) => Err(ExportDefect::NotLink(what(&error))),
        Ok(_) => Err(not_an_object()),
        Err(error) => Err(not_json(&error)),
    }
}

fn not_an_object() -> ExportDefect {
    ExportDefect::NotLink("a link is a JSON object".to_owned())
}

fn not_json(error: &serde_json::Error) -> ExportDefect {
    ExportDefect::NotJson { why: what(error), column: error.column() }
}

/// The library counts lines from the beginning of what it was given, which is a line here.
fn what(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
