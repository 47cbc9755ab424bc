//! What looks make of a binding, with real answers of a platform.

use nextid_core::Platform;
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::{Outcome, on_both_databases};
use proof_service::store::FeedKind;

use crate::support::bindings::append;
use crate::support::{Bench, START, bind_gist, until};

const DAYS: i64 = 86_400;

fn github() -> GithubStandIn {
    GithubStandIn::start().expect("a free port")
}

on_both_databases! {
    /// A proof that stays is looked at about every three days, and nobody is told.
    async fn a_proof_that_stays(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, github());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        worker.run().await;
        assert_eq!(github.requests().len(), 0, "it was looked at when it was bound");
        let mut looks = Vec::new();
        while looks.len() < 4 {
            bench.clock.advance(3600);
            let before = github.requests().len();
            worker.run().await;
            if github.requests().len() > before {
                looks.push(bench.clock.now());
            }
        }
        assert!((START + DAYS..START + 5 * DAYS).contains(&looks[0]), "{looks:?}");
        assert!(looks.windows(2).all(|pair| (pair[1] - pair[0] - 3 * DAYS).abs() <= 3600), "{looks:?}");
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!((row.state.as_str(), row.is_valid, row.last_checked_at), ("valid", true, looks[3]));
        assert_eq!(bench.changes().await, []);
        assert_eq!(worker.metric(r#"recheck_checks_total{outcome="valid",platform="github"}"#), 4);
    }

    /// Gone, still gone after an hour, there again: each change is a row and an event, and no link.
    async fn a_proof_that_goes_and_comes_back(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, github());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        github.script(Outcome::Status(404));
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        assert_eq!(bench.standing(alice.avatar(), "octocat").await, ("missing".to_owned(), true));

        bench.clock.advance(3599);
        worker.run().await;
        assert_eq!(github.requests().len(), 1, "the second look is at least an hour later");
        bench.clock.advance(601);
        worker.run().await;
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!((row.state.as_str(), row.is_valid), ("missing", false));
        assert!(!row.invalid_reason.is_empty());

        github.script(Outcome::Ok);
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!((row.state.as_str(), row.is_valid, row.invalid_reason.as_str()), ("valid", true, ""));

        let changes = bench.changes().await;
        let told: Vec<_> = changes
            .iter()
            .map(|change| (change.state_before.as_str(), change.state.as_str(), change.is_valid_before, change.is_valid))
            .collect();
        assert_eq!(told, [("valid", "missing", true, true), ("missing", "missing", true, false), ("missing", "valid", false, true)]);
        assert_eq!((changes[0].identity.as_str(), changes[0].alt_id.as_str()), ("octocat", "7"));
        let state = FeedKind::State as i16;
        let events = db.number(&format!(
            "SELECT (SELECT count(*) FROM outbox WHERE kind = {state}) + (SELECT count(*) FROM feed WHERE kind = {state}) AS n"
        ));
        assert_eq!(events, 3);
        until("all is numbered", || db.count("feed") == 4).await;
        let (links, _) = bench.store.changes(0, 100).await.unwrap();
        assert_eq!(links.len(), 1, "the feed of links shows links only");
    }

    /// What the platform itself says is evidence, and says which.
    async fn evidence(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, github());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        for (outcome, state) in [
            (Outcome::Status(404), "missing"),
            (Outcome::Ok, "valid"),
            (Outcome::Status(410), "missing"),
            (Outcome::Missing, "missing"),
            (Outcome::WrongCase, "valid"),
            (Outcome::Tampered, "mismatch"),
            (Outcome::OtherAuthor, "mismatch"),
        ] {
            github.script(outcome.clone());
            db.execute(&format!("UPDATE bindings SET next_check_at = {}, negative_since = NULL", bench.clock.now()));
            bench.clock.advance(DAYS);
            worker.run().await;
            assert_eq!(bench.standing(alice.avatar(), "octocat").await, (state.to_owned(), true), "{outcome:?}");
        }
    }

    /// A proof is judged over the string that was signed, whatever the chain's head is now.
    async fn the_stored_string_counts(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, github());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        bind_gist(&bench.store, &github, &alice, "hexacat", 8, START).await;
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        assert_eq!(github.requests().len(), 2);
        for login in ["octocat", "hexacat"] {
            assert_eq!(bench.standing(alice.avatar(), login).await, ("valid".to_owned(), true));
        }
    }

    /// What was imported is due at once, and valid only after somebody has looked.
    async fn an_imported_binding_is_due_at_once(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, github());
        let worker = bench.github_worker(&github);
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START - DAYS).await;
        bind_gist(&bench.store, &github, &alice, "hexacat", 8, START - DAYS).await;
        db.execute(
            "UPDATE bindings SET state = 'unchecked', is_valid = FALSE, next_check_at = 0, alt_id = '', alt_id_folded = ''",
        );
        github.script_next([Outcome::Ok, Outcome::Status(404)]);
        worker.run().await;
        let mut standings = Vec::new();
        for login in ["octocat", "hexacat"] {
            let row = bench.binding(alice.avatar(), Platform::Github, login).await;
            standings.push((row.state, row.is_valid, row.alt_id.is_empty()));
        }
        standings.sort();
        assert_eq!(standings, [("missing".to_owned(), false, true), ("valid".to_owned(), true, false)]);
    }

    /// Wallets and aliases are proved by their signatures for ever.
    async fn what_has_no_post_is_never_looked_at(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        append(&bench.store, &alice, Platform::Nextid, &bob.avatar().to_hex(), START, |_| Default::default()).await;
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE next_check_at IS NULL"), 1);
        let asked = bench
            .store
            .ask_recheck(alice.avatar(), Platform::Nextid, bob.avatar().to_hex(), START + DAYS)
            .await;
        assert!(!asked.unwrap());
    }
}
