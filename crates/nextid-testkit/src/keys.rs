//! Keys that are the same in every run: a label makes the key.
#![expect(clippy::expect_used, reason = "a hash is a key but for one chance in 2^128")]

use nextid_core::SecretKey;
use sha2::{Digest, Sha256};

/// The secp256k1 key of a label: SHA-256 of `nextid-test:<label>`. It serves as an Avatar and as an Ethereum wallet.
pub fn key(label: &str) -> SecretKey {
    SecretKey::from_bytes(&seed(label)).expect("a hash is a private key")
}

/// The ed25519 key of a label, as a Solana wallet holds it.
pub fn solana(label: &str) -> SolanaWallet {
    SolanaWallet(ed25519_dalek::SigningKey::from_bytes(&seed(label)))
}

/// A Solana wallet for tests.
#[derive(Debug)]
pub struct SolanaWallet(ed25519_dalek::SigningKey);

impl SolanaWallet {
    /// The address: the public key in base58, the `identity` of a solana binding.
    pub fn address(&self) -> String {
        bs58::encode(self.0.verifying_key().as_bytes()).into_string()
    }

    /// The 64-byte signature over the message's bytes, nothing put before them.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer;
        self.0.sign(message).to_bytes()
    }

    /// The signature as `extra.wallet_signature` takes it: base58.
    pub fn sign_base58(&self, message: &[u8]) -> String {
        bs58::encode(self.sign(message)).into_string()
    }
}

pub(crate) fn seed(label: &str) -> [u8; 32] {
    Sha256::digest(format!("nextid-test:{label}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_key() {
        assert_eq!(key("alice").avatar(), key("alice").avatar());
        assert_ne!(key("alice").avatar(), key("bob").avatar());
        let message = b"hello";
        key("alice").personal_sign(message).verify(&key("alice").avatar(), message).unwrap();
    }

    #[test]
    fn a_solana_wallet_signs_what_core_verifies() {
        let wallet = solana("alice");
        nextid_core::solana::parse_address(&wallet.address()).unwrap();
        nextid_core::solana::verify(&wallet.address(), &wallet.sign(b"hello"), b"hello").unwrap();
        assert!(
            nextid_core::solana::verify(&solana("bob").address(), &wallet.sign(b"hello"), b"hello").is_err()
        );
    }
}
