//! What the tests share.

pub mod keys;
pub mod kv_chain;
pub mod party;
pub mod proof_chain;
pub mod vector;

/// Reads hexadecimal with or without `0x`.
pub fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text.strip_prefix("0x").unwrap_or(text)).expect("hexadecimal")
}
