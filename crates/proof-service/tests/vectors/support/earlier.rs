//! A link of which only the signature is known.

use nextid_core::{Action, Identity, LinkUuid, Platform, signature_text};
use nextid_service::db::{Db, DbSettings};
use nextid_testkit::TestDatabase;
use proof_service::store::append::{AppendOutcome, NewLink};
use proof_service::store::{MIGRATIONS, Store};
use serde_json::Map;

use super::Vector;

/// Puts a link into the store, unjudged, whose signature is the vector's `prev`: what it signed is not published, so that it
/// could not be submitted. A revocation finds its binding made by it; else it bound something else. In that case, and only
/// for the vectors that this is about, the chain on the service is not one that verifies offline.
pub async fn put_earlier_link(db: &TestDatabase, vector: &Vector) {
    let settings = DbSettings { pool_size: 1, ..DbSettings::new(db.url()) };
    MIGRATIONS.run(&settings).await.expect("the migrations");
    let store = Store::new(Db::open(settings).await.expect("the database"));
    let created_at = vector.text("created_at").parse().expect("a second");
    let identity = match vector.optional("action") {
        Some("delete") => vector.identity(),
        _ => Identity::parse(Platform::Dns, "earlier.example").expect("an identity"),
    };
    let signature = signature_text::decode_base64_proof(vector.text("prev")).expect("base64");
    let link = NewLink {
        avatar: vector.avatar(),
        seq: 0,
        uuid: LinkUuid::parse("6f1b1a3e-6df5-4d0c-a6a8-8d1b5e0b7c11").expect("a uuid"),
        action: Action::Create,
        alt_id: identity.as_str().to_owned(),
        alt_name: identity.as_str().to_owned(),
        identity,
        proof_location: String::new(),
        created_at,
        signature,
        signature_payload: String::new(),
        signer: vector.avatar().to_hex(),
        prev: None,
        extra: Map::new(),
        stored_at: created_at.seconds(),
    };
    let appended = store.append(link).await.expect("the append");
    assert!(matches!(appended, AppendOutcome::Appended(_)));
}
