//! Which key a published signature stands for.

use nextid_core::created_at::CreatedAtError;
use nextid_core::restore::{PublishedProof, TweetFields};
use nextid_core::signature::SignatureError;
use nextid_core::signature_text::{decode_base64_proof, decode_post};
use nextid_core::{CreatedAt, Identity, LinkUuid, Platform, Signature};

use crate::support::vector::{Vector, signature};

/// uuid, second and prev of the `Misc:` line of a post, and the signature of its `Sig:` line.
fn fields_of_post(post: &str) -> (String, String, String, String) {
    let TweetFields { signature, misc } = TweetFields::read(post);
    let misc = misc.unwrap();
    (
        misc.uuid.to_owned(),
        misc.created_at.to_owned(),
        misc.previous.unwrap_or_default().to_owned(),
        signature.unwrap().to_owned(),
    )
}

pub fn recovers(vector: &Vector) {
    let request = vector.inner("request");
    let (uuid, created_at, previous, signed) = match request.optional("proof_post") {
        Some(post) => fields_of_post(post),
        None => (
            request.text("uuid").to_owned(),
            request.text("created_at").to_owned(),
            request.text("previous").to_owned(),
            request.text("signature").to_owned(),
        ),
    };
    let platform: Platform = request.text("platform").parse().unwrap();
    let proof = PublishedProof {
        action: request.text("action").parse().unwrap(),
        identity: &Identity::parse(platform, request.text("identity")).unwrap(),
        created_at: created_at.parse().unwrap(),
        uuid: LinkUuid::parse(&uuid).unwrap(),
        previous: Some(previous.as_str()).filter(|previous| !previous.is_empty()).map(signature),
        signature: Signature::from_slice(&decode_post(&signed)).unwrap(),
    };
    let expected = vector.inner("expected_response");
    assert_eq!(proof.avatar().unwrap().to_hex(), expected.text("public_key"));
}

/// Core refuses the field that the recorded message complains about.
pub fn refused(vector: &Vector) {
    let request = vector.inner("request");
    let length_of = |field: &str| {
        let bytes = decode_base64_proof(request.text(field)).unwrap();
        Signature::from_slice(&bytes).map(drop)
    };
    match vector.id() {
        "restore/neg-created-at-format" => {
            let error = request.text("created_at").parse::<CreatedAt>().unwrap_err();
            assert_eq!(error, CreatedAtError::NotANumber);
        }
        "restore/neg-signature-64" => assert_eq!(length_of("signature"), Err(SignatureError::Length(64))),
        "restore/neg-previous-64" => assert_eq!(length_of("previous"), Err(SignatureError::Length(64))),
        "restore/neg-bad-v" => assert_eq!(length_of("signature"), Err(SignatureError::RecoveryId(29))),
        // The route refuses other platforms; nor is what stands after `Sig: ` here a signature of any.
        "restore/neg-proof-post-not-twitter" => {
            let platform: Platform = request.text("platform").parse().unwrap();
            assert_ne!(platform, Platform::Twitter);
            let text = request.text("proof_post").strip_prefix("Sig: ").unwrap();
            let refused = Signature::from_slice(&decode_post(text));
            assert_eq!(refused, Err(SignatureError::Length(1)));
        }
        "restore/neg-proof-post-no-sig" => {
            assert_eq!(TweetFields::read(request.text("proof_post")), TweetFields::default());
        }
        other => panic!("{other} is not handled"),
    }
}
