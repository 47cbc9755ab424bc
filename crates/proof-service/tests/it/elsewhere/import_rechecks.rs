//! An imported binding by a post, and the worker that looks at it.

use std::time::{Duration, Instant};

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use super::support::{another, import_text, store};
use crate::support::platforms::github;
use crate::support::{App, Setup};

async fn wait_for_state(app: &App, wanted: &str) -> serde_json::Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = app.exists(&key("alice").avatar(), "github", "octocat").await.expect_status(200).json();
        if shown["state"] == wanted {
            return shown;
        }
        assert!(Instant::now() < deadline, "{shown}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

on_both_databases! {
    /// It becomes valid as soon as somebody here has seen the post, and the feed says both.
    async fn an_unchecked_binding_is_looked_at_at_once(db: TestDatabase) {
        let other = another(&db);
        let github = github();
        let alice = key("alice");
        let origin = Setup::new(&other).github(&github).start().await;
        origin.bind_github(&alice, &github, "octocat").await;
        let asked = github.requests().len();

        let idle = Setup::new(&db).github(&github).set("recheck.enabled", false).start().await;
        let imported = import_text(&store(&db).await, &origin.export(&alice.avatar()).await).await.unwrap();
        assert_eq!(imported[0].unchecked, 1);
        let shown = wait_for_state(&idle, "unchecked").await;
        assert_eq!((&shown["is_valid"], &shown["last_checked_at"]), (&false.into(), &"0".into()));
        assert_eq!(github.requests().len(), asked, "nobody has looked");

        let app = Setup::new(&db).github(&github).start().await;
        let shown = wait_for_state(&app, "valid").await;
        assert_eq!((&shown["is_valid"], &shown["alt_name"]), (&true.into(), &"octocat".into()));
        let states = store(&db).await.state_changes(vec![1, 2]).await.unwrap();
        let told: Vec<(&str, bool)> =
            states.iter().map(|change| (change.state.as_str(), change.is_valid)).collect();
        assert_eq!(told, [("unchecked", false), ("valid", true)]);
    }

    /// A claim whose post does not exist stays invalid.
    async fn a_claim_without_a_post_never_becomes_valid(db: TestDatabase) {
        let other = another(&db);
        let (published, empty) = (github(), github());
        let alice = key("alice");
        let origin = Setup::new(&other).github(&published).start().await;
        origin.bind_github(&alice, &published, "octocat").await;
        import_text(&store(&db).await, &origin.export(&alice.avatar()).await).await.unwrap();
        let app = Setup::new(&db).github(&empty).start().await;
        let shown = wait_for_state(&app, "missing").await;
        assert_eq!(shown["is_valid"], false);
    }
}
