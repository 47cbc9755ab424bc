//! `GET /v1/kvchain` and `GET /v1/kvchain/changes`

use nextid_core::link::KvLink;
use nextid_core::verify::{Anchor, verify_kv_chain};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, stored_chain};

/// The numbers of one field of the links of an answer.
fn numbers(links: &Value, field: &str) -> Vec<i64> {
    links.as_array().unwrap().iter().map(|link| link[field].as_i64().unwrap()).collect()
}

/// The feed from an id on, once it holds as many links as are expected: they are numbered a moment after they are
/// accepted.
async fn feed(kv: &Kv, query: &str, expected: usize) -> Value {
    let path = format!("/v1/kvchain/changes?{query}");
    let followed = async {
        loop {
            let answer = kv.client.get(&path).await.expect_status(200).json();
            if answer["links"].as_array().unwrap().len() >= expected {
                return answer;
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), followed).await.expect("links are numbered soon")
}

on_both_databases! {
    async fn pages_from_both_ends(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        for number in 0..85 {
            alice.own_write(&kv, json!({"n": number})).await;
        }
        Person::new("bob").own_write(&kv, json!({"n": "another chain"})).await;
        let page = async |query: &str| {
            let path = format!("/v1/kvchain?avatar={}&{query}", alice.hex());
            kv.client.get(&path).await.expect_status(200).json()
        };
        let mut links: Vec<KvLink> = Vec::new();
        for (number, next) in [(1, 2), (2, 3), (3, 0)] {
            let answer = page(&format!("page={number}")).await;
            assert_eq!(answer["pagination"], json!({"total": 85, "per": 40, "current": number, "next": next}));
            links.extend(serde_json::from_value::<Vec<KvLink>>(answer["kv_chain"].clone()).unwrap());
        }
        assert_eq!(links, stored_chain(&db, alice.avatar()).await);
        let state = verify_kv_chain(&alice.avatar(), Anchor::Genesis, &links).unwrap();
        assert_eq!(state.contents.into_values().collect::<Vec<_>>(), [json!({"n": 84})]);

        for (query, wanted) in [
            ("", (0..40).collect::<Vec<_>>()),
            ("order=asc&page=3", (80..85).collect()),
            ("order=&page=0", (0..40).collect()),
            ("order=desc", (45..85).rev().collect()),
            ("order=desc&page=2", (5..45).rev().collect()),
            ("order=desc&page=3", (0..5).rev().collect()),
            ("order=desc&page=4", vec![]),
            ("order=desc&page=9223372036854775807", vec![]),
            ("page=9223372036854775807", vec![]),
        ] {
            let answer = page(query).await;
            assert_eq!(numbers(&answer["kv_chain"], "seq"), wanted, "{query}");
            assert_eq!(answer["pagination"]["total"], 85);
        }
        assert_eq!(page("order=desc&page=3").await["pagination"]["next"], 0);
    }

    async fn an_unknown_avatar_has_an_empty_chain(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        for order in ["asc", "desc"] {
            let path = format!("/v1/kvchain?persona={}&order={order}", Person::new("nobody").hex());
            let answer = kv.client.get(&path).await.expect_status(200).json();
            let pagination = json!({"total": 0, "per": 40, "current": 1, "next": 0});
            assert_eq!(answer, json!({"pagination": pagination, "kv_chain": []}));
        }
    }

    async fn bad_questions(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice").hex();
        for (query, code) in [
            (String::new(), "missing_field"),
            ("avatar=0x12".to_owned(), "bad_public_key"),
            (format!("avatar={alice}&page=x"), "bad_field"),
            (format!("avatar={alice}&order=up"), "bad_field"),
            (format!("avatar={alice}&order=DESC"), "bad_field"),
        ] {
            kv.client.get(&format!("/v1/kvchain?{query}")).await.expect_error(400, code);
        }
        kv.client.get("/v1/kvchain/changes?count=x").await.expect_error(400, "bad_field");
        kv.client.get("/v1/kvchain/changes?last_id=1.5").await.expect_error(400, "bad_field");
    }

    /// A reader that follows from 0 sees every link once, as it was answered to who made it.
    async fn every_link_comes_once(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let mut accepted = Vec::new();
        for number in 0..4 {
            for name in ["alice", "bob", "carol"] {
                accepted.push(Person::new(name).own_write(&kv, json!({"n": number})).await["link"].take());
            }
        }
        let seen = feed(&kv, "count=100", 12).await;
        assert_eq!(seen["epoch"].as_str().unwrap().len(), 32);
        for (number, (change, link)) in seen["links"].as_array().unwrap().iter().zip(&accepted).enumerate() {
            let mut change = change.clone();
            assert_eq!(change.as_object_mut().unwrap().remove("id"), Some(json!(number + 1)));
            assert_eq!(change, *link);
        }
        for (query, wanted) in [
            ("", 1..=10),
            ("count=0", 1..=10),
            ("count=-5", 1..=10),
            ("count=1", 1..=1),
            ("count=1000", 1..=12),
            ("last_id=10", 11..=12),
            ("last_id=-1&count=2", 1..=2),
        ] {
            let answer = feed(&kv, query, 0).await;
            assert_eq!(numbers(&answer["links"], "id"), wanted.collect::<Vec<_>>(), "{query}");
            assert_eq!(answer["epoch"], seen["epoch"]);
        }
        for query in ["last_id=12", "last_id=9223372036854775807"] {
            assert_eq!(feed(&kv, query, 0).await["links"], json!([]));
        }
    }
}
