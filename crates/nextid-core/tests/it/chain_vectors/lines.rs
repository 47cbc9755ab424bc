//! Chains as lines of an export.

use nextid_core::export::{ChainService, ExportHead, ExportHeader};
use nextid_core::link::{KvLink, ProofLink};
use nextid_core::signature_text::{decode_base64_kv, encode_base64};
use serde::Serialize;

use crate::support::kv_chain::KvChain;
use crate::support::proof_chain::ProofChain;

/// The order of the group of secp256k1 (SEC 2, 2.4.1).
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

/// The export of a ProofChain whose head is its last link.
pub fn proof(chain: &ProofChain) -> Vec<String> {
    proof_until(chain, chain.links.last())
}

/// The export of a ProofChain whose header names another head.
pub fn proof_until(chain: &ProofChain, head: Option<&ProofLink>) -> Vec<String> {
    let head = head.map(|link| ExportHead { seq: link.seq, signature: link.signature.clone() });
    let header = ExportHeader::new(ChainService::Proof, chain.key.avatar().to_hex(), head);
    lines(&header, &chain.links)
}

/// The export of a KVChain.
pub fn kv(chain: &KvChain) -> Vec<String> {
    let head = chain.links.last();
    let head = head.map(|link: &KvLink| ExportHead { seq: link.seq, signature: link.signature.clone() });
    lines(&ExportHeader::new(ChainService::Kv, chain.key.avatar().to_uncompressed_hex(), head), &chain.links)
}

/// A link as a line.
pub fn line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("JSON")
}

fn lines<L: Serialize>(header: &ExportHeader, links: &[L]) -> Vec<String> {
    std::iter::once(line(header)).chain(links.iter().map(line)).collect()
}

/// The other signature that verifies over the same string: the order minus s, and the other v, which is
/// 0 or 1. Anyone can make it.
pub fn twin(signature: &str) -> String {
    let mut bytes = decode_base64_kv(signature).expect("base64");
    let order = hex::decode(ORDER).expect("hexadecimal");
    let mut borrow = 0;
    for (byte, minuend) in bytes[32..64].iter_mut().zip(order).rev() {
        let difference = i16::from(minuend) - i16::from(*byte) - borrow;
        borrow = i16::from(difference < 0);
        *byte = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    bytes[64] ^= 1;
    encode_base64(&bytes)
}
