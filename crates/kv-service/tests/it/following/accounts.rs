//! A name that comes to be another account.

use nextid_core::Platform;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, ScriptedFeed, until, verified_contents};

async fn content(kv: &Kv, person: &Person) -> Value {
    kv.contents(&person.hex()).await[0].clone()
}

async fn at(kv: &Kv, person: &Person, written: &Value) -> Value {
    let uuid = written["link"]["uuid"].as_str().unwrap();
    let path = format!("/v1/kv/at?avatar={}&uuid={uuid}", person.hex());
    kv.client.get(&path).await.expect_status(200).json()["proofs"][0]["content"].take()
}

on_both_databases! {
    async fn only_the_same_account_gets_its_content_back(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "1");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        let by_identity = async || {
            let path = "/v1/kv/by_identity?platform=github&identity=alice";
            kv.client.get(path).await.expect_status(200).json()["values"].take()
        };
        let first = alice.write(&kv, "github", "alice", json!({"a": 1})).await;
        assert!(first["link"].get("restart").is_none());
        feed.unbind(&alice.hex(), "github", "alice");
        until("it is revoked", async || content(&kv, &alice).await["bound"] == false).await;
        assert_eq!(content(&kv, &alice).await["content"], json!({"a": 1}), "it stays");

        feed.bind(&alice.hex(), "github", "alice", "1");
        until("it is bound again", async || content(&kv, &alice).await.get("bound").is_none()).await;
        assert_eq!(content(&kv, &alice).await["content"], json!({"a": 1}), "it is back");
        let second = alice.write(&kv, "github", "alice", json!({"b": 2})).await;
        assert_eq!(second["proofs"][0]["content"], json!({"a": 1, "b": 2}));

        // The account was given up, and the name was taken by somebody else.
        feed.bind(&alice.hex(), "github", "alice", "2");
        until("it begins empty", async || content(&kv, &alice).await["content"] == json!({})).await;
        assert_eq!(by_identity().await, json!([]));
        let third = alice.write(&kv, "github", "alice", json!({"c": 3})).await;
        assert_eq!(third["link"]["restart"], true);
        assert_eq!(third["proofs"][0]["content"], json!({"c": 3}));
        assert_eq!(by_identity().await[0]["content"], json!({"c": 3}));
        let fourth = alice.write(&kv, "github", "alice", json!({"d": 4})).await;
        assert!(fourth["link"].get("restart").is_none());
        assert_eq!(content(&kv, &alice).await["content"], json!({"c": 3, "d": 4}));

        // The old content is history, and what is told of it offline is the same.
        assert_eq!(at(&kv, &alice, &second).await, json!({"a": 1, "b": 2}));
        assert_eq!(at(&kv, &alice, &third).await, json!({"c": 3}));
        let verified = verified_contents(&db, alice.avatar()).await;
        assert_eq!(verified[&(Platform::Github, "alice".to_owned())], json!({"c": 3, "d": 4}));
        assert_eq!(db.count("links"), 4);
        assert!(proof_service.asks().is_empty());
    }

    /// The account is known from what proof-service answers as well, when the table does not know it yet.
    async fn an_answer_tells_the_account_too(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        for (alt_id, patch, wanted) in [
            ("1", json!({"a": 1}), json!({"a": 1})),
            ("", json!({"b": 2}), json!({"a": 1, "b": 2})),
            ("1", json!({"c": 3}), json!({"a": 1, "b": 2, "c": 3})),
            ("2", json!({"d": 4}), json!({"d": 4})),
        ] {
            proof_service.put(&alice.hex(), "github", "alice", alt_id, true);
            let written = alice.write(&kv, "github", "alice", patch).await;
            assert_eq!(written["proofs"][0]["content"], wanted, "by {alt_id:?}");
        }
        let verified = verified_contents(&db, alice.avatar()).await;
        assert_eq!(verified[&(Platform::Github, "alice".to_owned())], json!({"d": 4}));
    }

    /// What another account left behind takes no room.
    async fn it_makes_room(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| {
            config.limits.namespace_bytes = 100;
            config.limits.avatar_bytes = 100;
            config.limits.namespaces = 1;
        })
        .await;
        let alice = Person::new("alice");
        let wide = json!({"a": "x".repeat(90)});
        proof_service.put(&alice.hex(), "github", "alice", "1", true);
        alice.write(&kv, "github", "alice", wide.clone()).await;
        let more = alice.draft(&kv, "github", "alice", json!({"b": "y".repeat(90)})).await;
        kv.submit(&alice.signed(&more)).await.expect_error(413, "namespace_too_large");
        proof_service.put(&alice.hex(), "github", "alice", "2", true);
        let written = alice.write(&kv, "github", "alice", json!({"b": "y".repeat(90)})).await;
        assert_eq!(written["link"]["restart"], true);
    }
}
