//! Avatars by the million, each with its private key.
//!
//! The private keys follow each other, so that a public key is one addition away from the one before it: a million take
//! seconds, where multiplying each takes half a minute. Nothing that is measured can tell them from random keys.

use k256::elliptic_curve::BatchNormalize as _;
use k256::elliptic_curve::PrimeField as _;
use k256::elliptic_curve::sec1::ToSec1Point as _;
use k256::{AffinePoint, ProjectivePoint, Scalar};
use nextid_core::{Avatar, EthAddress, SecretKey};

use crate::failure::{Context as _, Result};

/// Points that are brought into affine form together.
const CHUNK: usize = 4096;

/// Private keys one after the other, from a number that is far from every other family's.
#[derive(Debug, Clone, Copy)]
pub struct Family(Scalar);

impl Family {
    /// The keys of Avatars.
    pub fn avatars() -> Self {
        Self::from_number(1)
    }

    /// The keys of Ethereum wallets.
    pub fn wallets() -> Self {
        Self::from_number(2)
    }

    fn from_number(number: u128) -> Self {
        // Families lie 2^120 apart, and begin where keys look like any others.
        let seed = Scalar::from(0x6e65_7874_6964_2d62_656e_6368_6d61_726b_u128);
        Self(seed * seed * seed + Scalar::from(number << 120))
    }

    /// The private key with this index.
    ///
    /// # Errors
    /// Never for an index that a machine can hold.
    pub fn secret(&self, index: u64) -> Result<SecretKey> {
        let scalar = self.0 + Scalar::from(index);
        SecretKey::from_bytes(&scalar.to_repr()).context("a private key")
    }

    /// The public keys from index `first` on.
    ///
    /// # Errors
    /// Never for indexes that a machine can hold.
    pub fn public(&self, first: u64, count: usize) -> Result<Vec<Avatar>> {
        let mut point = ProjectivePoint::mul_by_generator(&(self.0 + Scalar::from(first)));
        let mut keys = Vec::with_capacity(count);
        while keys.len() < count {
            let projective: Vec<_> = std::iter::repeat_with(|| {
                let this = point;
                point += AffinePoint::GENERATOR;
                this
            })
            .take(CHUNK.min(count - keys.len()))
            .collect();
            let affine: Vec<AffinePoint> = ProjectivePoint::batch_normalize(projective.as_slice());
            for point in affine {
                keys.push(Avatar::from_sec1(point.to_sec1_point(false).as_bytes()).context("a public key")?);
            }
        }
        Ok(keys)
    }

    /// The address of the wallet with this index.
    ///
    /// # Errors
    /// As [`Family::secret`].
    pub fn address(&self, index: u64) -> Result<EthAddress> {
        Ok(EthAddress::of(&self.secret(index)?.avatar()))
    }
}

/// An Avatar of the world.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Which key of [`Family::avatars`] is theirs.
    pub index: u32,
    /// Their public key.
    pub avatar: Avatar,
}

/// The first `count` Avatars, in the order of their keys: an index that is filled in order stays small and fills fast.
///
/// # Errors
/// As [`Family::public`].
pub fn people(count: usize) -> Result<Vec<Person>> {
    let keys = Family::avatars().public(0, count)?;
    let mut people: Vec<Person> =
        keys.into_iter().zip(0_u32..).map(|(avatar, index)| Person { index, avatar }).collect();
    people.sort_unstable_by_key(|person| person.avatar);
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_and_public_keys_belong_together() {
        for family in [Family::avatars(), Family::wallets()] {
            let keys = family.public(3, CHUNK + 2).unwrap();
            for offset in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1] {
                let secret = family.secret(3 + u64::try_from(offset).unwrap()).unwrap();
                assert_eq!(secret.avatar(), keys[offset]);
            }
        }
        assert_ne!(
            Family::avatars().secret(0).unwrap().avatar(),
            Family::wallets().secret(0).unwrap().avatar()
        );
    }
}
