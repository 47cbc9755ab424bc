//! What is signed is recovered, and nothing else is.

use nextid_core::signature::SignatureError;
use nextid_core::signature_text::{decode_base64_kv, decode_base64_proof, decode_hex};
use nextid_core::{Avatar, EthAddress, SecretKey, Signature};
use proptest::prelude::*;

use super::strategy::secret_key;
use crate::tables::signature::flipped;

proptest! {
    #[test]
    fn signing_and_recovering(key in secret_key(), message in any::<Vec<u8>>()) {
        let signature = key.personal_sign(&message);
        prop_assert!(matches!(signature.as_bytes()[64], 27 | 28));
        prop_assert!(signature.as_bytes()[32] <= 0x7f, "s is low");
        for spelling in [signature, signature.with_reduced_v()] {
            prop_assert_eq!(spelling.recover(&message), Ok(key.avatar()));
            prop_assert_eq!(spelling.verify(&key.avatar(), &message), Ok(()));
            prop_assert_eq!(EthAddress::recover(&spelling, &message), Ok(EthAddress::of(&key.avatar())));
        }
        let text = signature.to_base64();
        prop_assert_eq!(decode_base64_proof(&text).unwrap(), signature.as_bytes());
        prop_assert_eq!(decode_base64_kv(&text).unwrap(), signature.as_bytes());
        prop_assert_eq!(decode_hex(&hex::encode(signature.as_bytes())).unwrap(), signature.as_bytes());
    }

    #[test]
    fn the_other_signature_of_the_same_key(key in secret_key(), message in any::<Vec<u8>>()) {
        let text = key.personal_sign(&message).to_base64();
        let other = Signature::from_slice(&decode_base64_kv(&flipped(&text)).unwrap()).unwrap();
        prop_assert_eq!(other.recover(&message), Ok(key.avatar()));
        prop_assert_eq!(flipped(&flipped(&text)), text);
    }

    #[test]
    fn another_key_or_another_message(
        key in secret_key(),
        other in secret_key(),
        message in any::<Vec<u8>>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let signature = key.personal_sign(&message);
        prop_assert_eq!(signature.verify(&other.avatar(), &message), Err(SignatureError::OtherSigner));
        let mut changed = message.clone();
        changed.push(0);
        let position = bit.index(changed.len() * 8);
        changed[position / 8] ^= 1 << (position % 8);
        prop_assert_eq!(signature.verify(&key.avatar(), &changed), Err(SignatureError::OtherSigner));
    }

    #[test]
    fn a_changed_signature_is_another(
        key in secret_key(),
        message in any::<Vec<u8>>(),
        bit in 0_usize..65 * 8,
    ) {
        let mut bytes = *key.personal_sign(&message).as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verified = Signature::from_slice(&bytes).and_then(|changed| changed.verify(&key.avatar(), &message));
        prop_assert!(verified.is_err());
    }

    #[test]
    fn keys_round_trip(key in secret_key()) {
        let avatar = key.avatar();
        prop_assert_eq!(avatar.to_hex().parse::<Avatar>(), Ok(avatar));
        let again = SecretKey::from_hex(&hex::encode(*key.to_bytes())).unwrap();
        prop_assert_eq!(again.avatar(), avatar);
        let address = EthAddress::of(&avatar);
        prop_assert_eq!(EthAddress::parse(&address.checksummed()), Ok(address));
        prop_assert_eq!(EthAddress::parse(&address.to_string()), Ok(address));
    }
}
