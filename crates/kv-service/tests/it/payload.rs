//! `POST /v1/kv/payload`

use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    async fn the_string_to_sign_is_the_contracts(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let body = json!({
            "avatar": alice.hex(), "platform": "nextid", "identity": alice.hex(),
            "patch": {"b": [1.0, 1e2, null], "a": "<é>"},
        });
        let issued = kv.payload(&body).await.expect_status(200).json();
        let (uuid, created_at) = (issued["uuid"].as_str().unwrap(), issued["created_at"].as_i64().unwrap());
        let key = &alice.avatar().to_uncompressed_hex()[2..];
        assert_eq!(
            issued["sign_payload"].as_str().unwrap(),
            format!(
                "{{\"version\":\"1\",\"uuid\":\"{uuid}\",\"avatar\":\"{key}\",\"platform\":\"nextid\",\
                 \"identity\":\"{}\",\"patch\":{{\"a\":\"<é>\",\"b\":[1.0,100.0,null]}},\
                 \"created_at\":{created_at},\"previous\":null}}",
                alice.hex()
            )
        );
        assert_eq!(issued.as_object().unwrap().len(), 3);
        assert_eq!((db.count("links"), db.count("outbox")), (0, 0), "asking changes nothing");
    }

    async fn it_points_at_the_head(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        for round in 0..3 {
            let draft = alice.own_draft(&kv, json!({"round": round})).await;
            let signed = alice.signed(&draft);
            kv.submit(&signed).await.expect_status(201);
            let next = alice.own_draft(&kv, json!({})).await;
            let next: Value = serde_json::from_str(&next.sign_payload).unwrap();
            assert_eq!(next["previous"], signed["signature"]);
        }
    }

    /// The documentation in the field has both.
    async fn both_spellings_of_the_path_answer(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let body = json!({"persona": alice.hex(), "platform": "nextid", "identity": alice.hex(), "patch": {}});
        for path in ["/v1/kv/payload", "/v1/KV/payload"] {
            kv.client.post_json(path, &body).await.expect_status(200);
            kv.client.get(path).await.expect_error(405, "method_not_allowed");
        }
    }

    /// Two replicas whose clocks differ: what the faster one dated is not undercut by the slower one.
    async fn it_is_not_dated_before_the_head(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        alice.own_write(&kv, json!({"a": 1})).await;
        db.execute("UPDATE links SET created_at = created_at + 200");
        let ahead = db.number("SELECT created_at AS n FROM links");
        let draft = alice.own_draft(&kv, json!({"b": 1})).await;
        assert_eq!(draft.body["created_at"], ahead);
        kv.submit(&alice.signed(&draft)).await.expect_status(201);
    }

    async fn what_is_not_bound_is_refused_here_already(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        let body = json!({"avatar": alice.hex(), "platform": "github", "identity": "alice", "patch": {}});
        kv.payload(&body).await.expect_error(400, "not_bound_for_kv");
    }
}
