//! The schema, and what is answered when the database holds something odd.

use kv_service::store::MIGRATIONS;
use nextid_service::db::{DbSettings, SchemaState};
use nextid_service::feed::ddl;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{Kv, Person, ProofStandIn};

macro_rules! migration {
    ($file:literal) => {
        include_str!(concat!("../../migrations/", $file))
    };
}

/// The feed's tables are the same in both services, word for word.
#[test]
fn the_schema_begins_with_the_shared_tables() {
    assert!(migration!("postgres/2026-11-22-000000_create/up.sql").starts_with(ddl::POSTGRES_UP));
    assert!(migration!("sqlite/2026-11-22-000000_create/up.sql").starts_with(ddl::SQLITE_UP));
    assert!(migration!("postgres/2026-11-22-000000_create/down.sql").ends_with(ddl::POSTGRES_DOWN));
    assert!(migration!("sqlite/2026-11-22-000000_create/down.sql").ends_with(ddl::SQLITE_DOWN));
}

/// Those of webhooks as well.
#[test]
fn the_tables_of_webhooks_are_the_shared_ones() {
    use nextid_service::webhooks::ddl;

    assert_eq!(migration!("postgres/2026-11-22-000003_webhooks/up.sql"), ddl::POSTGRES_UP);
    assert_eq!(migration!("postgres/2026-11-22-000003_webhooks/down.sql"), ddl::POSTGRES_DOWN);
    assert_eq!(migration!("sqlite/2026-11-22-000003_webhooks/up.sql"), ddl::SQLITE_UP);
    assert_eq!(migration!("sqlite/2026-11-22-000003_webhooks/down.sql"), ddl::SQLITE_DOWN);
}

on_both_databases! {
    async fn migrations_can_be_taken_back(db: TestDatabase) {
        let settings = DbSettings::new(db.url());
        let run = MIGRATIONS.run(&settings).await.unwrap();
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Current);
        for version in run.iter().rev() {
            assert_eq!(MIGRATIONS.revert_last(&settings).await.unwrap().as_ref(), Some(version));
        }
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Empty);
        assert_eq!(MIGRATIONS.run(&settings).await.unwrap(), run);
    }

    /// A content that somebody broke is our failure, of which the client learns nothing, and nothing is built on it.
    async fn a_broken_content_is_not_passed_on(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        alice.own_write(&kv, json!({"a": 1})).await;
        db.execute("UPDATE namespaces SET content = 'hunter2'");
        let read = kv.client.get(&format!("/v1/kv?avatar={}", alice.hex())).await.expect_error(500, "internal");
        let draft = alice.own_draft(&kv, json!({"b": 1})).await;
        let written = kv.submit(&alice.signed(&draft)).await.expect_error(500, "internal");
        for error in [read, written] {
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert_eq!(db.count("links"), 1);
    }
}
