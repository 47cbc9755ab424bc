//! Proof payloads are JSON, whatever is in them.

use nextid_core::payload::proof::legacy_2021;
use nextid_core::payload::{KvPayload, ProofPayload, kv::KvPayloadForm};
use nextid_core::{Action, CanonicalJson, CreatedAt};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::strategy::{json_object, platform};
use crate::support::keys::{key, uuid};

proptest! {
    #[test]
    fn a_proof_payload_says_what_it_was_given(
        platform in platform(),
        identity in any::<String>(),
        seconds in 0..253_402_300_799_i64,
        prev in prop::option::of(any::<String>()),
    ) {
        let avatar = key("alice").avatar();
        let text = ProofPayload {
            action: Action::Create,
            avatar: &avatar,
            platform,
            identity: &identity,
            created_at: CreatedAt::from_seconds(seconds).unwrap(),
            uuid: uuid(5),
            prev: prev.as_deref(),
        }
        .to_string();
        let mut expected = json!({
            "action": "create",
            "created_at": seconds.to_string(),
            "identity": identity,
            "platform": platform.as_str(),
            "prev": prev,
            "uuid": uuid(5).to_string(),
        });
        if platform.payload_names_avatar() {
            expected["persona"] = avatar.to_hex().into();
        }
        if platform.payload_omits_null_prev() && prev.is_none() {
            expected.as_object_mut().unwrap().remove("prev");
        }
        prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &expected);
        // Keys are sorted, nothing stands between them, and nothing needs escaping in HTML.
        let raw = |c: char| c < ' ' || matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
        prop_assert!(!text.contains(raw), "{}", text);
        let unescaped = unescape(&text);
        prop_assert_eq!(unescaped, unescape(&expected.to_string()));

        let text = legacy_2021(Action::Delete, platform, &identity, prev.as_deref());
        let legacy: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(legacy["identity"].as_str(), Some(identity.as_str()));
        prop_assert_eq!(legacy["prev"].as_str(), prev.as_deref());
    }

    #[test]
    fn a_kv_payload_says_what_it_was_given(
        platform in platform(),
        identity in any::<String>(),
        patch in json_object(),
        previous in prop::option::of(any::<String>()),
    ) {
        let text = KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: &key("alice").avatar(),
            platform,
            identity: &identity,
            uuid: uuid(5),
            created_at: CreatedAt::from_seconds(7).unwrap(),
            patch: &CanonicalJson::of(&patch),
            previous: previous.as_deref(),
        }
        .to_string();
        let read: Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read["identity"].as_str(), Some(identity.as_str()));
        prop_assert_eq!(&read["patch"], &patch);
        prop_assert_eq!(read["previous"].as_str(), previous.as_deref());
        prop_assert_eq!(read.as_object().unwrap().len(), 8);
    }
}

/// Go's escapes that `serde_json` does without, or spells in another way, taken back.
fn unescape(text: &str) -> String {
    // A backslash that is itself escaped is set aside first, so that it is not taken for the beginning of an escape.
    [
        ("\\\\", "\u{fdd0}"),
        ("\\u003c", "<"),
        ("\\u003e", ">"),
        ("\\u0026", "&"),
        ("\\u2028", "\u{2028}"),
        ("\\u2029", "\u{2029}"),
        ("\\u0008", "\\b"),
        ("\\u000c", "\\f"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
