//! Many accounts for an Avatar, many Avatars for an account, and binding again.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::{github, publish_gist};
use crate::support::{App, Setup, address_of};

on_both_databases! {
    /// One account may stand for several Avatars; a search finds them all, and each revokes for itself.
    async fn an_account_may_be_bound_to_several_avatars(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob, wallet) = (key("alice"), key("bob"), key("wallet"));
        app.bind_wallet(&alice, &wallet).await;
        app.bind_wallet(&bob, &wallet).await;
        let path = format!("/v1/proof?platform=ethereum&identity={}&exact=true", address_of(&wallet));
        let found = app.read(&path).await;
        assert_eq!((&found["pagination"]["total"], found["ids"].as_array().unwrap().len()), (&2.into(), 2));
        app.revoke(&alice, "ethereum", &address_of(&wallet)).await;
        assert_eq!(app.bound(&alice.avatar()).await.len(), 0);
        assert_eq!(app.bound(&bob.avatar()).await.len(), 1);
        let found = app.read(&path).await;
        assert_eq!(found["ids"][0]["avatar"], bob.avatar().to_hex());
    }

    /// Binding again is a new link; the binding stays one, with the new place of the proof.
    async fn binding_again_replaces_the_place(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let first = app.bind_github(&alice, &github, "octocat").await;
        let bound = app.exists(&alice.avatar(), "github", "octocat").await.json();
        // The account was renamed and somebody else took the name: the platform's own id is another one now.
        let draft = app.draft(&alice, "create", "github", "OctoCat").await;
        let mut gist = crate::support::platforms::gist("octocat", &draft, &draft.post());
        gist.owner_id = Some(4242);
        let place = github.publish(gist);
        let second = app.accept(&draft.at(&place)).await;
        assert_eq!((&second["seq"], &second["alt_id"]), (&1.into(), &"4242".into()));
        assert_ne!(second["proof_location"], first["proof_location"]);
        assert_eq!(app.bound(&alice.avatar()).await, ["github:octocat"]);
        assert_eq!(app.shown(&alice.avatar()).await.unwrap()["proofs"][0]["alt_id"], "4242");
        app.exists(&alice.avatar(), "github", "4242").await.expect_status(200);
        app.exists(&alice.avatar(), "github", "1000001").await.expect_error(404, "not_found");
        assert_eq!(app.exists(&alice.avatar(), "github", "octocat").await.json()["created_at"], bound["created_at"]);
        let state = app.verified(&alice.avatar()).await;
        assert_eq!((state.bindings.len(), state.bindings[0].proof_location.as_str()), (1, place.as_str()));
        // One revocation frees it, wherever its proof was.
        app.revoke(&alice, "github", "octocat").await;
        assert_eq!(app.bound(&alice.avatar()).await, Vec::<String>::new());
    }

    /// A gist proves one link. For the next one it is a proof over another payload.
    async fn a_proof_is_of_one_link(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        app.accept(&draft.at(&gist)).await;
        let again = app.draft(&alice, "create", "github", "octocat").await.at(&gist);
        app.refuse(&again, 400, "proof_mismatch").await;
    }
}
