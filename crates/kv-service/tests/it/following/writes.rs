//! Who may write, by the table.

use std::time::Duration;

use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Behaviour, Kv, Person, ProofStandIn, ScriptedFeed, until};

pub fn ask(person: &Person, identity: &str) -> Value {
    json!({"avatar": person.hex(), "platform": "github", "identity": identity, "patch": {"a": 1}})
}

on_both_databases! {
    async fn a_known_binding_needs_no_call(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "7");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        for number in 0..3 {
            alice.write(&kv, "github", "Alice", json!({"number": number})).await;
        }
        assert!(proof_service.asks().is_empty());
        assert_eq!(kv.metric("proof_service_asks_total").await, 0);
    }

    /// One that was made a moment ago is asked for, and then known; a "no" is not remembered.
    async fn an_unknown_one_is_asked_for_once(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        for asks in 1..=2 {
            kv.payload(&ask(&alice, "alice")).await.expect_error(400, "not_bound_for_kv");
            assert_eq!(proof_service.asks().len(), asks);
        }
        proof_service.put(&alice.hex(), "github", "alice", "7", true);
        for _ in 0..3 {
            alice.write(&kv, "github", "alice", json!({"a": 1})).await;
        }
        assert_eq!(proof_service.asks().len(), 3);
        assert_eq!(kv.metric("proof_service_asks_total").await, 3);
        // What the feed says counts more than what was answered before.
        feed.bind(&alice.hex(), "github", "alice", "7");
        feed.unbind(&alice.hex(), "github", "alice");
        proof_service.unbind(&alice.hex(), "github", "alice");
        until("the revocation is known", async || kv.payload(&ask(&alice, "alice")).await.status == 400).await;
    }

    async fn a_revocation_takes_effect_within_a_second(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "7");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        alice.write(&kv, "github", "alice", json!({"a": 1})).await;
        let draft = alice.draft(&kv, "github", "alice", json!({"b": 2})).await;

        feed.judge(&alice.hex(), "github", "alice", false);
        let took = until("the proof is invalid", async || kv.payload(&ask(&alice, "alice")).await.status == 400).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        kv.submit(&alice.signed(&draft)).await.expect_error(400, "not_bound_for_kv");

        feed.judge(&alice.hex(), "github", "alice", true);
        until("it is valid again", async || kv.payload(&ask(&alice, "alice")).await.status == 200).await;
        feed.unbind(&alice.hex(), "github", "alice");
        let took = until("it is revoked", async || kv.payload(&ask(&alice, "alice")).await.status == 400).await;
        assert!(took < Duration::from_secs(1), "{took:?}");
        kv.submit(&alice.signed(&draft)).await.expect_error(400, "not_bound_for_kv");
        assert_eq!(db.count("links"), 1);
    }

    /// Where the table says no, proof-service may know better; where it does not answer, nobody knows.
    async fn a_no_of_the_table_is_no_answer(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "7");
        feed.unbind(&alice.hex(), "github", "alice");
        let kv = Kv::following(&db, &proof_service, &feed).await;
        proof_service.put(&alice.hex(), "github", "alice", "7", true);
        kv.payload(&ask(&alice, "alice")).await.expect_status(200);
        proof_service.behave(Behaviour::Fails(500));
        kv.payload(&ask(&alice, "alice")).await.expect_error(503, "proof_service_unavailable");
    }
}
