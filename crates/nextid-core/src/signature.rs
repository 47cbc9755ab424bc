//! A recoverable secp256k1 signature over a `personal_sign` message. Every recovery, an Avatar's as well as a wallet's, is
//! asked for here, so that the library behind it can be changed in one place; `tests/it/tables/signature.rs` pins what is
//! accepted.

use k256::ecdsa::RecoveryId;
use thiserror::Error;

use crate::avatar::Avatar;
use crate::personal_sign;
use crate::recovery;

/// 65 bytes: r (32), s (32), v (1), exactly as they were given.
///
/// v may be 0, 1, 27 or 28; s may be high. Nothing may rely on the bytes being the only signature of a message: a second
/// one is easily made from the first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 65]);

/// Why a signature does not stand for a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// Not 65 bytes; the number given.
    #[error("the signature has {0} bytes instead of 65")]
    Length(usize),
    /// v is none of 0, 1, 27, 28; the value given.
    #[error("the signature's recovery id {0} is not supported")]
    RecoveryId(u8),
    /// r or s is out of range, or no key fits.
    #[error("no key can be recovered from the signature")]
    Unrecoverable,
    /// A key was recovered, but another one than was expected.
    #[error("the signature was made by another key, or over another text")]
    OtherSigner,
}

impl Signature {
    /// Takes 65 bytes as they are. v is checked here, r and s when the key is recovered.
    ///
    /// # Errors
    /// [`SignatureError::Length`] or [`SignatureError::RecoveryId`].
    pub fn from_slice(bytes: &[u8]) -> Result<Self, SignatureError> {
        let bytes: [u8; 65] = bytes.try_into().map_err(|_| SignatureError::Length(bytes.len()))?;
        let signature = Self(bytes);
        signature.parity()?;
        Ok(signature)
    }

    /// The 65 bytes as given.
    pub fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// The same signature with v reduced to 0 or 1, which is how proof-service stores and shows it.
    #[must_use]
    pub fn with_reduced_v(&self) -> Self {
        let mut bytes = self.0;
        if let [.., v] = &mut bytes
            && *v >= 27
        {
            *v -= 27;
        }
        Self(bytes)
    }

    /// Standard base64 with padding.
    pub fn to_base64(&self) -> String {
        crate::signature_text::encode_base64(&self.0)
    }

    /// The key that signed `message` with `personal_sign`.
    ///
    /// # Errors
    /// [`SignatureError::Unrecoverable`] if r, s and v belong to no key.
    pub fn recover(&self, message: &[u8]) -> Result<Avatar, SignatureError> {
        self.recover_digest(&personal_sign::digest(message))
    }

    /// The key that signed a 32-byte `digest`.
    ///
    /// # Errors
    /// [`SignatureError::Unrecoverable`] if r, s and v belong to no key.
    pub fn recover_digest(&self, digest: &[u8; 32]) -> Result<Avatar, SignatureError> {
        let [rs @ .., _] = &self.0;
        let key = recovery::recover(digest, rs, self.parity()? == 1).ok_or(SignatureError::Unrecoverable)?;
        Ok(Avatar::from_point(&key))
    }

    /// Checks that `avatar` signed `message` with `personal_sign`.
    ///
    /// # Errors
    /// [`SignatureError::OtherSigner`] or [`SignatureError::Unrecoverable`].
    pub fn verify(&self, avatar: &Avatar, message: &[u8]) -> Result<(), SignatureError> {
        self.verify_digest(avatar, &personal_sign::digest(message))
    }

    /// Checks that `avatar` signed a 32-byte `digest`.
    pub(crate) fn verify_digest(&self, avatar: &Avatar, digest: &[u8; 32]) -> Result<(), SignatureError> {
        if self.recover_digest(digest)? == *avatar { Ok(()) } else { Err(SignatureError::OtherSigner) }
    }

    /// v as the parity of R's y coordinate: 0 or 1.
    fn parity(&self) -> Result<u8, SignatureError> {
        let [.., v] = self.0;
        match v {
            0 | 1 => Ok(v),
            27 | 28 => Ok(v - 27),
            other => Err(SignatureError::RecoveryId(other)),
        }
    }

    /// Puts a library's signature and its recovery id together; v as 27 or 28.
    pub(crate) fn from_parts(signature: &k256::ecdsa::Signature, recovery_id: RecoveryId) -> Self {
        let mut bytes = [27 + u8::from(recovery_id.is_y_odd()); 65];
        let [rs @ .., _] = &mut bytes;
        rs.copy_from_slice(&signature.to_bytes());
        Self(bytes)
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", self.to_base64())
    }
}
