//! Whose a database is, a service's or a mirror's.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use super::scripted::{Script, link};
use super::support::{another, assert_sound, import_text, store};
use crate::support::platforms::github;
use crate::support::{App, Setup};

on_both_databases! {
    /// Neither is taken for the other.
    async fn a_database_is_a_mirrors_or_a_services(db: TestDatabase) {
        let copied = another(&db);
        let origin = App::start(&db).await;
        let alice = key("alice");
        let bound = link(&origin.bind_wallet(&alice, &key("wallet")).await);
        Script::of(&[bound]).copy(&copied).await.unwrap();

        let why = Setup::new(&copied).try_start().await.unwrap_err();
        assert!(why.contains("mirror of http://origin.example") && why.contains("--adopt-mirror"), "{why}");
        let why = Setup::new(&db).set("mirror.of", "http://127.0.0.1:9").try_start().await.unwrap_err();
        assert!(why.contains("links of its own"), "{why}");
        let why = import_text(&store(&copied).await, &origin.export(&alice.avatar()).await).await.unwrap_err();
        assert!(why.to_string().contains("mirror of http://origin.example"), "{why}");
        // A mirror starts without its origin, and serves what it has.
        let copy = Setup::new(&copied).set("mirror.of", "http://127.0.0.1:9").start().await;
        assert_eq!(copy.export(&alice.avatar()).await, origin.export(&alice.avatar()).await);
    }

    /// Taken over, it is a service as any other, under a new epoch, and believes nobody's word for proofs.
    async fn a_mirror_can_be_taken_over(db: TestDatabase) {
        let copied = another(&db);
        let github = github();
        let origin = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let links = [
            link(&origin.bind_github(&alice, &github, "octocat").await),
            link(&origin.bind_wallet(&alice, &key("wallet")).await),
        ];
        Script::of(&links).copy(&copied).await.unwrap();
        let setup = || Setup::new(&copied).set("mirror.adopt", true).set("recheck.enabled", false);
        let app = setup().start().await;
        assert_ne!(app.read("/v1/proofchain/changes").await["epoch"], "e");
        let state = |answer: serde_json::Value| (answer["state"].clone(), answer["is_valid"].clone());
        let exists = app.exists(&alice.avatar(), "github", "octocat").await.expect_status(200).json();
        assert_eq!(exists.get("state_source"), None);
        assert_eq!(state(exists), ("unchecked".into(), false.into()));
        let address = crate::support::address_of(&key("wallet"));
        let exists = app.exists(&alice.avatar(), "ethereum", &address).await.expect_status(200).json();
        assert_eq!(state(exists), ("valid".into(), true.into()));
        let unchecked = "SELECT count(*) AS n FROM links WHERE unchecked AND platform = 'github'";
        assert_eq!(copied.number(unchecked), 1, "the link's place in the feed says it as well");
        app.bind_wallet(&alice, &key("another")).await;
        assert_eq!(app.changes(3).await.last().unwrap()["id"], 4, "the state has an id as well");
        drop(app);
        // Once is enough; from then on nothing is special about it.
        let epoch = setup().start().await.read("/v1/proofchain/changes").await["epoch"].clone();
        let again = Setup::new(&copied).start().await;
        assert_eq!(again.read("/v1/proofchain/changes").await["epoch"], epoch);
        again.verified(&alice.avatar()).await;
        assert_sound(&copied).await;
    }
}
