//! Why a file is not imported.

use std::io;
use std::path::PathBuf;

use nextid_core::export::ExportError;
use thiserror::Error;

use crate::db::{DbError, MaybeDbError};

/// Why a link cannot be given out again as it came.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {why}")]
pub struct Unkept {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl Unkept {
    /// In this field, for this reason.
    pub fn new(field: &'static str, why: impl ToString) -> Self {
        Self { field, why: why.to_string() }
    }
}

/// Why a chain is not imported. Nothing of it is stored then.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A chain does not hold.
    #[error(transparent)]
    Broken(#[from] ExportError),
    /// A line is longer than any link.
    #[error("line {line}: too long for a link")]
    LongLine {
        /// Which, from 1.
        line: u64,
    },
    /// A chain of the other service.
    #[error("line {line}: a chain of {found}; {expected} is wanted")]
    OtherService {
        /// Its header's line, from 1.
        line: u64,
        /// Whose chain it is.
        found: &'static str,
        /// Whose chain it should be.
        expected: &'static str,
    },
    /// A link verifies, and could not be given out again as it is.
    #[error("line {line}: the link cannot be kept as it is: {field}: {why}")]
    Unkept {
        /// Which, from 1.
        line: u64,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Another link is stored at the same place.
    #[error("line {line}: {conflict}")]
    Conflict {
        /// Which, from 1.
        line: u64,
        /// Both links.
        conflict: Box<Conflict>,
    },
    /// The second reading gave something else than the first.
    #[error("the file changed while it was read")]
    Changed,
    /// The database is a copy, in which nothing but the origin's links has a place.
    #[error("the database is a mirror of {origin}; import at the origin")]
    Mirror {
        /// Where the origin is.
        origin: String,
    },
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl ImportError {
    /// The number of the line that is at fault, from 1.
    pub fn line(&self) -> Option<u64> {
        match self {
            Self::Broken(error) => Some(error.line),
            Self::LongLine { line }
            | Self::OtherService { line, .. }
            | Self::Unkept { line, .. }
            | Self::Conflict { line, .. } => Some(*line),
            Self::Read { .. } | Self::Changed | Self::Mirror { .. } | Self::Db(_) => None,
        }
    }
}

impl MaybeDbError for ImportError {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            _ => None,
        }
    }
}

/// Two links for one place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "seq {seq} of {avatar} is taken by another link: stored is {stored}, the file has {found}; they differ in {column}"
)]
pub struct Conflict {
    /// Whose chain.
    pub avatar: String,
    /// The place.
    pub seq: u64,
    /// What is stored.
    pub stored: LinkName,
    /// What the file has.
    pub found: LinkName,
    /// The first field that differs.
    pub column: &'static str,
}

/// What tells a link from another one of the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkName {
    /// Its uuid.
    pub uuid: String,
    /// Its signature, in base64.
    pub signature: String,
}

impl std::fmt::Display for LinkName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "uuid {} with signature {}", self.uuid, self.signature)
    }
}
