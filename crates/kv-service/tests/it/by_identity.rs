//! `GET /v1/kv/by_identity`

use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Behaviour, Kv, Person, ProofStandIn};

on_both_databases! {
    async fn every_avatar_that_the_identity_is_bound_to(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let people = ["alice", "bob", "carol"].map(Person::new);
        for (number, person) in people.iter().enumerate() {
            proof_service.bind(&person.hex(), "github", "shared");
            person.write(&kv, "github", "Shared", json!({"number": number})).await;
            person.own_write(&kv, json!({"own": number})).await;
        }
        let shown = |numbers: &[usize]| -> Value {
            let value = |number: &usize| {
                json!({"avatar": people[*number].avatar().to_uncompressed_hex(), "content": {"number": number}})
            };
            numbers.iter().map(value).collect()
        };
        let path = "/v1/kv/by_identity?platform=github&identity=SHARED";
        let answer = kv.client.get(path).await.expect_status(200).json();
        assert_eq!(answer["values"], shown(&[0, 1, 2]));
        assert_eq!(answer["pagination"], json!({"total": 3, "per": 40, "current": 1, "next": 0}));

        let past = kv.client.get(&format!("{path}&page=2")).await.expect_status(200).json();
        assert_eq!((&past["values"], &past["pagination"]["next"]), (&json!([]), &json!(0)));
    }

    async fn an_avatar_itself(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        alice.own_write(&kv, json!({"a": 1})).await;
        let key = alice.avatar().to_uncompressed_hex();
        let answer = kv.client.get(&format!("/v1/kv/by_identity?platform=nextid&identity={key}")).await;
        let values = answer.expect_status(200).json()["values"].take();
        assert_eq!(values, json!([{"avatar": key, "content": {"a": 1}}]));
        assert!(proof_service.asks().is_empty());
    }

    async fn nothing_published_and_nothing_known(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        proof_service.behave(Behaviour::Fails(500));
        let path = "/v1/kv/by_identity?platform=github&identity=nobody";
        assert_eq!(kv.client.get(path).await.expect_status(200).json()["values"], json!([]));
        assert!(proof_service.asks().is_empty(), "what is not known is not asked for by readers");
    }

    async fn bad_questions(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        for (query, code) in [
            ("", "missing_field"),
            ("platform=github", "missing_field"),
            ("identity=alice", "missing_field"),
            ("platform=github&identity=", "missing_field"),
            ("platform=myspace&identity=tom", "unknown_platform"),
            ("platform=github&identity=a%20b", "bad_identity"),
            ("platform=github&identity=%00", "bad_identity"),
            ("platform=github&identity=%25", "bad_identity"),
            ("platform=github&identity=a&page=x", "bad_field"),
        ] {
            kv.client.get(&format!("/v1/kv/by_identity?{query}")).await.expect_error(400, code);
        }
        let long = "a".repeat(5000);
        let path = format!("/v1/kv/by_identity?platform=dotbit&identity={long}.bit");
        kv.client.get(&path).await.expect_error(400, "bad_identity");
    }
}
