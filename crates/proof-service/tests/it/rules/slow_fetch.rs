//! A platform that takes its time: nobody else waits for it, and whoever waits for it may leave.

use std::time::Duration;

use futures_util::future::join_all;
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::http::TestClient;
use nextid_testkit::keys::key;
use nextid_testkit::{Outcome, TestDatabase, on_both_databases};

use crate::support::platforms::{github, publish_gist};
use crate::support::steps::until;
use crate::support::{App, Draft, Setup, Tally};

/// Long beside everything that happens meanwhile.
const SLOW: Duration = Duration::from_secs(2);

/// A service with one connection, and a binding that is ready to be submitted to a slow platform.
async fn setup(db: &TestDatabase) -> (App, GithubStandIn, Draft) {
    let github = github();
    let app = Setup::new(db).set("database.pool_size", 1).github(&github).start().await;
    let draft = app.draft(&key("alice"), "create", "github", "octocat").await;
    let gist = publish_gist(&github, "octocat", &draft);
    github.script(Outcome::Slow(SLOW));
    (app, github, draft.at(&gist).signed())
}

async fn being_asked(github: &GithubStandIn) {
    until("the platform is asked", || !github.requests().is_empty()).await;
}

on_both_databases! {
    /// The one connection is free meanwhile, and so is the chain itself: who signed over its head first wins.
    async fn a_long_fetch_holds_no_connection_and_no_lock(db: TestDatabase) {
        let (app, github, draft) = setup(&db).await;
        let others = async {
            being_asked(&github).await;
            let bobs: Vec<_> = (0..5).map(|number| key(&format!("bob {number}"))).collect();
            join_all(bobs.iter().map(|bob| app.bind_wallet(bob, bob))).await;
            app.bind_wallet(&key("alice"), &key("wallet")).await;
            assert_eq!(app.get("/readyz").await.status, 200);
        };
        let waiting = async {
            tokio::select! {
                biased;
                () = others => {}
                answer = app.submit(&draft) => panic!("the platform was not slow: {}", answer.text()),
            }
        };
        waiting.await;
        assert_eq!(Tally::of(&db).links, 6);
        // Over the new head it takes a new signature, and no platform is asked before that is said.
        let asked = github.requests().len();
        app.refuse(&draft, 409, "chain_conflict").await;
        assert_eq!(github.requests().len(), asked);
    }

    /// Somebody who leaves during the fetch leaves one link or none, and nothing that others wait for.
    async fn a_client_that_leaves_during_the_fetch_leaves_nothing_behind(db: TestDatabase) {
        let (app, github, draft) = setup(&db).await;
        let impatient = TestClient::new(format!("http://{}", app.address));
        tokio::select! {
            biased;
            () = being_asked(&github) => {}
            _ = impatient.post_json("/v1/proof", &draft.body) => panic!("the platform was not slow"),
        }
        drop(impatient);
        app.bind_wallet(&key("bob"), &key("wallet")).await;
        github.script(Outcome::Ok);
        // The same submit once more: one link, whether or not the first one went on.
        app.accept(&draft).await;
        let tally = Tally::of(&db);
        assert_eq!((tally.links, tally.bindings, tally.events), (2, 2, 2));
        app.verified(&key("alice").avatar()).await;
    }

    /// A service that is told to stop answers what it has accepted, however long the platform takes.
    async fn stopping_waits_for_the_fetch(db: TestDatabase) {
        let (app, github, draft) = setup(&db).await;
        let client = TestClient::new(format!("http://{}", app.address));
        let stopping = async {
            being_asked(&github).await;
            drop(app);
        };
        let (answer, ()) = futures_util::join!(client.post_json("/v1/proof", &draft.body), stopping);
        answer.expect_status(201);
        assert_eq!(Tally::of(&db).links, 1);
    }
}
