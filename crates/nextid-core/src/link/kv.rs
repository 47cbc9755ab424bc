//! A link of a KVChain.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::LinkFormat;

/// One merge patch. Texts are as stored: a link may come from anywhere, and nothing in it is to be believed before its chain
/// was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KvLink {
    /// The Avatar whose chain this is: `0x` and 130 hexadecimal digits.
    pub avatar: String,
    /// The link's place in its chain, from 0, without gaps.
    pub seq: u64,
    /// The namespace's platform.
    pub platform: String,
    /// The namespace's identity, as it was signed.
    pub identity: String,
    /// The RFC 7396 merge patch.
    pub patch: Value,
    /// The signed second since 1970.
    pub created_at: i64,
    /// The signed uuid.
    pub uuid: String,
    /// The signature over `signature_payload`, in base64, as it was submitted; the next link's `prev`.
    pub signature: String,
    /// The exact string that was signed.
    pub signature_payload: String,
    /// Who signed: the Avatar.
    pub signer: String,
    /// By which rules the signed string is built.
    pub format: LinkFormat,
    /// The signature of the link before, in base64; null for a chain's first link.
    pub prev: Option<String>,
    /// Whether the namespace begins again, empty, before the patch: its identity had come to be another account. The
    /// service says so; it is not signed. Only there when true.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restart: bool,
}
