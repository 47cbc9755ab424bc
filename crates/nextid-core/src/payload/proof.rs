//! What an Avatar signs to bind an identity or to revoke a binding.

use std::fmt;

use crate::action::Action;
use crate::avatar::Avatar;
use crate::created_at::CreatedAt;
use crate::go_json;
use crate::link_uuid::LinkUuid;
use crate::platform::Platform;

/// The fields of a proof payload. [`Display`](fmt::Display) gives the bytes to sign: JSON on one line, keys sorted, strings
/// as Go's `encoding/json` spells them.
#[derive(Debug, Clone, Copy)]
pub struct ProofPayload<'a> {
    /// Binding or revoking.
    pub action: Action,
    /// The Avatar whose chain this is; shown as `persona` for platforms where the other party signs too.
    pub avatar: &'a Avatar,
    /// Where the identity lives.
    pub platform: Platform,
    /// The identity, normalised by the platform's rules.
    pub identity: &'a str,
    /// The signed second.
    pub created_at: CreatedAt,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signature of the link before, in base64; none for a chain's first link.
    pub prev: Option<&'a str>,
}

impl fmt::Display for ProofPayload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let persona = self.platform.payload_names_avatar().then_some(self.avatar);
        f.write_str(&render(
            self.action,
            persona,
            (self.platform, self.identity),
            self.created_at,
            self.uuid,
            self.prev,
        ))
    }
}

/// The payload on a platform whose payloads do not name the Avatar, so that it can be rebuilt before the Avatar is known.
/// None on the others.
pub fn without_avatar(
    action: Action,
    platform: Platform,
    identity: &str,
    created_at: CreatedAt,
    uuid: LinkUuid,
    prev: Option<&str>,
) -> Option<String> {
    if platform.payload_names_avatar() {
        return None;
    }
    Some(render(action, None, (platform, identity), created_at, uuid, prev))
}

fn render(
    action: Action,
    persona: Option<&Avatar>,
    (platform, identity): (Platform, &str),
    created_at: CreatedAt,
    uuid: LinkUuid,
    prev: Option<&str>,
) -> String {
    let mut out = String::with_capacity(384);
    out.push_str("{\"action\":\"");
    out.push_str(action.as_str());
    out.push_str("\",\"created_at\":\"");
    out.push_str(&created_at.to_string());
    out.push_str("\",\"identity\":");
    go_json::push_string(&mut out, identity);
    if let Some(persona) = persona {
        out.push_str(",\"persona\":\"");
        out.push_str(&persona.to_hex());
        out.push('"');
    }
    out.push_str(",\"platform\":\"");
    out.push_str(platform.as_str());
    out.push('"');
    push_prev(&mut out, platform, prev);
    out.push_str(",\"uuid\":\"");
    out.push_str(&uuid.to_string());
    out.push_str("\"}");
    out
}

/// The payload as it was before 2022-03-15, without `created_at` and `uuid`. Chains that hold such links can be imported
/// and verified; new ones are not accepted.
pub fn legacy_2021(action: Action, platform: Platform, identity: &str, prev: Option<&str>) -> String {
    let mut out = String::with_capacity(256);
    out.push_str("{\"action\":\"");
    out.push_str(action.as_str());
    out.push_str("\",\"identity\":");
    go_json::push_string(&mut out, identity);
    out.push_str(",\"platform\":\"");
    out.push_str(platform.as_str());
    out.push('"');
    push_prev(&mut out, platform, prev);
    out.push('}');
    out
}

fn push_prev(out: &mut String, platform: Platform, prev: Option<&str>) {
    match prev {
        Some(prev) => {
            out.push_str(",\"prev\":");
            go_json::push_string(out, prev);
        }
        None if platform.payload_omits_null_prev() => {}
        None => out.push_str(",\"prev\":null"),
    }
}
