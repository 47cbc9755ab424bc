//! Which Avatar a published signature stands for.

use nextid_core::SecretKey;
use nextid_testkit::http::Answer;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::App;

const PATH: &str = "/v1/proof/restore_pubkey";

on_both_databases! {
    /// What was published and measured.
    async fn the_vectors(db: TestDatabase) {
        let app = App::start(&db).await;
        let vectors = vectors();
        assert_eq!(vectors.len(), 9);
        for vector in vectors {
            let answer = app.post(PATH, &vector["request"]).await;
            let status = vector["expected_status"].as_u64().expect("a status");
            assert_eq!(u64::from(answer.status), status, "{vector}: {}", answer.text());
            if status == 200 {
                assert_eq!(answer.json(), vector["expected_response"], "{vector}");
                continue;
            }
            let (code, field) = match vector["id"].as_str().expect("an id") {
                "restore/neg-created-at-format" => ("bad_created_at", "created_at"),
                "restore/neg-signature-64" | "restore/neg-bad-v" => ("bad_signature_encoding", "signature"),
                "restore/neg-previous-64" => ("bad_signature_encoding", "previous"),
                "restore/neg-proof-post-not-twitter" => ("bad_field", "platform"),
                "restore/neg-proof-post-no-sig" => ("signature_missing", "proof_post"),
                other => panic!("{other} is not handled"),
            };
            let error = answer.expect_error(400, code);
            assert_eq!(error["field"], field, "{error}");
        }
    }

    /// Everything that the service has people sign for posts comes back as their key, in every language of the post, with
    /// what keyboards and clients do to a post.
    async fn what_this_service_has_signed(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        for (platform, identity) in [
            ("twitter", "@YeiwB"), ("github", "octocat"), ("dns", "Example.COM"), ("slack", "U04Q3NRDWHX"), ("steam", "76561198092541763"),
        ] {
            let ask = json!({"action": "create", "platform": platform, "identity": identity, "public_key": alice.avatar().to_hex()});
            let payload = app.post("/v1/proof/payload", &ask).await.expect_status(200).json();
            let signature = sign(&alice, &payload);
            let request = json!({
                "action": "create", "platform": platform, "identity": identity, "signature": signature,
                "uuid": payload["uuid"], "created_at": payload["created_at"],
            });
            expect_key(&app.post(PATH, &request).await, &alice);
            if platform != "twitter" {
                continue;
            }
            let base1024 = nextid_core::base1024::encode(
                alice.personal_sign(payload["sign_payload"].as_str().expect("a text").as_bytes()).as_bytes());
            for text in payload["post_content"].as_object().expect("an object").values() {
                let text = text.as_str().expect("a text");
                for post in [
                    text.replace("%SIG_BASE64%", &signature),
                    text.replace("%SIG_BASE64%", &base1024),
                    text.replace("%SIG_BASE64%", &signature).replace('\n', " \r\n"),
                    text.replace("%SIG_BASE64%", &format!("\u{200b}{signature}\u{200b}")),
                    format!("Sig: of-a-quotation\nMisc: a|1|\n{}", text.replace("%SIG_BASE64%", &signature)),
                ] {
                    let request = json!({"action": "create", "platform": platform, "identity": identity, "proof_post": post});
                    expect_key(&app.post(PATH, &request).await, &alice);
                }
            }
        }
    }

    /// Platforms whose payload names the Avatar, and names that stand for something else.
    async fn what_cannot_be_rebuilt(db: TestDatabase) {
        let app = App::start(&db).await;
        for (platform, identity, code, field) in [
            ("ethereum", "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6".to_owned(), "bad_field", "platform"),
            ("solana", "TeF3wrkxN2eYJtU54SGJXWcUgmUigWEFsAuDeDvp17g".to_owned(), "bad_field", "platform"),
            ("nextid", key("bob").avatar().to_hex(), "bad_field", "platform"),
            ("steam", "gabelogannewell".to_owned(), "bad_identity", "identity"),
            ("github", "-".to_owned(), "bad_identity", "identity"),
            ("dns", "a".repeat(2_000), "bad_identity", "identity"),
            ("myspace", "tom".to_owned(), "unknown_platform", "platform"),
        ] {
            let request = with(&[("platform", json!(platform)), ("identity", json!(identity))]);
            assert_eq!(app.post(PATH, &request).await.expect_error(400, code)["field"], field, "{platform}");
        }
    }

    /// Every field that can be missing or wrong.
    async fn fields_that_are_wrong(db: TestDatabase) {
        let app = App::start(&db).await;
        app.post(PATH, &with(&[])).await.expect_status(200);
        for field in ["action", "platform", "identity", "uuid", "created_at", "signature"] {
            for nothing in [json!(null), json!("")] {
                let error = app.post(PATH, &with(&[(field, nothing)])).await.expect_error(400, "missing_field");
                assert_eq!(error["field"], field);
            }
        }
        let unrecoverable = nextid_core::signature_text::encode_base64(&[0; 65]);
        for (field, value, code) in [
            ("action", json!("renew"), "unknown_action"),
            ("uuid", json!("f26593f3"), "bad_uuid"),
            ("created_at", json!("-1"), "bad_created_at"),
            ("created_at", json!(1_694_961_172), "bad_field"),
            ("signature", json!("%"), "bad_signature_encoding"),
            ("signature", json!(unrecoverable), "bad_signature"),
            ("previous", json!("%"), "bad_signature_encoding"),
            ("previous", json!("null"), "bad_signature_encoding"),
        ] {
            let error = app.post(PATH, &with(&[(field, value)])).await.expect_error(400, code);
            assert_eq!(error["field"], field, "{error}");
        }
        for (post, code) in [
            ("Misc: f26593f3-3b05-4979-934a-f823a7380d05|1694961172|", "signature_missing"),
            ("Sig: AAAA", "bad_field"),
            ("Sig: AAAA\nMisc: f26593f3-3b05-4979-934a-f823a7380d05|1694961172|", "bad_signature_encoding"),
            ("Sig: AAAA\nMisc: x|1694961172|", "bad_uuid"),
            ("Sig: AAAA\nMisc: f26593f3-3b05-4979-934a-f823a7380d05|99999999999999999999|", "bad_created_at"),
            ("Sig: AAAA\nMisc: f26593f3-3b05-4979-934a-f823a7380d05|1|x", "bad_signature_encoding"),
        ] {
            let error = app.post(PATH, &with(&[("proof_post", json!(post))])).await.expect_error(400, code);
            assert_eq!(error["field"], "proof_post", "{error}");
        }
        app.post_text(PATH, "null").await.expect_error(400, "missing_field");
        app.post_text(PATH, "").await.expect_error(400, "bad_json");
    }
}

fn vectors() -> Vec<Value> {
    let text = include_str!("../../../nextid-core/tests/vectors/vectors.json");
    let all: Vec<Value> = serde_json::from_str(text).expect("a list of vectors");
    all.into_iter()
        .filter(|vector| vector["id"].as_str().is_some_and(|id| id.starts_with("restore/")))
        .collect()
}

/// A published request, with some of its fields replaced.
fn with(fields: &[(&str, Value)]) -> Value {
    let mut request = vectors()[0]["request"].clone();
    for (name, value) in fields {
        request[*name] = value.clone();
    }
    request
}

fn sign(who: &SecretKey, payload: &Value) -> String {
    who.personal_sign(payload["sign_payload"].as_str().expect("a text").as_bytes()).to_base64()
}

#[track_caller]
fn expect_key(answer: &Answer, who: &SecretKey) {
    assert_eq!(answer.json(), json!({"public_key": who.avatar().to_hex()}), "{}", answer.text());
}
