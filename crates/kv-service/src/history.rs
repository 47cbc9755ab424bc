//! What was published when a link was the newest one: folded from the patches, since only the present contents are stored.

use std::collections::HashMap;

use nextid_core::merge_patch::merge_patch;
use nextid_core::{Avatar, LinkUuid};
use nextid_service::db::DbError;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::store::{Head, PatchRow, Store};

/// Links that are read at a time: with the largest patches a few MiB.
const PER_READ: i64 = 64;

/// What an Avatar had published as of a link.
#[derive(Debug, Clone)]
pub struct PastContents {
    /// The link.
    pub head: Head,
    /// The contents, the oldest namespace first.
    pub namespaces: Vec<PastNamespace>,
}

/// The content that a namespace had.
#[derive(Debug, Clone, PartialEq)]
pub struct PastNamespace {
    /// Where the identity lives.
    pub platform: String,
    /// Normalised.
    pub identity: String,
    /// What followed from the patches.
    pub content: Value,
}

/// Why the past cannot be told.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What the database holds is not JSON.
    #[error("a stored patch is not JSON: {0}")]
    StoredPatch(#[from] serde_json::Error),
    /// What the database holds is not a whole chain.
    #[error("links before seq {0} are missing")]
    Gap(i64),
    /// The work was given up.
    #[error("folding was aborted")]
    Aborted,
}

/// The contents of an Avatar as of the link with this uuid; none if its chain has no such link. Needs the memory of the
/// contents and of a few links, however long the chain is; no connection is held while patches are merged.
///
/// # Errors
/// [`HistoryError`].
pub async fn contents_at(
    store: &Store,
    avatar: Avatar,
    uuid: LinkUuid,
) -> Result<Option<PastContents>, HistoryError> {
    let Some(head) = store.place_of(avatar, uuid).await? else { return Ok(None) };
    let mut fold = Fold::default();
    let mut next = 0;
    while next <= head.seq {
        let end = (next + PER_READ).min(head.seq + 1);
        let patches = store.patches_at(avatar, next..end).await?;
        if i64::try_from(patches.len()).ok() != Some(end - next) {
            return Err(HistoryError::Gap(end));
        }
        fold = tokio::task::spawn_blocking(move || fold.with(patches))
            .await
            .map_err(|_| HistoryError::Aborted)??;
        next = end;
    }
    Ok(Some(PastContents { head, namespaces: fold.namespaces }))
}

/// Contents, as far as patches were merged.
#[derive(Debug, Default)]
struct Fold {
    namespaces: Vec<PastNamespace>,
    /// Where in the list a namespace is, by platform and identity.
    places: HashMap<(String, String), usize>,
}

impl Fold {
    fn with(mut self, patches: Vec<PatchRow>) -> Result<Self, serde_json::Error> {
        for PatchRow { platform, namespace, patch, restart } in patches {
            let patch = serde_json::from_str(&patch)?;
            let place = *self.places.entry((platform.clone(), namespace.clone())).or_insert_with(|| {
                let content = Value::Object(Map::new());
                self.namespaces.push(PastNamespace { platform, identity: namespace, content });
                self.namespaces.len() - 1
            });
            if let Some(namespace) = self.namespaces.get_mut(place) {
                if restart {
                    namespace.content = Value::Object(Map::new());
                }
                merge_patch(&mut namespace.content, &patch);
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patch(platform: &str, namespace: &str, patch: Value) -> PatchRow {
        PatchRow {
            platform: platform.to_owned(),
            namespace: namespace.to_owned(),
            patch: patch.to_string(),
            restart: false,
        }
    }

    #[test]
    fn patches_are_merged_into_their_namespaces() {
        let fold = Fold::default()
            .with(vec![
                patch("github", "alice", json!({"a": 1, "b": {"c": 2}})),
                patch("dns", "alice", json!({"z": null})),
            ])
            .unwrap()
            .with(vec![patch("github", "alice", json!({"a": null, "b": {"d": 3}}))])
            .unwrap();
        let contents: Vec<(&str, &Value)> =
            fold.namespaces.iter().map(|past| (past.platform.as_str(), &past.content)).collect();
        assert_eq!(contents, [("github", &json!({"b": {"c": 2, "d": 3}})), ("dns", &json!({}))]);
    }

    #[test]
    fn a_restart_leaves_behind_what_was() {
        let again = PatchRow { restart: true, ..patch("github", "alice", json!({"b": 2})) };
        let fold = Fold::default()
            .with(vec![
                patch("github", "alice", json!({"a": 1})),
                patch("dns", "alice", json!({"z": 1})),
                again,
                patch("github", "alice", json!({"c": 3})),
            ])
            .unwrap();
        let contents: Vec<&Value> = fold.namespaces.iter().map(|past| &past.content).collect();
        assert_eq!(contents, [&json!({"b": 2, "c": 3}), &json!({"z": 1})]);
    }

    #[test]
    fn what_is_no_json_is_told() {
        let broken = PatchRow { patch: "{".to_owned(), ..patch("dns", "alice", json!({})) };
        assert!(Fold::default().with(vec![broken]).is_err());
    }
}
