//! Exchanges with the services in the field, as far as they show bytes that core makes.

use std::collections::BTreeMap;

use nextid_core::created_at::CreatedAtError;
use nextid_core::payload::ProofPayload;
use nextid_core::post_text::{PostInput, post_content};
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use serde_json::Value;

use super::proof;
use crate::support::vector::{Vector, published, signature};

pub fn exchange(vector: &Vector) {
    match vector.id() {
        "http/live/payload-johndic-1704273182" | "http/live/payload-github-javaspeak" => {
            payload(vector, |text| text.to_owned());
        }
        // A leading @ is not part of the handle (contract, 6.4): neither signed nor shown twice.
        "http/live/payload-at-johndic" => {
            payload(vector, |text| text.replace("@@JohnDic", "@JohnDic").replace("\"@johndic", "\"johndic"))
        }
        "http/live/upload-johndic-1705413052-bad-created-at" => milliseconds(vector),
        "http/live/upload-binaryhb-2" => accepted_upload(vector),
        "http/third-party/invalid-pubkey-x4" => said_once(vector),
        other => panic!("{other} is not handled"),
    }
}

/// `POST /v1/proof/payload`: the texts to publish and the string to sign, `mend` being what is made better here.
fn payload(vector: &Vector, mend: fn(&str) -> String) {
    assert_eq!(vector.text("path"), "/v1/proof/payload");
    let request = vector.inner("request");
    let response = vector.inner("response");
    let recorded = response.text("sign_payload");
    let platform: Platform = request.text("platform").parse().unwrap();
    let avatar = request.avatar("public_key");
    let identity = Identity::parse(platform, request.text("identity")).unwrap();
    let fields: Value = serde_json::from_str(recorded).unwrap();
    let prev = fields["prev"].as_str();
    let uuid = LinkUuid::parse(response.text("uuid")).unwrap();
    let created_at: CreatedAt = response.text("created_at").parse().unwrap();
    let action: Action = request.text("action").parse().unwrap();

    let sign_payload = ProofPayload {
        action,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid,
        prev,
    }
    .to_string();
    assert_eq!(sign_payload, mend(recorded));

    let texts = post_content(&PostInput {
        action,
        avatar: &avatar,
        identity: &identity,
        uuid,
        created_at,
        prev,
        sign_payload: &sign_payload,
    });
    let expected: BTreeMap<String, String> = vector.0["response"]["post_content"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(language, text)| (language.clone(), mend(text.as_str().unwrap())))
        .collect();
    assert_eq!(texts, expected);
}

/// The client sent milliseconds; the field's server could only say "bad signature".
fn milliseconds(vector: &Vector) {
    let created_at = vector.inner("request").text("created_at").to_owned();
    assert_eq!(created_at.parse::<CreatedAt>(), Err(CreatedAtError::BeyondDates));
    assert_eq!(vector.0["status"], 400);
}

/// What the field's server answered with 201 verifies here, from the request's fields and the published signature.
fn accepted_upload(vector: &Vector) {
    assert_eq!(vector.0["status"], 201);
    let request = vector.inner("request");
    let link = published()
        .into_iter()
        .find(|other| {
            other.text("kind") == "proof_signed" && other.optional("uuid") == request.optional("uuid")
        })
        .unwrap();
    assert_eq!(link.text("proof_location"), request.text("proof_location"));
    let mut fields = request.0.clone();
    fields["prev"] = link.0["prev"].clone();
    let payload = proof::rebuild(&Vector(fields));
    signature(link.text("signature_base64"))
        .verify(&request.avatar("public_key"), payload.as_bytes())
        .unwrap();
}

/// The field's server said each message several times over; ours say it once.
fn said_once(vector: &Vector) {
    let recorded = vector.0["response"]["message"].as_str().unwrap();
    let parts: Vec<&str> = recorded.split(": ").collect();
    assert!(parts.len() == 4 && parts.iter().all(|part| *part == parts[0]));
    for text in ["", "0x", "zz", "0x00", &"ff".repeat(33), &"04".repeat(65)] {
        let said = Avatar::parse(text).unwrap_err().to_string();
        let mut parts: Vec<&str> = said.split(": ").collect();
        let count = parts.len();
        parts.dedup();
        assert_eq!(parts.len(), count, "{said}");
    }
}
