//! RFC 7396, appendix A, row by row, and what it does not show.

use nextid_core::merge_patch::merge_patch;
use serde_json::{Value, json};

fn merged(target: &str, patch: &str) -> Value {
    let mut target = serde_json::from_str(target).unwrap();
    merge_patch(&mut target, &serde_json::from_str(patch).unwrap());
    target
}

#[test]
fn appendix_a() {
    for (original, patch, result) in [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
    ] {
        let result: Value = serde_json::from_str(result).unwrap();
        assert_eq!(merged(original, patch), result, "{original} with {patch}");
    }
}

#[test]
fn the_example_of_section_3() {
    let original = r#"{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},
        "tags":["example","sample"],"content":"This will be unchanged"}"#;
    let patch = r#"{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},"tags":["example"]}"#;
    assert_eq!(
        merged(original, patch),
        json!({"title": "Hello!", "author": {"givenName": "John"}, "tags": ["example"],
            "content": "This will be unchanged", "phoneNumber": "+01-123-456-7890"})
    );
}

#[test]
fn what_the_appendix_does_not_show() {
    // Nulls in arrays are values.
    assert_eq!(merged("{}", r#"{"a":[null,{"b":null}]}"#), json!({"a": [null, {"b": null}]}));
    // The empty patch changes nothing, but makes an object of what is none.
    assert_eq!(merged(r#"{"a":null}"#, "{}"), json!({"a": null}));
    assert_eq!(merged("17", "{}"), json!({}));
    // A key may be empty, or look like a path.
    assert_eq!(merged(r#"{"":1,"a.b":2,"/a":3}"#, r#"{"":null,"/a":null}"#), json!({"a.b": 2}));
    // An object takes the place of a scalar, its nulls gone.
    assert_eq!(merged(r#"{"a":1}"#, r#"{"a":{"b":null,"c":1}}"#), json!({"a": {"c": 1}}));
    // What is removed need not be there.
    assert_eq!(merged("{}", r#"{"a":null,"b":{"c":null}}"#), json!({"b": {}}));
}
