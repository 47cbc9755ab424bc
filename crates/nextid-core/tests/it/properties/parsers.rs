//! No parser panics, and what is parsed is written as it was read.

use nextid_core::identity::steam_id::SteamId;
use nextid_core::link::{KvLink, ProofLink};
use nextid_core::{
    Action, Avatar, CreatedAt, EthAddress, LinkUuid, Platform, SecretKey, Signature, base1024,
    counter_signature, signature_text, solana,
};
use proptest::prelude::*;

use super::strategy::{like_an_identity, platform};

/// Calls every parser of texts.
fn parse_all(text: &str) {
    let _ = Avatar::parse(text);
    let _ = EthAddress::parse(text);
    let _ = SecretKey::from_hex(text);
    let _ = solana::parse_address(text);
    let _ = SteamId::parse(text);
    let _ = text.parse::<Action>();
    let _ = text.parse::<Platform>();
    let _ = base1024::decode(text);
    let _ = signature_text::decode_post(text);
    let _ = signature_text::decode_base64_kv(text);
    let _ = signature_text::decode_base58(text);
    let _ = signature_text::decode_hex(text);
    let _ = serde_json::from_str::<ProofLink>(text);
    let _ = serde_json::from_str::<KvLink>(text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_text(text in any::<String>()) {
        parse_all(&text);
    }

    #[test]
    fn texts_that_come_close(text in like_an_identity()) {
        parse_all(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..140)) {
        let _ = Avatar::from_sec1(&bytes);
        let _ = SecretKey::from_bytes(&bytes);
        if let Ok(signature) = Signature::from_slice(&bytes) {
            let _ = signature.recover(b"message");
            let _ = EthAddress::recover(&signature, b"message");
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            parse_all(text);
        }
    }

    /// Both libraries find the same key, or both find none.
    #[test]
    fn recovery_agrees_with_the_wallet_library(
        rs in prop::collection::vec(any::<u8>(), 64),
        v in prop::sample::select(vec![0_u8, 1, 27, 28]),
        message in any::<Vec<u8>>(),
    ) {
        let signature = Signature::from_slice(&[rs, vec![v]].concat()).unwrap();
        let key = signature.recover(&message);
        let address = EthAddress::recover(&signature, &message);
        prop_assert_eq!(key.map(|key| EthAddress::of(&key)), address);
    }

    #[test]
    fn a_counter_signature_of_garbage_is_refused(
        platform in platform(),
        identity in like_an_identity(),
        text in "[A-Za-z0-9+/]{86}==|[0-9a-f]{130}|[1-9A-HJ-NP-Za-km-z]{86,88}|\\PC*",
    ) {
        if let Ok(identity) = nextid_core::Identity::parse(platform, &identity) {
            prop_assert!(counter_signature::verify(&identity, &text, "payload").is_err());
        }
    }

    #[test]
    fn uuids(text in "\\PC{0,48}|[{(]?[0-9a-fA-F-]{30,38}[)}]?|(urn:uuid:)?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}") {
        if let Ok(uuid) = LinkUuid::parse(&text) {
            prop_assert_eq!(LinkUuid::parse(&uuid.to_string()), Ok(uuid));
            prop_assert!(text.to_ascii_lowercase().replace('-', "").contains(&uuid.to_string().replace('-', "")));
        }
    }

    #[test]
    fn seconds(text in "\\PC{0,20}|[+-]?[0-9]{1,22}") {
        if let Ok(created_at) = text.parse::<CreatedAt>() {
            prop_assert_eq!(created_at.to_string().parse(), Ok(created_at));
            prop_assert_eq!(CreatedAt::from_seconds(created_at.seconds()), Ok(created_at));
        }
    }

    #[test]
    fn keys(text in "(0x|0X)?(02|03|04|05)?[0-9a-fA-F]{64}([0-9a-fA-F]{64})?") {
        if let Ok(avatar) = Avatar::parse_with_raw(&text) {
            prop_assert_eq!(Avatar::parse(&avatar.to_hex()), Ok(avatar));
            prop_assert_eq!(Avatar::parse(&avatar.to_uncompressed_hex()), Ok(avatar));
            prop_assert_eq!(Avatar::from_sec1(&avatar.to_uncompressed()), Ok(avatar));
        }
    }
}
