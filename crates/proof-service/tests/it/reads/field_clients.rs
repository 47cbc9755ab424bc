//! Requests as the clients in the field send them, and the fields that those clients read.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::platforms::{github, publish_gist};
use crate::support::{App, Draft, Setup, address_of};

/// Fails if one of the fields is not there.
#[track_caller]
fn has(body: &Value, fields: &[&str]) {
    for field in fields {
        assert!(body.get(field).is_some_and(|value| !value.is_null()), "{field}: {body}");
    }
}

on_both_databases! {
    /// Without a Content-Type, as text, as a form: the body is JSON all the same.
    async fn the_content_type_does_not_matter(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let types: [&[(&str, &str)]; 6] = [
            &[],
            &[("Content-Type", "text/plain")],
            &[("Content-Type", "text/plain;charset=UTF-8")],
            &[("Content-Type", "application/x-www-form-urlencoded")],
            &[("Content-Type", "application/json; charset=utf-16")],
            &[("Content-Type", "nonsense"), ("Accept", "*/*")],
        ];
        for (number, headers) in (0_u32..).zip(types) {
            let wallet = key(&format!("wallet {number}"));
            let body = json!({
                "action": "create", "platform": "ethereum", "identity": address_of(&wallet),
                "public_key": alice.avatar().to_hex(),
            });
            let send = |path: &'static str, body: &Value| app.send(http::Method::POST, path, headers, body.to_string());
            let payload = send("/v1/proof/payload", &body).await.expect_status(200);
            assert!(payload.header("content-type").unwrap().starts_with("application/json"));
            let draft = Draft::of_payload(&alice, "create", "ethereum", &address_of(&wallet), &payload.json());
            send("/v1/proof", &draft.signed().by_wallet(&wallet).body).await.expect_status(201);
        }
    }

    /// `proof_location` and `extra` may be absent, null, empty, or hold nulls.
    async fn optional_fields_may_be_anything_empty(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let wallet = key("wallet");
        let signed = |draft: Draft| draft.signed().by_wallet(&wallet);
        for number in 0..4 {
            let draft = signed(app.draft(&alice, "create", "ethereum", &address_of(&wallet)).await);
            let draft = match number {
                0 => draft.without("proof_location"),
                1 => draft.with("proof_location", Value::Null),
                2 => draft.extra("target_signature", Value::Null).with("prev", Value::Null),
                _ => draft.with("unknown", json!({"a": [1]})).with("avatar", Value::Null),
            };
            assert_eq!(app.accept(&draft).await["proof_location"], "");
        }
        for extra in [Value::Null, json!({}), json!({"signature": null, "wallet_signature": null}), json!({"signature": ""})] {
            let draft = app.draft(&alice, "create", "github", "octocat").await;
            let gist = publish_gist(&github, "octocat", &draft);
            app.accept(&draft.at(&gist).with("extra", extra)).await;
        }
        let draft = app.draft(&alice, "create", "github", "octocat").await;
        let gist = publish_gist(&github, "octocat", &draft);
        app.accept(&draft.at(&gist).without("extra")).await;
        app.verified(&alice.avatar()).await;
    }

    /// What kv_server, relation_server and the SDKs read.
    async fn answers_have_every_field_of_the_contract(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let body = json!({
            "action": "create", "platform": "github", "identity": "octocat", "public_key": alice.avatar().to_hex(),
            "extra": {"wallet_signature": ""},
        });
        let payload = app.post("/v1/proof/payload", &body).await.expect_status(200).json();
        has(&payload, &["post_content", "sign_payload", "uuid", "created_at"]);
        assert!(payload["created_at"].is_string());
        app.bind_github(&alice, &github, "octocat").await;

        let found = app.read("/v1/proof?platform=github&identity=octocat").await;
        has(&found["pagination"], &["total", "per", "current", "next"]);
        let id = &found["ids"][0];
        has(id, &["persona", "avatar", "alias", "last_arweave_id", "activated_at", "proofs"]);
        assert_eq!(id["persona"], id["avatar"]);
        let proof = &id["proofs"][0];
        has(proof, &["platform", "identity", "alt_id", "created_at", "last_checked_at", "is_valid", "invalid_reason"]);
        assert!(proof["created_at"].is_string() && proof["last_checked_at"].is_string() && id["activated_at"].is_string());

        let exists = app.exists(&alice.avatar(), "github", "octocat").await.json();
        has(&exists, &["created_at", "last_checked_at", "is_valid", "invalid_reason"]);
        assert!(exists["created_at"].is_string());

        let link_fields = [
            "action", "platform", "identity", "alt_id", "proof_location", "created_at", "signature", "signature_payload",
            "uuid", "extra", "arweave_id",
        ];
        let chain = app.read(&format!("/v1/proofchain?avatar={}", alice.avatar())).await;
        has(&chain["pagination"], &["total", "per", "current", "next"]);
        has(&chain["proof_chain"][0], &link_fields);
        let change = app.changes(1).await.remove(0);
        has(&change, &link_fields);
        has(&change, &["avatar", "id"]);
        assert!(change["id"].is_i64() && change["created_at"].is_string() && change["extra"].is_object());

        has(&app.read("/healthz").await, &["hello", "runtime", "platforms", "environment", "revision", "built_at"]);
        let error = app.get("/v1/proof").await.expect_error(400, "missing_field");
        has(&error, &["message"]);
    }
}
