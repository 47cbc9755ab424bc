//! Recovery of the key that made an ECDSA signature, by libsecp256k1, which Bitcoin's nodes verify with.
//!
//! It takes 34 µs where the library behind everything else here, k256, takes 52, and recovery is what a submit spends most
//! on. It is built with its small tables: with the large ones it takes 29 µs, and each program has another megabyte.

use secp256k1::Message;
use secp256k1::ecdsa::{RecoverableSignature, RecoveryId};

/// The key, uncompressed (SEC 1), that fits a digest, r and s (32 bytes each) and the parity of the y coordinate of R. s may
/// be high. None if r or s is zero or not below the order of the curve, R is no point of it, or the key would be its
/// neutral element. R is never the point whose x coordinate is the order or more: no wallet writes that v.
pub(crate) fn recover(digest: &[u8; 32], rs: &[u8; 64], r_is_odd: bool) -> Option<[u8; 65]> {
    let recovery_id = if r_is_odd { RecoveryId::One } else { RecoveryId::Zero };
    let signature = RecoverableSignature::from_compact(rs, recovery_id).ok()?;
    let key = signature.recover(Message::from_digest(*digest)).ok()?;
    Some(key.serialize_uncompressed())
}

#[cfg(test)]
mod tests {
    use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
    use proptest::prelude::*;

    use super::*;

    /// What k256 says, which knows nothing of a high s: with n − s the other R fits.
    fn by_k256(digest: &[u8; 32], rs: &[u8; 64], r_is_odd: bool) -> Option<[u8; 65]> {
        let signature = Signature::from_slice(rs).ok()?;
        let low = signature.normalize_s();
        let recovery_id = RecoveryId::new(r_is_odd != (low != signature), false);
        let key = VerifyingKey::recover_from_prehash(digest, &low, recovery_id).ok()?;
        key.to_sec1_point(false).as_bytes().try_into().ok()
    }

    /// Any 32 bytes, and those near zero and near the order of the curve.
    fn number() -> impl Strategy<Value = [u8; 32]> {
        let order = hex::decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
            .expect("hexadecimal");
        let near_order = (-3_i16..4).prop_map(move |offset| {
            let mut bytes: [u8; 32] = order.clone().try_into().expect("32 bytes");
            bytes[31] = u8::try_from(i16::from(bytes[31]) + offset).expect("a byte");
            bytes
        });
        let small = any::<u8>().prop_map(|last| {
            let mut bytes = [0; 32];
            bytes[31] = last % 4;
            bytes
        });
        prop_oneof![8 => any::<[u8; 32]>(), 1 => near_order, 1 => small, 1 => Just([0xff; 32])]
    }

    proptest! {
        #[test]
        fn both_libraries_agree(digest in number(), r in number(), s in number(), r_is_odd: bool) {
            let rs: [u8; 64] = [r, s].concat().try_into().expect("64 bytes");
            prop_assert_eq!(recover(&digest, &rs, r_is_odd), by_k256(&digest, &rs, r_is_odd));
        }
    }
}
