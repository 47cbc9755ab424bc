//! Solana wallets: what ed25519 libraries disagree about is refused.

use ed25519_dalek::Signer;
use nextid_core::solana::{SolanaError, parse_address, verify};

use crate::support::unhex;

const MESSAGE: &[u8] = b"payload";

/// The order of the group, little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn wallet() -> (ed25519_dalek::SigningKey, String) {
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let address = bs58::encode(key.verifying_key().as_bytes()).into_string();
    (key, address)
}

#[test]
fn a_genuine_signature() {
    let (key, address) = wallet();
    let signature = key.sign(MESSAGE).to_bytes();
    assert_eq!(verify(&address, &signature, MESSAGE), Ok(()));
    assert_eq!(parse_address(&address), Ok(*key.verifying_key().as_bytes()));
    assert_eq!(verify(&address, &signature, b"Payload"), Err(SolanaError::OtherSigner));
    // Nothing is put before the message, as Ethereum wallets do.
    let prefixed = nextid_core::personal_sign::digest(MESSAGE);
    assert_eq!(verify(&address, &signature, &prefixed), Err(SolanaError::OtherSigner));
}

#[test]
fn every_bit_of_a_signature_counts() {
    let (key, address) = wallet();
    let signature = key.sign(MESSAGE).to_bytes();
    for bit in 0..512 {
        let mut changed = signature;
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(verify(&address, &changed, MESSAGE), Err(SolanaError::OtherSigner));
    }
}

#[test]
fn lengths() {
    let (_, address) = wallet();
    for length in [0, 63, 65, 128] {
        assert_eq!(verify(&address, &vec![0; length], MESSAGE), Err(SolanaError::Length(length)));
    }
}

/// s + order is s again, so that a second signature could be made from the first.
#[test]
fn s_is_below_the_order() {
    let (key, address) = wallet();
    let mut signature = key.sign(MESSAGE).to_bytes();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(unhex(ORDER)) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert_eq!(verify(&address, &signature, MESSAGE), Err(SolanaError::OtherSigner));
}

/// Under the neutral element as key, one signature fits every message.
#[test]
fn a_key_of_small_order_signs_nothing() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let address = bs58::encode(neutral).into_string();
    let signature = [neutral, [0; 32]].concat();
    assert_eq!(verify(&address, &signature, MESSAGE), Err(SolanaError::OtherSigner));
}

#[test]
fn an_address_that_is_no_point() {
    // 32 bytes, and so an address, but no y coordinate of the curve: no wallet has its key.
    let mut two = [0; 32];
    two[0] = 2;
    let address = bs58::encode(two).into_string();
    assert_eq!(parse_address(&address), Ok(two));
    assert_eq!(verify(&address, &[0; 64], MESSAGE), Err(SolanaError::Address));
    assert_eq!(verify("not base58", &[0; 64], MESSAGE), Err(SolanaError::Address));
}
