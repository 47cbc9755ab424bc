//! The database keeps the index itself.

use nextid_core::Platform;
use nextid_service::db::{DbSettings, SchemaState};
use nextid_testkit::on_both_databases;
use proof_service::store::MIGRATIONS;

use crate::support::{Bound, fuzzy, identities, insert, migrated};

on_both_databases! {
    /// What was bound before the index was made is found through it.
    async fn bindings_survive_the_migration(db: TestDatabase) {
        let store = migrated(&db).await;
        insert(&db, &[Bound::new(7, Platform::Github, "octocat"), Bound::new(70_007, Platform::Dns, "octo.example")]);
        insert(&db, &[Bound::new(8, Platform::Nextid, "octoalias")]);
        let found = async || identities(&store.search(fuzzy(None, &["octo".to_owned()])).await.unwrap());
        assert_eq!(found().await, ["octo.example", "octocat"]);
        let settings = DbSettings::new(db.url());
        let has_index = || match db.backend() {
            nextid_testkit::Backend::Sqlite => "SELECT count(*) AS n FROM sqlite_master WHERE name = 'searchable'",
            nextid_testkit::Backend::Postgres => "SELECT count(*) AS n FROM pg_class WHERE relname = 'searchable'",
        };
        while db.number(has_index()) > 0 {
            MIGRATIONS.revert_last(&settings).await.unwrap();
        }
        db.execute("DELETE FROM bindings WHERE id = 7");
        MIGRATIONS.run(&settings).await.unwrap();
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Current);
        assert_eq!(found().await, ["octo.example"]);
    }

    /// A look at a proof that changes no name leaves the index alone.
    async fn a_look_does_not_touch_the_index(db: TestDatabase) {
        migrated(&db).await;
        insert(&db, &[Bound::new(1, Platform::Github, "octocat")]);
        let writes = || match db.backend() {
            // The transaction that wrote the row last.
            nextid_testkit::Backend::Postgres => "SELECT xmin::text::bigint AS n FROM searchable",
            // Each write makes a segment of the index.
            nextid_testkit::Backend::Sqlite => "SELECT count(*) AS n FROM searchable_idx",
        };
        let before = db.number(writes());
        db.execute("UPDATE bindings SET last_checked_at = 5, state = 'missing', is_valid = false");
        assert_eq!(db.number(writes()), before);
        db.execute("UPDATE bindings SET alt_name = 'Cat', alt_name_folded = 'cat'");
        assert_ne!(db.number(writes()), before);
    }
}
