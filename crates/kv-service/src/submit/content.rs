//! What a patch makes of a namespace, and whether the Avatar may have that much.

use nextid_core::merge_patch::merge_patch;
use nextid_core::{CanonicalJson, Identity};
use serde_json::{Map, Value};

use super::Limits;
use super::error::SubmitError;
use super::patch::Patch;
use crate::store::Namespace;

/// The content of a namespace once `patch` is merged into it.
///
/// What is too large already, because the limits were lowered, may be written as long as it does not grow.
pub(super) fn merge(
    namespaces: &[Namespace],
    identity: &Identity,
    patch: &Patch,
    limits: &Limits,
) -> Result<CanonicalJson, SubmitError> {
    let before = find(namespaces, identity);
    if before.is_none() && namespaces.len() >= limits.namespaces {
        return Err(SubmitError::TooManyNamespaces { limit: limits.namespaces });
    }
    let mut value = match before {
        Some(namespace) => serde_json::from_str(&namespace.content).map_err(SubmitError::StoredContent)?,
        None => Value::Object(Map::new()),
    };
    merge_patch(&mut value, patch.value());
    let content = CanonicalJson::of(&value);

    let bytes_before = before.map_or(0, |namespace| namespace.content.len());
    let bytes = content.as_str().len();
    if bytes <= bytes_before {
        return Ok(content);
    }
    if bytes > limits.namespace_bytes {
        return Err(SubmitError::NamespaceTooLarge { bytes, limit: limits.namespace_bytes });
    }
    let bytes = bytes_of(namespaces) - bytes_before + bytes;
    if bytes > limits.avatar_bytes {
        return Err(SubmitError::AvatarTooLarge { bytes, limit: limits.avatar_bytes });
    }
    Ok(content)
}

/// The contents with the new one in its place.
pub(super) fn replace(
    mut namespaces: Vec<Namespace>,
    identity: &Identity,
    avatar: &[u8],
    content: String,
) -> Vec<Namespace> {
    match namespaces.iter_mut().find(|namespace| is_of(namespace, identity)) {
        Some(namespace) => namespace.content = content,
        None => namespaces.push(Namespace {
            avatar: avatar.to_vec(),
            platform: identity.platform().as_str().to_owned(),
            identity: identity.as_str().to_owned(),
            content,
        }),
    }
    namespaces
}

/// Bytes of all contents.
pub(super) fn bytes_of(namespaces: &[Namespace]) -> usize {
    namespaces.iter().map(|namespace| namespace.content.len()).sum()
}

fn find<'n>(namespaces: &'n [Namespace], identity: &Identity) -> Option<&'n Namespace> {
    namespaces.iter().find(|namespace| is_of(namespace, identity))
}

fn is_of(namespace: &Namespace, identity: &Identity) -> bool {
    namespace.platform == identity.platform().as_str() && namespace.identity == identity.as_str()
}

#[cfg(test)]
mod tests {
    use nextid_core::Platform;
    use serde_json::json;

    use super::*;

    const LIMITS: Limits = Limits { namespace_bytes: 20, avatar_bytes: 30, namespaces: 2 };

    fn identity(name: &str) -> Identity {
        Identity::parse(Platform::Github, name).unwrap()
    }

    fn namespace(name: &str, content: &str) -> Namespace {
        Namespace {
            avatar: vec![2; 33],
            platform: "github".to_owned(),
            identity: name.to_owned(),
            content: content.to_owned(),
        }
    }

    fn merged(namespaces: &[Namespace], name: &str, patch: Value) -> Result<String, SubmitError> {
        let patch = Patch::new(patch, 1000).unwrap();
        merge(namespaces, &identity(name), &patch, &LIMITS).map(CanonicalJson::into_string)
    }

    #[test]
    fn a_new_namespace_begins_empty() {
        assert_eq!(merged(&[], "alice", json!({"a": 1, "b": null})).unwrap(), r#"{"a":1}"#);
        assert_eq!(merged(&[], "alice", json!({})).unwrap(), "{}");
        let others = [namespace("bob", r#"{"z":9}"#)];
        assert_eq!(merged(&others, "alice", json!({"a": 1})).unwrap(), r#"{"a":1}"#);
    }

    #[test]
    fn an_old_one_is_changed_whatever_the_letter_case_of_its_name() {
        let before = [namespace("alice", r#"{"a":{"b":1,"c":2}}"#)];
        assert_eq!(merged(&before, "Alice", json!({"a": {"b": null}})).unwrap(), r#"{"a":{"c":2}}"#);
    }

    #[test]
    fn limits_hold() {
        let wide = |length: usize| json!({"a": "x".repeat(length - 8)});
        assert_eq!(merged(&[], "alice", wide(20)).unwrap().len(), 20);
        assert!(matches!(
            merged(&[], "alice", wide(21)),
            Err(SubmitError::NamespaceTooLarge { bytes: 21, limit: 20 })
        ));
        let other = [namespace("bob", &wide(20).to_string())];
        assert_eq!(merged(&other, "alice", wide(10)).unwrap().len(), 10);
        assert!(matches!(
            merged(&other, "alice", wide(11)),
            Err(SubmitError::AvatarTooLarge { bytes: 31, limit: 30 })
        ));
        let two = [namespace("bob", "{}"), namespace("carol", "{}")];
        assert!(matches!(merged(&two, "alice", json!({})), Err(SubmitError::TooManyNamespaces { limit: 2 })));
        assert!(merged(&two, "bob", json!({"a": 1})).is_ok());
    }

    #[test]
    fn what_is_too_large_already_may_shrink() {
        let before = [namespace("alice", r#"{"a":"xxxxxxxxxxxxxxxxxxxxxxxx","b":1}"#)];
        assert!(merged(&before, "alice", json!({"b": null})).is_ok());
        assert!(merged(&before, "alice", json!({"c": 1})).is_err());
    }

    #[test]
    fn the_new_content_takes_its_place() {
        let before = vec![namespace("alice", "{}"), namespace("bob", "{}")];
        let after = replace(before.clone(), &identity("ALICE"), &[2; 33], "1".to_owned());
        assert_eq!(after, [namespace("alice", "1"), namespace("bob", "{}")]);
        let after = replace(before.clone(), &identity("carol"), &[2; 33], "1".to_owned());
        assert_eq!(after, [namespace("alice", "{}"), namespace("bob", "{}"), namespace("carol", "1")]);
    }
}
