//! How much a request and an Avatar may hold.

use futures_util::future::join_all;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, verified_contents};

/// Objects in objects.
fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({"a": inner}))
}

on_both_databases! {
    async fn of_a_patch(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let ask = |patch: Value| json!({"avatar": alice.hex(), "platform": "nextid", "identity": alice.hex(), "patch": patch});
        let wide = |bytes: usize| json!({"a": "x".repeat(bytes - 8)});

        kv.payload(&ask(wide(65_536))).await.expect_status(200);
        let error = kv.payload(&ask(wide(65_537))).await.expect_error(413, "patch_too_large");
        assert_eq!((&error["limit"], &error["found"]), (&json!(65_536), &json!(65_537)));
        kv.payload(&ask(nested(64))).await.expect_status(200);
        kv.payload(&ask(nested(65))).await.expect_error(400, "too_deep");
        let bomb = format!("{{\"patch\":{}", "[".repeat(200_000));
        kv.client.post("/v1/kv/payload", bomb).await.expect_error(400, "too_deep");
        kv.client.post("/v1/kv", " ".repeat(262_145)).await.expect_error(413, "body_too_large");

        let draft = alice.own_draft(&kv, nested(64)).await;
        kv.submit(&alice.signed(&draft)).await.expect_status(201);
        assert_eq!(kv.contents(&alice.hex()).await[0]["content"], nested(64));
    }

    async fn of_a_namespace_and_of_all(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| {
            config.limits.namespace_bytes = 100;
            config.limits.avatar_bytes = 150;
            config.limits.namespaces = 2;
        })
        .await;
        let alice = Person::new("alice");
        for name in ["one", "two", "three"] {
            proof_service.bind(&alice.hex(), "github", name);
        }
        let submit = async |name: &str, patch: Value| {
            kv.submit(&alice.signed(&alice.draft(&kv, "github", name, patch).await)).await
        };
        let wide = |bytes: usize| json!({"a": "x".repeat(bytes - 8)});

        let error = submit("one", wide(101)).await.expect_error(413, "namespace_too_large");
        assert_eq!((&error["limit"], &error["found"]), (&json!(100), &json!(101)));
        submit("one", wide(100)).await.expect_status(201);
        let error = submit("two", wide(51)).await.expect_error(413, "namespace_too_large");
        assert_eq!((&error["limit"], &error["found"]), (&json!(150), &json!(151)));
        submit("two", wide(50)).await.expect_status(201);
        submit("one", json!({"b": 1})).await.expect_error(413, "namespace_too_large");
        submit("three", json!({})).await.expect_error(413, "too_many_namespaces");
        submit("one", json!({"a": null})).await.expect_status(201);
        submit("two", wide(100)).await.expect_status(201);
        assert_eq!((db.count("links"), db.count("namespaces")), (4, 2));
    }

    /// Ten namespaces are made at the same time where there is room for three.
    async fn they_hold_under_concurrency(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| config.limits.namespaces = 3).await;
        let alice = Person::new("alice");
        let names: Vec<String> = (0..10).map(|number| format!("name{number}")).collect();
        for name in &names {
            proof_service.bind(&alice.hex(), "github", name);
        }
        let outcomes = join_all(names.iter().map(async |name| {
            loop {
                let draft = alice.draft(&kv, "github", name, json!({"name": name})).await;
                let answer = kv.submit(&alice.signed(&draft)).await;
                match answer.status {
                    // Another one was faster: once more, over its link.
                    409 => continue,
                    status => return (status, answer.json()["code"].clone()),
                }
            }
        }))
        .await;
        let accepted = outcomes.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(accepted, 3);
        let refused = outcomes.iter().filter(|(status, _)| *status == 413);
        assert_eq!(refused.filter(|(_, code)| code == "too_many_namespaces").count(), 7);
        assert_eq!((db.count("links"), db.count("namespaces")), (3, 3));
        verified_contents(&db, alice.avatar()).await;
    }
}
