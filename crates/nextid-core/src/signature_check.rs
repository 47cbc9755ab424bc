//! Many signatures of one Avatar, whose key is known: checked together they cost half of what recovering each does.
//!
//! A signature (r, s) with the point R is the Avatar's, whose key is Q, if R = (z/s)·G + (r/s)·Q, where z is the digest. The
//! sum of all these equations, each times a number of its own, is one equation. If one of them does not hold, the sum
//! holds for one choice of the numbers in 2¹²⁸. They follow from everything that is checked, so that whoever makes the
//! signatures cannot choose them. It is the equation that recovery solves for Q, so that what is accepted is the same: R is
//! known because v says which of the two points with this X it is.

use k256::ecdsa::Signature as RAndS;
use k256::elliptic_curve::ops::{LinearCombination as _, Reduce as _};
use k256::elliptic_curve::point::DecompressPoint as _;
use k256::{AffinePoint, FieldBytes, ProjectivePoint, PublicKey, Scalar};
use sha2::{Digest as _, Sha256};

use crate::avatar::Avatar;
use crate::signature::Signature;

/// One signature and what it is over.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    pub(crate) signature: Signature,
    pub(crate) digest: [u8; 32],
}

/// The terms of one equation.
struct Equation {
    point: AffinePoint,
    r: Scalar,
    s: Scalar,
    z: Scalar,
}

/// Whether all signatures are the Avatar's. It does not say which one is not.
pub(crate) fn all_are_of(avatar: &Avatar, signed: &[Signed]) -> bool {
    check(avatar, signed).is_some_and(|sum| sum == ProjectivePoint::IDENTITY)
}

/// The sum of the equations, right sides less left ones. None if a signature can be nobody's.
fn check(avatar: &Avatar, signed: &[Signed]) -> Option<ProjectivePoint> {
    let key = PublicKey::from_sec1_bytes(&avatar.to_uncompressed()).ok()?;
    let equations: Vec<Equation> = signed.iter().map(Equation::of).collect::<Option<_>>()?;
    let inverses = inverses(equations.iter().map(|equation| equation.s))?;
    let seed = seed(avatar, signed);
    let (mut of_generator, mut of_key) = (Scalar::ZERO, Scalar::ZERO);
    let mut terms = Vec::with_capacity(equations.len() + 2);
    for ((number, equation), inverse) in (0_u64..).zip(&equations).zip(&inverses) {
        let factor = factor(&seed, number);
        of_generator += factor * equation.z * inverse;
        of_key += factor * equation.r * inverse;
        terms.push((-ProjectivePoint::from(equation.point), factor));
    }
    terms.push((ProjectivePoint::GENERATOR, of_generator));
    terms.push((key.to_projective(), of_key));
    Some(ProjectivePoint::lincomb_vartime(terms.as_slice()))
}

impl Equation {
    fn of(signed: &Signed) -> Option<Self> {
        let reduced = signed.signature.with_reduced_v();
        let [rs @ .., v] = reduced.as_bytes();
        // r and s are from 1 to below the order, or this is no signature.
        let (r, s) = RAndS::from_slice(rs).ok()?.split_scalars();
        let point = AffinePoint::decompress(&r.to_bytes(), (*v).into()).into_option()?;
        let z = Scalar::reduce(&FieldBytes::from(signed.digest));
        Some(Self { point, r: *r, s: *s, z })
    }
}

/// The inverses of numbers that are not zero, for the price of one inversion.
fn inverses(numbers: impl Iterator<Item = Scalar>) -> Option<Vec<Scalar>> {
    let mut product = Scalar::ONE;
    // Each number with the product of those before it.
    let befores: Vec<(Scalar, Scalar)> = numbers
        .map(|number| {
            let before = product;
            product *= number;
            (number, before)
        })
        .collect();
    let mut inverse = product.invert_vartime().into_option()?;
    let mut inverses: Vec<Scalar> = befores
        .iter()
        .rev()
        .map(|(number, before)| {
            let this = inverse * before;
            inverse *= number;
            this
        })
        .collect();
    inverses.reverse();
    Some(inverses)
}

