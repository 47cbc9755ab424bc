//! Single bindings.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::github;
use crate::support::{App, Setup, address_of};

on_both_databases! {
    /// Only what is bound to this very Avatar, on this very platform, as a whole.
    async fn exactly_this_binding(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let (alice, bob) = (key("alice"), key("bob"));
        app.bind_github(&alice, &github, "octocat").await;
        app.bind_wallet(&bob, &key("wallet")).await;
        let body = app.exists(&alice.avatar(), "github", "octocat").await.expect_status(200).json();
        assert_eq!((&body["is_valid"], &body["invalid_reason"]), (&true.into(), &"".into()));
        let seconds: i64 = body["created_at"].as_str().unwrap().parse().unwrap();
        assert!(seconds > 1_700_000_000);
        assert_eq!(body["last_checked_at"], body["created_at"]);
        for (avatar, platform, identity) in [
            (&alice, "github", "octoca"),
            (&alice, "github", "octocat2"),
            (&alice, "twitter", "octocat"),
            (&bob, "github", "octocat"),
            (&alice, "ethereum", &address_of(&key("wallet"))),
            (&alice, "github", "no such login at all"),
        ] {
            let error = app.exists(&avatar.avatar(), platform, &identity.replace(' ', "+")).await;
            let error = error.expect_error(404, "not_found");
            assert!(error["message"].as_str().unwrap().contains(identity), "{error}");
        }
    }

    /// What has no id or display name does not match an empty one, nor the other way round.
    async fn nothing_is_found_by_an_empty_name(db: TestDatabase) {
        let app = App::start(&db).await;
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        db.execute("UPDATE bindings SET alt_id = '', alt_id_folded = ''");
        app.exists(&key("alice").avatar(), "ethereum", "").await.expect_error(400, "missing_field");
        app.exists(&key("alice").avatar(), "ethereum", "%20").await.expect_error(404, "not_found");
    }
}
