//! What a patch makes of a namespace, and whether the Avatar may have that much.

use nextid_core::merge_patch::merge_patch;
use nextid_core::{CanonicalJson, Identity};
use serde_json::{Map, Value};

use super::Limits;
use super::error::SubmitError;
use super::patch::Patch;
use crate::store::{Namespace, Standing};

/// A namespace once a patch is merged into it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Merged {
    /// What it holds.
    pub(super) content: CanonicalJson,
    /// Whether it began again, because what it held was another account's.
    pub(super) restart: bool,
    /// The account that it is of; empty where none is known.
    pub(super) alt_id: String,
}

impl Merged {
    /// Whether it is what a write by the account `alt_id` makes.
    pub(super) fn is_for(&self, namespaces: &[Namespace], identity: &Identity, alt_id: &str) -> bool {
        restarts(namespaces, identity, alt_id) == self.restart && (alt_id.is_empty() || alt_id == self.alt_id)
    }
}

/// Whether there may be an account that begins again.
pub(super) fn may_restart(namespaces: &[Namespace], identity: &Identity) -> bool {
    find(namespaces, identity).is_some_and(|namespace| !namespace.alt_id.is_empty())
}

/// The content of a namespace once `patch` is merged into it by the account `alt_id`: into nothing, if what is there was
/// written by another account under the same name.
///
/// What is too large already, because the limits were lowered, may be written as long as it does not grow.
pub(super) fn merge(
    namespaces: &[Namespace],
    identity: &Identity,
    alt_id: &str,
    patch: &Patch,
    limits: &Limits,
) -> Result<Merged, SubmitError> {
    let found = find(namespaces, identity);
    if found.is_none() && namespaces.len() >= limits.namespaces {
        return Err(SubmitError::TooManyNamespaces { limit: limits.namespaces });
    }
    let restart = restarts(namespaces, identity, alt_id);
    let before = found.filter(|_| !restart);
    let mut value = match before {
        Some(namespace) => serde_json::from_str(&namespace.content).map_err(SubmitError::StoredContent)?,
        None => Value::Object(Map::new()),
    };
    merge_patch(&mut value, patch.value());
    let content = CanonicalJson::of(&value);
    check_size(namespaces, identity, before, &content, limits)?;
    let alt_id = match found {
        Some(namespace) if alt_id.is_empty() => namespace.alt_id.clone(),
        _ => alt_id.to_owned(),
    };
    Ok(Merged { content, restart, alt_id })
}

fn check_size(
    namespaces: &[Namespace],
    identity: &Identity,
    before: Option<&Namespace>,
    content: &CanonicalJson,
    limits: &Limits,
) -> Result<(), SubmitError> {
    let bytes = content.as_str().len();
    if bytes <= before.map_or(0, |namespace| namespace.content.len()) {
        return Ok(());
    }
    if bytes > limits.namespace_bytes {
        return Err(SubmitError::NamespaceTooLarge { bytes, limit: limits.namespace_bytes });
    }
    let others = namespaces.iter().filter(|namespace| !is_of(namespace, identity));
    let bytes = others.map(|namespace| namespace.current().len()).sum::<usize>() + bytes;
    if bytes > limits.avatar_bytes {
        return Err(SubmitError::AvatarTooLarge { bytes, limit: limits.avatar_bytes });
    }
    Ok(())
}

/// Whether a write by the account `alt_id` begins again.
fn restarts(namespaces: &[Namespace], identity: &Identity, alt_id: &str) -> bool {
    find(namespaces, identity).is_some_and(|namespace| namespace.restarts_for(alt_id))
}

/// The contents with the new one in its place.
pub(super) fn replace(
    mut namespaces: Vec<Namespace>,
    identity: &Identity,
    avatar: &[u8],
    merged: Merged,
) -> Vec<Namespace> {
    let written = Namespace {
        avatar: avatar.to_vec(),
        platform: identity.platform().as_str().to_owned(),
        identity: identity.as_str().to_owned(),
        content: merged.content.into_string(),
        alt_id: merged.alt_id,
        standing: Standing::InForce,
    };
    match namespaces.iter_mut().find(|namespace| is_of(namespace, identity)) {
        Some(namespace) => *namespace = written,
        None => namespaces.push(written),
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
            alt_id: String::new(),
            standing: Standing::InForce,
        }
    }

    /// By the account with this id.
    fn of_account(alt_id: &str, name: &str, content: &str) -> Namespace {
        Namespace { alt_id: alt_id.to_owned(), ..namespace(name, content) }
    }

    fn merged_by(
        alt_id: &str,
        namespaces: &[Namespace],
        name: &str,
        patch: Value,
    ) -> Result<Merged, SubmitError> {
        merge(namespaces, &identity(name), alt_id, &Patch::new(patch, 1000).unwrap(), &LIMITS)
    }

    fn merged(namespaces: &[Namespace], name: &str, patch: Value) -> Result<String, SubmitError> {
        let merged = merged_by("", namespaces, name, patch)?;
        assert!(!merged.restart);
        Ok(merged.content.into_string())
    }

    fn written(content: &str) -> Merged {
        let content = CanonicalJson::of(&serde_json::from_str(content).unwrap());
        Merged { content, restart: false, alt_id: String::new() }
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
        let after = replace(before.clone(), &identity("ALICE"), &[2; 33], written("1"));
        assert_eq!(after, [namespace("alice", "1"), namespace("bob", "{}")]);
        let after = replace(before.clone(), &identity("carol"), &[2; 33], written("1"));
        assert_eq!(after, [namespace("alice", "{}"), namespace("bob", "{}"), namespace("carol", "1")]);
    }

    #[test]
    fn another_account_of_the_same_name_begins_again() {
        let before = [of_account("1", "alice", r#"{"a":1}"#)];
        for (alt_id, wanted) in [
            ("1", (r#"{"a":1,"b":2}"#, false, "1")),
            ("", (r#"{"a":1,"b":2}"#, false, "1")),
            ("2", (r#"{"b":2}"#, true, "2")),
        ] {
            let merged = merged_by(alt_id, &before, "alice", json!({"b": 2})).unwrap();
            assert_eq!(
                (merged.content.as_str(), merged.restart, merged.alt_id.as_str()),
                wanted,
                "{alt_id:?}"
            );
            assert_eq!(restarts(&before, &identity("alice"), alt_id), wanted.1);
        }
        let unknown = [of_account("", "alice", r#"{"a":1}"#)];
        let merged = merged_by("2", &unknown, "alice", json!({"b": 2})).unwrap();
        assert_eq!((merged.restart, merged.alt_id.as_str()), (false, "2"), "from now on it is known");
    }

    /// It has its place already, and what it leaves behind takes no room.
    #[test]
    fn beginning_again_makes_room() {
        let long = json!({"a": "xxxxxxxxxxxx"});
        let two = [of_account("1", "alice", &long.to_string()), of_account("1", "bob", "{}")];
        assert!(merged_by("1", &two, "alice", json!({"b": 1})).is_err());
        assert_eq!(merged_by("2", &two, "alice", json!({"b": 1})).unwrap().content.as_str(), r#"{"b":1}"#);
        let left_behind = Namespace { standing: Standing::OtherAccount, ..two[0].clone() };
        assert!(merged_by("1", &[left_behind, two[1].clone()], "bob", long).is_ok());
    }
}
