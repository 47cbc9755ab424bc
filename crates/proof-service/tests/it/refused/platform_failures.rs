//! A platform that fails: told apart from a proof that is not there, and nothing changes.

use std::time::Duration;

use nextid_testkit::Outcome;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::platforms::{github, publish_gist};
use crate::support::{Setup, Tally};

on_both_databases! {
    /// What GitHub answers, what we answer, and after how many seconds asking again makes sense.
    async fn each_failure_has_its_code(db: TestDatabase) {
        let cases = [
            (Outcome::Status(404), 400, "proof_missing", None),
            (Outcome::Status(410), 400, "proof_missing", None),
            (Outcome::Status(401), 503, "platform_unavailable", Some(30)),
            (Outcome::Status(403), 503, "platform_unavailable", None),
            (Outcome::Status(429), 503, "platform_unavailable", Some(60)),
            (Outcome::Status(500), 503, "platform_unavailable", Some(30)),
            (Outcome::Status(502), 503, "platform_unavailable", Some(30)),
            (Outcome::Status(503), 503, "platform_unavailable", Some(30)),
            (Outcome::Slow(Duration::from_secs(5)), 504, "platform_timeout", Some(30)),
            (Outcome::Huge(100_000), 502, "platform_error", Some(30)),
            (Outcome::Garbage, 502, "platform_error", Some(30)),
            (Outcome::Status(418), 502, "platform_error", Some(30)),
        ];
        for (outcome, status, code, wait) in cases {
            // Each with a service of its own: a host that has failed is left alone for a while.
            let github = github();
            let setup = Setup::new(&db).github(&github).set("net.timeout_ms", 400).set("net.max_bytes", 50_000);
            let app = setup.start().await;
            let draft = app.draft(&key("alice"), "create", "github", "octocat").await;
            let draft = draft.clone().at(&publish_gist(&github, "octocat", &draft));
            let before = Tally::of(&db);
            github.script_next([outcome.clone()]);
            let answer = app.submit(&draft).await;
            let body = answer.text();
            assert_eq!(answer.status, status, "{outcome:?}: {body}");
            let error = answer.expect_error(status, code);
            if let Some(wait) = wait {
                let told = error["retry_after"].as_u64().unwrap();
                assert!(told <= wait && told + 5 >= wait, "{outcome:?}: {body}");
            }
            assert_eq!(Tally::of(&db), before, "{outcome:?}");
        }
    }

    /// A redirect to an address inside is not followed, wherever it comes from.
    async fn redirects_inside_are_not_followed(db: TestDatabase) {
        let (github, inside) = (github(), github());
        for target in [format!("{}/gists/x", inside.base_url()), "http://169.254.169.254/latest/meta-data".to_owned()] {
            let app = Setup::new(&db).github(&github).start().await;
            let draft = app.draft(&key("alice"), "create", "github", "octocat").await;
            let draft = draft.clone().at(&publish_gist(&github, "octocat", &draft));
            let before = Tally::of(&db);
            github.script_next([Outcome::Redirect(target)]);
            let answer = app.submit(&draft).await;
            assert!(matches!(answer.status, 400 | 502), "{}", answer.text());
            assert!(!answer.text().contains("169.254"), "{}", answer.text());
            assert_eq!((inside.requests().len(), Tally::of(&db)), (0, before));
        }
    }

    /// Nobody listens there.
    async fn a_platform_that_is_away_is_unavailable(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let draft = app.draft(&key("alice"), "create", "github", "octocat").await;
        let draft = draft.clone().at(&publish_gist(&github, "octocat", &draft));
        drop(app);
        let away = Setup::new(&db).start().await;
        away.refuse(&draft, 503, "platform_unavailable").await;
        let app = Setup::new(&db).github(&github).start().await;
        app.accept(&draft).await;
    }

    /// A platform that asks to be left alone is left alone, and everything else goes on.
    async fn a_platform_that_limits_us_is_left_alone(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let draft = draft.clone().at(&publish_gist(&github, "octocat", &draft));
        github.script_next([Outcome::Status(429)]);
        app.refuse(&draft, 503, "platform_unavailable").await;
        let error = app.refuse(&draft, 503, "platform_unavailable").await;
        assert!(error["retry_after"].as_u64().unwrap() > 30, "{error}");
        assert_eq!(github.requests().len(), 1);
        app.bind_wallet(&alice, &key("wallet")).await;
    }
}
