//! What the database holds, read beside the service.

use std::collections::BTreeMap;

use diesel::prelude::*;
use kv_service::store::StoredLink;
use kv_service::store::schema::links;
use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, verify_kv_chain};
use nextid_core::{Avatar, Platform};
use nextid_service::db::{Db, DbSettings};
use nextid_service::on_backend;
use nextid_testkit::TestDatabase;
use serde_json::Value;

/// The chain of an Avatar, in order.
pub async fn stored_chain(db: &TestDatabase, avatar: Avatar) -> Vec<KvLink> {
    let db = Db::open(DbSettings { pool_size: 1, ..DbSettings::new(db.url()) }).await.unwrap();
    let stored: Vec<StoredLink> = db
        .primary(move |conn| {
            Ok(on_backend!(conn, c => links::table
                .filter(links::avatar.eq(avatar.as_bytes().to_vec()))
                .order(links::seq)
                .select(StoredLink::as_select())
                .load(c))?)
        })
        .await
        .unwrap();
    stored.iter().map(StoredLink::to_link).collect()
}

/// The contents that follow from the stored chain, once every link of it has been verified.
pub async fn verified_contents(db: &TestDatabase, avatar: Avatar) -> BTreeMap<(Platform, String), Value> {
    let chain = stored_chain(db, avatar).await;
    verify_kv_chain(&avatar, Anchor::Genesis, &chain).unwrap().contents
}
