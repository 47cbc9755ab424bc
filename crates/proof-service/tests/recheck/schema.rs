//! The migration, forth and back.

use nextid_core::Platform;
use nextid_service::db::{DbSettings, SchemaState};
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::{Outcome, on_both_databases};
use proof_service::store::MIGRATIONS;

use crate::support::bindings::append;
use crate::support::{Bench, START, bind_gist};

on_both_databases! {
    /// Bindings survive it. Those that were there before get their turns, spread over the three days after their last look.
    async fn forth_and_back(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let alice = key("alice");
        for number in 1..=5 {
            bind_gist(&bench.store, &github, &alice, &format!("cat-{number}"), number, START).await;
        }
        append(&bench.store, &alice, Platform::Nextid, &key("bob").avatar().to_hex(), START, |_| Default::default()).await;
        github.script(Outcome::Status(404));
        bench.clock.advance(5 * 86_400);
        bench.github_worker(&github).run().await;
        let feed = || db.number("SELECT (SELECT count(*) FROM feed) + (SELECT count(*) FROM outbox) AS n");
        assert_eq!((feed(), db.count("state_changes")), (11, 5));

        let settings = DbSettings::new(db.url());
        // Later migrations are taken back first.
        while db.number(match db.backend() {
            nextid_testkit::Backend::Sqlite => "SELECT count(*) AS n FROM sqlite_master WHERE name = 'state_changes'",
            nextid_testkit::Backend::Postgres => "SELECT count(*) AS n FROM pg_class WHERE relname = 'state_changes'",
        }) > 0
        {
            MIGRATIONS.revert_last(&settings).await.unwrap();
        }
        assert_eq!((feed(), db.count("bindings")), (6, 6));
        db.execute(&format!("UPDATE bindings SET last_checked_at = {START}"));
        MIGRATIONS.run(&settings).await.unwrap();
        assert_eq!(MIGRATIONS.state(&settings).await.unwrap(), SchemaState::Current);
        let spread = db.number(&format!(
            "SELECT count(DISTINCT next_check_at) AS n FROM bindings WHERE next_check_at BETWEEN {START} AND {START} + 259200"
        ));
        assert_eq!(spread, 5);
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE next_check_at IS NULL"), 1);
    }
}
