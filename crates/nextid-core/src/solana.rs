//! Solana wallets: base58 keys and raw ed25519 signatures.

use ed25519_dalek::VerifyingKey;
use thiserror::Error;

use crate::signature_text;

/// Why a Solana wallet's signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SolanaError {
    /// The address is not 32 bytes in base58, or no key.
    #[error("not a Solana address (32 bytes in base58)")]
    Address,
    /// The signature has another length than 64 bytes; the number given.
    #[error("the wallet's signature has {0} bytes instead of 64")]
    Length(usize),
    /// The signature was made by another key or over another text.
    #[error("the wallet's signature was made by another key, or over another text")]
    OtherSigner,
}

/// Reads an address: 32 bytes in base58.
///
/// # Errors
/// [`SolanaError::Address`].
pub fn parse_address(text: &str) -> Result<[u8; 32], SolanaError> {
    // base58 is quadratic in the length of its input; no address is longer than 44 characters.
    if text.len() > 44 {
        return Err(SolanaError::Address);
    }
    signature_text::decode_base58(text)
        .map_err(|_| SolanaError::Address)?
        .try_into()
        .map_err(|_| SolanaError::Address)
}

/// Checks a 64-byte ed25519 signature (RFC 8032) over the bytes of `message`, nothing put before them.
///
/// Keys and points of small order are refused: under them one signature fits many messages.
///
/// # Errors
/// [`SolanaError`].
pub fn verify(address: &str, signature: &[u8], message: &[u8]) -> Result<(), SolanaError> {
    let key = VerifyingKey::from_bytes(&parse_address(address)?).map_err(|_| SolanaError::Address)?;
    let bytes: [u8; 64] = signature.try_into().map_err(|_| SolanaError::Length(signature.len()))?;
    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&bytes))
        .map_err(|_| SolanaError::OtherSigner)
}
