//! EIP-191 `personal_sign`: what is hashed before a message is signed.
//!
//! Source: <https://eips.ethereum.org/EIPS/eip-191>, version byte `0x45`.

use sha3::{Digest, Keccak256};

/// Keccak-256 of `bytes`.
pub fn keccak256(bytes: &[u8]) -> [u8; 32] {
    Keccak256::digest(bytes).into()
}

/// Keccak-256 of `"\x19Ethereum Signed Message:\n"`, the length of `message` in bytes as a decimal, and `message`.
pub fn digest(message: &[u8]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    hasher.update(b"\x19Ethereum Signed Message:\n");
    hasher.update(message.len().to_string().as_bytes());
    hasher.update(message);
    hasher.finalize().into()
}
