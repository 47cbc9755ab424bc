//! Hashes, keys and signatures over messages.

use nextid_core::personal_sign::{digest, keccak256};
use nextid_core::{Avatar, EthAddress, SecretKey, Signature};

use crate::support::vector::{Vector, signature};

pub fn signed_message(vector: &Vector) {
    let message = vector.text("message").as_bytes();
    assert_eq!(message, vector.hex("message_utf8_hex"));
    assert_eq!(digest(message).to_vec(), vector.hex("digest_hex"));

    let secret = SecretKey::from_hex(vector.text("private_key_hex")).unwrap();
    assert_eq!(secret.avatar(), vector.avatar("public_key_compressed"));
    public_key(vector);

    signature_fields(vector);
    let recorded = signature(vector.text("signature_base64"));
    recorded.verify(&secret.avatar(), message).expect("the recorded signature verifies");
    // RFC 6979 leaves no choice, so that ours is the same but for the spelling of v.
    assert_eq!(vector.0["rfc6979_reproduces_r_s"], true);
    assert_eq!(secret.personal_sign(message).with_reduced_v(), recorded);
}

/// The spellings of one signature agree: base64, hexadecimal, its v, and base64 with v reduced.
pub fn signature_fields(vector: &Vector) {
    let recorded = signature(vector.text("signature_base64"));
    assert_eq!(recorded.as_bytes().to_vec(), vector.hex("signature_hex"));
    assert_eq!(u64::from(recorded.as_bytes()[64]), vector.0["signature_v"]);
    assert_eq!(recorded.to_base64(), vector.text("signature_base64"));
    assert_eq!(recorded.with_reduced_v().to_base64(), vector.text("signature_base64_v_normalized"));
}

pub fn hash(vector: &Vector) {
    assert_eq!(keccak256(vector.text("message").as_bytes()).to_vec(), vector.hex("digest_hex"));
}

pub fn address(vector: &Vector) {
    public_key(vector);
    let address = EthAddress::of(&vector.avatar("public_key_compressed"));
    assert_eq!(address.to_string(), vector.text("expected_address"));
    assert_eq!(EthAddress::parse(vector.text("expected_address")), Ok(address));
}

/// Every spelling that the contract knows is the same key, and each service shows it in its own.
pub fn public_key(vector: &Vector) {
    let compressed = vector.text("public_key_compressed");
    let uncompressed = vector.text("public_key_uncompressed");
    let avatar = Avatar::parse(compressed).unwrap();
    for spelling in [compressed, uncompressed] {
        let digits = spelling.strip_prefix("0x").unwrap();
        for text in [
            digits.to_owned(),
            digits.to_uppercase(),
            format!("0x{digits}"),
            format!("0X{}", digits.to_uppercase()),
        ] {
            assert_eq!(Avatar::parse(&text), Ok(avatar), "{text}");
            assert_eq!(Avatar::parse_with_raw(&text), Ok(avatar), "{text}");
        }
    }
    let raw = uncompressed.strip_prefix("0x04").unwrap();
    assert_eq!(Avatar::parse_with_raw(raw), Ok(avatar));
    assert!(Avatar::parse(raw).is_err(), "proof-service takes no raw keys");

    assert_eq!(avatar.to_hex(), compressed);
    assert_eq!(avatar.to_uncompressed_hex(), uncompressed);
    assert_eq!(EthAddress::of(&avatar).checksummed(), vector.text("address"));
}

pub fn subkey_certificate(vector: &Vector) {
    let subkey = SecretKey::from_hex(vector.text("subkey_private_key_hex")).unwrap();
    assert_eq!(subkey.avatar().to_uncompressed_hex(), vector.text("subkey_public_key"));
    let message = vector.text("message").as_bytes();
    assert_eq!(digest(message).to_vec(), vector.hex("digest_hex"));
    signature_fields(vector);
    let certificate = Signature::from_slice(&vector.hex("signature_hex")).unwrap();
    certificate.verify(&vector.avatar("avatar"), message).expect("the Avatar certified the subkey");
    assert!(certificate.verify(&subkey.avatar(), message).is_err());
}
