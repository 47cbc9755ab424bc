//! Stores over one database, and links to append, unsigned: the store judges nothing.

use std::time::Duration;

use diesel::prelude::*;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_service::db::{Db, DbSettings};
use nextid_service::on_backend;
use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;
use proof_service::store::append::{AppendOutcome, NewLink};
use proof_service::store::schema::{bindings, links};
use proof_service::store::{MIGRATIONS, Store};

/// The second at which everything is stored.
pub const NOW: i64 = 1_700_000_000;

/// Avatar, place, uuid, action, the signed string, what else is kept, signature, previous signature.
type LinkColumns = (Vec<u8>, i64, Vec<u8>, String, String, String, Vec<u8>, Option<Vec<u8>>);

/// What a binding is, but for its row's id.
type BindingColumns = (
    (Vec<u8>, String, String, String, String, String, String, String, String, i64),
    (String, bool, String, i64, i64, Option<i64>, i64, Option<i64>, i64),
);

/// Everything that appends write.
#[derive(Debug, PartialEq)]
pub struct Rows {
    pub links: Vec<LinkColumns>,
    pub bindings: Vec<BindingColumns>,
    pub events: i64,
}

/// As many stores as replicas, each with connections of its own.
pub async fn stores<const COUNT: usize>(db: &TestDatabase) -> [Store; COUNT] {
    let settings = DbSettings { pool_size: 4, startup_wait: Duration::ZERO, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.expect("the migrations");
    let mut stores = Vec::new();
    for _ in 0..COUNT {
        stores.push(Store::new(Db::open(settings.clone()).await.expect("the database")));
    }
    stores.try_into().expect("so many")
}

pub fn avatar(number: usize) -> Avatar {
    key(&format!("avatar {number}")).avatar()
}

pub fn uuid() -> LinkUuid {
    LinkUuid::new(uuid::Uuid::new_v4()).expect("a uuid")
}

/// A binding of a GitHub account, at this place.
pub fn link(avatar: Avatar, seq: i64, name: &str) -> NewLink {
    NewLink {
        avatar,
        seq,
        uuid: uuid(),
        action: Action::Create,
        identity: Identity::parse(Platform::Github, name).expect("a name"),
        alt_id: format!("id of {name}"),
        alt_name: format!("Name Of {name}"),
        proof_location: format!("https://gist.example/{name}"),
        created_at: CreatedAt::from_seconds(NOW).expect("a second"),
        signature: signature(),
        signature_payload: format!("{name} at {seq}"),
        signer: avatar.to_hex(),
        prev: (seq > 0).then(signature),
        extra: serde_json::json!({"wallet_signature": name}).as_object().cloned().expect("an object"),
        stored_at: NOW,
    }
}

/// A revocation of it.
pub fn revocation(avatar: Avatar, seq: i64, name: &str) -> NewLink {
    NewLink { action: Action::Delete, ..link(avatar, seq, name) }
}

fn signature() -> Vec<u8> {
    [uuid::Uuid::new_v4().into_bytes(); 4].concat()
}

/// The row's id of what was appended; none of what was lost.
pub async fn append(store: &Store, link: NewLink) -> Option<i64> {
    match store.append(link).await.expect("the append") {
        AppendOutcome::Appended(link) => Some(link.id),
        AppendOutcome::Lost => None,
    }
}

/// Everything that was written, in an order that does not depend on when.
pub async fn rows(store: &Store, db: &TestDatabase) -> Rows {
    let (links, bindings) = store
        .db()
        .primary(|conn| {
            let links = on_backend!(&mut *conn, c => links::table
                .order((links::avatar, links::seq))
                .select((
                    links::avatar, links::seq, links::uuid, links::action, links::signature_payload, links::extra,
                    links::signature, links::prev,
                ))
                .load(c))?;
            let bindings = on_backend!(conn, c => bindings::table
                .order((bindings::avatar, bindings::identity))
                .select((
                    (
                        bindings::avatar, bindings::platform, bindings::identity, bindings::identity_folded,
                        bindings::alt_id, bindings::alt_id_folded, bindings::alt_name, bindings::alt_name_folded,
                        bindings::proof_location, bindings::link_id,
                    ),
                    (
                        bindings::state, bindings::is_valid, bindings::invalid_reason, bindings::created_at,
                        bindings::last_checked_at, bindings::next_check_at, bindings::claimed_at,
                        bindings::negative_since, bindings::failures,
                    ),
                ))
                .load(c))?;
            Ok((links, bindings))
        })
        .await
        .expect("the rows");
    Rows { links, bindings, events: db.count("outbox") }
}
