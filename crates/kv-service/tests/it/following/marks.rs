//! What readers see of bindings.

use nextid_testkit::http::Answer;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, ScriptedFeed, until};

async fn get(kv: &Kv, query: &str, tag: &str) -> Answer {
    kv.client.send("GET".parse().unwrap(), &format!("/v1/kv?{query}"), &[("If-None-Match", tag)], "").await
}

fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap().to_owned()
}

/// Waits until what `GET /v1/kv` shows is no longer what it was.
async fn changed(kv: &Kv, query: &str, tag: &str) -> Answer {
    until("the tag changes", async || get(kv, query, tag).await.status == 200).await;
    get(kv, query, tag).await.expect_status(200)
}

on_both_databases! {
    async fn what_is_not_bound_any_more_is_marked(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        for name in ["alice", "alice2"] {
            feed.bind(&alice.hex(), "github", name, "");
        }
        let kv = Kv::following(&db, &proof_service, &feed).await;
        alice.own_write(&kv, json!({"own": 1})).await;
        for name in ["alice", "alice2"] {
            alice.write(&kv, "github", name, json!({"is": name})).await;
        }
        let query = format!("avatar={}", alice.hex());
        let of_one = format!("{query}&platform=github&identity=alice2");
        let whole = get(&kv, &query, "\"none\"").await.expect_status(200);
        assert!(!whole.text().contains("bound"), "{}", whole.text());
        get(&kv, &query, &tag(&whole)).await.expect_status(304);

        feed.unbind(&alice.hex(), "github", "alice");
        let marked = changed(&kv, &query, &tag(&whole)).await;
        let own = alice.hex();
        let shown = |first: Value, second: Value| {
            let bound = |platform: &str, identity: &str, content: Value, bound: Value| {
                let mut shown = json!({"platform": platform, "identity": identity, "content": content});
                if !bound.is_null() {
                    shown["bound"] = bound;
                }
                shown
            };
            json!([
                bound("nextid", &own, json!({"own": 1}), Value::Null),
                bound("github", "alice", json!({"is": "alice"}), first),
                bound("github", "alice2", json!({"is": "alice2"}), second),
            ])
        };
        assert_eq!(marked.json()["proofs"], shown(json!(false), Value::Null));
        assert!(tag(&marked).starts_with(tag(&whole).trim_end_matches('"')), "the head is in it still");
        get(&kv, &query, &tag(&marked)).await.expect_status(304);
        get(&kv, &of_one, &tag(&whole)).await.expect_status(304);

        feed.unbind(&alice.hex(), "github", "alice2");
        let both = changed(&kv, &query, &tag(&marked)).await;
        assert_eq!(both.json()["proofs"], shown(json!(false), json!(false)));
        feed.bind(&alice.hex(), "github", "alice", "");
        let other = changed(&kv, &query, &tag(&both)).await;
        assert_eq!(other.json()["proofs"], shown(Value::Null, json!(false)));
        assert_ne!(tag(&other), tag(&marked), "one of two each time, and not the same");
        feed.bind(&alice.hex(), "github", "alice2", "");
        let again = changed(&kv, &query, &tag(&other)).await;
        assert_eq!((tag(&again), again.json()), (tag(&whole), whole.json()));
    }

    /// What a binding says of its validity is nothing that `GET /v1/kv` tells.
    async fn an_identity_is_read_while_it_is_bound_and_valid(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        for person in [&alice, &bob] {
            feed.bind(&person.hex(), "github", "shared", "7");
        }
        let kv = Kv::following(&db, &proof_service, &feed).await;
        for (number, person) in [&alice, &bob].into_iter().enumerate() {
            person.write(&kv, "github", "shared", json!({"number": number})).await;
        }
        let read = async || {
            let path = "/v1/kv/by_identity?platform=github&identity=SHARED";
            let answer = kv.client.get(path).await.expect_status(200).json();
            let values = answer["values"].as_array().unwrap().clone();
            assert_eq!(answer["pagination"]["total"], values.len());
            values.iter().map(|value| value["content"]["number"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(read().await, [0, 1]);
        feed.judge(&alice.hex(), "github", "shared", false);
        until("an invalid proof is not read", async || read().await == [1]).await;
        assert!(!kv.contents(&alice.hex()).await.to_string().contains("bound"));
        feed.unbind(&bob.hex(), "github", "shared");
        until("what is revoked is not read", async || read().await.is_empty()).await;
        feed.judge(&alice.hex(), "github", "shared", true);
        until("a valid proof is read", async || read().await == [0]).await;
        assert!(proof_service.asks().is_empty());
    }
}
