//! The spellings in which signatures travel.
//!
//! The services in the field never agreed on one: proof-service reads base64 the way Go's `base64.StdEncoding` does,
//! kv-service the way Rust's `base64` 0.13 did, posts may carry base1024 instead, and the target of an alias signs in
//! hexadecimal. Each reader here accepts exactly what its service accepts.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;

use crate::avatar::strip_0x;
use crate::base1024;

const GO: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

const KV: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The text is not in the encoding that is expected there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodingError {
    /// Not base64; what the decoder says.
    #[error("not base64: {0}")]
    Base64(String),
    /// Not hexadecimal.
    #[error("not hexadecimal")]
    Hex,
    /// Not base58.
    #[error("not base58")]
    Base58,
}

/// Standard base64 with padding: how both services show signatures.
pub fn encode_base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Base64 as proof-service takes it: padding is required, `\r` and `\n` are ignored anywhere, unused bits are not looked
/// at.
///
/// # Errors
/// [`EncodingError::Base64`].
pub fn decode_base64_proof(text: &str) -> Result<Vec<u8>, EncodingError> {
    let decoded =
        if text.contains(['\r', '\n']) { GO.decode(text.replace(['\r', '\n'], "")) } else { GO.decode(text) };
    decoded.map_err(|error| EncodingError::Base64(error.to_string()))
}

/// Base64 as kv-service takes it: padding may be missing, white space and unused bits that are not zero are refused.
///
/// # Errors
/// [`EncodingError::Base64`].
pub fn decode_base64_kv(text: &str) -> Result<Vec<u8>, EncodingError> {
    KV.decode(text).map_err(|error| EncodingError::Base64(error.to_string()))
}

/// A signature in a proof post: base64, and where that fails base1024, which never fails. Garbage therefore comes out as
/// bytes of a wrong length.
pub fn decode_post(text: &str) -> Vec<u8> {
    decode_base64_proof(text).unwrap_or_else(|_| base1024::decode(text))
}

/// Hexadecimal with or without `0x`: the target's signature of an alias.
///
/// # Errors
/// [`EncodingError::Hex`].
pub fn decode_hex(text: &str) -> Result<Vec<u8>, EncodingError> {
    hex::decode(strip_0x(text)).map_err(|_| EncodingError::Hex)
}

/// Base58 with the Bitcoin alphabet: signatures of Solana wallets.
///
/// # Errors
/// [`EncodingError::Base58`].
pub fn decode_base58(text: &str) -> Result<Vec<u8>, EncodingError> {
    // Decoding takes time with the square of the length; 64 bytes have at most 88 digits.
    if text.len() > 88 {
        return Err(EncodingError::Base58);
    }
    bs58::decode(text).into_vec().map_err(|_| EncodingError::Base58)
}
