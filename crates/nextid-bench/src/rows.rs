//! What stands in the tables before anything is measured: chains of the length, size and shape of real ones.
//!
//! Everything follows from an Avatar's index and a link's place, so that the client knows the head of every chain without
//! asking. The signatures of these links are well-formed but made up: signing millions takes longer than measuring,
//! and a service only ever compares and copies the signature of the head. What is written during a measurement is signed
//! and checked for real.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{KvPayload, ProofPayload};
use nextid_core::{Action, Avatar, CanonicalJson, CreatedAt, LinkUuid, Platform};
use serde_json::json;
use uuid::Uuid;

use crate::failure::{Context as _, Result};

/// The second at which the first links were made: long before anything that is measured.
const BEGIN: i64 = 1_700_000_000;

/// SplitMix64: a number that looks like chance and is always the same.
pub fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn seed(index: u32, seq: u64, what: u64) -> u64 {
    mix((u64::from(index) << 24) ^ (seq << 4) ^ what)
}

/// The signature of a link that was loaded; v is 0 or 1, which both services store.
pub fn signature(index: u32, seq: u64) -> [u8; 65] {
    let mut bytes = [0; 65];
    let mut state = seed(index, seq, 1);
    for chunk in bytes.chunks_mut(8) {
        state = mix(state);
        for (byte, value) in chunk.iter_mut().zip(state.to_be_bytes()) {
            *byte = value;
        }
    }
    let [.., v] = &mut bytes;
    *v &= 1;
    bytes
}

/// As a link's `prev` and the signed string spell it.
pub fn base64(signature: &[u8]) -> String {
    BASE64_STANDARD.encode(signature)
}

/// The uuid of a link that was loaded.
pub fn uuid(index: u32, seq: u64) -> Uuid {
    let (high, low) = (seed(index, seq, 2), seed(index, seq, 3));
    uuid::Builder::from_random_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).into_uuid()
}

/// The second of a link that was loaded.
pub fn created_at(seq: u64) -> i64 {
    BEGIN + i64::try_from(seq).unwrap_or(0) * 3600
}

/// The patch of an application that keeps settings: what one write is.
pub fn patch(number: u64) -> serde_json::Value {
    json!({ "com.example.app": { "theme": "dark", "volume": number % 100, "note": format!("{:016x}", mix(number)) } })
}

/// What an Avatar has published: an application's settings and a profile.
pub fn content(number: u64) -> CanonicalJson {
    let mut content = patch(number);
    if let Some(fields) = content.as_object_mut() {
        fields.insert(
            "profile".to_owned(),
            json!({ "name": name(number), "bio": "Here since the beginning.", "links": ["https://example.org"] }),
        );
    }
    CanonicalJson::of(&content)
}

const SYLLABLES: [&str; 64] = [
    "ka", "ro", "mi", "ta", "le", "son", "ber", "an", "ni", "dal", "ver", "tom", "lu", "ca", "ria", "jo",
    "hn", "ma", "rk", "pe", "ter", "al", "ex", "sam", "vi", "tor", "da", "ve", "el", "len", "ki", "ra", "ze",
    "us", "po", "lar", "bit", "coi", "ner", "dev", "art", "neo", "max", "fox", "wo", "lf", "sky", "blu",
    "red", "sun", "moon", "cat", "dog", "bo", "is", "tra", "ven", "qui", "ch", "sto", "ne", "gra", "ham",
    "abc",
];

/// A name such as people give themselves: two to four syllables, often with a number.
pub fn name(number: u64) -> String {
    let mut state = mix(number ^ 0x6e61_6d65);
    let mut take = |below: u64| {
        let value = state % below;
        state /= below;
        value
    };
    let mut name = String::with_capacity(16);
    for _ in 0..take(3) + 2 {
        let syllable = usize::try_from(take(64)).unwrap_or(0);
        name.push_str(SYLLABLES.get(syllable).copied().unwrap_or("x"));
    }
    if take(3) > 0 {
        name.push_str(&take(10_000).to_string());
    }
    name
}

/// A link of a KVChain, loaded.
#[derive(Debug)]
pub struct KvRow {
    /// The namespace: the Avatar's own key.
    pub identity: String,
    /// The patch.
    pub patch: CanonicalJson,
    /// The signed string.
    pub payload: String,
}

/// The link at place `seq` of an Avatar's KVChain.
///
/// # Errors
/// Never.
pub fn kv_row(avatar: &Avatar, index: u32, seq: u64) -> Result<KvRow> {
    let identity = avatar.to_hex();
    let patch = CanonicalJson::of(&patch(seed(index, seq, 4)));
    let previous = seq.checked_sub(1).map(|seq| base64(&signature(index, seq)));
    let payload = KvPayload {
        form: KvPayloadForm::Avatar,
        avatar,
        platform: Platform::Nextid,
        identity: &identity,
        uuid: LinkUuid::new(uuid(index, seq)).context("a uuid")?,
        created_at: CreatedAt::from_seconds(created_at(seq)).context("a second")?,
        patch: &patch,
        previous: previous.as_deref(),
    }
    .to_string();
    Ok(KvRow { identity, patch, payload })
}

/// What the link at a place of a ProofChain binds: wallets at every fifth place, names at the others.
pub fn identity_at(index: u32, seq: u64) -> (Platform, String) {
    let number = seed(index, seq, 5);
    match seq % 5 {
        0 => (Platform::Ethereum, format!("0x{:016x}{:016x}{:08x}", number, mix(number), index)),
        1 => (Platform::Twitter, name(number)),
        2 => (Platform::Github, name(number)),
        3 => (Platform::Dns, format!("{}.example", name(number))),
        _ => (Platform::Minds, name(number)),
    }
}

/// A link of a ProofChain, loaded.
#[derive(Debug)]
pub struct ProofRow {
    /// Where the identity lives.
    pub platform: Platform,
    /// The identity.
    pub identity: String,
    /// The platform's own id of the account.
    pub alt_id: String,
    /// The signed string.
    pub payload: String,
}

/// The link at place `seq` of an Avatar's ProofChain.
///
/// # Errors
/// Never.
pub fn proof_row(avatar: &Avatar, index: u32, seq: u64) -> Result<ProofRow> {
    let (platform, identity) = identity_at(index, seq);
    let alt_id = match platform {
        Platform::Twitter | Platform::Github | Platform::Minds => {
            (seed(index, seq, 6) % 2_000_000_000).to_string()
        }
        _ => identity.clone(),
    };
    let prev = seq.checked_sub(1).map(|seq| base64(&signature(index, seq)));
    let payload = ProofPayload {
        action: Action::Create,
        avatar,
        platform,
        identity: &identity,
        created_at: CreatedAt::from_seconds(created_at(seq)).context("a second")?,
        uuid: LinkUuid::new(uuid(index, seq)).context("a uuid")?,
        prev: prev.as_deref(),
    }
    .to_string();
    Ok(ProofRow { platform, identity, alt_id, payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_always_the_same_and_differ_from_each_other() {
        assert_eq!(signature(7, 3), signature(7, 3));
        assert_ne!(signature(7, 3), signature(7, 4));
        assert_ne!(uuid(7, 3), uuid(8, 3));
        assert_eq!(uuid(7, 3).get_version_num(), 4);
        assert!(signature(7, 3)[64] < 2);
        let names: std::collections::HashSet<String> = (0..1000).map(name).collect();
        assert!(names.len() > 950 && names.iter().all(|name| name.len() >= 3));
        let (platform, identity) = identity_at(12, 0);
        assert_eq!(nextid_core::Identity::parse(platform, &identity).unwrap().as_str(), identity);
    }
}
