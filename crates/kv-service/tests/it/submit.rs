//! `POST /v1/kv`: the write flow, and its answer.

use nextid_core::link::KvLink;
use nextid_core::merge_patch::merge_patch;
use nextid_core::verify::{Anchor, verify_kv_chain};
use nextid_core::{Identity, Platform};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, stored_chain, verified_contents};

on_both_databases! {
    async fn a_write_is_stored_linked_and_shown(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");

        let draft = alice.draft(&kv, "github", "Alice", json!({"theme": "dark", "old": null})).await;
        let signed = alice.signed(&draft);
        let answer = kv.submit(&signed).await.expect_status(201).json();

        let shown = alice.avatar().to_uncompressed_hex();
        let content = json!([{"platform": "github", "identity": "alice", "content": {"theme": "dark"}}]);
        assert_eq!(
            answer,
            json!({
                "persona": shown, "avatar": shown, "proofs": content,
                "link": {
                    "avatar": shown, "seq": 0, "platform": "github", "identity": "Alice",
                    "patch": {"theme": "dark", "old": null}, "created_at": signed["created_at"],
                    "uuid": signed["uuid"], "signature": signed["signature"],
                    "signature_payload": draft.sign_payload, "signer": shown, "format": "v1", "prev": null,
                },
            })
        );
        assert_eq!(kv.contents(&alice.hex()).await, content);

        let second = alice.own_write(&kv, json!({"n": 1})).await;
        assert_eq!((&second["link"]["seq"], &second["link"]["prev"]), (&json!(1), &signed["signature"]));
        let links: Vec<KvLink> =
            [&answer, &second].map(|answer| serde_json::from_value(answer["link"].clone()).unwrap()).into();
        assert_eq!(stored_chain(&db, alice.avatar()).await, links);
        verify_kv_chain(&alice.avatar(), Anchor::Genesis, &links).unwrap();
    }

    /// The content after many patches is what the patches make, one after the other.
    async fn the_content_is_the_fold_of_the_patches(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "twitter", "alice");
        let patches = [
            json!({"a": {"b": 1, "c": [1, 2]}, "s": "x\u{0}\u{2028}<&>\u{1f3ad}"}),
            json!({"a": {"b": null, "d": {"e": {}}}}),
            json!({"a": {"c": {"k": 1}}, "n": 18_446_744_073_709_551_615_u64, "f": -0.0}),
            json!({"s": null, "a": 5}),
            json!({"a": {"again": true}, "": {"empty key": null}}),
            json!({}),
        ];
        let mut fold = json!({});
        for patch in &patches {
            let answer = alice.write(&kv, "twitter", "alice", patch.clone()).await;
            merge_patch(&mut fold, patch);
            assert_eq!(answer["proofs"][0]["content"].to_string(), fold.to_string());
            assert_eq!(kv.contents(&alice.hex()).await[0]["content"].to_string(), fold.to_string());
        }
        let verified = verified_contents(&db, alice.avatar()).await;
        assert_eq!(verified[&(Platform::Twitter, "alice".to_owned())], fold);
        assert_eq!(verified.len(), 1);
    }

    /// One namespace for all spellings, each signed as it was spelled.
    async fn identities_are_compared_normalised_and_signed_as_spelled(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "twitter", "alice");
        let uncompressed = alice.avatar().to_uncompressed_hex();
        for (number, spelling) in ["alice", "@Alice", "ALICE"].into_iter().enumerate() {
            let draft = alice.draft(&kv, "twitter", spelling, json!({ (number.to_string()): 1 })).await;
            assert!(draft.sign_payload.contains(&format!("\"identity\":\"{spelling}\"")), "{}", draft.sign_payload);
            let answer = kv.submit(&alice.signed(&draft)).await.expect_status(201).json();
            assert_eq!(answer["link"]["identity"], spelling);
        }
        for spelling in [&alice.hex(), &alice.hex()[2..], &uncompressed, &uncompressed.to_uppercase()] {
            let answer = alice.write(&kv, "nextid", spelling, json!({"own": true})).await;
            assert_eq!(answer["link"]["identity"], *spelling);
        }
        assert_eq!(
            kv.contents(&alice.hex()).await,
            json!([
                {"platform": "twitter", "identity": "alice", "content": {"0": 1, "1": 1, "2": 1}},
                {"platform": "nextid", "identity": alice.hex(), "content": {"own": true}},
            ])
        );
        assert_eq!(verified_contents(&db, alice.avatar()).await.len(), 2);
    }

    /// kv-service stores v as it came, which the next link points at.
    async fn signatures_are_stored_as_submitted(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let draft = alice.own_draft(&kv, json!({"a": 1})).await;
        let mut body = alice.signed(&draft);
        let bytes = nextid_core::signature_text::decode_base64_kv(body["signature"].as_str().unwrap()).unwrap();
        let reduced = nextid_core::Signature::from_slice(&bytes).unwrap().with_reduced_v().to_base64();
        // Padding may be missing.
        body["signature"] = reduced.trim_end_matches('=').into();
        let answer = kv.submit(&body).await.expect_status(201).json();
        assert_eq!(answer["link"]["signature"], reduced);
        let second = alice.own_write(&kv, json!({"b": 1})).await;
        assert_eq!(second["link"]["prev"], reduced);
        verified_contents(&db, alice.avatar()).await;
    }

    async fn the_head_may_be_claimed(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let signed = async |patch: Value| alice.signed(&alice.own_draft(&kv, patch).await);

        let mut first = signed(json!({"a": 1})).await;
        first["previous"] = "c29tZXRoaW5nIGVsc2U=".into();
        let refused = kv.submit(&first).await.expect_error(409, "chain_conflict");
        assert_eq!(refused["head"], Value::Null);
        first["previous"] = "".into();
        kv.submit(&first).await.expect_status(201);

        let mut second = signed(json!({"a": 2})).await;
        second["prev"] = "".into();
        let refused = kv.submit(&second).await.expect_error(409, "chain_conflict");
        assert_eq!(refused["head"]["signature"], first["signature"]);
        second["prev"] = first["signature"].clone();
        kv.submit(&second).await.expect_status(201);
    }

    /// The feed has every link once its service has stopped.
    async fn every_link_is_handed_to_the_feed(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        for label in ["alice", "bob"] {
            let person = Person::new(label);
            for round in 0..2 {
                person.own_write(&kv, json!({"round": round})).await;
            }
        }
        kv.stop().await;
        assert_eq!((db.count("links"), db.count("feed"), db.count("outbox")), (4, 4, 0));
        assert_eq!(db.number("SELECT count(*) AS n FROM feed f JOIN links l ON l.id = f.ref WHERE f.kind = 1"), 4);
    }

    /// The spelling under which a namespace is kept is the platform's normal one.
    async fn namespaces_are_keyed_by_the_normalised_identity(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        let address = "0xD4030c02878BD1404dC2C5956eaDc5E3E2C8D3C6";
        let normal = Identity::parse(Platform::Ethereum, address).unwrap();
        proof_service.bind(&alice.hex(), "ethereum", normal.as_str());
        alice.write(&kv, "ethereum", address, json!({"a": 1})).await;
        alice.write(&kv, "ethereum", normal.as_str(), json!({"b": 1})).await;
        assert_eq!(
            kv.contents(&alice.hex()).await,
            json!([{"platform": "ethereum", "identity": normal.as_str(), "content": {"a": 1, "b": 1}}])
        );
    }
}
