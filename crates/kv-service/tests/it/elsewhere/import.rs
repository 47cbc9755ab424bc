//! Exports that hold are taken over whole, and given out again as they came.

use nextid_service::import::ImportError;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use super::support::{another, assert_sound, export, import, import_text, store, vector};
use crate::support::{Kv, Person, ProofStandIn, verified_contents};

on_both_databases! {
    /// The export that comes out is byte for byte the one that went in; the contents are folded, and the feed tells the links.
    async fn published_chains_come_out_as_they_went_in(db: TestDatabase) {
        let index: Value = serde_json::from_str(&std::fs::read_to_string(vector("index.json")).unwrap()).unwrap();
        for name in ["valid/09-kv-namespaces.jsonl", "valid/10-kv-links-of-2022.jsonl"] {
            let db = another(&db);
            let kv = Kv::start(&db, &ProofStandIn::start().await).await;
            let beside = store(&db).await;
            let text = std::fs::read_to_string(vector(name)).unwrap();
            let links = text.lines().count() as u64 - 1;
            for (added, known) in [(links, 0), (0, links)] {
                let imported = import(&beside, &vector(name)).await.unwrap();
                assert_eq!((imported[0].added, imported[0].known), (added, known), "{name}");
            }
            let header: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
            let avatar = header["avatar"].as_str().unwrap();
            assert_eq!(export(&kv, avatar).await, text, "{name}");
            let valid = index["valid"].as_array().unwrap().iter().find(|valid| valid["file"] == name).unwrap();
            for wanted in valid["state"]["contents"].as_array().unwrap() {
                let contents = kv.contents(avatar).await;
                let found = contents.as_array().unwrap().iter().find(|found| {
                    found["platform"] == wanted["platform"] && found["identity"] == wanted["identity"]
                });
                assert_eq!(found.unwrap()["content"], wanted["content"], "{name} {wanted}");
            }
            crate::support::until("the feed tells the links", async || {
                let feed = kv.client.get("/v1/kvchain/changes?count=100").await.expect_status(200).json();
                feed["links"].as_array().unwrap().len() as u64 == links
            })
            .await;
            assert_sound(&db).await;
        }
        drop(db);
    }

    /// A head is extended, contents go on from what they were, and writing goes on after it.
    async fn a_head_is_extended(db: TestDatabase) {
        let other = another(&db);
        let proof_service = ProofStandIn::start().await;
        let (here, there) = (Kv::start(&db, &proof_service).await, Kv::start(&other, &proof_service).await);
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        there.own_write_all(&alice, &[json!({"a": 1}), json!({"b": {"c": 2}})]).await;
        let short = export(&there, &alice.hex()).await;
        there.own_write_all(&alice, &[json!({"a": null, "b": {"d": 3}})]).await;
        alice.write(&there, "github", "Alice", json!({"x": "y"})).await;
        let long = export(&there, &alice.hex()).await;

        let beside = store(&db).await;
        for (text, added, known) in [(&short, 2, 0), (&long, 2, 2), (&short, 0, 2)] {
            let imported = import_text(&beside, text).await.unwrap();
            assert_eq!((imported[0].added, imported[0].known), (added, known));
        }
        assert_eq!(export(&here, &alice.hex()).await, long);
        assert_eq!(here.contents(&alice.hex()).await, there.contents(&alice.hex()).await);
        here.own_write_all(&alice, &[json!({"e": 4})]).await;
        let contents = verified_contents(&db, alice.avatar()).await;
        assert_eq!(contents.len(), 2);
        let own = &here.contents(&alice.hex()).await[0]["content"];
        assert_eq!(own, &json!({"b": {"c": 2, "d": 3}, "e": 4}));
    }

    /// Two links for one place are refused whole; what is no chain of this service has no place here.
    async fn what_does_not_fit_is_refused(db: TestDatabase) {
        let other = another(&db);
        let proof_service = ProofStandIn::start().await;
        let (here, there) = (Kv::start(&db, &proof_service).await, Kv::start(&other, &proof_service).await);
        let alice = Person::new("alice");
        let own = alice.own_write(&here, json!({"here": true})).await;
        let foreign = alice.own_write(&there, json!({"there": true})).await;
        there.own_write_all(&alice, &[json!({"more": true})]).await;
        let beside = store(&db).await;
        let error = import_text(&beside, &export(&there, &alice.hex()).await).await.unwrap_err();
        let text = error.to_string();
        for link in [&own["link"], &foreign["link"]] {
            assert!(text.contains(link["uuid"].as_str().unwrap()), "{text}");
        }
        assert!(matches!(error, ImportError::Conflict { line: 2, .. }), "{text}");
        assert_eq!(here.contents(&alice.hex()).await[0]["content"], json!({"here": true}));
        assert_eq!(db.count("links"), 1);
    }

    /// A head in a spelling of its own has no successor here, which would point at the canonical one.
    async fn a_head_in_another_spelling_is_refused(db: TestDatabase) {
        let text = std::fs::read_to_string(vector("valid/10-kv-links-of-2022.jsonl")).unwrap();
        let mut lines: Vec<Value> =
            text.lines().take(2).map(|line| serde_json::from_str(line).unwrap()).collect();
        lines[0]["head"] = json!({"seq": 0, "signature": lines[1]["signature"]});
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        let error = import_text(&store(&db).await, &text.join("\n")).await.unwrap_err();
        assert!(matches!(error, ImportError::Unkept { line: 2, field: "signature", .. }), "{error}");
        assert_eq!(db.count("links") + db.count("namespaces"), 0);
    }

    /// Limits are not looked at, and how much there is is said.
    async fn what_is_too_large_is_told(db: TestDatabase) {
        let other = another(&db);
        let proof_service = ProofStandIn::start().await;
        let there = Kv::start(&other, &proof_service).await;
        let here = Kv::with(&db, proof_service.url(), |config| config.limits.namespace_bytes = 64).await;
        let alice = Person::new("alice");
        there.own_write_all(&alice, &[json!({"text": "x".repeat(100)})]).await;
        let imported = import_text(&store(&db).await, &export(&there, &alice.hex()).await).await.unwrap();
        assert_eq!(imported[0].largest_namespace, 111);
        let draft = alice.own_draft(&here, json!({"more": 1})).await;
        here.submit(&alice.signed(&draft)).await.expect_error(413, "namespace_too_large");
        alice.own_write(&here, json!({"text": null})).await;
    }
}

impl Kv {
    /// Writes one patch after the other under the own key.
    pub async fn own_write_all(&self, person: &Person, patches: &[Value]) {
        for patch in patches {
            person.own_write(self, patch.clone()).await;
        }
    }
}
