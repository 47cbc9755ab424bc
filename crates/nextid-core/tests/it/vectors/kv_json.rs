//! The bytes of patches in KV payloads.

use nextid_core::CanonicalJson;
use serde_json::Value;

use crate::support::vector::Vector;

/// The line separator, raw: where the record of one output ends, because it was taken line by line.
const LINE_SEPARATOR: char = '\u{2028}';

pub fn bytes(vector: &Vector) {
    for case in vector.list("cases") {
        let case = Vector(case);
        let input = case.text("input");
        let parsed = serde_json::from_str::<Value>(input);
        if let Some(recorded) = case.optional("parse_error") {
            assert_eq!(parsed.expect_err(input).to_string(), recorded);
            continue;
        }
        let output = CanonicalJson::of(&parsed.expect(input));
        if input.contains("\\u2028") {
            let (line, rest) = output.as_str().split_once(LINE_SEPARATOR).unwrap();
            assert_eq!(line, case.text("output"));
            assert_eq!(rest, "\\u0007\\b\\f\\n\\r\\t\\\"\\\\ é🎭\u{7f}\"}");
        } else {
            assert_eq!(output.as_str(), case.text("output"));
        }
        let again: Value = serde_json::from_str(output.as_str()).unwrap();
        assert_eq!(CanonicalJson::of(&again), output, "a second round changes nothing");
    }
}
