//! Signatures: recovery ids, high s, and numbers out of range.

use nextid_core::signature::SignatureError;
use nextid_core::signature_text::{decode_base64_kv, encode_base64};
use nextid_core::{EthAddress, Signature, personal_sign};

use crate::support::keys::key;
use crate::support::unhex;

/// The order of secp256k1.
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
/// The x coordinate of its generator.
const GENERATOR_X: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

const MESSAGE: &[u8] = b"Test123123!";

/// v, and the key that r = 2 and s = 0x0101…01 over the message stand for.
const TWO: [(u8, &str); 2] = [
    (0, "0x02ee76a829edc1c6ba9d78b710c65c94d65d7e905d367e729337cd611aef82c969"),
    (1, "0x030e33da6fa8f76c9b44fcad2de065a0b702acea7e4b71f54282a03a76f2f7d525"),
];

/// The other signature that stands for the same key: s replaced by n - s, and v by its other value.
pub fn flipped(base64: &str) -> String {
    let mut bytes = decode_base64_kv(base64).unwrap();
    let order = unhex(ORDER);
    let mut borrow = 0;
    for index in (0..32).rev() {
        let difference = i16::from(order[index]) - i16::from(bytes[32 + index]) - borrow;
        borrow = i16::from(difference < 0);
        bytes[32 + index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    bytes[64] = match bytes[64] {
        0 => 1,
        1 => 0,
        27 => 28,
        28 => 27,
        other => panic!("v is {other}"),
    };
    encode_base64(&bytes)
}

fn signature(r: &[u8], s: &[u8], v: u8) -> Signature {
    Signature::from_slice(&[r, s, &[v]].concat()).unwrap()
}

#[test]
fn v_is_0_1_27_or_28() {
    let signed = key("alice").personal_sign(MESSAGE);
    for v in 0..=255 {
        let mut bytes = *signed.as_bytes();
        bytes[64] = v;
        let taken = Signature::from_slice(&bytes);
        if matches!(v, 0 | 1 | 27 | 28) {
            let taken = taken.unwrap();
            assert_eq!(taken.as_bytes()[64], v, "as given");
            let same = v % 27 == signed.as_bytes()[64] % 27;
            assert_eq!(taken.recover(MESSAGE) == Ok(key("alice").avatar()), same);
            assert_eq!(taken.with_reduced_v().as_bytes()[64], v % 27);
        } else {
            assert_eq!(taken, Err(SignatureError::RecoveryId(v)));
        }
    }
}

#[test]
fn length_is_65() {
    for length in [0, 1, 64, 66, 130] {
        assert_eq!(Signature::from_slice(&vec![0; length]), Err(SignatureError::Length(length)));
    }
}

#[test]
fn high_s_is_taken_and_kept() {
    for label in ["alice", "bob", "carol", "dave"] {
        let low = key(label).personal_sign(MESSAGE);
        let high = Signature::from_slice(&decode_base64_kv(&flipped(&low.to_base64())).unwrap()).unwrap();
        assert!(high.as_bytes()[32] >= 0x7f && low.as_bytes()[32] <= 0x7f);
        assert_eq!(high.recover(MESSAGE), Ok(key(label).avatar()));
        assert_eq!(EthAddress::recover(&high, MESSAGE), Ok(EthAddress::of(&key(label).avatar())));
        assert_eq!(flipped(&high.to_base64()), low.to_base64());
        // Without its v flipped it stands for another key.
        let mut bytes = *high.as_bytes();
        bytes[64] = low.as_bytes()[64];
        let wrong = Signature::from_slice(&bytes).unwrap();
        assert_ne!(wrong.recover(MESSAGE), Ok(key(label).avatar()));
    }
}

#[test]
fn r_and_s_are_from_1_to_below_the_order() {
    let good = *key("alice").personal_sign(MESSAGE).as_bytes();
    let (r, s) = (&good[..32], &good[32..64]);
    let zero = [0; 32];
    let order = unhex(ORDER);
    let max = [0xff; 32];
    for (r, s) in [
        (&zero[..], s),
        (r, &zero[..]),
        (&zero[..], &zero[..]),
        (&order[..], s),
        (r, &order[..]),
        (&max[..], s),
        (r, &max[..]),
    ] {
        for v in [0, 1, 27, 28] {
            let refused = signature(r, s, v);
            assert_eq!(refused.recover(MESSAGE), Err(SignatureError::Unrecoverable));
            assert_eq!(refused.verify(&key("alice").avatar(), MESSAGE), Err(SignatureError::Unrecoverable));
            assert_eq!(EthAddress::recover(&refused, MESSAGE), Err(SignatureError::Unrecoverable));
        }
    }
    // The greatest s is one below the order.
    let mut greatest = order.clone();
    greatest[31] -= 1;
    assert!(signature(r, &greatest, 0).recover(MESSAGE).is_ok());
}

#[test]
fn r_may_be_no_coordinate_of_the_curve() {
    // Five is the x of no point: 5³ + 7 = 132 has no square root.
    let mut five = [0; 32];
    five[31] = 5;
    let refused = signature(&five, &key("alice").personal_sign(MESSAGE).as_bytes()[32..64], 0);
    assert_eq!(refused.recover(MESSAGE), Err(SignatureError::Unrecoverable));
    assert_eq!(EthAddress::recover(&refused, MESSAGE), Err(SignatureError::Unrecoverable));
}

/// X of R may lie between the order and the field's prime; r is then X less the order, and only a v of 2 or 3 says so, which
/// nobody makes and which is refused. So r is never read as X less the order.
#[test]
fn r_is_never_a_reduced_coordinate() {
    // 7, 9 and 11 are X of no point, but 7, 9 and 11 more than the order are.
    let signed = key("alice").personal_sign(MESSAGE);
    for r in [7, 9, 11] {
        let mut bytes = [0; 32];
        bytes[31] = r;
        for v in [0, 1, 27, 28] {
            assert_eq!(
                signature(&bytes, &signed.as_bytes()[32..64], v).recover(MESSAGE),
                Err(SignatureError::Unrecoverable)
            );
        }
        for v in [2, 3, 29, 30] {
            let taken = Signature::from_slice(&[&bytes[..], &[1; 32], &[v]].concat());
            assert_eq!(taken, Err(SignatureError::RecoveryId(v)));
        }
    }
    // 2, and 2 more than the order, are both: 2 itself is meant. The keys were computed by another implementation.
    let mut two = [0; 32];
    two[31] = 2;
    for (v, wanted) in TWO {
        let recovered = signature(&two, &[1; 32], v).recover(MESSAGE).unwrap();
        assert_eq!(recovered.to_hex(), wanted);
    }
}

/// With R the generator and s the digest, the key would be the point at infinity, which is none.
#[test]
fn the_point_at_infinity_is_no_key() {
    let digest = personal_sign::digest(MESSAGE);
    let r = unhex(GENERATOR_X);
    let infinite = signature(&r, &digest, 0);
    assert_eq!(infinite.recover(MESSAGE), Err(SignatureError::Unrecoverable));
    assert_eq!(EthAddress::recover(&infinite, MESSAGE), Err(SignatureError::Unrecoverable));
    // The other point with this x gives a key.
    assert!(signature(&r, &digest, 1).recover(MESSAGE).is_ok());
}

#[test]
fn messages_of_every_length_have_their_own_prefix() {
    for length in [0, 1, 9, 10, 99, 100, 1000] {
        let message = "é".repeat(length);
        let signed = key("alice").personal_sign(message.as_bytes());
        assert_eq!(signed.recover(message.as_bytes()), Ok(key("alice").avatar()));
        // The length in the prefix is in bytes.
        let hashed = personal_sign::keccak256(
            format!("\u{19}Ethereum Signed Message:\n{}{message}", message.len()).as_bytes(),
        );
        assert_eq!(personal_sign::digest(message.as_bytes()), hashed);
        assert_eq!(signed.recover_digest(&hashed), Ok(key("alice").avatar()));
    }
}
