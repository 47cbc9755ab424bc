//! Which texts are a subkey, and which of them are the same one.

use nextid_core::avatar::KeyError;
use nextid_core::payload::SubkeyAlgorithm::{self, Es256, Secp256k1};
use nextid_core::subkey::{SubkeyKeyError, SubkeyPublicKey};

/// The generator of P-256, X then Y (SEC 2, 2.4.2).
const P256: &str = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                    4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
/// The generator of secp256k1, X and Y (SEC 2, 2.4.1).
const X: &str = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
const Y: &str = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

fn parse(algorithm: SubkeyAlgorithm, text: &str) -> Result<SubkeyPublicKey, SubkeyKeyError> {
    SubkeyPublicKey::parse(algorithm, text)
}

fn refused(algorithm: SubkeyAlgorithm, text: &str) -> SubkeyKeyError {
    parse(algorithm, text).unwrap_err()
}

#[test]
fn spellings_of_a_p256_key_are_one() {
    let key = parse(Es256, P256).unwrap();
    assert_eq!(key.algorithm(), Es256);
    assert_eq!(hex::encode(key.as_bytes()), format!("03{}", &P256[..64]));
    for spelling in [P256.to_uppercase(), format!("0x{P256}"), format!("0X{}", P256.to_uppercase())] {
        assert_eq!(parse(Es256, &spelling), Ok(key.clone()), "{spelling}");
    }
}

#[test]
fn spellings_of_a_secp256k1_key_are_one() {
    let key = parse(Secp256k1, &format!("0x02{X}")).unwrap();
    assert_eq!(key.algorithm(), Secp256k1);
    assert_eq!(hex::encode(key.as_bytes()), format!("02{X}"));
    for spelling in [
        format!("02{X}"),
        format!("04{X}{Y}"),
        format!("0x04{X}{Y}"),
        format!("{X}{Y}"),
        format!("0X{}{Y}", X.to_uppercase()),
    ] {
        assert_eq!(parse(Secp256k1, &spelling), Ok(key.clone()), "{spelling}");
    }
    // The point with the same X on the other side.
    assert_ne!(parse(Secp256k1, &format!("03{X}")), Ok(key));
}

#[test]
fn a_point_of_one_curve_is_none_of_the_other() {
    assert_eq!(refused(Es256, &format!("{X}{Y}")), SubkeyKeyError::NotOnP256);
    assert_eq!(refused(Secp256k1, P256), SubkeyKeyError::Secp256k1(KeyError::NotOnCurve));
}

#[test]
fn what_is_no_p256_key() {
    let zeros = "0".repeat(128);
    let beyond = "f".repeat(128);
    let swapped = format!("{}{}", &P256[64..], &P256[..64]);
    let last_bit = format!("{}4", &P256[..127]);
    for text in [&zeros, &beyond, &swapped, &last_bit] {
        assert_eq!(refused(Es256, text), SubkeyKeyError::NotOnP256, "{text}");
    }
    // Compressed and uncompressed SEC 1 forms are not what the field's clients send.
    for (text, bytes) in [
        (format!("03{}", &P256[..64]), 33),
        (format!("04{P256}"), 65),
        (P256[..126].to_owned(), 63),
        (String::new(), 0),
        ("0x".to_owned(), 0),
    ] {
        assert_eq!(refused(Es256, &text), SubkeyKeyError::P256Length(bytes), "{text}");
    }
    for text in [format!("0x0x{P256}"), format!(" {P256}"), P256[..127].to_owned(), "é".repeat(64)] {
        assert_eq!(refused(Es256, &text), SubkeyKeyError::NotHex, "{text}");
    }
}

#[test]
fn what_is_no_secp256k1_key() {
    for (text, error) in [
        (String::new(), KeyError::Length(0)),
        (X.to_owned(), KeyError::Length(32)),
        ("g".repeat(66), KeyError::NotHex),
        (format!("05{X}"), KeyError::NotOnCurve),
        (format!("04{X}{X}"), KeyError::NotOnCurve),
        (format!("{X}{X}"), KeyError::NotOnCurve),
    ] {
        assert_eq!(refused(Secp256k1, &text), SubkeyKeyError::Secp256k1(error), "{text}");
    }
}
