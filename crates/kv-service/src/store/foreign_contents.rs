//! The contents that follow from links that another service accepted.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::upsert::excluded;
use nextid_core::merge_patch::merge_patch;
use nextid_core::{Avatar, CanonicalJson, Platform};
use nextid_service::db::{DbConnection, DbError};
use nextid_service::on_backend;
use serde_json::{Map, Value};

use super::foreign::ForeignLink;
use super::schema::namespaces;

/// A namespace as some links leave it.
#[derive(Debug, Clone)]
struct Folded {
    content: Value,
    link_id: i64,
    /// Whether another account may write from now on.
    restarted: bool,
}

/// Contents, as far as patches were merged. They begin with what is stored.
#[derive(Debug, Default)]
pub(super) struct Contents {
    by_key: BTreeMap<(Avatar, Platform, String), Folded>,
}

impl Contents {
    /// Merges the patch of the next link, which is stored as this row.
    pub(super) fn add(
        &mut self,
        conn: &mut DbConnection,
        link: &ForeignLink,
        id: i64,
    ) -> Result<(), DbError> {
        let key = (link.avatar, link.identity.platform(), link.identity.as_str().to_owned());
        let folded = match self.by_key.entry(key) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let content = stored(conn, link)?;
                entry.insert(Folded { content, link_id: id, restarted: false })
            }
        };
        if link.restart {
            folded.content = Value::Object(Map::new());
            folded.restarted = true;
        }
        merge_patch(&mut folded.content, &link.patch);
        folded.link_id = id;
        Ok(())
    }

    /// Writes the contents. Returns the bytes of the largest.
    pub(super) fn write(self, conn: &mut DbConnection) -> Result<usize, DbError> {
        let mut largest = 0;
        for ((avatar, platform, identity), folded) in self.by_key {
            let content = CanonicalJson::of(&folded.content).into_string();
            largest = largest.max(content.len());
            write(conn, &avatar, platform, &identity, &content, &folded)?;
        }
        Ok(largest)
    }
}

fn stored(conn: &mut DbConnection, link: &ForeignLink) -> Result<Value, DbError> {
    let content: Option<String> = on_backend!(conn, c => namespaces::table
        .filter(namespaces::avatar.eq(link.avatar.as_bytes().as_slice()))
        .filter(namespaces::platform.eq(link.identity.platform().as_str()))
        .filter(namespaces::identity.eq(link.identity.as_str()))
        .select(namespaces::content)
        .first(c)
        .optional())?;
    // What is stored was written as JSON; a row that was changed behind our back begins again.
    Ok(content.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| Value::Object(Map::new())))
}

/// Which account wrote is not part of a link, so that it is not known of new namespaces, nor after a restart.
fn write(
    conn: &mut DbConnection,
    avatar: &Avatar,
    platform: Platform,
    identity: &str,
    content: &str,
    folded: &Folded,
) -> Result<(), DbError> {
    let row = (
        namespaces::avatar.eq(avatar.as_bytes().as_slice()),
        namespaces::platform.eq(platform.as_str()),
        namespaces::identity.eq(identity),
        namespaces::content.eq(content),
        namespaces::link_id.eq(folded.link_id),
        namespaces::alt_id.eq(""),
    );
    on_backend!(&mut *conn, c => diesel::insert_into(namespaces::table)
        .values(row)
        .on_conflict((namespaces::avatar, namespaces::platform, namespaces::identity))
        .do_update()
        .set((
            namespaces::content.eq(excluded(namespaces::content)),
            namespaces::link_id.eq(excluded(namespaces::link_id)),
        ))
        .execute(c))?;
    if folded.restarted {
        let namespace = namespaces::table
            .filter(namespaces::avatar.eq(avatar.as_bytes().as_slice()))
            .filter(namespaces::platform.eq(platform.as_str()))
            .filter(namespaces::identity.eq(identity));
        on_backend!(conn, c => diesel::update(namespace).set(namespaces::alt_id.eq("")).execute(c))?;
    }
    Ok(())
}
