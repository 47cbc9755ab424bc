//! `rejected.json`: none of it may be taken for genuine.

use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{KvPayload, ProofPayload};
use nextid_core::signature::SignatureError;
use nextid_core::signature_text::{decode_base64_kv, decode_base64_proof, decode_post};
use nextid_core::{Avatar, CanonicalJson, CreatedAt, Identity, LinkUuid, Platform, Signature};

use crate::support::vector::{Vector, published, rejected, signature};

#[test]
fn every_vector_is_refused() {
    let vectors = rejected();
    assert_eq!(vectors.len(), 8);
    for vector in &vectors {
        println!("{}", vector.id());
        match vector.id() {
            "kv/weipingzhu2" => kv_of_another_key(vector),
            "cli/sannieinmeta-1648705013" => proof_of_another_key(vector),
            "dns/oyist" => no_signature_in_record(vector),
            "docs/api.apib-restore-example" => documented_pair_does_not_fit(vector),
            "docs/sig-sample-1uZDz"
            | "prev-only/yeiwb-prev"
            | "prev-only/binaryhb-prev0"
            | "prev-only/javaspeak-prev" => fits_nothing_published(vector),
            other => panic!("{other} is not handled"),
        }
    }
}

fn kv_of_another_key(vector: &Vector) {
    let avatar = vector.avatar("public_key");
    let signed = Signature::from_slice(&decode_base64_kv(vector.text("signature_base64")).unwrap()).unwrap();
    for form in [KvPayloadForm::Avatar, KvPayloadForm::Persona] {
        let payload = KvPayload {
            form,
            avatar: &avatar,
            platform: vector.text("platform").parse().unwrap(),
            identity: vector.text("identity"),
            uuid: LinkUuid::parse(vector.text("uuid")).unwrap(),
            created_at: CreatedAt::from_seconds(vector.0["created_at"].as_i64().unwrap()).unwrap(),
            patch: &CanonicalJson::of(&vector.0["patch"]),
            previous: None,
        };
        assert_eq!(signed.verify(&avatar, payload.to_string().as_bytes()), Err(SignatureError::OtherSigner));
    }
}

fn proof_of_another_key(vector: &Vector) {
    let avatar = vector.avatar("public_key");
    let requested = vector.text("identity");
    let identity = Identity::parse(Platform::Twitter, requested).unwrap();
    for identity in [identity.as_str(), requested] {
        let payload = ProofPayload {
            action: nextid_core::Action::Create,
            avatar: &avatar,
            platform: Platform::Twitter,
            identity,
            created_at: vector.text("created_at").parse().unwrap(),
            uuid: LinkUuid::parse(vector.text("uuid")).unwrap(),
            prev: None,
        };
        assert_eq!(
            signature(vector.text("signature_base64")).verify(&avatar, payload.to_string().as_bytes()),
            Err(SignatureError::OtherSigner)
        );
    }
}

fn no_signature_in_record(vector: &Vector) {
    let text = vector.text("txt").split(';').find_map(|piece| piece.strip_prefix("sig:")).unwrap();
    assert!(decode_base64_proof(text).is_err());
    assert!(Signature::from_slice(&decode_post(text)).is_err());
}

/// The documentation pairs a genuine signature with another second and another key.
fn documented_pair_does_not_fit(vector: &Vector) {
    let genuine =
        published().into_iter().find(|other| other.id() == "restore/yeiwb-params").unwrap().inner("request");
    let documented =
        Avatar::parse("0x020d2ee3a597c24c66717dba01d7d14cb55e307834fe23428bd85c64249111f08a").unwrap();
    let recovered = "0x03ef088a46007ab3d7052079f879fb3bae5168d66be99cb56476bf18f60c122ade";
    assert!(vector.text("why").contains(&documented.to_hex()) && vector.text("why").contains(recovered));
    let payload = ProofPayload {
        action: nextid_core::Action::Create,
        avatar: &documented,
        platform: Platform::Twitter,
        identity: genuine.text("identity"),
        created_at: "1647332405".parse().unwrap(),
        uuid: LinkUuid::parse(genuine.text("uuid")).unwrap(),
        prev: genuine.optional("previous"),
    }
    .to_string();
    let signed = signature(genuine.text("signature"));
    assert_eq!(signed.verify(&documented, payload.as_bytes()), Err(SignatureError::OtherSigner));
    assert_eq!(signed.recover(payload.as_bytes()).unwrap().to_hex(), recovered);
}

/// Signatures whose payloads are not published: well-formed, but over no payload that is published do they stand for its
/// key.
fn fits_nothing_published(vector: &Vector) {
    let signed = signature(vector.text("signature_base64"));
    assert_eq!(signed.to_base64(), vector.text("signature_base64"));
    assert_eq!(
        u64::from(signed.as_bytes()[64]),
        vector.0.get("signature_v").map_or(0, |v| v.as_u64().unwrap())
    );
    let mut tried = 0;
    for other in published() {
        let (Some(payload), Some(key)) =
            (other.optional("sign_payload"), other.optional("public_key_compressed"))
        else {
            continue;
        };
        tried += 1;
        let key = Avatar::parse(key).unwrap();
        assert!(signed.verify(&key, payload.as_bytes()).is_err(), "{} over {}", vector.id(), other.id());
    }
    assert_eq!(tried, 15);
}
