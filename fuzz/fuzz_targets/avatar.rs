//! Public keys, private keys and addresses, as texts and as bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::{Avatar, EthAddress, SecretKey, Signature, solana};

fuzz_target!(|data: &[u8]| {
    if let Ok(avatar) = Avatar::from_sec1(data) {
        assert_eq!(Avatar::from_sec1(&avatar.to_uncompressed()), Ok(avatar));
    }
    let _ = SecretKey::from_bytes(data);
    if let Ok(signature) = Signature::from_slice(data) {
        let key = signature.recover(b"message");
        let address = EthAddress::recover(&signature, b"message");
        assert_eq!(key.map(|key| EthAddress::of(&key)), address);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = SecretKey::from_hex(text);
    let _ = solana::parse_address(text);
    if let Ok(avatar) = Avatar::parse_with_raw(text) {
        assert_eq!(Avatar::parse(&avatar.to_hex()), Ok(avatar));
        assert_eq!(Avatar::parse(&avatar.to_uncompressed_hex()), Ok(avatar));
    }
    if let Ok(avatar) = Avatar::parse(text) {
        assert_eq!(Avatar::parse_with_raw(text), Ok(avatar));
    }
    if let Ok(address) = EthAddress::parse(text) {
        assert_eq!(EthAddress::parse(&address.checksummed()), Ok(address));
    }
});
