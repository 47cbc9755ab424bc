//! Identities that are keys or addresses.

use nextid_core::{Avatar, Identity, Platform};

pub const PLATFORMS: [Platform; 3] = [Platform::Ethereum, Platform::Solana, Platform::Nextid];

pub const SOLANA: &str = "5yEdJfvEQKAVV17rHuXo2zw2s31rLbxzshmMPHpFKqZg";
pub const NEXTID: &str = "0x03dc796a6afeb1720725ed5f5e32fe7ba82d7fc7b71ef7a52575678b92aab31f8f";
const ETHEREUM: &str = "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6";

#[test]
fn an_ethereum_address_is_shown_in_small_letters() {
    let digits = &ETHEREUM[2..];
    for text in [
        ETHEREUM.to_owned(),
        digits.to_owned(),
        format!("0x{}", digits.to_uppercase()),
        format!("0X{digits}"),
        // The checksum is not demanded.
        "0xD4030c02878BD1404Dc2C5956EadC5e3e2c8d3c6".to_owned(),
    ] {
        assert_eq!(Identity::parse(Platform::Ethereum, &text).unwrap().as_str(), ETHEREUM);
    }
    for text in [
        "",
        "0x",
        "vitalik.eth",
        &ETHEREUM[..41],
        &format!("{ETHEREUM}0"),
        &format!("{ETHEREUM}00"),
        &format!(" {ETHEREUM}"),
        &format!("@{ETHEREUM}"),
    ] {
        assert!(Identity::parse(Platform::Ethereum, text).is_err(), "{text:?}");
    }
}

#[test]
fn a_solana_address_is_32_bytes() {
    assert_eq!(Identity::parse(Platform::Solana, SOLANA).unwrap().as_str(), SOLANA);
    // The system program: 32 zeros.
    let zeros = "1".repeat(32);
    assert_eq!(Identity::parse(Platform::Solana, &zeros).unwrap().as_str(), zeros);
    for text in [
        &"1".repeat(31),
        &"1".repeat(33),
        &"z".repeat(44),
        &SOLANA.to_lowercase(),
        &format!("{SOLANA} "),
        &"1".repeat(1000),
    ] {
        assert!(Identity::parse(Platform::Solana, text).is_err(), "{text:?}");
    }
}

#[test]
fn an_alias_is_a_key_in_its_compressed_form() {
    let avatar = Avatar::parse(NEXTID).unwrap();
    for text in [
        NEXTID.to_owned(),
        NEXTID.to_uppercase(),
        NEXTID[2..].to_owned(),
        avatar.to_uncompressed_hex(),
        avatar.to_uncompressed_hex()[2..].to_uppercase(),
    ] {
        assert_eq!(Identity::parse(Platform::Nextid, &text).unwrap().as_str(), NEXTID);
    }
    for text in ["", "0x", "alice", &NEXTID[..66], &NEXTID.replacen("03", "04", 1)] {
        assert!(Identity::parse(Platform::Nextid, text).is_err(), "{text:?}");
    }
}
