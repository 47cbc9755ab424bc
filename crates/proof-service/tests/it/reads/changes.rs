//! The feed of all chains.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, address_of};

fn ids(body: &Value) -> Vec<i64> {
    body["links"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| link["id"].as_i64().expect("a number"))
        .collect()
}

on_both_databases! {
    /// A reader that follows from 0 sees every link once, as it stands in its chain.
    async fn every_link_comes_once(db: TestDatabase) {
        let app = App::start(&db).await;
        let mut accepted = Vec::new();
        for number in 0..4 {
            for name in ["alice", "bob", "carol"] {
                accepted.push(app.bind_wallet(&key(name), &key(&format!("wallet {number}"))).await);
            }
        }
        accepted.push(app.revoke(&key("bob"), "ethereum", &address_of(&key("wallet 2"))).await);
        let seen = app.changes(13).await;
        for (number, (mut change, link)) in (1_i64..).zip(seen.into_iter().zip(accepted)) {
            assert_eq!(change["id"], number);
            change.as_object_mut().unwrap().remove("id");
            assert_eq!(change, link);
        }
        let after = app.read("/v1/proofchain/changes?last_id=13").await;
        assert_eq!(after["links"], json!([]));
    }

    /// `count` is 10 unless it is positive, and at most 100.
    async fn counts_are_bounded(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        for _ in 0..12 {
            app.bind_wallet(&alice, &wallet).await;
        }
        app.changes(12).await;
        for (query, expected) in [
            ("", 1..=10),
            ("?count=0", 1..=10),
            ("?count=-5", 1..=10),
            ("?count=", 1..=10),
            ("?count=1", 1..=1),
            ("?count=12", 1..=12),
            ("?count=1000", 1..=12),
            ("?count=9223372036854775807&last_id=", 1..=12),
            ("?last_id=-1&count=100", 1..=12),
            ("?last_id=-9223372036854775808&count=2", 1..=2),
            ("?last_id=10", 11..=12),
        ] {
            let body = app.read(&format!("/v1/proofchain/changes{query}")).await;
            assert_eq!(ids(&body), expected.collect::<Vec<_>>(), "{query}");
        }
        assert_eq!(ids(&app.read("/v1/proofchain/changes?last_id=9223372036854775807").await), Vec::<i64>::new());
    }

    /// The epoch is the database's: the same for every instance, every time.
    async fn the_epoch_is_the_databases(db: TestDatabase) {
        let (one, two) = (App::start(&db).await, App::start(&db).await);
        let epoch = one.read("/v1/proofchain/changes").await["epoch"].clone();
        assert_eq!(epoch.as_str().unwrap().len(), 32);
        assert_eq!(two.read("/v1/proofchain/changes?last_id=5").await["epoch"], epoch);
    }
}
