//! Whatever is done to a sound chain, its verifier notices.
//!
//! Two things it cannot notice, and no verifier can: that the last links were left out, and a change of what nobody signs
//! (where a proof is, the platform's own id of the account).

use std::sync::LazyLock;

use nextid_core::link::{KvLink, LinkFormat, ProofLink};
use nextid_core::signature_text::{decode_base64_kv, encode_base64};
use nextid_core::{Platform, SecretKey};
use proptest::prelude::*;
use serde_json::json;

use crate::support::keys::{key, uuid};
use crate::support::kv_chain::KvChain;
use crate::support::party::Party;
use crate::support::proof_chain::ProofChain;

static PROOF: LazyLock<ProofChain> = LazyLock::new(|| {
    let [ethereum, solana, nextid] = Party::all("other");
    let mut chain = ProofChain::new("alice");
    chain
        .post(Platform::Twitter, "alice")
        .bind(&ethereum)
        .bind(&solana)
        .bind(&nextid)
        .post(Platform::Slack, "U04Q3NRDWHX")
        .revoke(Platform::Twitter, "alice")
        .revoke_by(&solana)
        .post(Platform::Discord, "Al <ice>#0001")
        .revoke_by(&nextid)
        .bind(&solana);
    chain.verify().expect("sound");
    chain
});

static KV: LazyLock<KvChain> = LazyLock::new(|| {
    let mut chain = KvChain::new("alice");
    chain
        .own(json!({"a": 1, "b": {"c": [1.5, null, "<x>"]}}))
        .write(Platform::Discord, "Alice", json!({"a": 2}))
        .own(json!({"a": null}))
        .write(Platform::Dns, "example.com", json!({"z": {}}))
        .own(json!({"d": "🎭"}));
    chain.verify().expect("sound");
    chain
});

/// What is done to one link; how much, by a number.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    LeaveOut,
    Double,
    Swap,
    Seq,
    Prev,
    Avatar,
    Signer,
    Action,
    Platform,
    Identity,
    CreatedAt,
    Uuid,
    Format,
    Payload,
    SignatureBit,
    SignedByAnother,
    CounterSignature,
}

use Change::{
    Action, Avatar, CounterSignature, CreatedAt, Double, Format, Identity, LeaveOut, Payload, Prev, Seq,
    SignatureBit, SignedByAnother, Signer, Swap, Uuid,
};

const CHANGES: [Change; 17] = [
    LeaveOut,
    Double,
    Swap,
    Seq,
    Prev,
    Avatar,
    Signer,
    Action,
    Change::Platform,
    Identity,
    CreatedAt,
    Uuid,
    Format,
    Payload,
    SignatureBit,
    SignedByAnother,
    CounterSignature,
];

/// Moves links about; whether this change is one that does.
fn rearrange<L: Clone>(links: &mut Vec<L>, index: usize, change: Change) -> bool {
    match change {
        // The last link may be missing without a trace.
        LeaveOut => drop(links.remove(index.min(links.len() - 2))),
        Double => links.insert(index, links[index].clone()),
        Swap => {
            let other = (index + 1) % links.len();
            links.swap(index, other);
        }
        _ => return false,
    }
    true
}

fn flip_bit(base64: &str, number: usize) -> String {
    let mut bytes = decode_base64_kv(base64).unwrap();
    let bit = number % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    encode_base64(&bytes)
}

fn change_text(text: &mut String, number: usize) {
    let positions: Vec<usize> = text.char_indices().map(|(position, _)| position).collect();
    let position = positions[number % positions.len()];
    if text[position..].starts_with('x') {
        text.replace_range(position..=position, "y");
    } else {
        text.insert(position, 'x');
    }
}

fn other_prev(prev: Option<&str>, number: usize) -> Option<String> {
    match prev {
        None => Some(encode_base64(&[1; 65])),
        Some(_) if number.is_multiple_of(2) => None,
        Some(prev) => Some(flip_bit(prev, number)),
    }
}

fn other_key(number: usize) -> SecretKey {
    key(&format!("mallory {}", number % 7))
}

