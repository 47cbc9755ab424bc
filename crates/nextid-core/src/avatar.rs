//! The Avatar: a person's secp256k1 public key.

use std::fmt;
use std::str::FromStr;

use k256::elliptic_curve::sec1::ToSec1Point;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A secp256k1 public key that is known to lie on the curve, as its 33 compressed bytes (SEC 1).
///
/// Y is kept as well: it follows from the rest, but only by a square root, and every KV payload spells it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Avatar {
    compressed: [u8; 33],
    y: [u8; 32],
}

/// Why a text or a byte string is not an Avatar.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The text is not hexadecimal.
    #[error("not hexadecimal")]
    NotHex,
    /// The key has another length than the forms that are accepted; the number of bytes given.
    #[error("{0} bytes long; a public key has 33 bytes (compressed) or 65 (uncompressed)")]
    Length(usize),
    /// The bytes have the right length but name no point of the curve.
    #[error("not a point of secp256k1")]
    NotOnCurve,
}

impl Avatar {
    /// Reads a key of 33 or 65 bytes in hexadecimal, with or without `0x`, in any letter case.
    ///
    /// # Errors
    /// [`KeyError`], which says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::from_sec1(&decode_hex(text)?)
    }

    /// As [`Avatar::parse`], and also the raw form of 64 bytes, X then Y, which kv clients may send.
    ///
    /// # Errors
    /// [`KeyError`], which says what is wrong with the text.
    pub fn parse_with_raw(text: &str) -> Result<Self, KeyError> {
        let bytes = decode_hex(text)?;
        if bytes.len() == 64 {
            let mut sec1 = Vec::with_capacity(65);
            sec1.push(0x04);
            sec1.extend_from_slice(&bytes);
            return Self::from_sec1(&sec1);
        }
        Self::from_sec1(&bytes)
    }

    /// Reads a SEC 1 key: 33 bytes beginning with 2 or 3, or 65 beginning with 4.
    ///
    /// # Errors
    /// [`KeyError::Length`] or [`KeyError::NotOnCurve`].
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, KeyError> {
        // The library takes further forms, such as the compact one, that no service in the field does.
        match (bytes.len(), bytes.first()) {
            (33, Some(2 | 3)) | (65, Some(4)) => {}
            (33 | 65, _) => return Err(KeyError::NotOnCurve),
            (other, _) => return Err(KeyError::Length(other)),
        }
        let key = k256::PublicKey::from_sec1_bytes(bytes).map_err(|_| KeyError::NotOnCurve)?;
        Ok(Self::from_public_key(&key))
    }

    pub(crate) fn from_public_key(key: &k256::PublicKey) -> Self {
        // A public key is never the point at infinity, which alone is spelled shorter.
        <&[u8; 65]>::try_from(key.to_sec1_point(false).as_bytes())
            .map_or(Self { compressed: [0; 33], y: [0; 32] }, Self::from_point)
    }

    /// Takes a point that is known to be on the curve: 4, X and Y.
    pub(crate) fn from_point(point: &[u8; 65]) -> Self {
        let (mut compressed, mut y) = ([0; 33], [0; 32]);
        let ([tag, x @ ..], [_, coordinates @ ..]) = (&mut compressed, point);
        let (from_x, from_y) = coordinates.split_at(32);
        x.copy_from_slice(from_x);
        y.copy_from_slice(from_y);
        *tag = 2 + (point[64] & 1);
        Self { compressed, y }
    }

    /// The 33 compressed bytes, as stored.
    pub fn as_bytes(&self) -> &[u8; 33] {
        &self.compressed
    }

    /// The 65 uncompressed bytes, beginning with 4.
    pub fn to_uncompressed(&self) -> [u8; 65] {
        let mut bytes = [4_u8; 65];
        let ([_, x @ ..], [_, coordinates @ ..]) = (&self.compressed, &mut bytes);
        let (to_x, to_y) = coordinates.split_at_mut(32);
        to_x.copy_from_slice(x);
        to_y.copy_from_slice(&self.y);
        bytes
    }

    /// `0x` and 66 lower-case hexadecimal digits: how proof-service shows an Avatar.
    pub fn to_hex(&self) -> String {
        format!("0x{}", hex::encode(self.compressed))
    }

    /// `0x` and 130 lower-case hexadecimal digits: how kv-service shows an Avatar.
    pub fn to_uncompressed_hex(&self) -> String {
        format!("0x{}", hex::encode(self.to_uncompressed()))
    }
}

/// Removes one leading `0x` or `0X`.
pub(crate) fn strip_0x(text: &str) -> &str {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text)
}

fn decode_hex(text: &str) -> Result<Vec<u8>, KeyError> {
    hex::decode(strip_0x(text)).map_err(|_| KeyError::NotHex)
}

impl fmt::Display for Avatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Avatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Avatar({self})")
    }
}

impl FromStr for Avatar {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl Serialize for Avatar {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Avatar {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_with_raw(&text).map_err(serde::de::Error::custom)
    }
}
