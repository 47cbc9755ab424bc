//! What can be wrong with an export.

use thiserror::Error;

use crate::verify::ChainError;

/// The first line of an export that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {defect}")]
pub struct ExportError {
    /// The number of the line, from 1. Of an export that ends too early it is the last one.
    pub line: u64,
    /// What is wrong.
    pub defect: ExportDefect,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExportDefect {
    /// There is no line.
    #[error("the export is empty")]
    Empty,
    /// The line is cut off, or was never JSON.
    #[error("not JSON: {why} at column {column}")]
    NotJson {
        /// What the parser says.
        why: String,
        /// Where, from 1.
        column: usize,
    },
    /// The first line is not a header.
    #[error("not a header: {0}")]
    NotHeader(String),
    /// The header is of another version of the format.
    #[error("the format has version {0}; only version 1 is known")]
    UnknownVersion(u64),
    /// The header names another Avatar than the one that was asked for.
    #[error("this is the chain of {found}, not of {expected}")]
    OtherChain {
        /// Whose chain it is.
        found: String,
        /// Whose chain it should be.
        expected: String,
    },
    /// The line is not a link of this kind of chain.
    #[error("not a link: {0}")]
    NotLink(String),
    /// The line is a link of the other kind of chain.
    #[error("a link of a ProofChain and one of a KVChain are mixed")]
    WrongKind,
    /// The link does not hold.
    #[error(transparent)]
    Link(#[from] ChainError),
    /// The link that should be the head has another signature.
    #[error("the last link is not the head that the header names: its signature is another")]
    HeadDiffers,
    /// A link after the head.
    #[error("{}, but links follow", match head {
        Some(seq) => format!("the header says that the head has seq {seq}"),
        None => "the header says that the chain is empty".to_owned(),
    })]
    BeyondHead {
        /// The head's place.
        head: Option<u64>,
    },
    /// The export ends before the head.
    #[error("the file ends {}, but its header says that the head has seq {head}", match last {
        Some(seq) => format!("at seq {seq}"),
        None => "without a link".to_owned(),
    })]
    Truncated {
        /// The head's place.
        head: u64,
        /// The place of the last link that is there.
        last: Option<u64>,
    },
}

impl ExportDefect {
    /// The name of the defect, for programs and for the shared vectors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotJson { .. } => "not_json",
            Self::NotHeader(_) => "not_header",
            Self::UnknownVersion(_) => "unknown_version",
            Self::OtherChain { .. } => "other_chain",
            Self::NotLink(_) => "not_link",
            Self::WrongKind => "wrong_kind",
            Self::Link(error) => error.defect.code(),
            Self::HeadDiffers => "head_differs",
            Self::BeyondHead { .. } => "beyond_head",
            Self::Truncated { .. } => "truncated",
        }
    }
}
