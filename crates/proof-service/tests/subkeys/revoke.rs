//! Revoking a subkey, which is for good.

use http::Method;
use nextid_core::Signature;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, P256, Setup, Subkey, now};

on_both_databases! {
    /// Payload, signature, revocation; then the subkey is not shown, and the old certificate is worth nothing.
    async fn a_revoked_subkey_stays_revoked(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let mut body = subkey.body();
        body["action"] = "delete".into();
        let payload = app.post("/v1/subkey/payload", &body).await.expect_status(200).json();
        let text = |name: &str| payload[name].as_str().expect("a text");
        assert_eq!(text("sign_payload"), format!(
            r#"{{"action":"delete","algorithm":"es256","avatar":"{}","created_at":"{}","public_key":"0x{P256}","rp_id":"example.com","uuid":"{}"}}"#,
            hex::encode(subkey.owner.avatar().as_bytes()), text("created_at"), text("uuid"),
        ));
        body["signature"] = subkey.sign(text("sign_payload")).into();
        body["uuid"] = payload["uuid"].clone();
        body["created_at"] = payload["created_at"].clone();
        let answer = app.revoke(&body).await.expect_status(200).json();
        assert_eq!(answer, json!({"sign_payload": payload["sign_payload"]}));

        assert!(app.subkeys(&format!("avatar={}", subkey.owner.avatar())).await.is_empty());
        assert!(app.subkeys(&format!("algorithm=es256&public_key={P256}")).await.is_empty());
        for again in [subkey.clone(), subkey.spelled(P256), Subkey { rp_id: "example.org".to_owned(), ..subkey.clone() }] {
            assert_eq!(app.certify(&again).await.expect_error(409, "subkey_revoked")["field"], "public_key");
        }
        app.revoke(&body).await.expect_error(409, "subkey_revoked");
        app.revoke_now(&subkey).await.expect_error(409, "subkey_revoked");
        app.certify(&Subkey::passkey("bob")).await.expect_status(200);
    }

    /// What was signed to revoke it is kept, so that it can be shown to whom it concerns.
    async fn the_revocation_is_kept(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let body = subkey.delete_body(now());
        app.revoke(&body).await.expect_status(200);
        let bytes = nextid_core::signature_text::decode_base64_proof(body["signature"].as_str().expect("a text")).expect("base64");
        let signature = hex::encode(Signature::from_slice(&bytes).expect("a signature").with_reduced_v().as_bytes());
        let literal = match db.backend() {
            nextid_testkit::Backend::Sqlite => format!("x'{signature}'"),
            nextid_testkit::Backend::Postgres => format!("'\\x{signature}'::bytea"),
        };
        let kept = db.number(&format!(
            "SELECT count(*) AS n FROM subkeys WHERE revoke_signature = {literal} AND revoke_payload LIKE '%\"action\":\"delete\"%' \
             AND revoked_at >= created_at"
        ));
        assert_eq!(kept, 1);
    }

    /// In another spelling it is the same subkey.
    async fn in_another_spelling(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::secp256k1("alice", "phone");
        app.certify(&subkey).await.expect_status(200);
        app.revoke_now(&subkey.spelled(key("phone").avatar().to_uncompressed_hex())).await.expect_status(200);
        app.certify(&subkey).await.expect_error(409, "subkey_revoked");
    }

    /// Sent many times at once it is revoked once.
    async fn at_the_same_moment(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let answers = futures_util::future::join_all((0..8).map(|_| app.revoke_now(&subkey))).await;
        let revoked = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((revoked, refused), (1, 7));
    }

    /// What was never certified, or for somebody else.
    async fn what_is_not_there(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.revoke_now(&subkey).await.expect_error(404, "not_found");
        app.certify(&subkey).await.expect_status(200);
        app.revoke_now(&Subkey::passkey("bob")).await.expect_error(404, "not_found");
        let other = Subkey { rp_id: "example.org".to_owned(), ..subkey.clone() };
        let error = app.revoke_now(&other).await.expect_error(400, "bad_field");
        assert_eq!((&error["field"], &error["expected"]), (&json!("rp_id"), &json!("example.com")));
        assert_eq!(app.subkeys(&format!("avatar={}", subkey.owner.avatar())).await.len(), 1);
    }

    /// Only the Avatar revokes; neither its certificate nor somebody else's signature does.
    async fn signatures_that_do_not_fit(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let good = subkey.delete_body(now());
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        let mallory = Subkey { owner: key("mallory"), ..subkey.clone() };
        for body in [
            with("signature", subkey.create_body()["signature"].clone()),
            with("signature", mallory.delete_body(now())["signature"].clone()),
            with("uuid", json!("00000000-0000-4000-8000-000000000001")),
            with("created_at", json!((now() - 100).to_string())),
        ] {
            assert_eq!(app.revoke(&body).await.expect_error(400, "bad_signature")["field"], "signature");
        }
        app.revoke(&with("signature", json!("AAAA"))).await.expect_error(400, "bad_signature_encoding");
        assert_eq!(app.subkeys(&format!("avatar={}", subkey.owner.avatar())).await.len(), 1);
        app.revoke(&good).await.expect_status(200);
    }

    /// A revocation is fresh: not of last week, and not of tomorrow.
    async fn revocations_are_fresh(db: TestDatabase) {
        let app = Setup::new(&db).set("payload.max_age_secs", 1_000).set("payload.max_skew_secs", 100).start().await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let error = app.revoke(&subkey.delete_body(now() - 1_100)).await.expect_error(400, "created_at_too_old");
        assert_eq!(error["field"], "created_at");
        app.revoke(&subkey.delete_body(now() + 1_000)).await.expect_error(400, "created_at_in_future");
        app.revoke(&subkey.delete_body(now() - 900)).await.expect_status(200);
    }

    /// Every field that can be missing or wrong.
    async fn fields_that_are_wrong(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        app.certify(&subkey).await.expect_status(200);
        let good = subkey.delete_body(now());
        for field in ["avatar", "algorithm", "public_key", "rp_id", "uuid", "created_at", "signature"] {
            let mut body = good.clone();
            body[field] = Value::Null;
            assert_eq!(app.revoke(&body).await.expect_error(400, "missing_field")["field"], field);
        }
        for (field, value, code) in [
            ("avatar", json!("zz"), "bad_public_key"),
            ("public_key", json!("zz"), "bad_public_key"),
            ("algorithm", json!("rs256"), "bad_field"),
            ("uuid", json!("1"), "bad_uuid"),
            ("uuid", json!("00000000-0000-0000-0000-000000000000"), "bad_uuid"),
            ("created_at", json!("soon"), "bad_created_at"),
            ("created_at", json!(now()), "bad_field"),
            ("signature", json!("!"), "bad_signature_encoding"),
        ] {
            let mut body = good.clone();
            body[field] = value;
            assert_eq!(app.revoke(&body).await.expect_error(400, code)["field"], field);
        }
        app.send(Method::DELETE, "/v1/subkey", &[], "").await.expect_error(400, "bad_json");
        let answer = app.send(Method::PUT, "/v1/subkey", &[], "").await;
        assert_eq!(answer.expect_error(405, "method_not_allowed")["code"], "method_not_allowed");
        assert_eq!(app.subkeys(&format!("avatar={}", subkey.owner.avatar())).await.len(), 1);
    }
}
