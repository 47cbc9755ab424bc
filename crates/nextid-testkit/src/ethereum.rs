//! Ethereum for tests: a scripted node, a gateway as ERC-3668 has them, and [`Anvil`], which is a real chain.

mod anvil;
mod gateway;
mod node;

pub use anvil::Anvil;
pub use gateway::{GatewayOutcome, GatewayStandIn};
pub use node::{EthereumStandIn, NodeOutcome};

use nextid_core::personal_sign::keccak256;
use serde_json::{Value, json};

/// The first four bytes of a call, as `0x…`, from a signature such as `text(bytes32,string)`.
pub fn selector(signature: &str) -> String {
    let [a, b, c, d, ..] = keccak256(signature.as_bytes());
    shown(&[a, b, c, d])
}

/// The number of an ENS name (EIP-137), which has to be normalised.
pub fn namehash(name: &str) -> [u8; 32] {
    let labels = name.split('.').rev().filter(|label| !label.is_empty());
    labels.fold([0; 32], |parent, label| keccak256(&[parent, keccak256(label.as_bytes())].concat()))
}

/// `bytes` or `string` as the only value of a tuple: its place, its length, its content, filled up to whole words.
pub fn encoded_bytes(content: &[u8]) -> Vec<u8> {
    let mut encoded = [word(32), word(content.len())].concat();
    encoded.extend_from_slice(content);
    encoded.resize(encoded.len().next_multiple_of(32), 0);
    encoded
}

/// A number as a word.
pub fn word(number: usize) -> [u8; 32] {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().rev().zip(number.to_be_bytes().iter().rev()) {
        *to = *from;
    }
    word
}

/// `0x` and the bytes in hexadecimal.
pub fn shown(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}")
}

/// The bytes of `0x…`; none if it is no such text.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok())
        .collect()
}

/// The bytes of a JSON text `"0x…"`.
fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    bytes(value.as_str()?)
}

fn rpc_result(id: &Value, result: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

#[cfg(test)]
mod tests;
