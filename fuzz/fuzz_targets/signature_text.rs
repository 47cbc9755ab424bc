//! Signatures in every spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::Signature;
use nextid_core::signature_text::{
    decode_base58, decode_base64_kv, decode_base64_proof, decode_hex, decode_post, encode_base64,
};

fuzz_target!(|data: &[u8]| {
    assert_eq!(decode_base64_proof(&encode_base64(data)).as_deref(), Ok(data));
    assert_eq!(decode_base64_kv(&encode_base64(data)).as_deref(), Ok(data));
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(bytes) = decode_base64_kv(text) {
        // Nothing but padding may be missing from the one spelling of these bytes.
        let full = encode_base64(&bytes);
        assert_eq!(text.trim_end_matches('='), full.trim_end_matches('='));
    }
    let _ = decode_base58(text);
    let _ = decode_hex(text);
    match decode_base64_proof(text) {
        Ok(bytes) => assert_eq!(decode_post(text), bytes),
        Err(_) => assert_eq!(decode_post(text), nextid_core::base1024::decode(text)),
    }
    if let Ok(signature) = Signature::from_slice(&decode_post(text)) {
        let reduced = signature.with_reduced_v();
        assert_eq!(signature.recover(b"message"), reduced.recover(b"message"));
    }
});
