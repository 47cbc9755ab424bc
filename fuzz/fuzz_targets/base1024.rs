//! base1024, in both directions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::base1024::{decode, encode};

fuzz_target!(|data: &[u8]| {
    assert_eq!(decode(&encode(data)), data);
    if let Ok(text) = std::str::from_utf8(data) {
        let bytes = decode(text);
        assert!(bytes.len() <= text.chars().count() * 10 / 8);
    }
});
