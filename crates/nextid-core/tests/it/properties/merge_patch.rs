//! Merge patches against a reference that follows the pseudo-code of RFC 7396, section 2, to the letter.

use nextid_core::merge_patch::merge_patch;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::strategy::{json, json_object};

fn reference(target: Option<Value>, patch: &Value) -> Value {
    if let Value::Object(patch) = patch {
        let mut target = match target {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        for (name, value) in patch {
            if value.is_null() {
                if target.contains_key(name) {
                    target.remove(name);
                }
            } else {
                let before = target.get(name).cloned();
                target.insert(name.clone(), reference(before, value));
            }
        }
        Value::Object(target)
    } else {
        patch.clone()
    }
}

fn merged(mut target: Value, patch: &Value) -> Value {
    merge_patch(&mut target, patch);
    target
}

/// Whether an object, or an object in it, has a field that is null.
fn has_null_field(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|fields| fields.values().any(|field| field.is_null() || has_null_field(field)))
}

proptest! {
    #[test]
    fn agrees_with_the_reference(target in json(), patch in json()) {
        prop_assert_eq!(merged(target.clone(), &patch), reference(Some(target), &patch));
    }

    #[test]
    fn twice_is_once(target in json(), patch in json()) {
        let once = merged(target, &patch);
        prop_assert_eq!(merged(once.clone(), &patch), once);
    }

    /// Content begins as `{}` and is only ever changed by patches, so that it never has a null field.
    #[test]
    fn content_has_no_null_fields(patches in prop::collection::vec(json_object(), 0..6)) {
        let content = patches
            .iter()
            .fold(Value::Object(Map::new()), merged);
        prop_assert!(content.is_object());
        prop_assert!(!has_null_field(&content), "{}", content);
    }

    /// Fields that the patch does not name stay as they are.
    #[test]
    fn the_rest_is_untouched(target in json_object(), patch in json_object()) {
        let result = merged(target.clone(), &patch);
        for (name, value) in target.as_object().unwrap() {
            if patch.get(name).is_none() {
                prop_assert_eq!(result.get(name), Some(value));
            }
        }
        for name in result.as_object().unwrap().keys() {
            prop_assert!(target.get(name).is_some() || patch.get(name).is_some());
        }
    }

    #[test]
    fn the_empty_patch_changes_no_object(target in json_object()) {
        prop_assert_eq!(merged(target.clone(), &Value::Object(Map::new())), target);
    }
}
