//! Certifying a subkey: what is signed, what is accepted, and what is refused.

use nextid_core::SecretKey;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, P256, Setup, Subkey};

on_both_databases! {
    /// Payload, signature, certificate; the key is signed as it was sent, and shown so.
    async fn a_passkey_is_certified(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice").spelled(format!("0X{}", P256.to_uppercase()));
        let payload = app.post("/v1/subkey/payload", &subkey.body()).await.expect_status(200).json();
        let avatar = subkey.owner.avatar();
        let expected = format!(
            r#"{{"avatar":"{}","algorithm":"es256","public_key":"{}","rp_id":"example.com"}}"#,
            hex::encode(avatar.as_bytes()), subkey.public_key,
        );
        assert_eq!(payload, json!({"sign_payload": expected}), "and nothing of a revocation");
        let mut body = subkey.body();
        body["signature"] = subkey.sign(&expected).into();
        let answer = app.post("/v1/subkey", &body).await.expect_status(200).json();
        assert_eq!(answer, payload);

        let shown = app.subkeys(&format!("avatar={avatar}")).await;
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0]["public_key"], subkey.public_key);
        assert_eq!(shown[0]["name"], "");
        assert_eq!(shown[0]["sign_payload"], expected);
    }

    /// The Avatar in any spelling and under its other name; a text that JSON has to escape; an explicit action.
    async fn requests_in_every_spelling(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey { rp_id: "a<b>&\"é\u{2028}".to_owned(), ..Subkey::secp256k1("alice", "phone") };
        let uncompressed = subkey.owner.avatar().to_uncompressed_hex();
        for (action, avatar) in [(json!("create"), uncompressed.as_str()), (json!(""), &uncompressed[2..]), (json!(null), &uncompressed)] {
            let mut body = subkey.body();
            body["action"] = action;
            body["persona"] = avatar.into();
            body["avatar"] = Value::Null;
            let payload = app.post("/v1/subkey/payload", &body).await.expect_status(200).json();
            assert_eq!(payload["sign_payload"], subkey.create_payload());
        }
        assert!(subkey.create_payload().contains(r#""rp_id":"a\u003cb\u003e\u0026\"é\u2028""#));
        app.certify(&subkey).await.expect_status(200);
        assert_eq!(db.count("subkeys"), 1);
    }

    /// A signature counts whether its v is 0 or 27, and is shown with v reduced.
    async fn both_forms_of_v(db: TestDatabase) {
        let app = App::start(&db).await;
        for (owner, reduced) in [("alice", true), ("bob", false)] {
            let subkey = Subkey::passkey(owner);
            let signature = subkey.owner.personal_sign(subkey.create_payload().as_bytes());
            let given = if reduced { signature.with_reduced_v() } else { signature };
            let mut body = subkey.body();
            body["signature"] = given.to_base64().into();
            app.post("/v1/subkey", &body).await.expect_status(200);
            let shown = app.subkeys(&format!("avatar={}", subkey.owner.avatar())).await;
            assert_eq!(shown[0]["signature"], signature.with_reduced_v().to_base64());
        }
    }

    /// The same again, in whatever spelling and for whatever relying party, is refused; for another Avatar it is another one.
    async fn a_subkey_is_certified_once(db: TestDatabase) {
        let app = App::start(&db).await;
        let passkey = Subkey::passkey("alice");
        app.certify(&passkey).await.expect_status(200);
        for again in [
            passkey.clone(),
            passkey.spelled(P256),
            passkey.spelled(P256.to_uppercase()),
            Subkey { rp_id: "example.org".to_owned(), ..passkey.clone() },
        ] {
            let error = app.certify(&again).await.expect_error(409, "subkey_exists");
            assert_eq!(error["field"], "public_key");
        }
        let second = Subkey::secp256k1("alice", "phone");
        let phone = key("phone").avatar();
        app.certify(&second).await.expect_status(200);
        for spelling in [phone.to_uncompressed_hex(), phone.to_hex()[2..].to_uppercase(), phone.to_uncompressed_hex()[4..].to_owned()] {
            app.certify(&second.spelled(spelling)).await.expect_error(409, "subkey_exists");
        }
        assert_eq!(db.count("subkeys"), 2);
        app.certify(&Subkey::passkey("bob")).await.expect_status(200);
        assert_eq!(db.count("subkeys"), 3);
    }

    /// Sent many times at once it is certified once.
    async fn at_the_same_moment(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        let answers = futures_util::future::join_all((0..8).map(|_| app.certify(&subkey))).await;
        let accepted = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((accepted, refused, db.count("subkeys")), (1, 7, 1));
    }

    /// Only the Avatar certifies, and only what it signed.
    async fn signatures_that_do_not_fit(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        let good = subkey.create_body();
        let with = |field: &str, value: Value| {
            let mut body = good.clone();
            body[field] = value;
            body
        };
        let signed_by = |who: &SecretKey, text: &str| Value::from(who.personal_sign(text.as_bytes()).to_base64());
        let payload = subkey.create_payload();
        for body in [
            with("signature", signed_by(&key("mallory"), &payload)),
            with("signature", signed_by(&key("alice"), &payload.replace("example.com", "example.org"))),
            with("signature", signed_by(&key("alice"), &format!("{payload} "))),
            with("rp_id", "example.org".into()),
            with("public_key", P256.into()),
            with("avatar", key("bob").avatar().to_hex().into()),
        ] {
            let error = app.post("/v1/subkey", &body).await.expect_error(400, "bad_signature");
            assert_eq!(error["field"], "signature");
        }
        let bytes = hex::encode(key("alice").personal_sign(payload.as_bytes()).as_bytes());
        let short = nextid_core::signature_text::encode_base64(&[1; 64]);
        let odd_v = nextid_core::signature_text::encode_base64(&[29; 65]);
        for text in [bytes.as_str(), "!", "AAAA", &short, &odd_v] {
            let error = app.post("/v1/subkey", &with("signature", text.into())).await.expect_error(400, "bad_signature_encoding");
            assert_eq!(error["field"], "signature");
        }
        let nobody = nextid_core::signature_text::encode_base64(&[0; 65]);
        app.post("/v1/subkey", &with("signature", nobody.into())).await.expect_error(400, "bad_signature");
        assert_eq!(db.count("subkeys"), 0);
        app.post("/v1/subkey", &good).await.expect_status(200);
    }

    /// Every field that can be missing or wrong, at both endpoints.
    async fn fields_that_are_wrong(db: TestDatabase) {
        let app = App::start(&db).await;
        let subkey = Subkey::passkey("alice");
        for path in ["/v1/subkey/payload", "/v1/subkey"] {
            for field in ["avatar", "algorithm", "public_key", "rp_id"] {
                for nothing in [Value::Null, json!("")] {
                    let mut body = subkey.create_body();
                    body[field] = nothing;
                    assert_eq!(app.post(path, &body).await.expect_error(400, "missing_field")["field"], field);
                }
                let mut body = subkey.create_body();
                body[field] = json!(1);
                assert_eq!(app.post(path, &body).await.expect_error(400, "bad_field")["field"], field);
            }
            for (field, value, code) in [
                ("avatar", json!("0x12"), "bad_public_key"),
                ("persona", json!(key("bob").avatar().to_hex()), "bad_field"),
                ("public_key", json!("0x12"), "bad_public_key"),
                ("public_key", json!(&P256[..127]), "bad_public_key"),
                ("public_key", json!(format!("{}0", &P256[..127])), "bad_public_key"),
                ("public_key", json!(key("phone").avatar().to_hex()), "bad_public_key"),
                ("algorithm", json!("secp256k1"), "bad_public_key"),
                ("algorithm", json!("rs256"), "bad_field"),
                ("algorithm", json!("ES256"), "bad_field"),
                ("rp_id", json!("a".repeat(1_025)), "bad_field"),
                ("rp_id", json!("a\0"), "bad_field"),
                ("rp_id", json!("a\nb"), "bad_field"),
            ] {
                let mut body = subkey.create_body();
                body[field] = value;
                let error = app.post(path, &body).await.expect_error(400, code);
                let named = if field == "algorithm" && code == "bad_public_key" { "public_key" } else { field };
                assert_eq!(error["field"], named, "{error}");
                if named == "algorithm" {
                    assert_eq!(error["expected"], json!(["es256", "secp256k1"]));
                }
            }
            app.post_text(path, "[]").await.expect_error(400, "bad_json");
        }
        let mut body = subkey.body();
        body["action"] = "renew".into();
        assert_eq!(app.post("/v1/subkey/payload", &body).await.expect_error(400, "unknown_action")["field"], "action");
        for (field, value) in [("name", json!("a".repeat(1_025))), ("name", json!("a\0")), ("name", json!(["a"]))] {
            let mut body = subkey.create_body();
            body[field] = value;
            assert_eq!(app.post("/v1/subkey", &body).await.expect_error(400, "bad_field")["field"], field);
        }
        let error = app.post("/v1/subkey", &subkey.body()).await.expect_error(400, "missing_field");
        assert_eq!(error["field"], "signature");
        assert_eq!(db.count("subkeys"), 0);
    }

    /// An Avatar has so many subkeys in force; revoking one makes room.
    async fn subkeys_are_limited(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.subkeys", 2).start().await;
        let subkeys: Vec<Subkey> = ["a", "b", "c"].iter().map(|label| Subkey::secp256k1("alice", label)).collect();
        app.certify(&subkeys[0]).await.expect_status(200);
        app.certify(&subkeys[1]).await.expect_status(200);
        assert_eq!(app.certify(&subkeys[2]).await.expect_error(413, "too_many_subkeys")["expected"], 2);
        app.certify(&subkeys[1]).await.expect_error(409, "subkey_exists");
        app.certify(&Subkey::secp256k1("bob", "c")).await.expect_status(200);
        app.revoke_now(&subkeys[0]).await.expect_status(200);
        app.certify(&subkeys[2]).await.expect_status(200);
        app.certify(&subkeys[0]).await.expect_error(409, "subkey_revoked");
    }
}
