//! A merge patch, as a value and in the spelling that is signed.

use nextid_core::CanonicalJson;
use serde_json::Value;
use thiserror::Error;

/// An RFC 7396 merge patch that may be applied: an object of an allowed size.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch {
    value: Value,
    canonical: CanonicalJson,
}

/// Why a value is not such a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PatchFault {
    /// It is no object, and would replace the whole content.
    #[error("patch must be a JSON object")]
    NotObject,
    /// It is too large.
    #[error("the patch has {bytes} bytes in canonical JSON; {limit} are allowed")]
    TooLarge {
        /// Bytes in canonical JSON.
        bytes: usize,
        /// Bytes that it may have.
        limit: usize,
    },
}

impl Patch {
    /// Takes a value whose nesting was checked when it was read.
    ///
    /// # Errors
    /// [`PatchFault`].
    pub fn new(value: Value, max_bytes: usize) -> Result<Self, PatchFault> {
        if !value.is_object() {
            return Err(PatchFault::NotObject);
        }
        let canonical = CanonicalJson::of(&value);
        let bytes = canonical.as_str().len();
        if bytes > max_bytes {
            return Err(PatchFault::TooLarge { bytes, limit: max_bytes });
        }
        Ok(Self { value, canonical })
    }

    /// The patch.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The patch, once nothing else is needed of it.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// As it is signed and stored.
    pub fn canonical(&self) -> &CanonicalJson {
        &self.canonical
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_objects_of_the_allowed_size() {
        for other in [json!([]), json!("x"), json!(1), json!(true), json!(null)] {
            assert_eq!(Patch::new(other, 100), Err(PatchFault::NotObject));
        }
        let patch = Patch::new(json!({"b": 1, "a": 2}), 13).unwrap();
        assert_eq!(patch.canonical().as_str(), r#"{"a":2,"b":1}"#);
        assert_eq!(
            Patch::new(json!({"b": 1, "a": 2}), 12),
            Err(PatchFault::TooLarge { bytes: 13, limit: 12 })
        );
    }
}
