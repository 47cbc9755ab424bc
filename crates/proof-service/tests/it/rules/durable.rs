//! Append and apply are one: everything that follows from a link, or nothing.

use nextid_testkit::keys::key;
use nextid_testkit::{Backend, TestDatabase, block_on, on_both_databases};

use crate::support::{App, Setup, Tally, address_of};

/// Makes every statement of this kind on this table fail.
fn forbid(db: &TestDatabase, table: &str, kind: &str) {
    db.execute(&match db.backend() {
        Backend::Sqlite => format!(
            "CREATE TRIGGER forbidden_{table}_{kind} BEFORE {kind} ON {table} \
             BEGIN SELECT RAISE(ABORT, 'forbidden'); END"
        ),
        Backend::Postgres => format!(
            "CREATE OR REPLACE FUNCTION forbidden() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'forbidden'; END $$; \
             CREATE TRIGGER forbidden_{table}_{kind} BEFORE {kind} ON {table} FOR EACH ROW EXECUTE FUNCTION forbidden()"
        ),
    });
}

fn allow(db: &TestDatabase, table: &str, kind: &str) {
    let on = if db.backend() == Backend::Postgres { format!(" ON {table}") } else { String::new() };
    db.execute(&format!("DROP TRIGGER forbidden_{table}_{kind}{on}"));
}

on_both_databases! {
    /// Whichever statement fails, nothing of the others stays, and the same submit is taken afterwards.
    async fn a_link_is_appended_with_what_follows_or_not_at_all(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        let before = Tally::of(&db);
        for table in ["links", "bindings", "outbox"] {
            forbid(&db, table, "INSERT");
            let answer = app.client.post("/v1/proof", draft.body.to_string()).await;
            let error = answer.expect_status(500).json();
            assert!(!error.to_string().contains("forbidden"), "{error}");
            assert_eq!(Tally::of(&db), before);
            allow(&db, table, "INSERT");
        }
        assert_eq!(app.accept(&draft).await.get("replayed"), None);

        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.signed();
        let before = Tally::of(&db);
        forbid(&db, "bindings", "DELETE");
        app.client.post("/v1/proof", draft.body.to_string()).await.expect_status(500);
        assert_eq!(Tally::of(&db), before);
        allow(&db, "bindings", "DELETE");
        app.accept(&draft).await;
        app.verified(&alice.avatar()).await;
    }

    /// A chain is as it was when the service starts again.
    async fn a_chain_outlives_the_service(db: TestDatabase) {
        let alice = key("alice");
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&alice, &key("wallet")).await;
        app.accept(&draft).await;
        drop(app);
        let app = App::start(&db).await;
        assert_eq!(app.accept(&draft).await["replayed"], true);
        app.bind_wallet(&alice, &key("wallet 2")).await;
        assert_eq!(app.verified(&alice.avatar()).await.head.unwrap().seq, 1);
    }

    /// The schema of another service is left alone.
    async fn a_foreign_database_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        drop(app);
        db.execute("UPDATE meta SET value = 'kv-service' WHERE key = 'service'");
        let refusal = Setup::new(&db).try_start().await.expect_err("it is another service's database");
        assert!(refusal.contains("kv-service"), "{refusal}");
    }
}

/// A session that does not wait for the disk would answer 201 for what may be lost.
#[test]
fn commits_that_are_not_durable_are_refused() {
    let Some(db) = TestDatabase::postgres_unless_left_out() else { return };
    block_on(async {
        let name =
            db.url().split('?').next().and_then(|url| url.rsplit('/').next()).unwrap_or_default().to_owned();
        db.execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
        let refusal = Setup::new(&db).try_start().await.expect_err("commits are not durable");
        assert!(refusal.contains("synchronous_commit"), "{refusal}");
    });
}
