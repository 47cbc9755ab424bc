use serde::Deserialize;
use serde_json::json;

use super::super::error::ApiError;
use super::*;

#[derive(Debug, Deserialize, PartialEq)]
struct Body {
    platform: String,
    created_at: Option<i64>,
    #[serde(default)]
    extra: Extra,
    #[serde(default)]
    list: Vec<u8>,
    patch: Option<Value>,
    kind: Option<Kind>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
struct Extra {
    signature: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Create,
    Delete,
}

fn problem(value: Value) -> (String, String) {
    let error = ApiError::from(read::<Body>(value).unwrap_err());
    (error.code().to_string(), error.message().to_owned())
}

fn pair(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[test]
fn a_good_value_is_read() {
    let body: Body = read(json!({
        "platform": "dns", "created_at": 5, "extra": {"signature": "s"}, "list": [1, 2], "patch": {"a": null},
        "kind": "delete", "unknown": [1],
    }))
    .unwrap();
    assert_eq!(body.extra.signature.as_deref(), Some("s"));
    assert_eq!((body.list, body.patch), (vec![1, 2], Some(json!({"a": null}))));
    assert_eq!(body.kind, Some(Kind::Delete));
}

#[test]
fn null_is_absent_at_every_depth_of_structs() {
    let body: Body =
        read(json!({"platform": "dns", "extra": {"signature": null}, "list": null, "patch": null})).unwrap();
    assert_eq!(body, read(json!({"platform": "dns"})).unwrap());
    let body: Body = read(json!({"platform": "dns", "extra": null})).unwrap();
    assert_eq!(body.extra, Extra::default());
    assert_eq!(problem(json!({"platform": null})), pair("missing_field", "platform is missing"));
}

#[test]
fn misfits_name_field_and_kinds() {
    for (value, message) in [
        (json!({"platform": 5}), "platform: expected a string, found a number"),
        (json!({"platform": ["x"]}), "platform: expected a string, found an array"),
        (json!({"platform": "x", "created_at": "5"}), "created_at: expected a whole number, found a string"),
        (json!({"platform": "x", "created_at": 5.0}), "created_at: expected a whole number, found a number"),
        (
            json!({"platform": "x", "created_at": u64::MAX}),
            "created_at: expected a whole number, found a number",
        ),
        (json!({"platform": "x", "extra": ["sig"]}), "extra: expected an object, found an array"),
        (
            json!({"platform": "x", "extra": {"signature": {}}}),
            "extra.signature: expected a string, found an object",
        ),
        (
            json!({"platform": "x", "list": [1, -1]}),
            "list[1]: expected a whole number, not negative, found a number",
        ),
        (json!({"platform": "x", "list": {}}), "list: expected an array, found an object"),
        (
            json!({"platform": "x", "kind": "burn"}),
            "kind: expected one of create, delete, found another value",
        ),
        (json!({"platform": "x", "kind": 1}), "kind: expected a string, found a number"),
    ] {
        assert_eq!(problem(value), pair("bad_field", message));
    }
}

#[test]
fn values_are_not_repeated() {
    let error = ApiError::from(read::<Body>(json!({"platform": "x", "created_at": "hunter2"})).unwrap_err());
    assert!(!format!("{error:?}").contains("hunter2"));
}
