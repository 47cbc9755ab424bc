//! The private half of an Avatar or of an Ethereum wallet, for clients and tests.

use k256::ecdsa::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::avatar::{Avatar, strip_0x};
use crate::personal_sign;
use crate::signature::Signature;

/// A secp256k1 private key. It is wiped from memory when dropped, and never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

/// The text or the bytes are not a private key: 32 bytes, not zero, below the order of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a secp256k1 private key (32 bytes, in hexadecimal 64 digits)")]
pub struct SecretKeyError;

impl SecretKey {
    /// Takes 32 bytes, which may come from a random generator: all but about 2⁻¹²⁸ of them are keys.
    ///
    /// # Errors
    /// [`SecretKeyError`] for zero, for a number beyond the curve's order and for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretKeyError> {
        // The library fills up what is too short with zeros.
        if bytes.len() != 32 {
            return Err(SecretKeyError);
        }
        SigningKey::from_slice(bytes).map(Self).map_err(|_| SecretKeyError)
    }

    /// Reads 64 hexadecimal digits, with or without `0x`; white space around them is ignored.
    ///
    /// # Errors
    /// [`SecretKeyError`].
    pub fn from_hex(text: &str) -> Result<Self, SecretKeyError> {
        let bytes = Zeroizing::new(hex::decode(strip_0x(text.trim())).map_err(|_| SecretKeyError)?);
        Self::from_bytes(&bytes)
    }

    /// The 32 bytes, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes().into())
    }

    /// The public key.
    pub fn avatar(&self) -> Avatar {
        Avatar::from_public_key(&(*self.0.verifying_key()).into())
    }

    /// Signs `message` after EIP-191, deterministically (RFC 6979), v as 27 or 28 as wallets do.
    pub fn personal_sign(&self, message: &[u8]) -> Signature {
        let (signature, recovery_id) = self.0.sign_prehash_recoverable(&personal_sign::digest(message));
        Signature::from_parts(&signature, recovery_id)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SecretKey(of {})", self.avatar())
    }
}
