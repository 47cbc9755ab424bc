//! The rules of the chain: one head, replay, freshness, conflicts.

use futures_util::future::join_all;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, stored_chain, verified_contents};

on_both_databases! {
    /// A client that sends one submission many times at once is told each time that it was accepted.
    async fn the_same_submit_fifty_times_at_once(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let body = alice.signed(&alice.own_draft(&kv, json!({"a": 1})).await);
        let answers = join_all((0..50).map(|_| kv.submit(&body))).await;
        let mut fresh = 0;
        for answer in answers {
            let answer = answer.expect_status(201).json();
            assert_eq!(answer["link"]["uuid"], body["uuid"]);
            fresh += usize::from(answer.get("replayed").is_none());
        }
        assert_eq!(fresh, 1);
        assert_eq!((db.count("links"), db.count("namespaces")), (1, 1));
    }

    /// Nothing is lost when many Avatars write at the same time.
    async fn many_avatars_at_once(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let people: Vec<Person> = (0..16).map(|number| Person::new(&format!("person {number}"))).collect();
        join_all(people.iter().map(async |person| {
            for round in 0..4 {
                person.own_write(&kv, json!({ (format!("k{round}")): round })).await;
            }
        }))
        .await;
        for person in &people {
            let contents = verified_contents(&db, person.avatar()).await;
            assert_eq!(contents.into_values().next().unwrap(), json!({"k0": 0, "k1": 1, "k2": 2, "k3": 3}));
        }
        assert_eq!(db.count("links"), 64);
    }

    async fn a_replay_gets_the_first_answer(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let draft = alice.draft(&kv, "github", "alice", json!({"a": 1, "b": 2})).await;
        let body = alice.signed(&draft);
        let first = kv.submit(&body).await.expect_status(201).json();
        alice.write(&kv, "github", "alice", json!({"a": 2})).await;

        // Nobody is asked again, not even whether the identity is still bound.
        proof_service.unbind(&alice.hex(), "github", "alice");
        let asks = proof_service.asks().len();
        let mut again = body.clone();
        again["identity"] = "Alice".into();
        again["uuid"] = body["uuid"].as_str().unwrap().to_uppercase().into();
        for body in [&body, &again] {
            let replayed = kv.submit(body).await.expect_status(201).json();
            assert_eq!(replayed["link"], first["link"]);
            assert_eq!(replayed["replayed"], true);
            assert_eq!(replayed["proofs"][0]["content"], json!({"a": 2, "b": 2}), "the content is today's");
        }
        assert_eq!(proof_service.asks().len(), asks);
        assert_eq!(db.count("links"), 2);

        // A stranger who saw the request cannot have it answered in the Avatar's name.
        let mut forged = body.clone();
        forged["signature"] = Person::new("mallory").sign(&draft.sign_payload).into();
        kv.submit(&forged).await.expect_error(400, "bad_signature");
    }

    async fn a_uuid_is_for_one_link(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        proof_service.bind(&alice.hex(), "github", "alice");
        let body = alice.signed(&alice.own_draft(&kv, json!({"a": 1})).await);
        kv.submit(&body).await.expect_status(201);
        for (field, value) in [
            ("patch", json!({"a": 2})),
            ("created_at", json!(body["created_at"].as_i64().unwrap() + 1)),
        ] {
            let mut other = body.clone();
            other[field] = value;
            kv.submit(&other).await.expect_error(409, "uuid_reused");
        }
        let mut elsewhere = body.clone();
        elsewhere["platform"] = "github".into();
        elsewhere["identity"] = "alice".into();
        kv.submit(&elsewhere).await.expect_error(409, "uuid_reused");
        assert_eq!(db.count("links"), 1);

        // In another chain it is free: who reads it must not be able to take it.
        let mut draft = bob.own_draft(&kv, json!({"b": 1})).await;
        draft.sign_payload =
            draft.sign_payload.replace(draft.body["uuid"].as_str().unwrap(), body["uuid"].as_str().unwrap());
        draft.body["uuid"] = body["uuid"].clone();
        kv.submit(&bob.signed(&draft)).await.expect_status(201);
    }

    /// A signature over an older head is told from one that is bad.
    async fn a_head_that_moved(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let mut early = Vec::new();
        for round in 0..4 {
            early.push(alice.signed(&alice.own_draft(&kv, json!({"early": round})).await));
            alice.own_write(&kv, json!({"round": round})).await;
        }
        let head = stored_chain(&db, alice.avatar()).await.pop().unwrap();
        for body in &early {
            let refused = kv.submit(body).await.expect_error(409, "chain_conflict");
            assert_eq!(
                refused["head"],
                json!({"seq": 3, "uuid": head.uuid, "signature": head.signature, "created_at": head.created_at})
            );
        }
        let mut bad = early[0].clone();
        bad["patch"] = json!({"early": "something else"});
        // Dated before the head it would be refused for that.
        bad["created_at"] = head.created_at.into();
        kv.submit(&bad).await.expect_error(400, "bad_signature");
        assert_eq!(db.count("links"), 4);
    }

    /// The head moved while the clock did: the payload is dated before the head, and was signed before it.
    async fn a_head_that_moved_seconds_ago(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let early = alice.own_draft(&kv, json!({"early": true})).await;
        alice.own_write(&kv, json!({"a": 1})).await;
        db.execute("UPDATE links SET created_at = created_at + 60");
        let refused = kv.submit(&alice.signed(&early)).await.expect_error(409, "chain_conflict");
        assert_eq!(refused["head"]["seq"], 0);

        // Over the present head, such a date is the client's own.
        let mut draft = alice.own_draft(&kv, json!({"b": 1})).await;
        let issued = draft.body["created_at"].as_i64().unwrap();
        redate(&mut draft, issued - 1);
        let refused = kv.submit(&alice.signed(&draft)).await.expect_error(400, "created_at_too_old");
        assert_eq!(refused["expected"], issued);
    }

    async fn freshness(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let issued = alice.own_draft(&kv, json!({})).await;
        let now = issued.body["created_at"].as_i64().unwrap();
        for (seconds, code) in [
            (now + 3600, "created_at_in_future"),
            (now - 259_200 - 60, "created_at_too_old"),
            (0, "created_at_too_old"),
            (-1, "bad_created_at"),
            (253_402_300_800, "bad_created_at"),
            (i64::MAX, "bad_created_at"),
        ] {
            let mut draft = issued.clone();
            redate(&mut draft, seconds);
            kv.submit(&alice.signed(&draft)).await.expect_error(400, code);
        }
        assert_eq!(db.count("links"), 0);
        let mut draft = issued.clone();
        redate(&mut draft, now - 259_200 + 60);
        kv.submit(&alice.signed(&draft)).await.expect_status(201);
    }

    /// An append that another one comes before is not half applied.
    async fn a_lost_append_changes_nothing(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let slow = alice.signed(&alice.draft(&kv, "github", "alice", json!({"slow": true})).await);
        let fast = alice.signed(&alice.own_draft(&kv, json!({"fast": true})).await);
        proof_service.hold();
        let asks = proof_service.asks().len();
        let other = async {
            while proof_service.asks().len() == asks {
                tokio::task::yield_now().await;
            }
            // The slow one has read the head and waits for proof-service: no connection is held, others go on.
            kv.submit(&fast).await.expect_status(201);
            proof_service.let_through(1);
        };
        let (slow, ()) = tokio::join!(kv.submit(&slow), other);
        let head = &slow.expect_error(409, "chain_conflict")["head"];
        assert_eq!(head["uuid"], fast["uuid"]);
        assert_eq!((db.count("links"), db.count("namespaces")), (1, 1));
    }
}

/// Dates a payload differently.
fn redate(draft: &mut crate::support::Draft, seconds: i64) {
    let field = |seconds: &Value| format!("\"created_at\":{seconds},");
    let dated = draft.sign_payload.replace(&field(&draft.body["created_at"]), &field(&json!(seconds)));
    draft.sign_payload = dated;
    draft.body["created_at"] = seconds.into();
}
