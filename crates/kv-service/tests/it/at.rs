//! `GET /v1/kv/at`

use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    /// Every state that a chain went through can be seen again, over more links than are read at a time.
    async fn every_past_state_is_told(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let mut states = Vec::new();
        for number in 0..70 {
            let key = format!("k{}", number % 7);
            let patch = match number % 3 {
                0 => json!({ (key): {"n": number} }),
                1 => json!({ (key): null, "last": number }),
                _ => json!({ (key): {(format!("m{number}")): [number]} }),
            };
            let (platform, identity) =
                if number % 4 == 1 { ("github", "Alice".to_owned()) } else { ("nextid", alice.hex()) };
            let mut answer = alice.write(&kv, platform, &identity, patch).await;
            states.push((answer["link"].take(), answer["proofs"].take()));
        }
        for (link, proofs) in &states {
            let uuid = link["uuid"].as_str().unwrap();
            let path = format!("/v1/kv/at?avatar={}&uuid={uuid}", alice.hex());
            let answer = kv.client.get(&path).await.expect_status(200).json();
            assert_eq!(answer["proofs"], *proofs, "{uuid}");
            for field in ["seq", "uuid", "signature", "created_at"] {
                assert_eq!(answer["head"][field], link[field]);
            }
            assert_eq!(answer["avatar"], alice.avatar().to_uncompressed_hex());
            assert_eq!(answer["persona"], answer["avatar"]);
        }
        assert_eq!(states[69].1, kv.contents(&alice.hex()).await);
    }

    async fn a_uuid_counts_in_its_own_chain_only(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        let link: Value = alice.own_write(&kv, json!({"a": 1})).await["link"].take();
        let uuid = link["uuid"].as_str().unwrap();
        let at = async |query: String| kv.client.get(&format!("/v1/kv/at?{query}")).await;
        at(format!("avatar={}&uuid={uuid}", bob.hex())).await.expect_error(404, "not_found");
        let unknown = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
        at(format!("avatar={}&uuid={unknown}", alice.hex())).await.expect_error(404, "not_found");
        let upper = uuid.to_uppercase();
        at(format!("public_key={}&uuid={upper}", alice.hex())).await.expect_status(200);
        for (query, code) in [
            (format!("uuid={uuid}"), "missing_field"),
            (format!("avatar={}", alice.hex()), "missing_field"),
            (format!("avatar={}&uuid=", alice.hex()), "missing_field"),
            (format!("avatar={}&uuid=7", alice.hex()), "bad_uuid"),
            (format!("avatar=7&uuid={uuid}"), "bad_public_key"),
        ] {
            at(query).await.expect_error(400, code);
        }
    }

    /// A chain that was damaged behind our back is not folded into something that never was.
    async fn a_chain_with_a_gap_has_no_past(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        for number in 0..3 {
            alice.write(&kv, "nextid", &alice.hex(), json!({"n": number})).await;
        }
        let last = alice.own_write(&kv, json!({"n": 3})).await["link"]["uuid"].take();
        db.execute("DELETE FROM links WHERE seq = 1");
        let path = format!("/v1/kv/at?avatar={}&uuid={}", alice.hex(), last.as_str().unwrap());
        kv.client.get(&path).await.expect_error(500, "internal");
    }
}
