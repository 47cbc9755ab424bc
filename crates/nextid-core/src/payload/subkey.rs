//! What an Avatar signs to certify a subkey, or to withdraw one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::avatar::Avatar;
use crate::created_at::CreatedAt;
use crate::go_json;
use crate::link_uuid::LinkUuid;

/// The curve of a subkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SubkeyAlgorithm {
    /// P-256, as passkeys use it.
    Es256,
    /// secp256k1.
    Secp256k1,
}

/// The text names no algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("unknown algorithm; known are es256 and secp256k1")]
pub struct UnknownAlgorithm;

impl SubkeyAlgorithm {
    /// As it is spelled in payloads and requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "es256",
            Self::Secp256k1 => "secp256k1",
        }
    }
}

impl FromStr for SubkeyAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        match text {
            "es256" => Ok(Self::Es256),
            "secp256k1" => Ok(Self::Secp256k1),
            _ => Err(UnknownAlgorithm),
        }
    }
}

/// Certifies a subkey. [`Display`](fmt::Display) gives the bytes to sign: a fixed order of fields, the Avatar compressed
/// and without `0x`, strings as Go's `encoding/json` spells them.
#[derive(Debug, Clone, Copy)]
pub struct SubkeyCreatePayload<'a> {
    /// Who certifies.
    pub avatar: &'a Avatar,
    /// The subkey's curve.
    pub algorithm: SubkeyAlgorithm,
    /// The subkey, exactly as the request spells it.
    pub public_key: &'a str,
    /// The relying party (WebAuthn): usually a domain.
    pub rp_id: &'a str,
}

impl fmt::Display for SubkeyCreatePayload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(320);
        out.push_str("{\"avatar\":");
        go_json::push_string(&mut out, &hex::encode(self.avatar.as_bytes()));
        push_field(&mut out, "algorithm", self.algorithm.as_str());
        push_field(&mut out, "public_key", self.public_key);
        push_field(&mut out, "rp_id", self.rp_id);
        out.push('}');
        f.write_str(&out)
    }
}

/// Withdraws a subkey for good. [`Display`](fmt::Display) gives the bytes to sign: keys sorted, values spelled as in
/// [`SubkeyCreatePayload`], and fresh by its `created_at` and `uuid`.
#[derive(Debug, Clone, Copy)]
pub struct SubkeyDeletePayload<'a> {
    /// What was certified.
    pub subkey: SubkeyCreatePayload<'a>,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signed uuid.
    pub uuid: LinkUuid,
}

impl fmt::Display for SubkeyDeletePayload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(448);
        out.push_str("{\"action\":\"delete\"");
        push_field(&mut out, "algorithm", self.subkey.algorithm.as_str());
        push_field(&mut out, "avatar", &hex::encode(self.subkey.avatar.as_bytes()));
        push_field(&mut out, "created_at", &self.created_at.to_string());
        push_field(&mut out, "public_key", self.subkey.public_key);
        push_field(&mut out, "rp_id", self.subkey.rp_id);
        push_field(&mut out, "uuid", &self.uuid.to_string());
        out.push('}');
        f.write_str(&out)
    }
}

fn push_field(out: &mut String, name: &str, value: &str) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    go_json::push_string(out, value);
}
