//! A JSON pointer in a query.

use nextid_service::http::ApiError;
use serde_json::Value;

/// A JSON pointer (RFC 6901): empty for the whole, else `/` before each step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer(String);

impl Pointer {
    /// # Errors
    /// `bad_field`.
    pub(super) fn parse(text: String) -> Result<Self, ApiError> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(ApiError::bad_field("pointer", "must be empty or begin with / (RFC 6901)"));
        }
        // Section 3: ~ stands before 0 or 1 only.
        if text.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1'])) {
            return Err(ApiError::bad_field("pointer", "~ must be followed by 0 or 1 (RFC 6901)"));
        }
        Ok(Self(text))
    }

    /// Takes the value out of `whole`; none if it is not there.
    pub(super) fn take(&self, whole: &mut Value) -> Option<Value> {
        whole.pointer_mut(&self.0).map(Value::take)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(pointer: &str) -> Option<Value> {
        // The example of RFC 6901, section 5.
        let mut whole = json!({
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
        });
        Pointer::parse(pointer.to_owned()).unwrap().take(&mut whole)
    }

    #[test]
    fn the_examples_of_the_rfc() {
        for (pointer, wanted) in [
            ("/foo", json!(["bar", "baz"])),
            ("/foo/0", json!("bar")),
            ("/", json!(0)),
            ("/a~1b", json!(1)),
            ("/c%d", json!(2)),
            ("/e^f", json!(3)),
            ("/g|h", json!(4)),
            ("/i\\j", json!(5)),
            ("/k\"l", json!(6)),
            ("/ ", json!(7)),
            ("/m~0n", json!(8)),
        ] {
            assert_eq!(at(pointer), Some(wanted), "{pointer}");
        }
        assert_eq!(at("").unwrap()["foo"][1], "baz");
    }

    #[test]
    fn what_is_not_there() {
        for pointer in ["/nothing", "/foo/2", "/foo/-", "/foo/01", "/foo/+1", "/foo/0/x", "//", "/m~01n"] {
            assert_eq!(at(pointer), None, "{pointer}");
        }
    }

    #[test]
    fn what_is_no_pointer() {
        for text in ["foo", "#/foo", " /foo", "/a~", "/a~2", "/~/a", "/~~0"] {
            let error = Pointer::parse(text.to_owned()).unwrap_err();
            assert_eq!(error.data()["field"], "pointer", "{text}");
        }
    }
}
