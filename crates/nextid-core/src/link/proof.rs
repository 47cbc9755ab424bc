//! A link of a ProofChain.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::LinkFormat;

/// One binding or revocation. Texts are as stored: a link may come from anywhere, and nothing in it is to be believed before
/// its chain was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProofLink {
    /// The Avatar whose chain this is: `0x` and 66 hexadecimal digits.
    pub avatar: String,
    /// The link's place in its chain, from 0, without gaps.
    pub seq: u64,
    /// `create` or `delete`.
    pub action: String,
    /// Where the identity lives.
    pub platform: String,
    /// The identity, normalised by the platform's rules.
    pub identity: String,
    /// The platform's own, immutable id of the account, where there is one.
    #[serde(default)]
    pub alt_id: String,
    /// Where the proof post is; what that means is up to the platform.
    #[serde(default)]
    pub proof_location: String,
    /// The signed second since 1970, as a decimal string.
    pub created_at: String,
    /// The signature over `signature_payload`, in base64, v reduced to 0 or 1; the next link's `prev`.
    pub signature: String,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// The signed uuid.
    pub uuid: String,
    /// Signatures that support the link: `wallet_signature`, `target_signature`.
    #[serde(default)]
    pub extra: Map<String, Value>,
    /// Where the link is kept on Arweave; empty.
    #[serde(default)]
    pub arweave_id: String,
    /// Who signed: the Avatar, or in a revocation the wallet's address or the alias' target.
    pub signer: String,
    /// By which rules the signed string is built.
    pub format: LinkFormat,
    /// The signature of the link before, in base64; null for a chain's first link.
    pub prev: Option<String>,
}
