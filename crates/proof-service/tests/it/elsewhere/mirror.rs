//! A mirror that follows a service.

use std::time::{Duration, Instant};

use http::Method;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use super::support::{another, assert_sound};
use crate::support::platforms::github;
use crate::support::{App, Setup, address_of};

/// How long the copy may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn mirror_of(db: &nextid_testkit::TestDatabase, origin: &App) -> Setup {
    Setup::new(db).set("mirror.of", format!("http://{}", origin.address))
}

/// Waits until two services tell the same of their feeds.
async fn same_feed(origin: &App, copy: &App, count: usize) -> Vec<Value> {
    let wanted = origin.changes(count).await;
    assert_eq!(copy.changes(count).await, wanted);
    wanted
}

on_both_databases! {
    /// Under writes: the same links under the same ids, in the same epoch, and every chain byte for byte.
    async fn a_mirror_follows_under_writes(db: TestDatabase) {
        let copied = another(&db);
        let origin = App::start(&db).await;
        let people: Vec<_> = (0..6).map(|number| key(&format!("person-{number}"))).collect();
        // Some of it is there before the mirror is.
        for person in &people[..3] {
            origin.bind_wallet(person, &key("wallet")).await;
        }
        let copy = mirror_of(&copied, &origin).start().await;
        let writes = people.iter().map(|person| {
            let origin = &origin;
            async move {
                for wallet in ["one", "two"] {
                    origin.bind_wallet(person, &key(wallet)).await;
                }
                origin.revoke(person, "ethereum", &address_of(&key("one"))).await;
                origin.bind_alias(person, &key("alias")).await;
            }
        });
        futures_util::future::join_all(writes).await;
        same_feed(&origin, &copy, 27).await;
        for person in &people {
            copy.same_as(&origin, &person.avatar()).await;
            assert_eq!(copy.bound(&person.avatar()).await, origin.bound(&person.avatar()).await);
            let alias = |shown: Option<Value>| shown.unwrap()["alias"].clone();
            assert_eq!(alias(copy.shown(&person.avatar()).await), alias(origin.shown(&person.avatar()).await));
        }
        let path = "/v1/proofchain/changes?last_id=0&count=1";
        assert_eq!(copy.read(path).await["epoch"], origin.read(path).await["epoch"]);
        assert_sound(&copied).await;
    }

    /// What the origin says of proofs is passed on, with its ids, and labelled.
    async fn states_are_the_origins_claim(db: TestDatabase) {
        let copied = another(&db);
        let github = github();
        let origin = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        origin.bind_github(&alice, &github, "octocat").await;
        let copy = mirror_of(&copied, &origin).start().await;
        copy.same_as(&origin, &alice.avatar()).await;
        let shown = copy.shown(&alice.avatar()).await.unwrap();
        assert_eq!(shown["proofs"][0]["state"], "valid");
        assert_eq!(shown["proofs"][0]["state_source"], "origin");
        assert_eq!(origin.shown(&alice.avatar()).await.unwrap()["proofs"][0].get("state_source"), None);
        let asked = github.requests().len();

        // Two looks that found nothing, as the worker writes them.
        change_state(&db, "missing", false);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let exists = copy.exists(&alice.avatar(), "github", "octocat").await.expect_status(200).json();
            assert_eq!(exists["state_source"], "origin");
            if exists["state"] == "missing" {
                assert_eq!((&exists["is_valid"], &exists["invalid_reason"]), (&false.into(), &"it is gone".into()));
                assert_eq!((&exists["alt_name"], &exists["last_checked_at"]), (&"cat".into(), &"1900000000".into()));
                break;
            }
            assert!(Instant::now() < deadline, "{exists}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let feed = "SELECT count(*) AS n FROM feed WHERE (id = 1 AND kind = 1) OR (id = 2 AND kind = 2)";
        assert_eq!((db.number(feed), copied.number(feed)), (2, 2));
        assert_eq!(github.requests().len(), asked, "a mirror asks no platform");
        // Links go on after it.
        origin.bind_wallet(&alice, &key("wallet")).await;
        assert_eq!(same_feed(&origin, &copy, 2).await[1]["id"], 3);
        assert_sound(&copied).await;
    }

    /// Writes are refused, and the refusal says where they are taken; reads are not.
    async fn a_mirror_takes_no_writes(db: TestDatabase) {
        let copied = another(&db);
        let origin = App::start(&db).await;
        let copy = mirror_of(&copied, &origin).start().await;
        let url = format!("http://{}", origin.address);
        for (method, path) in [
            (Method::POST, "/v1/proof"),
            (Method::POST, "/v1/proof/payload"),
            (Method::POST, "/v1/subkey"),
            (Method::DELETE, "/v1/subkey"),
            (Method::POST, "/v1/subkey/payload"),
            (Method::GET, "/v1/subkey"),
        ] {
            let answer = copy.send(method.clone(), path, &[("Content-Type", "application/json")], "{}").await;
            let error = answer.expect_error(403, "read_only_mirror");
            assert_eq!(error["origin"], url.as_str(), "{method} {path}");
        }
        assert_eq!(copy.read("/healthz").await["mirror_of"], url.as_str());
        assert_eq!(origin.read("/healthz").await.get("mirror_of"), None);
        copy.get("/v1/proof/payload").await.expect_error(405, "method_not_allowed");
        assert_eq!(copied.count("links") + copied.count("outbox"), 0);
    }

    /// It says how far it is: at once when everything is there, and when the origin is away.
    async fn a_mirror_says_how_far_it_is(db: TestDatabase) {
        let copied = another(&db);
        let origin = App::start(&db).await;
        origin.bind_wallet(&key("alice"), &key("wallet")).await;
        let copy = mirror_of(&copied, &origin).start().await;
        copy.same_as(&origin, &key("alice").avatar()).await;
        let metric = |text: &str, name: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(&format!("nextid_{name}"))).unwrap().to_owned();
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        let admin = nextid_testkit::http::TestClient::new(format!("http://{}", copy.admin_address));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = admin.get("/metrics").await.expect_status(200).text();
            if metric(&text, "mirror_cursor") > 0.5 && metric(&text, "mirror_lag_items") < 0.5 {
                assert!(metric(&text, "mirror_stopped") < 0.5);
                break;
            }
            assert!(Instant::now() < deadline, "{text}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let ready = copy.read("/readyz").await;
        let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "mirror").cloned();
        assert_eq!(check, Some(json!({"name": "mirror", "status": "ok"})));
    }

    /// Stopped and started again, with a new address of the origin: nothing is missing, nothing is there twice.
    async fn a_mirror_resumes(db: TestDatabase) {
        let copied = another(&db);
        let alice = key("alice");
        let first = App::start(&db).await;
        first.bind_wallet(&alice, &key("one")).await;
        {
            let copy = mirror_of(&copied, &first).start().await;
            copy.same_as(&first, &alice.avatar()).await;
        }
        for wallet in ["two", "three"] {
            first.bind_wallet(&alice, &key(wallet)).await;
        }
        let moved = App::start(&db).await;
        let copy = mirror_of(&copied, &moved).start().await;
        copy.same_as(&moved, &alice.avatar()).await;
        // While it runs, the origin goes away and comes back.
        moved.bind_wallet(&alice, &key("four")).await;
        same_feed(&moved, &copy, 4).await;
        assert_eq!(copied.count("links"), 4);
        assert_eq!(copied.number("SELECT max(id) AS n FROM feed"), db.number("SELECT max(id) AS n FROM feed"));
    }
}

/// Writes a change of state of the only binding, as the worker does.
fn change_state(db: &nextid_testkit::TestDatabase, state: &str, is_valid: bool) {
    let columns = "avatar, platform, identity, link_id, alt_id, alt_name, alt_name_before, state, state_before, \
                   is_valid, is_valid_before, invalid_reason, changed_at";
    db.execute(&format!(
        "INSERT INTO state_changes ({columns}) SELECT avatar, platform, identity, link_id, alt_id, 'cat', alt_name, \
         '{state}', state, {is_valid}, is_valid, 'it is gone', 1900000000 FROM bindings; \
         INSERT INTO outbox (kind, ref) SELECT 2, max(id) FROM state_changes"
    ));
}
