//! Subkeys: further keys that an Avatar certifies, such as the one of a passkey.

use p256::elliptic_curve::sec1::ToSec1Point;
use thiserror::Error;

use crate::avatar::{Avatar, KeyError, strip_0x};
use crate::payload::SubkeyAlgorithm;

/// A subkey that is known to lie on its curve. Two spellings of one key are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SubkeyPublicKey {
    algorithm: SubkeyAlgorithm,
    bytes: Vec<u8>,
}

/// Why a text is no public key of its algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubkeyKeyError {
    /// The text is not hexadecimal.
    #[error("not hexadecimal")]
    NotHex,
    /// Another length than P-256 keys have here; the number of bytes given.
    #[error("{0} bytes long; a P-256 key has 64, X then Y")]
    P256Length(usize),
    /// X and Y name no point of P-256.
    #[error("not a point of P-256")]
    NotOnP256,
    /// No secp256k1 key.
    #[error(transparent)]
    Secp256k1(KeyError),
}

impl SubkeyPublicKey {
    /// Reads a key in hexadecimal, with or without `0x`, in any letter case: for `es256` the 64 bytes X then Y; for
    /// `secp256k1` 33 bytes (compressed), 65 (uncompressed) or 64 (X then Y).
    ///
    /// # Errors
    /// [`SubkeyKeyError`].
    pub fn parse(algorithm: SubkeyAlgorithm, text: &str) -> Result<Self, SubkeyKeyError> {
        let bytes = match algorithm {
            SubkeyAlgorithm::Es256 => parse_p256(text)?,
            SubkeyAlgorithm::Secp256k1 => {
                Avatar::parse_with_raw(text).map_err(SubkeyKeyError::Secp256k1)?.as_bytes().to_vec()
            }
        };
        Ok(Self { algorithm, bytes })
    }

    /// The curve.
    pub fn algorithm(&self) -> SubkeyAlgorithm {
        self.algorithm
    }

    /// The key in its one stored form: 33 bytes, compressed (SEC 1).
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn parse_p256(text: &str) -> Result<Vec<u8>, SubkeyKeyError> {
    let raw = hex::decode(strip_0x(text)).map_err(|_| SubkeyKeyError::NotHex)?;
    if raw.len() != 64 {
        return Err(SubkeyKeyError::P256Length(raw.len()));
    }
    let mut sec1 = Vec::with_capacity(65);
    sec1.push(0x04);
    sec1.extend_from_slice(&raw);
    let key = p256::PublicKey::from_sec1_bytes(&sec1).map_err(|_| SubkeyKeyError::NotOnP256)?;
    Ok(key.to_sec1_point(true).as_bytes().to_vec())
}
