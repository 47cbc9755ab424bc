//! `nextid mirror`: a verified copy of a running service.
#![expect(clippy::indexing_slicing, reason = "the helpers of tests, which fail with them")]
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_testkit::http::TestClient;
use nextid_testkit::{block_on, on_both_databases};
use serde_json::{Value, json};

use crate::command::{Services, User};

fn latest(url: &str, feed: &str) -> i64 {
    let client = TestClient::new(url.to_owned());
    let path = format!("/v1/{feed}/changes?last_id=0&count=100");
    let answer = block_on(async move { client.get(&path).await }).json();
    answer["links"].as_array().unwrap().last().map_or(0, |link| link["id"].as_i64().unwrap())
}

fn wait_for_feed(url: &str, feed: &str, wanted: i64) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while latest(url, feed) < wanted {
        assert!(std::time::Instant::now() < deadline, "the feed has no {wanted}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

on_both_databases! {
    /// Both services, copied until nothing is left; again; and what `--status` says.
    async fn what_there_is_is_copied(db: TestDatabase) {
        let (url, other) = (db.url().to_owned(), another(&db));
        let other_url = other.url().to_owned();
        // The services and the command have runtimes of their own.
        let done = std::thread::spawn(move || {
            let services = Services::start();
            let alice = services.user("alice");
            alice.run(&["kv", "set", r#"{"a":1}"#]).ok();
            alice.run(&["kv", "set", r#"{"b":2}"#]).ok();
            wait_for_feed(&services.kv_url, "kvchain", 2);
            let once = |from: &str, to: &str| {
                alice.run(&["--json", "mirror", from, "--to", to, "--once"]).ok().json()
            };
            for _ in 0..2 {
                let report = once(&services.kv_url, &url);
                assert_eq!((&report["service"], &report["cursor"]), (&json!("kv-service"), &json!(2)));
                assert_eq!((&report["step"], &report["lag"]), (&json!("caught_up"), &json!(0)));
            }
            assert_eq!(once(&services.proof_url, &other_url)["service"], "proof-service");

            let status = |to: &str| alice.run(&["--json", "mirror", "--status", "--to", to]).ok().json();
            let said = status(&url);
            assert_eq!((&said["cursor"], &said["latest"], &said["lag"]), (&json!(2), &json!(2), &json!(0)));
            assert_eq!((&said["origin"], &said["evidence"]), (&services.kv_url.as_str().into(), &json!([])));
            alice.run(&["kv", "set", r#"{"c":3}"#]).ok();
            wait_for_feed(&services.kv_url, "kvchain", 3);
            assert_eq!(status(&url)["lag"], 1);
            // A copy of one is no copy of the other.
            alice.run(&["mirror", &services.proof_url, "--to", &url, "--once"]).failed(1);
            drop(services);
            let said = status(&url);
            assert_eq!((&said["latest"], &said["lag"]), (&Value::Null, &Value::Null));
        });
        done.join().unwrap();
        assert_eq!(db.count("links"), 2);
        assert_eq!(db.number("SELECT count(*) AS n FROM feed WHERE id = 1 OR id = 2"), 2);
    }
}

fn another(db: &nextid_testkit::TestDatabase) -> nextid_testkit::TestDatabase {
    match db.backend() {
        nextid_testkit::Backend::Sqlite => nextid_testkit::TestDatabase::sqlite(),
        nextid_testkit::Backend::Postgres => nextid_testkit::TestDatabase::postgres(),
    }
}

#[test]
fn it_follows_until_it_is_told_to_end() {
    let services = Services::start();
    let alice = services.user("alice");
    let to = format!("sqlite://{}", alice.home().join("copy.db").display());
    alice.run(&["kv", "set", r#"{"a":1}"#]).ok();
    let mirror = alice.start(&["--json", "mirror", &services.kv_url, "--to", &to]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let status = alice.run(&["--json", "mirror", "--status", "--to", &to]);
        if status.status == 0 && status.json()["cursor"] == 1 {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{}{}", status.out, status.err);
    }
    mirror.interrupt();
    let (status, out) = mirror.end();
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!((status, &last["step"], &last["cursor"]), (0, &json!("stopped"), &json!(1)));
}

#[test]
fn what_cannot_be_mirrored_is_said() {
    let services = Services::start();
    let user = User::new();
    let vector = format!("{}/../../docs/vectors/valid/09-kv-namespaces.jsonl", env!("CARGO_MANIFEST_DIR"));
    user.run(&["import", &vector, "--to", "sqlite://own.db"]).ok();
    let error = user.run(&["mirror", &services.kv_url, "--to", "sqlite://own.db", "--once"]).failed(2);
    assert!(error.contains("links of its own"), "{error}");
    user.run(&["mirror", "--status", "--to", "sqlite://own.db"]).failed(2);
    user.run(&["mirror", "--status", "--to", "sqlite://nothing.db"]).failed(2);
    assert!(!user.home().join("nothing.db").exists(), "asking makes nothing");
    user.run(&["mirror", "http://127.0.0.1:9", "--to", "sqlite://new.db", "--once"]).failed(4);
    user.run(&["mirror", "ftp://host", "--to", "sqlite://new.db"]).failed(2);
    assert_eq!(user.run(&["mirror", "--to", "sqlite://new.db"]).status, 2);
    user.run(&["mirror", &services.kv_url, "--to", "sqlite://copy.db", "--once"]).ok();
    user.run(&["mirror", &services.proof_url, "--to", "sqlite://copy.db", "--once"]).failed(1);
    let other = Services::start();
    let error = user.run(&["mirror", &other.kv_url, "--to", "sqlite://copy.db", "--once"]).failed(8);
    assert!(error.contains("epoch"), "{error}");
}