fn seed(avatar: &Avatar, signed: &[Signed]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(avatar.as_bytes());
    for Signed { signature, digest } in signed {
        hash.update(digest);
        hash.update(signature.as_bytes());
    }
    hash.finalize().into()
}

/// The number by which an equation is multiplied: 128 bits, never zero.
fn factor(seed: &[u8; 32], number: u64) -> Scalar {
    let hash: [u8; 32] =
        Sha256::new().chain_update(seed).chain_update(number.to_be_bytes()).finalize().into();
    let [half @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = hash;
    Scalar::from(u128::from_be_bytes(half) | 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SecretKey, personal_sign};

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes(&[byte; 32]).unwrap()
    }

    fn signed(secret: &SecretKey, count: u8) -> Vec<Signed> {
        (0..count)
            .map(|number| Signed {
                signature: secret.personal_sign(&[number]),
                digest: personal_sign::digest(&[number]),
            })
            .collect()
    }

    /// The same verdict as one by one.
    fn agrees(avatar: &Avatar, signed: &[Signed]) -> bool {
        let together = all_are_of(avatar, signed);
        let recovered = |one: &Signed| one.signature.recover_digest(&one.digest) == Ok(*avatar);
        assert_eq!(together, signed.iter().all(recovered));
        together
    }

    #[test]
    fn good_ones_hold_in_any_number() {
        for count in [0, 1, 2, 3, 40] {
            assert!(agrees(&secret(7).avatar(), &signed(&secret(7), count)));
        }
    }

    #[test]
    fn one_bad_one_is_felt_wherever_it_is() {
        let (good, other) = (signed(&secret(7), 9), signed(&secret(8), 9));
        for place in 0..good.len() {
            let mut mixed = good.clone();
            mixed[place] = other[place].clone();
            assert!(!agrees(&secret(7).avatar(), &mixed), "another signer");
            let mut mixed = good.clone();
            mixed[place].digest[31] ^= 1;
            assert!(!agrees(&secret(7).avatar(), &mixed), "another digest");
            for byte in [0, 31, 32, 63, 64] {
                let mut bytes = *good[place].signature.as_bytes();
                bytes[byte] = if byte == 64 { 55 - bytes[byte] } else { bytes[byte] ^ 1 };
                let mut mixed = good.clone();
                mixed[place].signature = Signature::from_slice(&bytes).unwrap();
                assert!(!agrees(&secret(7).avatar(), &mixed), "byte {byte}");
            }
        }
        // Two that are wrong do not make up for each other.
        let mut swapped = good.clone();
        let digest = swapped[0].digest;
        swapped[0].digest = swapped[1].digest;
        swapped[1].digest = digest;
        assert!(!agrees(&secret(7).avatar(), &swapped));
    }

    #[test]
    fn a_high_s_and_a_reduced_v_hold_too() {
        let mut all = signed(&secret(7), 6);
        for one in all.iter_mut().step_by(2) {
            let mut bytes = *one.signature.with_reduced_v().as_bytes();
            let s = Scalar::reduce(&FieldBytes::try_from(&bytes[32..64]).unwrap());
            bytes[32..64].copy_from_slice(&(-s).to_bytes());
            bytes[64] ^= 1;
            one.signature = Signature::from_slice(&bytes).unwrap();
        }
        assert!(agrees(&secret(7).avatar(), &all));
    }

    #[test]
    fn what_can_be_nobodys_does_not_hold() {
        for (r, s) in [(0, 1), (1, 0), (0, 0), (0xff, 1), (1, 0xff), (5, 1)] {
            let mut bytes = [0; 65];
            // 0xff…ff is beyond the order, and five is X of no point.
            let fill = |part: &mut [u8], value: u8| match value {
                0xff => part.fill(0xff),
                _ => part[31] = value,
            };
            fill(&mut bytes[..32], r);
            fill(&mut bytes[32..64], s);
            let mut all = signed(&secret(7), 2);
            all.push(Signed { signature: Signature::from_slice(&bytes).unwrap(), digest: [1; 32] });
            assert!(!agrees(&secret(7).avatar(), &all));
        }
    }
}
