//! A GitHub account, proved by a gist.

use nextid_core::verify::BindingEvidence;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::{github, publish_gist};
use crate::support::{Setup, Tally};

on_both_databases! {
    /// Payload, gist, submit; then every read shows it.
    async fn an_account_is_bound(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "Octocat").await;
        assert!(draft.sign_payload.contains(r#""identity":"octocat""#), "{}", draft.sign_payload);
        let gist = publish_gist(&github, "Octocat", &draft);

        let link = app.accept(&draft.clone().at(&gist)).await;
        assert_eq!(link["signature_payload"], draft.sign_payload.as_str());
        assert_eq!((&link["identity"], &link["proof_location"]), (&"octocat".into(), &gist.as_str().into()));
        assert_eq!((&link["signer"], &link["avatar"]), (&alice.avatar().to_hex().into(), &alice.avatar().to_hex().into()));
        assert_eq!(link["alt_id"], "1000001");
        assert_eq!(link.get("replayed"), None);

        assert_eq!(app.bound(&alice.avatar()).await, ["github:octocat"]);
        let shown = app.shown(&alice.avatar()).await.unwrap();
        assert_eq!(shown["proofs"][0]["is_valid"], true);
        assert_eq!(shown["proofs"][0]["alt_id"], "1000001");
        assert_eq!(shown["activated_at"], link["created_at"]);
        for spelling in ["octocat", "OCTOCAT", "1000001"] {
            let exists = app.exists(&alice.avatar(), "github", spelling).await.expect_status(200).json();
            assert_eq!(exists["is_valid"], true);
        }

        let chain = app.chain(&alice.avatar()).await;
        assert_eq!(serde_json::to_value(&chain[0]).unwrap(), link);
        let state = app.verified(&alice.avatar()).await;
        assert_eq!(state.bindings[0].evidence, BindingEvidence::Post);
        let change = app.changes(1).await.remove(0);
        assert_eq!((&change["uuid"], &change["id"]), (&link["uuid"], &1.into()));
    }

    /// The gist's address is as good as its id, and the link keeps what identifies the gist.
    async fn a_gist_is_named_by_its_address(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let draft = app.draft(&key("alice"), "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        let link = app.accept(&draft.at(&format!("https://gist.github.com/octocat/{gist}"))).await;
        assert_eq!(link["proof_location"], gist.as_str());
        assert_eq!(github.requests().last().unwrap().target, format!("/gists/{gist}"));
    }

    /// The body may carry the signature as well; then both have to verify.
    async fn a_signature_in_the_body_is_checked_as_well(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        let draft = draft.at(&gist);
        let before = Tally::of(&db);
        app.refuse(&draft.clone().signed_by(&key("mallory")), 400, "bad_signature").await;
        assert_eq!((github.requests().len(), Tally::of(&db)), (0, before));
        app.accept(&draft.signed()).await;
        app.verified(&alice.avatar()).await;
    }

    /// A service without a token asks without one.
    async fn the_api_is_asked_as_documented(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).set("platforms.github.token", "t0ken").start().await;
        app.bind_github(&key("alice"), &github, "octocat").await;
        let app = Setup::new(&db).github(&github).start().await;
        app.bind_github(&key("bob"), &github, "octocat").await;
        let requests = github.requests();
        assert_eq!(requests[0].header("authorization"), Some("Bearer t0ken"));
        assert_eq!(requests[1].header("authorization"), None);
        assert!(requests.iter().all(|request| request.method == "GET" && request.header("user-agent").is_some()));
    }

    /// The platform's answer is fetched once for each submit.
    async fn a_submit_asks_once(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        app.bind_github(&key("alice"), &github, "octocat").await;
        assert_eq!(github.requests().len(), 1);
    }
}
