//! `base1024.json`: the alphabet, and what the field's encoder and decoder were seen to do.

use nextid_core::base1024::{decode, encode};
use serde_json::Value;

use crate::support::unhex;
use crate::support::vector::base1024;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

/// Every ten-bit number in order, as bytes.
fn all_numbers() -> Vec<u8> {
    let bits: String = (0..1024).map(|number| format!("{number:010b}")).collect();
    (0..bits.len()).step_by(8).map(|start| u8::from_str_radix(&bits[start..start + 8], 2).unwrap()).collect()
}

#[test]
fn alphabet() {
    let recorded = base1024();
    let symbols: Vec<&str> =
        recorded["alphabet"].as_array().unwrap().iter().map(|symbol| symbol.as_str().unwrap()).collect();
    let code_points: Vec<String> = recorded["alphabet_code_points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|number| {
            let number = u32::from_str_radix(number.as_str().unwrap(), 16).unwrap();
            char::from_u32(number).unwrap().to_string()
        })
        .collect();
    assert_eq!(symbols.len(), 1024);
    assert_eq!(symbols, code_points);
    assert_eq!(encode(&all_numbers()), symbols.concat());
    assert_eq!(decode(&symbols.concat()), all_numbers());
}

#[test]
fn vectors_of_the_field() {
    let recorded = base1024();
    for case in recorded["upstream_test_vectors"].as_array().unwrap() {
        println!("{case}");
        match text(case, "id") {
            "encode/maskbook" => {
                assert_eq!(encode(&unhex(text(case, "bytes_hex"))), text(case, "encoded"));
                assert_eq!(decode(text(case, "encoded")), text(case, "bytes_utf8").as_bytes());
            }
            "decode/not-maskbook" => {
                assert_ne!(decode(text(case, "encoded")), text(case, "not_equal_utf8").as_bytes());
            }
            "encode/MaskBook-differs" => {
                assert_ne!(encode(text(case, "bytes_utf8").as_bytes()), text(case, "not_equal_encoded"));
            }
            "decode/52-emoji-signature" => {
                let decoded = decode(text(case, "encoded"));
                assert_eq!(decoded, unhex(text(case, "decoded_hex")));
                assert_eq!(decoded.len(), 65);
                assert_eq!(encode(&decoded), text(case, "encoded"));
                assert_eq!(nextid_core::signature_text::decode_post(text(case, "encoded")), decoded);
            }
            other => panic!("{other} is not handled"),
        }
    }
}

#[test]
fn measured_round_trips() {
    let recorded = base1024();
    let cases = recorded["measured_round_trips"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    for case in cases {
        println!("{case}");
        assert_eq!(encode(&unhex(text(case, "bytes_hex"))), text(case, "encoded"));
        assert_eq!(decode(text(case, "encoded")), unhex(text(case, "decoded_hex")));
    }
}

#[test]
fn measured_edge_cases() {
    let recorded = base1024();
    let cases = recorded["measured_decode_edge_cases"].as_array().unwrap();
    assert_eq!(cases.len(), 11);
    for case in cases {
        println!("{case}");
        assert_eq!(decode(text(case, "input")), unhex(text(case, "decoded_hex")));
    }
}

#[test]
fn the_tail_is_ascii() {
    let recorded = base1024();
    let tail = text(&recorded, "tail_upstream_go");
    assert_eq!(tail.len(), 12);
    assert!(encode(&[1, 2, 3, 4]).ends_with(tail));
    assert!(!encode(&[1, 2, 3, 4, 5]).contains(tail));
}
