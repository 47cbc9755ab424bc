//! What an Avatar signs to change its KV content.

use std::fmt;

use crate::avatar::Avatar;
use crate::canonical_json::{self, CanonicalJson};
use crate::created_at::CreatedAt;
use crate::link_uuid::LinkUuid;
use crate::platform::Platform;

/// The fields of a KV payload. [`Display`](fmt::Display) gives the bytes to sign: JSON on one line, in a fixed order of
/// fields, strings and numbers as `serde_json` spells them.
#[derive(Debug, Clone, Copy)]
pub struct KvPayload<'a> {
    /// Which name the Avatar's field has.
    pub form: KvPayloadForm,
    /// The Avatar whose chain this is; spelled uncompressed, without `0x`.
    pub avatar: &'a Avatar,
    /// The namespace's platform.
    pub platform: Platform,
    /// The namespace's identity, as the request spells it.
    pub identity: &'a str,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The RFC 7396 merge patch.
    pub patch: &'a CanonicalJson,
    /// The signature of the link before, in base64; none for a chain's first link.
    pub previous: Option<&'a str>,
}

/// Which name the Avatar's field has in a KV payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KvPayloadForm {
    /// `avatar`, today's.
    Avatar,
    /// `persona`, until 2022-07-12: verified in imported chains, not accepted in new links.
    Persona,
}

impl fmt::Display for KvPayload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::with_capacity(512 + self.patch.as_str().len());
        out.push_str("{\"version\":\"1\",\"uuid\":\"");
        out.push_str(&self.uuid.to_string());
        out.push_str(match self.form {
            KvPayloadForm::Avatar => "\",\"avatar\":\"",
            KvPayloadForm::Persona => "\",\"persona\":\"",
        });
        out.push_str(&hex::encode(self.avatar.to_uncompressed()));
        out.push_str("\",\"platform\":\"");
        out.push_str(self.platform.as_str());
        out.push_str("\",\"identity\":");
        canonical_json::push_string(&mut out, self.identity);
        out.push_str(",\"patch\":");
        out.push_str(self.patch.as_str());
        out.push_str(",\"created_at\":");
        out.push_str(&self.created_at.to_string());
        out.push_str(",\"previous\":");
        match self.previous {
            Some(previous) => canonical_json::push_string(&mut out, previous),
            None => out.push_str("null"),
        }
        out.push('}');
        f.write_str(&out)
    }
}
