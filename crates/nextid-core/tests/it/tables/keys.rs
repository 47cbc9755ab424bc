//! Keys and addresses: which spellings are keys, and what is wrong with the others.

use nextid_core::avatar::KeyError;
use nextid_core::{Avatar, EthAddress, SecretKey};

use crate::support::keys::key;

const COMPRESSED: &str = "034f30514c76f34bb9bcb25c63801d9271494c70f8b01601aa25152132dfe7c951";

#[test]
fn texts_that_are_no_avatar() {
    let uncompressed = key("alice").avatar().to_uncompressed_hex();
    let hybrid = uncompressed.replacen("0x04", "0x06", 1);
    let moved = format!("{}00", &uncompressed[..uncompressed.len() - 2]);
    for (text, expected) in [
        ("", KeyError::Length(0)),
        ("0x", KeyError::Length(0)),
        ("0x00", KeyError::Length(1)),
        ("zz", KeyError::NotHex),
        ("0x0x03", KeyError::NotHex),
        (" 03", KeyError::NotHex),
        (&COMPRESSED[..65], KeyError::NotHex),
        (&COMPRESSED[..64], KeyError::Length(32)),
        (&format!("{COMPRESSED}00"), KeyError::Length(34)),
        (&format!("{COMPRESSED}\0"), KeyError::NotHex),
        (&format!("{COMPRESSED}\n"), KeyError::NotHex),
        // Not the tag of a compressed key: infinity, hybrid and compact forms.
        (&COMPRESSED.replacen("03", "00", 1), KeyError::NotOnCurve),
        (&COMPRESSED.replacen("03", "04", 1), KeyError::NotOnCurve),
        (&COMPRESSED.replacen("03", "05", 1), KeyError::NotOnCurve),
        (&COMPRESSED.replacen("03", "06", 1), KeyError::NotOnCurve),
        (&hybrid, KeyError::NotOnCurve),
        (&uncompressed.replacen("0x04", "0x07", 1), KeyError::NotOnCurve),
        (&uncompressed.replacen("0x04", "0x02", 1), KeyError::NotOnCurve),
        // Right in form, but no point.
        (&format!("02{:064x}", 5), KeyError::NotOnCurve),
        (&format!("02{}", "ff".repeat(32)), KeyError::NotOnCurve),
        (&moved, KeyError::NotOnCurve),
        (&format!("04{}", "00".repeat(64)), KeyError::NotOnCurve),
    ] {
        assert_eq!(Avatar::parse(text), Err(expected.clone()), "{text}");
        assert_eq!(Avatar::parse_with_raw(text), Err(expected), "{text}");
        assert!(serde_json::from_value::<Avatar>(text.into()).is_err());
    }
    // 64 bytes are a key for kv-service if they are a point.
    assert_eq!(Avatar::parse(&"00".repeat(64)), Err(KeyError::Length(64)));
    assert_eq!(Avatar::parse_with_raw(&"00".repeat(64)), Err(KeyError::NotOnCurve));
}

#[test]
fn an_avatar_in_json_is_its_compressed_form() {
    let avatar = key("alice").avatar();
    let value = serde_json::to_value(avatar).unwrap();
    assert_eq!(value, avatar.to_hex());
    assert_eq!(serde_json::from_value::<Avatar>(value).unwrap(), avatar);
    assert_eq!(avatar.to_string().parse::<Avatar>(), Ok(avatar));
    assert_eq!(Avatar::from_sec1(&avatar.to_uncompressed()), Ok(avatar));
    assert_eq!(Avatar::from_sec1(avatar.as_bytes()), Ok(avatar));
}

#[test]
fn private_keys() {
    let digits = hex::encode(*key("alice").to_bytes());
    for text in [digits.clone(), format!("0x{digits}"), format!(" 0x{}\n", digits.to_uppercase())] {
        assert_eq!(SecretKey::from_hex(&text).unwrap().avatar(), key("alice").avatar());
    }
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for text in ["", "0x", "zz", &"00".repeat(32), order, &digits[..63], &"ff".repeat(32)] {
        assert!(SecretKey::from_hex(text).is_err(), "{text}");
    }
    for length in [0, 1, 16, 24, 31, 33, 64] {
        assert!(SecretKey::from_bytes(&vec![1; length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_private_key_is_never_printed() {
    let secret = key("alice");
    let shown = format!("{secret:?}");
    assert!(!shown.contains(&hex::encode(*secret.to_bytes())));
    assert!(shown.contains(&secret.avatar().to_hex()));
}

#[test]
fn ethereum_addresses() {
    let address = EthAddress::parse("0xd4030c02878BD1404Dc2C5956EadC5e3e2c8d3c6").unwrap();
    assert_eq!(address.to_string(), "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6");
    assert_eq!(address.checksummed(), "0xd4030c02878BD1404Dc2C5956EadC5e3e2c8d3c6");
    for same in ["d4030c02878bd1404dc2c5956eadc5e3e2c8d3c6", "0XD4030C02878BD1404DC2C5956EADC5E3E2C8D3C6"] {
        assert_eq!(EthAddress::parse(same), Ok(address));
    }
    for text in [
        "",
        "0x",
        "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c",
        "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c600",
        "0xg4030c02878bd1404dc2c5956eadc5e3e2c8d3c6",
        " 0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6",
        "vitalik.eth",
    ] {
        assert!(EthAddress::parse(text).is_err(), "{text}");
    }
}
