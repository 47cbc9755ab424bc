//! `GET /v1/kv` with `If-None-Match`, filters and pointers.

use nextid_testkit::http::Answer;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

async fn get(kv: &Kv, query: &str, tags: &str) -> Answer {
    kv.client.send("GET".parse().unwrap(), &format!("/v1/kv?{query}"), &[("If-None-Match", tags)], "").await
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

on_both_databases! {
    /// The tag is the head: it changes with every link, and only with one of this chain.
    async fn nothing_is_sent_again_until_it_changes(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let query = format!("avatar={}", alice.hex());
        let before = kv.client.get(&format!("/v1/kv?{query}")).await.expect_status(200);
        assert_eq!(tag(&before), "\"empty\"");
        assert_eq!(before.header("cache-control"), Some("no-cache"));
        get(&kv, &query, "\"empty\"").await.expect_status(304);

        let link = alice.own_write(&kv, json!({"a": 1})).await["link"].take();
        let first = get(&kv, &query, "\"empty\"").await.expect_status(200);
        assert_eq!(tag(&first), format!("\"{}\"", link["signature"].as_str().unwrap()));
        assert_eq!(first.json()["proofs"][0]["content"], json!({"a": 1}));
        Person::new("bob").own_write(&kv, json!({"b": 1})).await;

        let current = tag(&first);
        for tags in [current.clone(), format!("W/{current}"), format!("\"x\", {current} ,\"y\""), "*".to_owned()] {
            let same = get(&kv, &query, &tags).await.expect_status(304);
            assert!(same.body.is_empty(), "{tags}");
            assert_eq!(tag(&same), current);
            assert_eq!(same.header("cache-control"), Some("no-cache"));
            assert_eq!(same.header("access-control-allow-origin"), Some("*"));
        }
        for tags in ["\"empty\"", "\"x\"", "", "nonsense", "\"unclosed"] {
            assert_eq!(tag(&get(&kv, &query, tags).await.expect_status(200)), current, "{tags}");
        }

        alice.own_write(&kv, json!({"a": 2})).await;
        let second = get(&kv, &query, &current).await.expect_status(200);
        assert_ne!(tag(&second), current);
        assert_eq!(second.json()["proofs"][0]["content"], json!({"a": 2}));
    }

    async fn filters_select_namespaces(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        for (platform, identity) in [("github", "alice"), ("github", "alice-2"), ("dns", "example.com")] {
            proof_service.bind(&alice.hex(), platform, identity);
            alice.write(&kv, platform, identity, json!({"is": identity})).await;
        }
        alice.own_write(&kv, json!({"is": "own"})).await;
        let selected = async |query: &str| -> Vec<Value> {
            let path = format!("/v1/kv?avatar={}&{query}", alice.hex());
            let proofs = kv.client.get(&path).await.expect_status(200).json()["proofs"].take();
            proofs.as_array().unwrap().iter().map(|proof| proof["content"]["is"].clone()).collect()
        };
        for (query, wanted) in [
            ("", vec!["alice", "alice-2", "example.com", "own"]),
            ("platform=&identity=&", vec!["alice", "alice-2", "example.com", "own"]),
            ("platform=github", vec!["alice", "alice-2"]),
            ("platform=github&identity=Alice", vec!["alice"]),
            ("platform=dns&identity=EXAMPLE.com", vec!["example.com"]),
            (&format!("platform=nextid&identity={}", alice.avatar().to_uncompressed_hex()), vec!["own"]),
            ("platform=github&identity=nobody", vec![]),
            ("platform=steam", vec![]),
        ] {
            assert_eq!(selected(query).await, wanted, "{query}");
        }
        for (query, code) in [
            ("identity=alice", "missing_field"),
            ("platform=myspace", "unknown_platform"),
            ("platform=github&identity=a%20b", "bad_identity"),
            ("platform=github&identity=%00", "bad_identity"),
        ] {
            let path = format!("/v1/kv?avatar={}&{query}", alice.hex());
            kv.client.get(&path).await.expect_error(400, code);
        }
    }

    /// One value instead of everything; where it is not, the namespace is left out.
    async fn a_pointer_names_one_value(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        alice.own_write(&kv, json!({"com.example": {"theme": "dark", "list": [{"a/b": 1}, null]}})).await;
        alice.write(&kv, "github", "alice", json!({"com.example": {"theme": "light"}})).await;
        let pointed = async |query: &str| -> Vec<Value> {
            let path = format!("/v1/kv?avatar={}&{query}", alice.hex());
            let proofs = kv.client.get(&path).await.expect_status(200).json()["proofs"].take();
            proofs.as_array().unwrap().iter().map(|proof| proof["content"].clone()).collect()
        };
        for (query, wanted) in [
            ("pointer=/com.example/theme", vec![json!("dark"), json!("light")]),
            ("pointer=/com.example/theme&platform=github", vec![json!("light")]),
            ("pointer=/com.example/list/0/a~1b", vec![json!(1)]),
            ("pointer=%2Fcom.example%2Flist%2F1", vec![json!(null)]),
            ("pointer=&platform=github", vec![json!({"com.example": {"theme": "light"}})]),
            ("pointer=/nothing", vec![]),
            ("pointer=/com.example/list/2", vec![]),
        ] {
            assert_eq!(pointed(query).await, wanted, "{query}");
        }
        for pointer in ["com.example", "/a~", "/~2", "%23/a"] {
            let path = format!("/v1/kv?avatar={}&pointer={pointer}", alice.hex());
            assert_eq!(kv.client.get(&path).await.expect_error(400, "bad_field")["field"], "pointer");
        }
    }
}
