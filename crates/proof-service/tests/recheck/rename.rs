//! Accounts are known by the id that they were bound with, not by their names.

use nextid_core::Platform;
use nextid_testkit::github::{Gist, GithubStandIn};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::{Bench, START, bind_gist};

const DAYS: i64 = 86_400;

fn shown_as(bound: &Gist, login: &str, owner_id: u64) -> Gist {
    let mut gist = bound.clone();
    gist.login = login.to_owned();
    gist.owner_id = Some(owner_id);
    gist
}

on_both_databases! {
    /// A renamed account stays bound, under the identity that was signed, and shows its new name.
    async fn a_renamed_account_stays_bound(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        let bound = bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        github.publish(shown_as(&bound, "Hexacat", 7));
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!((row.state.as_str(), row.is_valid), ("valid", true));
        assert_eq!((row.identity.as_str(), row.alt_id.as_str(), row.alt_name.as_str()), ("octocat", "7", "Hexacat"));
        let changes = bench.changes().await;
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].alt_name_before.as_str(), changes[0].alt_name.as_str()), ("octocat", "Hexacat"));
        assert_eq!((changes[0].state.as_str(), changes[0].is_valid), ("valid", true));
        let found = bench.store.bound_by_other_name(alice.avatar(), Platform::Github, "hexacat").await;
        assert_eq!(found.unwrap().as_deref(), Some("octocat"), "the new name is searchable");
    }

    /// Somebody who takes over the name is another account.
    async fn a_taken_over_name_is_another_account(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        let bound = bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        github.publish(shown_as(&bound, "octocat", 8));
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        bench.clock.advance(4200);
        worker.run().await;
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!((row.state.as_str(), row.is_valid, row.alt_id.as_str()), ("mismatch", false, "7"));
    }
}
