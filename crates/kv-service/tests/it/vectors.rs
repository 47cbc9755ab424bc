//! The published vectors, submitted over HTTP.

use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, ProofStandIn, verified_contents};

const VECTORS: &str = include_str!("../vectors/vectors.json");
const SYNTHETIC: &str = include_str!("../vectors/synthetic.json");
const REJECTED: &str = include_str!("../vectors/rejected.json");

/// Signed years ago, so that age must not matter.
const ANY_AGE: u64 = i64::MAX as u64;

fn read(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn submission(vector: &Value, avatar: &Value) -> Value {
    let mut body = json!({"avatar": avatar, "signature": vector["signature_base64"]});
    for field in ["platform", "identity", "uuid", "created_at", "patch"] {
        body[field] = vector[field].clone();
    }
    body
}

on_both_databases! {
    async fn a_published_chain_is_accepted(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| config.payload.max_age_secs = ANY_AGE).await;
        let vectors = read(SYNTHETIC);
        assert_eq!(vectors.len(), 2);
        for vector in &vectors {
            let avatar = &vector["avatar_public_key_compressed"];
            proof_service.bind(
                avatar.as_str().unwrap(),
                vector["platform"].as_str().unwrap(),
                vector["identity"].as_str().unwrap(),
            );
            let answer = kv.submit(&submission(vector, avatar)).await.expect_status(201).json();
            let link = &answer["link"];
            assert_eq!(link["signature_payload"], vector["sign_payload"]);
            assert_eq!(link["prev"], vector["previous"]);
            assert_eq!(link["signature"], vector["signature_base64"]);
        }
        let avatar = vectors[0]["avatar_public_key_compressed"].as_str().unwrap().parse().unwrap();
        assert_eq!(verified_contents(&db, avatar).await.len(), 2);
    }

    /// No form of the payload recovers the key of this one.
    async fn a_signature_that_never_fitted_is_refused(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| config.payload.max_age_secs = ANY_AGE).await;
        for vector in read(REJECTED) {
            let avatar = &vector["public_key"];
            proof_service.bind(
                avatar.as_str().unwrap(),
                vector["platform"].as_str().unwrap(),
                vector["identity"].as_str().unwrap(),
            );
            kv.submit(&submission(&vector, avatar)).await.expect_error(400, "bad_signature");
        }
        assert_eq!(db.count("links"), 0);
    }

    /// The patch in the payload is spelled as the field's service spells it, whatever the request's spelling.
    async fn patches_are_signed_in_canonical_spelling(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = crate::support::Person::new("alice");
        let mut judged = 0;
        for vector in read(VECTORS) {
            for case in vector["cases"].as_array().unwrap() {
                let input = case["input"].as_str().unwrap();
                let body = format!(
                    "{{\"avatar\":\"{0}\",\"platform\":\"nextid\",\"identity\":\"{0}\",\"patch\":{input}}}",
                    alice.hex()
                );
                let answer = kv.client.post("/v1/kv/payload", body).await;
                judged += 1;
                if case.get("parse_error").is_some() {
                    answer.expect_error(400, "bad_json");
                    continue;
                }
                let payload = answer.expect_status(200).json()["sign_payload"].as_str().unwrap().to_owned();
                let output = case["output"].as_str().unwrap();
                // The record of one output ends at its line separator.
                assert!(payload.contains(&format!("\"patch\":{output}")), "{output} is not in {payload}");
            }
        }
        assert_eq!(judged, 9);
    }
}
