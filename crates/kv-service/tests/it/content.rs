//! `GET /v1/kv`

use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    async fn an_unknown_avatar_has_published_nothing(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let shown = alice.avatar().to_uncompressed_hex();
        let answer = kv.client.get(&format!("/v1/kv?avatar={}", alice.hex())).await.expect_status(200);
        assert_eq!(answer.json(), json!({"persona": shown, "avatar": shown, "proofs": []}));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }

    /// 33, 65 and 64 bytes, with and without 0x, under any of the three names.
    async fn every_spelling_of_a_key_finds_it(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        alice.own_write(&kv, json!({"a": 1})).await;
        let wanted = json!([{"platform": "nextid", "identity": alice.hex(), "content": {"a": 1}}]);
        let (compressed, uncompressed) = (alice.hex(), alice.avatar().to_uncompressed_hex());
        let raw = uncompressed.strip_prefix("0x04").unwrap();
        for key in [
            compressed.as_str(),
            &compressed[2..],
            &compressed.to_uppercase(),
            &uncompressed,
            &uncompressed[2..],
            raw,
            &format!("0x{raw}"),
        ] {
            for name in ["avatar", "persona", "public_key"] {
                let answer = kv.client.get(&format!("/v1/kv?{name}={key}")).await.expect_status(200).json();
                assert_eq!(answer["proofs"], wanted, "{name}={key}");
            }
        }
        let both = format!("/v1/kv?avatar={compressed}&persona={uncompressed}");
        kv.client.get(&both).await.expect_status(200);
    }

    async fn bad_keys_are_refused(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let (alice, bob) = (Person::new("alice").hex(), Person::new("bob").hex());
        let off_the_curve = format!("0x02{}", "f".repeat(64));
        for (query, code) in [
            (String::new(), "missing_field"),
            ("avatar=".to_owned(), "missing_field"),
            (format!("avatar={alice}&public_key={bob}"), "bad_field"),
            ("avatar=0x1234".to_owned(), "bad_public_key"),
            ("avatar=zz".to_owned(), "bad_public_key"),
            (format!("avatar={off_the_curve}"), "bad_public_key"),
            ("avatar=%00%25%22".to_owned(), "bad_public_key"),
            ("avatar=%zz".to_owned(), "bad_field"),
            ("avatar=%ff".to_owned(), "bad_field"),
        ] {
            kv.client.get(&format!("/v1/kv?{query}")).await.expect_error(400, code);
        }
        kv.client.send(reqwest_method("DELETE"), "/v1/kv", &[], "").await.expect_error(405, "method_not_allowed");
        kv.client.get("/v1/kvv").await.expect_error(404, "not_found");
    }

    /// Namespaces come in the order in which they were made, whatever was written to them since.
    async fn all_namespaces_are_shown(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        for (platform, identity) in [("twitter", "alice"), ("dns", "alice.example")] {
            proof_service.bind(&alice.hex(), platform, identity);
        }
        alice.write(&kv, "twitter", "alice", json!({"a": 1})).await;
        alice.own_write(&kv, json!({"b": 1})).await;
        alice.write(&kv, "dns", "alice.example", json!({"c": 1})).await;
        alice.write(&kv, "twitter", "alice", json!({"a": {"z": [1, null]}})).await;
        assert_eq!(
            kv.contents(&alice.hex()).await,
            json!([
                {"platform": "twitter", "identity": "alice", "content": {"a": {"z": [1, null]}}},
                {"platform": "nextid", "identity": alice.hex(), "content": {"b": 1}},
                {"platform": "dns", "identity": "alice.example", "content": {"c": 1}},
            ])
        );
        assert_eq!(kv.contents(&Person::new("bob").hex()).await, json!([]));
    }
}

fn reqwest_method<M: std::str::FromStr<Err: std::fmt::Debug>>(name: &str) -> M {
    name.parse().unwrap()
}