fn break_proof(link: &mut ProofLink, change: Change, number: usize) {
    let step = i64::try_from(number % 1000).unwrap() + 1;
    match change {
        Seq => link.seq += u64::try_from(step).unwrap(),
        Prev => link.prev = other_prev(link.prev.as_deref(), number),
        Avatar => link.avatar = other_key(number).avatar().to_hex(),
        Signer => link.signer = other_key(number).avatar().to_hex(),
        Action => {
            let other = if link.action == "create" { "delete" } else { "create" };
            link.action = other.to_owned();
        }
        Change::Platform => {
            let others: Vec<&Platform> =
                Platform::ALL.iter().filter(|platform| platform.as_str() != link.platform).collect();
            link.platform = others[number % others.len()].to_string();
        }
        Identity => link.identity.push('1'),
        CreatedAt => {
            let moved =
                link.created_at.parse::<i64>().unwrap() + if number.is_multiple_of(2) { step } else { -step };
            link.created_at = moved.to_string();
        }
        Uuid => link.uuid = uuid(1000 + u64::try_from(step).unwrap()).to_string(),
        Format => {
            link.format = [LinkFormat::Legacy2021, LinkFormat::KvPersona][number % 2];
        }
        Payload => change_text(&mut link.signature_payload, number),
        SignatureBit => link.signature = flip_bit(&link.signature, number),
        SignedByAnother => {
            let signed = other_key(number).personal_sign(link.signature_payload.as_bytes());
            link.signature = signed.to_base64();
        }
        CounterSignature => match link.extra.values_mut().next() {
            Some(value) => {
                let mut text = value.as_str().unwrap().to_owned();
                change_text(&mut text, number);
                *value = text.into();
            }
            None => change_text(&mut link.signature_payload, number),
        },
        LeaveOut | Double | Swap => panic!("not a change of one link"),
    }
}

fn break_kv(link: &mut KvLink, change: Change, number: usize) {
    let step = i64::try_from(number % 1000).unwrap() + 1;
    match change {
        Seq => link.seq += u64::try_from(step).unwrap(),
        Prev => link.prev = other_prev(link.prev.as_deref(), number),
        Avatar => link.avatar = other_key(number).avatar().to_uncompressed_hex(),
        Signer => link.signer = other_key(number).avatar().to_uncompressed_hex(),
        Change::Platform => {
            let others: Vec<&Platform> =
                Platform::ALL.iter().filter(|platform| platform.as_str() != link.platform).collect();
            link.platform = others[number % others.len()].to_string();
        }
        Identity => link.identity.push('1'),
        CreatedAt => link.created_at += if number.is_multiple_of(2) { step } else { -step },
        Uuid => link.uuid = uuid(1000 + u64::try_from(step).unwrap()).to_string(),
        Format => {
            link.format = [LinkFormat::Legacy2021, LinkFormat::KvPersona][number % 2];
        }
        Payload => change_text(&mut link.signature_payload, number),
        SignatureBit => link.signature = flip_bit(&link.signature, number),
        SignedByAnother => {
            let signed = other_key(number).personal_sign(link.signature_payload.as_bytes());
            link.signature = signed.to_base64();
        }
        // What a KV link has instead of an action and a second signature.
        Action | CounterSignature => link.patch[format!("new {number}")] = json!(number),
        LeaveOut | Double | Swap => panic!("not a change of one link"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn of_proofs(
        change in prop::sample::select(&CHANGES[..]),
        index in any::<prop::sample::Index>(),
        number in 0_usize..100_000,
    ) {
        let mut chain = ProofChain { key: PROOF.key.clone(), links: PROOF.links.clone() };
        let index = index.index(chain.links.len());
        if !rearrange(&mut chain.links, index, change) {
            break_proof(&mut chain.links[index], change, number);
        }
        let error = chain.verify().expect_err("the change is noticed");
        prop_assert!(error.position <= u64::try_from(index).unwrap() + 1);
    }

    #[test]
    fn of_kv(
        change in prop::sample::select(&CHANGES[..]),
        index in any::<prop::sample::Index>(),
        number in 0_usize..100_000,
    ) {
        let mut chain = KvChain { key: KV.key.clone(), links: KV.links.clone() };
        let index = index.index(chain.links.len());
        if !rearrange(&mut chain.links, index, change) {
            break_kv(&mut chain.links[index], change, number);
        }
        let error = chain.verify().expect_err("the change is noticed");
        prop_assert!(error.position <= u64::try_from(index).unwrap() + 1);
    }
}
