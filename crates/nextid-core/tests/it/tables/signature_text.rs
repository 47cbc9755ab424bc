//! The spellings in which signatures travel, and where each is taken.

use nextid_core::signature_text::{
    decode_base58, decode_base64_kv, decode_base64_proof, decode_hex, decode_post, encode_base64,
};

/// Text; what proof-service reads; what kv-service reads.
type Row<'a> = (&'a str, Option<&'a [u8]>, Option<&'a [u8]>);

#[test]
fn base64_of_the_two_services() {
    let rows: [Row<'_>; 32] = [
        ("", Some(b""), Some(b"")),
        ("AQI=", Some(&[1, 2]), Some(&[1, 2])),
        ("AQID", Some(&[1, 2, 3]), Some(&[1, 2, 3])),
        ("AQ==", Some(&[1]), Some(&[1])),
        ("+/+/", Some(&[0xfb, 0xff, 0xbf]), Some(&[0xfb, 0xff, 0xbf])),
        // Padding may be missing for kv-service only.
        ("AQI", None, Some(&[1, 2])),
        ("AQ", None, Some(&[1])),
        ("AQ=", None, Some(&[1])),
        // Never too much of it, nor in the middle, nor alone.
        ("AQI==", None, None),
        ("AQID=", None, None),
        ("AQID====", None, None),
        ("AQ===", None, None),
        ("AQ==AQ==", None, None),
        ("A=QI", None, None),
        ("=", None, None),
        ("====", None, None),
        // Line ends are ignored by proof-service only, wherever they are.
        ("AQ\nI=", Some(&[1, 2]), None),
        ("\r\nAQI=\r\n", Some(&[1, 2]), None),
        ("AQI\n=", Some(&[1, 2]), None),
        ("AQ=\n=\n", Some(&[1]), None),
        ("\n", Some(b""), None),
        // Other white space is refused by both.
        (" AQI=", None, None),
        ("AQI= ", None, None),
        ("AQ I=", None, None),
        ("AQI=\t", None, None),
        // Bits that are not used are looked at by kv-service only.
        ("AQJ=", Some(&[1, 2]), None),
        ("AR==", Some(&[1]), None),
        ("AR", None, None),
        // The alphabet of URLs, and no alphabet at all.
        ("-_-_", None, None),
        ("A", None, None),
        ("AQI!", None, None),
        ("AQIé", None, None),
    ];
    for (text, proof, kv) in rows {
        assert_eq!(decode_base64_proof(text).ok().as_deref(), proof, "proof: {text:?}");
        assert_eq!(decode_base64_kv(text).ok().as_deref(), kv, "kv: {text:?}");
    }
}

#[test]
fn base64_is_written_with_padding() {
    assert_eq!(encode_base64(&[1]), "AQ==");
    assert_eq!(encode_base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    assert_eq!(encode_base64(&[]), "");
}

#[test]
fn a_post_holds_base64_or_base1024() {
    assert_eq!(decode_post("AQI="), [1, 2]);
    assert_eq!(decode_post("AQ\r\nI="), [1, 2]);
    assert_eq!(decode_post("🐟🔂🏁🤖💧🚊😤"), b"Maskbook");
    assert_eq!(decode_post(""), [0_u8; 0]);
    // Garbage is read as base1024, and comes out as ones.
    assert_eq!(decode_post("AQI"), [0xff; 3]);
    assert_eq!(decode_post("AQI= "), [0xff; 6]);
}

#[test]
fn hexadecimal_of_an_aliass_target() {
    for text in ["0102", "0x0102", "0X0102"] {
        assert_eq!(decode_hex(text).unwrap(), [1, 2]);
    }
    assert_eq!(decode_hex("aBcD").unwrap(), decode_hex("AbCd").unwrap());
    assert_eq!(decode_hex("").unwrap(), [0_u8; 0]);
    for text in ["0", "0x0", "0x0x01", " 01", "01 ", "0g", "é1", "x01"] {
        assert!(decode_hex(text).is_err(), "{text:?}");
    }
}

#[test]
fn base58_of_solana() {
    assert_eq!(decode_base58("").unwrap(), [0_u8; 0]);
    assert_eq!(decode_base58("1").unwrap(), [0]);
    assert_eq!(decode_base58("JxF12TrwUP45BMd").unwrap(), b"Hello World");
    for text in ["0", "O", "I", "l", " 1", "1 ", "+", "é"] {
        assert!(decode_base58(text).is_err(), "{text:?}");
    }
}
