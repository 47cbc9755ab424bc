//! The canonical spelling is one, and says the same.

use nextid_core::CanonicalJson;
use proptest::prelude::*;
use serde_json::Value;

use super::strategy::json;

fn read(text: &CanonicalJson) -> Value {
    serde_json::from_str(text.as_str()).unwrap()
}

/// Equal as JSON, and doubles to the last bit and the sign of zero.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_f64(), right.as_f64()) {
            (Some(a), Some(b)) if left.is_f64() && right.is_f64() => a.to_bits() == b.to_bits(),
            _ => left == right,
        },
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|((a, left), (b, right))| a == b && same(left, right))
        }
        _ => left == right,
    }
}

proptest! {
    #[test]
    fn writing_reading_and_writing_again_changes_nothing(value in json()) {
        let once = CanonicalJson::of(&value);
        let back = read(&once);
        prop_assert!(same(&value, &back), "{} is not {}", value, back);
        prop_assert_eq!(CanonicalJson::of(&back), once);
    }

    #[test]
    fn every_double_survives(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        let text = CanonicalJson::of(&Value::from(double));
        prop_assert_eq!(read(&text).as_f64().unwrap().to_bits(), bits);
        prop_assert!(!text.as_str().contains('+'), "{}", text.as_str());
    }

    /// Whatever white space, order and escapes a request has, the spelling that is signed is the same.
    #[test]
    fn the_spelling_of_the_request_does_not_matter(value in json()) {
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let parsed: Value = serde_json::from_str(&pretty).unwrap();
        prop_assert_eq!(CanonicalJson::of(&parsed), CanonicalJson::of(&value));
    }

    #[test]
    fn strings_are_spelled_as_serde_json_does(text in any::<String>()) {
        let value = Value::from(text);
        let canonical = CanonicalJson::of(&value);
        prop_assert_eq!(canonical.as_str(), value.to_string());
    }
}
