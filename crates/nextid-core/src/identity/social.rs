//! Accounts of Bluesky and Farcaster, and websites.

use super::{IdentityError, domain};

/// Top-level domains that no handle has (<https://atproto.com/specs/handle>). The first stands in the protocol's answers
/// for every handle that does not hold.
const NO_HANDLES: [&str; 8] =
    ["invalid", "local", "localhost", "internal", "onion", "arpa", "alt", "example"];

/// A handle, which is a domain name, or a DID of the two methods that the protocol has.
pub(super) fn bluesky(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a Bluesky handle, such as alice.bsky.social, or a DID: did:plc:… or did:web:…";
    let lowered = text.to_ascii_lowercase();
    let fits = match lowered.strip_prefix("did:") {
        Some(did) => is_did(did),
        None => is_handle(&lowered),
    };
    if fits { Ok(lowered) } else { Err(IdentityError { expected: EXPECTED }) }
}

fn is_did(did: &str) -> bool {
    match did.split_once(':') {
        // 15 bytes in base32.
        Some(("plc", id)) => {
            id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
        }
        Some(("web", host)) => is_handle(host),
        _ => false,
    }
}

fn is_handle(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    domain::is_host(host)
        && !host.contains('_')
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
        && !NO_HANDLES.contains(&last)
}

/// A name, which is an fname or a name of ENS, or an account's number, its fid. A text of digits is always a number.
pub(super) fn farcaster(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a Farcaster name, such as alice or alice.eth, or an account's number, its fid";
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let fid: Option<u64> = text.parse().ok().filter(|fid| *fid > 0);
        return fid.map(|fid| fid.to_string()).ok_or(IdentityError { expected: EXPECTED });
    }
    let lowered = text.to_ascii_lowercase();
    let fits = match lowered.strip_suffix(".eth") {
        // `alice.eth`, and `alice.base.eth` for names under another.
        Some(name) => name.split('.').count() <= 2 && name.split('.').all(|label| is_label(label, 32)),
        None => is_label(&lowered, 16),
    };
    if fits { Ok(lowered) } else { Err(IdentityError { expected: EXPECTED }) }
}

fn is_label(label: &str, longest: usize) -> bool {
    (1..=longest).contains(&label.len())
        && !label.starts_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The host in a website's address as people copy it: without scheme and final slash.
pub(super) fn host_of(text: &str) -> &str {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(text);
    host.strip_suffix('/').unwrap_or(host)
}
