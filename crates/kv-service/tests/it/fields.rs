//! Requests as the clients in the field send them.

use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    /// No Content-Type, `text/plain`, unknown members, nulls for what is not given.
    async fn how_a_request_is_wrapped_does_not_matter(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let draft = alice.own_draft(&kv, json!({"a": 1})).await;
        let mut body = alice.signed(&draft);
        body["persona"] = serde_json::Value::Null;
        body["prev"] = serde_json::Value::Null;
        body["something_else"] = json!({"x": [1]});
        kv.client.post("/v1/kv", format!(" \n{body}\n")).await.expect_status(201);
        let headers = [("Content-Type", "text/plain"), ("Origin", "https://app.example")];
        let method = "POST".parse().unwrap();
        let again = kv.client.send(method, "/v1/kv", &headers, body.to_string()).await.expect_status(201);
        assert_eq!(again.header("access-control-allow-origin"), Some("*"));
        assert_eq!(again.json()["replayed"], true);
    }

    async fn an_avatar_under_any_name_and_in_any_spelling(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let uncompressed = alice.avatar().to_uncompressed_hex();
        let raw = uncompressed.strip_prefix("0x04").unwrap();
        let mut written = 0;
        for key in [alice.hex().as_str(), &alice.hex()[2..], &uncompressed, &uncompressed[2..], raw] {
            for name in ["avatar", "persona", "public_key"] {
                let mut body = json!({ (name): key, "platform": "nextid", "identity": alice.hex(), "patch": {"n": written} });
                let issued = kv.payload(&body).await.expect_status(200).json();
                body["uuid"] = issued["uuid"].clone();
                body["created_at"] = issued["created_at"].clone();
                body["signature"] = alice.sign(issued["sign_payload"].as_str().unwrap()).into();
                kv.submit(&body).await.expect_status(201);
                written += 1;
            }
        }
        assert_eq!(db.count("links"), written);
    }

    /// All members that the SDKs and the relation server read.
    async fn an_answer_has_every_member_that_is_read(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let answer = alice.own_write(&kv, json!({"a": 1})).await;
        let read = kv.client.get(&format!("/v1/kv?persona={}", alice.hex())).await.expect_status(200);
        assert_eq!(read.header("content-type"), Some("application/json; charset=utf-8"));
        for body in [&answer, &read.json()] {
            assert_eq!(body["persona"], alice.avatar().to_uncompressed_hex());
            assert_eq!(body["avatar"], body["persona"]);
            for member in ["platform", "identity", "content"] {
                assert!(body["proofs"][0].get(member).is_some(), "{member} is not in {body}");
            }
        }
    }

    /// The uuid may come back in upper case, without hyphens, or as a URN.
    async fn a_uuid_in_any_spelling(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let spellings: [fn(&str) -> String; 3] =
            [|uuid| uuid.to_uppercase(), |uuid| uuid.replace('-', ""), |uuid| format!("urn:uuid:{uuid}")];
        for spell in spellings {
            let mut body = alice.signed(&alice.own_draft(&kv, json!({"a": 1})).await);
            let uuid = body["uuid"].as_str().unwrap().to_owned();
            body["uuid"] = spell(&uuid).into();
            let answer = kv.submit(&body).await.expect_status(201).json();
            assert_eq!(answer["link"]["uuid"], uuid);
        }
    }
}
