//! Nostr: public keys, names of events, and events, which carry their author's signature.
//!
//! Sources: [NIP-01](https://github.com/nostr-protocol/nips/blob/master/01.md) for events,
//! [NIP-19](https://github.com/nostr-protocol/nips/blob/master/19.md) for `npub1…`, `note1…` and `nevent1…`,
//! [BIP-340](https://bips.xyz/340) for keys and signatures.

use bech32::Bech32;
use bech32::primitives::decode::CheckedHrpstring;
use k256::schnorr;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The longest text that is looked at: a `nevent1…` with a few relays in it.
const MAX_TEXT: usize = 1023;

/// What kind of event a short text note is.
pub const TEXT_NOTE: u16 = 1;

/// Reads a public key: 64 hexadecimal digits in any letter case, or `npub1…`, with `nostr:` before it or not. None if it is
/// no key: it must be the X coordinate of a point of secp256k1.
pub fn parse_key(text: &str) -> Option<[u8; 32]> {
    let text = without_scheme(text);
    let key = match parse_hex(text) {
        Some(key) => key,
        None => parse_bech32(text, "npub")?.try_into().ok()?,
    };
    is_key(&key).then_some(key)
}

/// Reads an event's id: 64 hexadecimal digits in any letter case, `note1…` or `nevent1…`, with `nostr:` before it or not.
/// Relays and authors that a `nevent1…` names are passed over.
pub fn parse_event_id(text: &str) -> Option<[u8; 32]> {
    let text = without_scheme(text);
    if let Some(id) = parse_hex(text).or_else(|| parse_bech32(text, "note")?.try_into().ok()) {
        return Some(id);
    }
    special(&parse_bech32(text, "nevent")?)
}

/// The `npub1…` of a key.
pub fn npub(key: &[u8; 32]) -> String {
    // The prefix is a valid one and 32 bytes are within the limit, so that the fallback is never taken.
    bech32::Hrp::parse("npub")
        .ok()
        .and_then(|prefix| bech32::encode::<Bech32>(prefix, key).ok())
        .unwrap_or_else(|| hex::encode(key))
}

fn without_scheme(text: &str) -> &str {
    text.strip_prefix("nostr:").unwrap_or(text)
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

fn parse_bech32(text: &str, prefix: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    checked.hrp().as_str().eq_ignore_ascii_case(prefix).then(|| checked.byte_iter().collect())
}

/// The first entry of type 0 among entries of a type, a length and as many bytes.
fn special(entries: &[u8]) -> Option<[u8; 32]> {
    let mut rest = entries;
    while let [kind, length, tail @ ..] = rest {
        let (value, tail) = tail.split_at_checked(usize::from(*length))?;
        if *kind == 0 {
            return value.try_into().ok();
        }
        rest = tail;
    }
    None
}

fn is_key(bytes: &[u8; 32]) -> bool {
    schnorr::VerifyingKey::from_slice(bytes).is_ok()
}

/// An event as relays send it. Nothing in it is known to be true before [`Event::verify`] said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// SHA-256 of the serialised event, 64 lower-case hexadecimal digits.
    pub id: String,
    /// The author's key, 64 lower-case hexadecimal digits.
    pub pubkey: String,
    /// The second that the author says.
    pub created_at: u64,
    /// What kind of event it is.
    pub kind: u16,
    /// Lists of texts, the first of which is the tag's name.
    pub tags: Vec<Vec<String>>,
    /// The text.
    pub content: String,
    /// The author's signature over the id, 128 lower-case hexadecimal digits.
    pub sig: String,
}

/// Why an event is not what it says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EventError {
    /// The id is not the event's hash.
    #[error("the event's id is not its hash")]
    Id,
    /// The author is no public key.
    #[error("the event's author is not a public key")]
    Key,
    /// The signature is not the author's over the id.
    #[error("the event's signature is not its author's")]
    Signature,
}

impl Event {
    /// The id that the event should have: the hash of its author, time, kind, tags and text, as NIP-01 serialises them.
    pub fn hash(&self) -> [u8; 32] {
        let fields = (0_u8, &self.pubkey, self.created_at, self.kind, &self.tags, &self.content);
        // Texts and numbers can always be written, so that the fallback is never taken.
        Sha256::digest(serde_json::to_vec(&fields).unwrap_or_default()).into()
    }

    /// Checks that the id is the event's hash and the signature its author's, whoever passed it on.
    ///
    /// # Errors
    /// [`EventError`].
    pub fn verify(&self) -> Result<(), EventError> {
        let hash = self.hash();
        if self.id != hex::encode(hash) {
            return Err(EventError::Id);
        }
        let key = parse_hex(&self.pubkey).filter(|key| self.pubkey == hex::encode(key));
        let key = key.and_then(|key| schnorr::VerifyingKey::from_slice(&key).ok()).ok_or(EventError::Key)?;
        let mut signature = [0_u8; 64];
        hex::decode_to_slice(&self.sig, &mut signature).map_err(|_| EventError::Signature)?;
        let signature =
            schnorr::Signature::try_from(signature.as_slice()).map_err(|_| EventError::Signature)?;
        key.verify_raw(&hash, &signature).map_err(|_| EventError::Signature)
    }

    /// Whether it answers another event: it names one in a tag `e`, other than as one that it only mentions (NIP-10).
    pub fn is_reply(&self) -> bool {
        self.tags.iter().any(|tag| {
            let name = tag.first().map(String::as_str);
            let marker = tag.get(3).map(String::as_str);
            name == Some("e") && marker != Some("mention")
        })
    }
}
