//! `wait` of `GET /v1/proofchain/changes`.

use std::time::{Duration, Instant};

use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::change_states;
use crate::support::App;

on_both_databases! {
    /// The answer comes as soon as a link does, which a change of state is not.
    async fn a_read_waits_for_a_link(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        app.bind_wallet(&alice, &wallet).await;
        app.changes(1).await;
        // What is there is not waited for.
        let started = Instant::now();
        let page = app.read("/v1/proofchain/changes?wait=30").await;
        assert_eq!(page["links"][0]["id"], 1);
        assert!(started.elapsed() < Duration::from_secs(5));
        let started = Instant::now();
        let wait = app.read("/v1/proofchain/changes?last_id=1&wait=30");
        let write = async {
            change_states(&db);
            app.bind_wallet(&alice, &key("another")).await;
        };
        let (page, ()) = tokio::join!(wait, write);
        assert_eq!((page["links"][0]["id"].as_i64(), page["links"].as_array().map(Vec::len)), (Some(3), Some(1)));
        assert_eq!(page["epoch"].as_str().map(str::len), Some(32));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }

    /// The time is over, or not even begun.
    async fn a_wait_ends(db: TestDatabase) {
        let app = App::start(&db).await;
        let started = Instant::now();
        for wait in ["0", "-5", ""] {
            let page = app.read(&format!("/v1/proofchain/changes?wait={wait}")).await;
            assert_eq!(page["links"], json!([]));
        }
        assert!(started.elapsed() < Duration::from_secs(1));
        let page = app.read("/v1/proofchain/changes?wait=1").await;
        assert_eq!(page["links"], json!([]));
        assert!(started.elapsed() >= Duration::from_secs(1));
        app.get("/v1/proofchain/changes?wait=x").await.expect_error(400, "bad_field");
    }

    /// A service that stops answers those who wait. Both requests come in one packet, so that the second was read when the
    /// first is answered.
    async fn stopping_ends_a_wait(db: TestDatabase) {
        let app = App::start(&db).await;
        let mut connection = TcpStream::connect(app.address).await.unwrap();
        let requests = ["", "?wait=30"].map(|query| format!("GET /v1/proofchain/changes{query} HTTP/1.1\r\nHost: here\r\n\r\n"));
        connection.write_all(requests.concat().as_bytes()).await.unwrap();
        let mut answers = Vec::new();
        let count = |answers: &[u8]| String::from_utf8_lossy(answers).matches("\"links\":[]").count();
        while count(&answers) == 0 {
            assert_ne!(connection.read_buf(&mut answers).await.unwrap(), 0, "no answer");
        }
        let started = Instant::now();
        drop(app);
        connection.read_to_end(&mut answers).await.unwrap();
        assert_eq!(count(&answers), 2, "{}", String::from_utf8_lossy(&answers));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
}

/// On PostgreSQL, the replica that does not number waits as well as the one that does.
#[test]
fn both_replicas_wait() {
    let Some(db) = TestDatabase::postgres_unless_left_out() else { return };
    nextid_testkit::block_on(async move {
        let (one, two) = (App::start(&db).await, App::start(&db).await);
        for (id, writer) in [(1, &one), (2, &two)] {
            let path = format!("/v1/proofchain/changes?last_id={}&wait=20", id - 1);
            let started = Instant::now();
            let wallet = key(&format!("wallet {id}"));
            let alice = key("alice");
            let (here, there, _) =
                tokio::join!(one.read(&path), two.read(&path), writer.bind_wallet(&alice, &wallet));
            assert_eq!((&here["links"][0]["id"], &here["links"]), (&json!(id), &there["links"]));
            assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        }
    });
}
