//! Who may write under an identity, and what happens while proof-service cannot tell.

use std::net::TcpListener;

use futures_util::future::join_all;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{Behaviour, Kv, Person, ProofStandIn};

on_both_databases! {
    async fn only_what_is_bound_and_valid(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        proof_service.bind(&alice.hex(), "github", "alice");
        let write = |person: &Person, platform: &str, identity: &str| {
            json!({"avatar": person.hex(), "platform": platform, "identity": identity, "patch": {"a": 1}})
        };
        kv.payload(&write(&alice, "github", "alice")).await.expect_status(200);
        for refused in [
            write(&bob, "github", "alice"),
            write(&alice, "twitter", "alice"),
            write(&alice, "github", "alice2"),
        ] {
            let error = kv.payload(&refused).await.expect_error(400, "not_bound_for_kv");
            assert_eq!(error["field"], "identity");
        }

        // Between payload and submit the proof disappears: it is the submit that counts.
        let draft = alice.draft(&kv, "github", "alice", json!({"a": 1})).await;
        proof_service.put(&alice.hex(), "github", "alice", "", false);
        kv.submit(&alice.signed(&draft)).await.expect_error(400, "not_bound_for_kv");
        proof_service.unbind(&alice.hex(), "github", "alice");
        kv.submit(&alice.signed(&draft)).await.expect_error(400, "not_bound_for_kv");
        assert_eq!((db.count("links"), db.count("namespaces"), db.count("outbox")), (0, 0, 0));

        // A "no" is not remembered.
        proof_service.bind(&alice.hex(), "github", "alice");
        kv.submit(&alice.signed(&draft)).await.expect_status(201);
    }

    /// The number of an account may be the name of somebody else's.
    async fn an_account_number_is_not_its_name(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let mallory = Person::new("mallory");
        proof_service.put(&mallory.hex(), "github", "mallory", "583231", true);
        let write = json!({"avatar": mallory.hex(), "platform": "github", "identity": "583231", "patch": {}});
        kv.payload(&write).await.expect_error(400, "not_bound_for_kv");
    }

    /// Under `nextid` there is the own key and nothing else; proof-service is not needed for it.
    async fn the_own_key_needs_no_binding(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        proof_service.bind(&alice.hex(), "nextid", &bob.hex());
        proof_service.behave(Behaviour::Fails(500));
        alice.own_write(&kv, json!({"a": 1})).await;
        let write = json!({"avatar": alice.hex(), "platform": "nextid", "identity": bob.hex(), "patch": {}});
        let error = kv.payload(&write).await.expect_error(400, "not_bound_for_kv");
        assert!(error["message"].as_str().unwrap().contains("own key"), "{error}");
        assert!(proof_service.asks().is_empty());
    }

    async fn while_it_cannot_tell_nothing_is_written(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| config.net.timeout_ms = 300).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let body = alice.signed(&alice.draft(&kv, "github", "alice", json!({"a": 1})).await);
        for behaviour in [
            Behaviour::Fails(500),
            Behaviour::Fails(404),
            Behaviour::Fails(301),
            Behaviour::Says("not JSON".to_owned()),
            Behaviour::Says("{\"ids\": [{}]}".to_owned()),
            Behaviour::Hangs,
        ] {
            proof_service.behave(behaviour.clone());
            let answer = kv.submit(&body).await;
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!(wait >= 1, "{behaviour:?}");
            let error = answer.expect_error(503, "proof_service_unavailable");
            assert!(!error.to_string().contains("127.0.0.1"), "{error}");
        }
        assert_eq!((db.count("links"), db.count("namespaces"), db.count("outbox")), (0, 0, 0));

        proof_service.behave(Behaviour::Tells);
        while kv.submit(&body).await.status == 503 {
            tokio::task::yield_now().await;
        }
        assert_eq!(db.count("links"), 1);
    }

    async fn where_nothing_listens(db: TestDatabase) {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let kv = Kv::with(&db, &format!("http://{free}"), |_| {}).await;
        let alice = Person::new("alice");
        let write = json!({"avatar": alice.hex(), "platform": "github", "identity": "alice", "patch": {}});
        kv.payload(&write).await.expect_error(503, "proof_service_unavailable");
        // Its absence is nobody else's concern.
        alice.own_write(&kv, json!({"a": 1})).await;
        kv.client.get("/readyz").await.expect_status(200);
    }

    /// proof-service is asked last: about nothing that would be refused anyway.
    async fn nobody_is_asked_for_what_is_refused_anyway(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let draft = alice.draft(&kv, "github", "alice", json!({"a": 1})).await;
        let asks = proof_service.asks().len();
        let mut forged = alice.signed(&draft);
        forged["signature"] = Person::new("mallory").sign(&draft.sign_payload).into();
        kv.submit(&forged).await.expect_error(400, "bad_signature");
        let mut old = alice.signed(&draft);
        old["created_at"] = 1.into();
        kv.submit(&old).await.expect_error(400, "created_at_too_old");
        let mut shape = alice.signed(&draft);
        shape["patch"] = json!([]);
        kv.submit(&shape).await.expect_error(400, "patch_not_object");
        assert_eq!(proof_service.asks().len(), asks);
        kv.submit(&alice.signed(&draft)).await.expect_status(201);
        assert_eq!(proof_service.asks().len(), asks + 1);
    }

    /// However many requests need to know the same, proof-service has one question of it at a time.
    async fn concurrent_asks_share_a_call(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        proof_service.hold();
        let asked = join_all((0..20).map(async |_| alice.draft(&kv, "github", "alice", json!({"a": 1})).await));
        let release = async {
            while proof_service.asks().is_empty() {
                tokio::task::yield_now().await;
            }
            proof_service.let_through(20);
        };
        let (drafts, ()) = tokio::join!(asked, release);
        assert_eq!(drafts.len(), 20);
        assert_eq!(proof_service.most_waiting(), 1);
    }
}
