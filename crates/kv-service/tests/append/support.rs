//! Stores over one database, and links to append, unsigned: the store judges nothing.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use kv_service::store::append::{AppendOutcome, NewLink};
use kv_service::store::schema::{links, namespaces};
use kv_service::store::{MIGRATIONS, Store};
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::db::{Db, DbSettings};
use nextid_service::on_backend;
use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;
use serde_json::{Value, json};

/// The second at which everything is stored.
pub const NOW: i64 = 1_700_000_000;

/// Avatar, place, uuid, namespace, patch, signer, signature, previous signature, whether it starts the namespace anew.
type LinkRow = (Vec<u8>, i64, Vec<u8>, String, String, String, Vec<u8>, Option<Vec<u8>>, bool);

/// Everything that appends write.
#[derive(Debug, PartialEq)]
pub struct Rows {
    pub links: Vec<LinkRow>,
    pub namespaces: Vec<(Vec<u8>, String, String, String, i64, String)>,
    pub events: i64,
}

/// As many stores as replicas, each with connections of its own.
pub async fn stores<const COUNT: usize>(db: &TestDatabase) -> [Store; COUNT] {
    let settings = DbSettings { pool_size: 4, startup_wait: Duration::ZERO, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.unwrap();
    let mut stores = Vec::new();
    for _ in 0..COUNT {
        stores.push(Store::new(Db::open(settings.clone()).await.unwrap()));
    }
    stores.try_into().unwrap()
}

pub fn avatar(number: usize) -> Avatar {
    key(&format!("avatar {number}")).avatar()
}

/// A write under a GitHub account, at this place, that leaves this content.
pub fn link(avatar: Avatar, seq: i64, name: &str, content: &Value) -> NewLink {
    NewLink {
        avatar,
        seq,
        uuid: LinkUuid::new(uuid::Uuid::new_v4()).unwrap(),
        identity: Identity::parse(Platform::Github, name).unwrap(),
        signed_identity: name.to_owned(),
        patch: CanonicalJson::of(&json!({"seq": seq})),
        created_at: CreatedAt::from_seconds(NOW).unwrap(),
        signature: signature(),
        signature_payload: format!("{name} at {seq}"),
        prev: (seq > 0).then(signature),
        content: CanonicalJson::of(content),
        restart: seq % 2 == 1,
        alt_id: format!("id of {name}"),
        stored_at: NOW,
    }
}

fn signature() -> Vec<u8> {
    [uuid::Uuid::new_v4().into_bytes(); 4].concat()
}

/// The row's id of what was appended; none of what was lost.
pub async fn append(store: &Store, link: &NewLink) -> Option<i64> {
    match store.append(Arc::new(link.clone())).await.unwrap() {
        AppendOutcome::Appended(id) => Some(id),
        AppendOutcome::Lost => None,
    }
}

/// Everything that was written, in an order that does not depend on when.
pub async fn rows(store: &Store, db: &TestDatabase) -> Rows {
    let (links, namespaces) = store
        .db()
        .primary(|conn| {
            let links = on_backend!(&mut *conn, c => links::table
                .order((links::avatar, links::seq))
                .select((
                    links::avatar, links::seq, links::uuid, links::namespace, links::patch, links::signer,
                    links::signature, links::prev, links::restart,
                ))
                .load(c))?;
            let namespaces = on_backend!(conn, c => namespaces::table
                .order((namespaces::avatar, namespaces::identity))
                .select((
                    namespaces::avatar, namespaces::platform, namespaces::identity, namespaces::content,
                    namespaces::link_id, namespaces::alt_id,
                ))
                .load(c))?;
            Ok((links, namespaces))
        })
        .await
        .unwrap();
    Rows { links, namespaces, events: db.count("outbox") }
}
