//! The canonical spelling of JSON, the features of `serde_json` that it rests on, and nesting.

use nextid_core::CanonicalJson;
use nextid_core::canonical_json::{TooDeep, check_depth};
use serde_json::Value;

fn canonical(text: &str) -> String {
    CanonicalJson::of(&serde_json::from_str(text).unwrap()).into_string()
}

/// With `arbitrary_precision` numbers would keep the spelling of their request, and signed bytes would change.
#[test]
fn numbers_have_one_spelling() {
    for (text, expected) in [
        ("0", "0"),
        ("-0", "-0.0"),
        ("-0.0", "-0.0"),
        ("0.0", "0.0"),
        ("1.0", "1.0"),
        ("1.50", "1.5"),
        ("1e2", "100.0"),
        ("1E+2", "100.0"),
        ("100", "100"),
        ("9007199254740993", "9007199254740993"),
        ("9223372036854775808", "9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
        ("18446744073709551616", "1.8446744073709552e19"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("-9223372036854775809", "-9.223372036854776e18"),
        ("123456789012345678901234567890", "1.2345678901234568e29"),
        ("1e15", "1000000000000000.0"),
        ("1e16", "1e16"),
        ("12345678901234567.0", "1.2345678901234568e16"),
        ("1e21", "1e21"),
        ("1.7976931348623157e308", "1.7976931348623157e308"),
        ("0.1", "0.1"),
        ("0.00001", "0.00001"),
        ("0.000001", "1e-6"),
        ("1.5e-7", "1.5e-7"),
        ("5e-324", "5e-324"),
        ("1e-400", "0.0"),
        ("3.14159265358979323846", "3.141592653589793"),
    ] {
        assert_eq!(canonical(text), expected, "{text}");
    }
    for text in ["1e400", "-1e400", "NaN", "Infinity", "01", "1.", ".1", "+1", "0x1"] {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
}

/// With `preserve_order` keys would keep the order of their request.
#[test]
fn keys_are_sorted_by_their_bytes() {
    assert_eq!(
        canonical(r#"{"b":1,"a":{"y":1,"x":2},"B":[{"2":1,"10":2}]}"#),
        r#"{"B":[{"10":2,"2":1}],"a":{"x":2,"y":1},"b":1}"#
    );
    // Astral keys come last; JavaScript would sort them by their surrogates.
    assert_eq!(canonical("{\"\u{10000}\":1,\"\u{ff61}\":2}"), "{\"\u{ff61}\":2,\"\u{10000}\":1}");
    assert_eq!(canonical(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#, "the last one wins");
}

#[test]
fn strings_have_one_spelling() {
    assert_eq!(
        canonical(
            r#""\u003cb\u003e \/ \u0026 \b\f\n\r\t \"\\ \u0000\u001f\u007f \u2028 \u00e9 \ud83c\udfad""#
        ),
        "\"<b> / & \\b\\f\\n\\r\\t \\\"\\\\ \\u0000\\u001f\u{7f} \u{2028} é 🎭\""
    );
    for text in [r#""\ud83c""#, r#""\udfad\ud83c""#, "\"\u{1}\"", "\"\n\"", r#""\x""#] {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
    }
}

#[test]
fn white_space_goes() {
    assert_eq!(
        canonical(" { \"x\" : [ ] ,\n\t\"y\" : { } , \"t\":true,\r\"f\":false,\"n\":null } "),
        r#"{"f":false,"n":null,"t":true,"x":[],"y":{}}"#
    );
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, level| {
        if level % 2 == 0 {
            Value::Array(vec![Value::from(1), inner])
        } else {
            serde_json::json!({"a": 1, "b": inner})
        }
    })
}

#[test]
fn nesting_is_limited() {
    assert_eq!(check_depth(&nested(0), 0), Ok(()));
    assert_eq!(check_depth(&nested(1), 0), Err(TooDeep(0)));
    assert_eq!(check_depth(&nested(64), 64), Ok(()));
    assert_eq!(check_depth(&nested(65), 64), Err(TooDeep(64)));
    assert_eq!(check_depth(&serde_json::json!({}), 1), Ok(()));
    assert_eq!(check_depth(&serde_json::json!([]), 0), Err(TooDeep(0)));
    // Breadth is not depth.
    assert_eq!(check_depth(&Value::Array(vec![nested(2); 1000]), 3), Ok(()));
    // The reader has a limit of its own, so that no text overflows the stack.
    let text = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(serde_json::from_str::<Value>(&text).is_err());
}
