//! base1024 gives back what it was given.

use nextid_core::base1024::{decode, encode};
use nextid_core::signature_text::{decode_base64_kv, decode_base64_proof, decode_post, encode_base64};
use proptest::prelude::*;

proptest! {
    #[test]
    fn round_trip(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(decode(&encode(&bytes)), bytes);
    }

    #[test]
    fn one_symbol_for_ten_bits(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let symbols = encode(&bytes).chars().filter(|symbol| !symbol.is_ascii()).count();
        prop_assert_eq!(symbols, (bytes.len() * 8).div_ceil(10));
    }

    /// What a post carries is the same in both encodings, as neither is ever taken for the other.
    #[test]
    fn a_signature_in_a_post(bytes in prop::collection::vec(any::<u8>(), 65)) {
        prop_assert_eq!(encode(&bytes).chars().count(), 52);
        prop_assert_eq!(decode_post(&encode(&bytes)), bytes.clone());
        prop_assert_eq!(decode_post(&encode_base64(&bytes)), bytes);
    }

    #[test]
    fn base64_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let text = encode_base64(&bytes);
        prop_assert_eq!(decode_base64_proof(&text).unwrap(), bytes.clone());
        prop_assert_eq!(decode_base64_kv(&text).unwrap(), bytes.clone());
        prop_assert_eq!(decode_base64_kv(text.trim_end_matches('=')).unwrap(), bytes);
    }

    /// What kv-service reads is one spelling or the same without padding, so that a signature has at most three.
    #[test]
    fn kv_spellings_are_few(text in "[A-Za-z0-9+/]{0,8}={0,3}") {
        if let Ok(bytes) = decode_base64_kv(&text) {
            let full = encode_base64(&bytes);
            prop_assert_eq!(text.trim_end_matches('='), full.trim_end_matches('='));
            prop_assert!(text.len() <= full.len());
        }
    }
}
