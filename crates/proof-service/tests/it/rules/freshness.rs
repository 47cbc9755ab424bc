//! `created_at` between too old and too new, on the service's clock and on the chain's.

use std::time::{SystemTime, UNIX_EPOCH};

use nextid_core::SecretKey;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::platforms::{github, publish_gist};
use crate::support::{App, Draft, Setup, Tally, Terms, address_of};

/// Seconds by which a test may be slow.
const SLACK: i64 = 30;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("a clock before the end of time")
}

/// A binding that is signed at this second.
fn at(key: &SecretKey, wallet: &SecretKey, created_at: i64, prev: Option<&str>) -> Draft {
    let terms = Terms {
        action: "create",
        platform: "ethereum",
        identity: &address_of(wallet),
        created_at,
        uuid: &uuid::Uuid::new_v4().to_string(),
        prev,
    };
    Draft::offline(key, terms).signed().by_wallet(wallet)
}

on_both_databases! {
    /// 72 hours back and five minutes ahead, and the answer says where the bound is.
    async fn the_bounds_are_as_configured(db: TestDatabase) {
        let app = App::start(&db).await;
        let wallet = key("wallet");
        let before = Tally::of(&db);
        let error = app.refuse(&at(&key("a"), &wallet, now() + 300 + SLACK, None), 400, "created_at_in_future").await;
        assert!((error["expected"].as_i64().unwrap() - now() - 300).abs() <= SLACK, "{error}");
        assert_eq!(error["field"], "created_at");
        let error = app.refuse(&at(&key("a"), &wallet, now() - 259_200 - SLACK, None), 400, "created_at_too_old").await;
        assert!((error["expected"].as_i64().unwrap() - now() + 259_200).abs() <= SLACK, "{error}");
        for far in [0, 253_402_300_799] {
            let code = if far == 0 { "created_at_too_old" } else { "created_at_in_future" };
            app.refuse(&at(&key("a"), &wallet, far, None), 400, code).await;
        }
        assert_eq!(Tally::of(&db), before);
        app.accept(&at(&key("b"), &wallet, now() + 300 - SLACK, None)).await;
        app.accept(&at(&key("c"), &wallet, now() - 259_200 + SLACK, None)).await;

        let strict = Setup::new(&db).set("payload.max_age_secs", 100).set("payload.max_skew_secs", 50).start().await;
        strict.refuse(&at(&key("d"), &wallet, now() - 100 - SLACK, None), 400, "created_at_too_old").await;
        strict.refuse(&at(&key("d"), &wallet, now() + 50 + SLACK, None), 400, "created_at_in_future").await;
        strict.accept(&at(&key("d"), &wallet, now() - 100 + SLACK, None)).await;
    }

    /// A link is not older than the one before it; of the same second it may be.
    async fn time_does_not_go_back_in_a_chain(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let second = now();
        let head = app.accept(&at(&alice, &wallet, second, None)).await;
        let prev = head["signature"].as_str();
        let error = app.refuse(&at(&alice, &wallet, second - 1, prev), 400, "created_at_too_old").await;
        assert_eq!(error["expected"], second);
        app.accept(&at(&alice, &wallet, second, prev)).await;
        app.verified(&alice.avatar()).await;
    }

    /// Before the head and out of the window is out of the window; and what was accepted before is accepted again.
    async fn a_lost_race_is_one_of_fresh_payloads(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).set("payload.max_age_secs", 100).start().await;
        let alice = key("alice");
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let accepted = draft.clone().at(&publish_gist(&github, "octocat", &draft));
        let first = app.accept(&accepted).await;
        app.accept(&at(&alice, &key("wallet"), now() + 200, first["signature"].as_str())).await;
        let before = (github.requests().len(), Tally::of(&db));

        let again = app.accept(&accepted).await;
        assert_eq!((&again["replayed"], &again["uuid"]), (&json!(true), &first["uuid"]));
        let unsigned = |platform: &str, identity: &str, created_at: i64| {
            let uuid = uuid::Uuid::new_v4().to_string();
            let terms = Terms { action: "create", platform, identity, created_at, uuid: &uuid, prev: None };
            Draft::offline(&alice, terms).at("0123456789abcdef0123456789abcdef")
        };
        app.refuse(&unsigned("github", "octocat", now()), 409, "chain_conflict").await;
        app.refuse(&unsigned("github", "octocat", now() - 100 - SLACK), 400, "created_at_too_old").await;
        app.refuse(&unsigned("github", "octocat", now() + 300 + SLACK), 400, "created_at_in_future").await;
        // Nobody signs for a wallet in a post.
        app.refuse(&unsigned("ethereum", &address_of(&key("wallet")), now()), 400, "created_at_too_old").await;
        assert_eq!((github.requests().len(), Tally::of(&db)), before);
    }

    /// A head that a faster clock made may be equalled, and the payload endpoint issues its second.
    async fn a_head_ahead_of_the_clock_does_not_block(db: TestDatabase) {
        let fast = Setup::new(&db).set("payload.max_skew_secs", 3600).start().await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let ahead = now() + 1000;
        let head = fast.accept(&at(&alice, &wallet, ahead, None)).await;
        let app = App::start(&db).await;
        app.refuse(&at(&alice, &wallet, ahead + 1, head["signature"].as_str()), 400, "created_at_in_future").await;
        let draft = app.wallet_draft(&alice, &key("wallet 2")).await;
        assert_eq!(draft.body["created_at"], json!(ahead.to_string()));
        app.accept(&draft).await;
        app.verified(&alice.avatar()).await;
    }

    /// A payload is of now.
    async fn a_payload_is_of_now(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let issued: i64 = draft.text("created_at").parse().unwrap();
        assert!((issued - now()).abs() <= SLACK, "{issued}");
        let other = app.wallet_draft(&key("alice"), &key("wallet")).await;
        assert_ne!(draft.body["uuid"], other.body["uuid"]);
    }

    /// What is no second at all. Leading zeros and a plus are, and are signed without them.
    async fn what_is_no_second_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = at(&alice, &wallet, now(), None);
        for text in ["-1", "abc", "1.5", "1e9", " 1", "0x10", "9223372036854775808", "-9223372036854775809", "253402300800"] {
            let error = app.refuse(&draft.clone().with("created_at", text), 400, "bad_created_at").await;
            assert_eq!(error["field"], "created_at", "{text}");
        }
        for value in [json!(1), json!(1.5), json!(true), json!([]), json!({})] {
            let error = app.refuse(&draft.clone().with("created_at", value), 400, "bad_field").await;
            assert_eq!(error["field"], "created_at");
        }
        for value in [Value::Null, json!("")] {
            let error = app.refuse(&draft.clone().with("created_at", value), 400, "missing_field").await;
            assert_eq!(error["field"], "created_at");
        }
        assert_eq!(Tally::of(&db).links, 0);
        let spelt = format!("+00{}", draft.text("created_at"));
        app.accept(&draft.with("created_at", spelt)).await;
    }
}
