//! Whatever is sent: a clear error with its code, nothing changed, never a 500.

use nextid_testkit::http::raw;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

on_both_databases! {
    async fn bodies_that_are_no_request(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        for path in ["/v1/kv/payload", "/v1/KV/payload", "/v1/kv"] {
            for (body, code) in [
                ("", "bad_json"),
                ("{", "bad_json"),
                ("nonsense", "bad_json"),
                ("[]", "bad_json"),
                ("\"text\"", "bad_json"),
                ("5", "bad_json"),
                ("{} {}", "bad_json"),
                ("{\"patch\":{\"a\":1E400}}", "bad_json"),
                ("{\"identity\":\"\\ud800\"}", "bad_json"),
                ("null", "missing_field"),
                ("{}", "missing_field"),
            ] {
                let error = kv.client.post(path, body).await.expect_error(400, code);
                assert!(error["message"].is_string() && error["request_id"].is_string(), "{error}");
            }
            kv.client.post(path, vec![b'{', b'"', 0xff, b'"', b'}']).await.expect_error(400, "bad_json");
        }
        nothing_changed(&db);
    }

    async fn each_field_has_its_own_error(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        proof_service.bind(&alice.hex(), "github", "alice");
        let good = alice.signed(&alice.draft(&kv, "github", "alice", json!({"a": 1})).await);
        let long = "a".repeat(2000);
        for (field, value, code) in [
            ("avatar", json!(null), "missing_field"),
            ("avatar", json!(5), "bad_field"),
            ("avatar", json!("0x02"), "bad_public_key"),
            ("avatar", json!(format!("0x02{}", "f".repeat(64))), "bad_public_key"),
            ("avatar", json!("%00\"\u{0}"), "bad_public_key"),
            ("persona", json!(Person::new("bob").hex()), "bad_field"),
            ("platform", json!(null), "missing_field"),
            ("platform", json!("myspace"), "unknown_platform"),
            ("platform", json!("GitHub"), "unknown_platform"),
            ("platform", json!("github\u{0}"), "unknown_platform"),
            ("platform", json!({}), "bad_field"),
            ("identity", json!(null), "missing_field"),
            ("identity", json!(""), "missing_field"),
            ("identity", json!(["alice"]), "bad_field"),
            ("identity", json!("a b"), "bad_identity"),
            ("identity", json!("alice\u{0}"), "bad_identity"),
            ("identity", json!("%"), "bad_identity"),
            ("identity", json!("'; DROP TABLE links; --"), "bad_identity"),
            ("identity", json!(long), "bad_identity"),
            ("patch", json!(null), "missing_field"),
            ("patch", json!([]), "patch_not_object"),
            ("patch", json!("text"), "patch_not_object"),
            ("patch", json!(1), "patch_not_object"),
            ("uuid", json!(null), "missing_field"),
            ("uuid", json!(1), "bad_field"),
            ("uuid", json!("not a uuid"), "bad_uuid"),
            ("uuid", json!("00000000-0000-0000-0000-000000000000"), "bad_uuid"),
            ("uuid", json!("ffffffff-ffff-ffff-ffff-ffffffffffff"), "bad_uuid"),
            ("created_at", json!(null), "missing_field"),
            ("created_at", json!("1700000000"), "bad_field"),
            ("created_at", json!(1.0), "bad_field"),
            ("created_at", json!(u64::MAX), "bad_field"),
            ("created_at", json!(-1), "bad_created_at"),
            ("created_at", json!(1_700_000_000_000_i64), "bad_created_at"),
            ("signature", json!(null), "missing_field"),
            ("signature", json!(7), "bad_field"),
            ("signature", json!("%%%"), "bad_signature_encoding"),
            ("signature", json!("\u{0}"), "bad_signature_encoding"),
            ("signature", json!("0x1234"), "bad_signature_encoding"),
            ("prev", json!(1), "bad_field"),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let error = kv.submit(&body).await.expect_error(400, code);
            let named = error["field"].as_str().unwrap_or_else(|| panic!("{field}={value}: {error}"));
            assert_eq!(named, field, "{value}");
        }
        nothing_changed(&db);
        kv.submit(&good).await.expect_status(201);
    }

    async fn signatures_that_are_none(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let draft = alice.own_draft(&kv, json!({"a": 1})).await;
        let good = alice.signed(&draft);
        let text = good["signature"].as_str().unwrap();
        let bytes = nextid_core::signature_text::decode_base64_kv(text).unwrap();
        let encode = nextid_core::signature_text::encode_base64;
        let with_v = |v: u8| {
            let mut bytes = bytes.clone();
            bytes[64] = v;
            encode(&bytes)
        };
        let longer = [bytes.as_slice(), &[0]].concat();
        let other_parity = if bytes[64] == 27 { 28 } else { 27 };
        for (signature, code) in [
            (encode(&bytes[..64]), "bad_signature_encoding"),
            (encode(&longer), "bad_signature_encoding"),
            (with_v(2), "bad_signature_encoding"),
            (with_v(29), "bad_signature_encoding"),
            (format!(" {text}"), "bad_signature_encoding"),
            (format!("{text}\n"), "bad_signature_encoding"),
            (with_v(other_parity), "bad_signature"),
            (encode(&[0; 65]), "bad_signature"),
            (encode(&[[0xff; 64].as_slice(), &[27]].concat()), "bad_signature"),
            (Person::new("mallory").sign(&draft.sign_payload), "bad_signature"),
            (alice.sign("something else"), "bad_signature"),
        ] {
            let mut body = good.clone();
            body["signature"] = signature.into();
            kv.submit(&body).await.expect_error(400, code);
        }
        nothing_changed(&db);
        kv.submit(&good).await.expect_status(201);
    }

    /// A signature over one thing is not one over another.
    async fn what_was_signed_is_what_is_submitted(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        let alice = Person::new("alice");
        for identity in ["alice", "alice2"] {
            proof_service.bind(&alice.hex(), "github", identity);
        }
        let good = alice.signed(&alice.draft(&kv, "github", "alice", json!({"a": 1})).await);
        for (field, value) in [
            ("patch", json!({"a": 2})),
            ("patch", json!({"a": 1.0})),
            ("identity", json!("alice2")),
            ("identity", json!("Alice")),
            ("uuid", json!("00000000-0000-4000-8000-000000000001")),
            ("created_at", json!(good["created_at"].as_i64().unwrap() - 1)),
        ] {
            let mut body = good.clone();
            body[field] = value;
            kv.submit(&body).await.expect_error(400, "bad_signature");
        }
        nothing_changed(&db);
    }

    /// NUL, quotes and percent signs in a patch are content like any other.
    async fn odd_characters_are_kept(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let odd = json!({"\u{0}%s'\"\\": ["\u{0}", "%00", "\u{feff}", "\u{10ffff}", "$1 ?1 :a", "\u{7f}"]});
        alice.own_write(&kv, odd.clone()).await;
        assert_eq!(kv.contents(&alice.hex()).await[0]["content"], odd);
    }

    async fn clients_that_leave_in_the_middle(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        let body = alice.signed(&alice.own_draft(&kv, json!({"a": 1})).await).to_string();
        let head = format!("POST /v1/kv HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
        let half = &body[..body.len() / 2];
        for _ in 0..20 {
            raw::abandon(kv.address(), format!("{head}{half}").as_bytes()).await;
            raw::abandon(kv.address(), head.as_bytes()).await;
        }
        nothing_changed(&db);
        let silent = raw::idle_connections(kv.address(), 100).await;
        kv.client.post("/v1/kv", body).await.expect_status(201);
        drop(silent);
    }

    /// RFC 9457 for who asks for it.
    async fn problems(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let headers = [("Accept", "application/problem+json")];
        let answer = kv.client.send("POST".parse().unwrap(), "/v1/kv", &headers, "{}").await.expect_status(400);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let problem: Value = answer.json();
        assert_eq!((&problem["status"], &problem["code"]), (&json!(400), &json!("missing_field")));
    }
}

fn nothing_changed(db: &TestDatabase) {
    for table in ["links", "namespaces", "outbox", "feed"] {
        assert_eq!(db.count(table), 0, "{table}");
    }
}
