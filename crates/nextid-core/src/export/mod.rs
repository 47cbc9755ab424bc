//! Exports: a chain as JSON Lines, a header that says whose chain it is and where it ends, then a link a line.

mod defect;
mod verifier;

use serde::{Deserialize, Serialize};

pub use defect::{ExportDefect, ExportError};
pub use verifier::{ExportState, ExportVerifier, VerifiedChain};

/// What the header of an export says that it is.
pub const FORMAT: &str = "nextid-chain";

/// The version of the format that is written and read.
pub const VERSION: u64 = 1;

/// The first line of an export. What it says was true when the export was asked for: a chain that grew since ends earlier
/// in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportHeader {
    /// Always `nextid-chain`.
    pub format: String,
    /// Always 1.
    pub version: u64,
    /// Which service's chain this is, and so of which kind the links are.
    pub service: ChainService,
    /// Whose chain this is, as the service spells Avatars.
    pub avatar: String,
    /// The last link; null for a chain without links.
    pub head: Option<ExportHead>,
}

/// Where an export ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportHead {
    /// The place of the last link, from 0.
    pub seq: u64,
    /// The signature of the last link, in base64.
    pub signature: String,
}

/// Which service a chain belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChainService {
    /// ProofChains.
    #[serde(rename = "proof-service")]
    Proof,
    /// KVChains.
    #[serde(rename = "kv-service")]
    Kv,
}

impl ChainService {
    /// As headers spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proof => "proof-service",
            Self::Kv => "kv-service",
        }
    }
}

impl ExportHeader {
    /// The header of a chain that ends with `head`.
    pub fn new(service: ChainService, avatar: String, head: Option<ExportHead>) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, service, avatar, head }
    }
}
