//! Ethereum accounts: addresses and what their wallets sign. The only file that knows `ethers-core`.

use std::fmt;

use ethers_core::types::H160;
use ethers_core::utils::to_checksum;
use thiserror::Error;

use crate::avatar::{Avatar, strip_0x};
use crate::personal_sign;
use crate::signature::{Signature, SignatureError};

/// A 20-byte account address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EthAddress(H160);

/// The text is not `0x` and 40 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an Ethereum address (0x and 40 hexadecimal digits)")]
pub struct AddressError;

impl EthAddress {
    /// Reads 40 hexadecimal digits in any letter case, with or without `0x`. The EIP-55 checksum is not demanded.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut bytes = [0_u8; 20];
        hex::decode_to_slice(strip_0x(text), &mut bytes).map_err(|_| AddressError)?;
        Ok(Self(H160(bytes)))
    }

    /// The address of a key: the last 20 bytes of the Keccak-256 of X and Y.
    pub fn of(key: &Avatar) -> Self {
        let uncompressed = key.to_uncompressed();
        let [_, coordinates @ ..] = &uncompressed;
        let hash = personal_sign::keccak256(coordinates);
        let mut bytes = [0_u8; 20];
        let [_, _, _, _, _, _, _, _, _, _, _, _, tail @ ..] = &hash;
        bytes.copy_from_slice(tail);
        Self(H160(bytes))
    }

    /// The account whose key signed `message` with `personal_sign`.
    ///
    /// # Errors
    /// [`SignatureError::Unrecoverable`].
    pub fn recover(signature: &Signature, message: &[u8]) -> Result<Self, SignatureError> {
        signature.recover(message).map(|key| Self::of(&key))
    }

    /// The 20 bytes.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0.0
    }

    /// The EIP-55 spelling, with its letter-case checksum.
    pub fn checksummed(&self) -> String {
        to_checksum(&self.0, None)
    }
}

impl fmt::Display for EthAddress {
    /// `0x` and 40 lower-case digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0.0))
    }
}

impl fmt::Debug for EthAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EthAddress({self})")
    }
}
