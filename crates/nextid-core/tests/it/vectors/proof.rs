//! Proof payloads, signed and unsigned, and what else platforms are known to do.

use nextid_core::identity::steam_id::SteamId;
use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::payload::{ProofPayload, proof::legacy_2021};
use nextid_core::personal_sign::digest;
use nextid_core::verify::{Anchor, Head, verify_proof_chain};
use nextid_core::{Avatar, Identity, LinkUuid, Platform, SecretKey};

use super::personal_sign::{public_key, signature_fields};
use crate::support::vector::{Vector, signature};

/// The field's server kept a leading `@` of a Twitter handle in the payload; such a binding could never be proved. Here it
/// is taken away (contract, 6.4).
pub const KEEPS_AT: &str = "payload/twitter/at-johndic";

/// The payload that core makes of a vector's fields, as the service would.
pub fn rebuild(vector: &Vector) -> String {
    let platform: Platform = vector.text("platform").parse().unwrap();
    let identity = vector.text("identity");
    let requested = vector.optional("identity_as_requested").unwrap_or(identity);
    let identity = Identity::parse(platform, requested).unwrap();
    let identity = if platform == Platform::Steam && requested == "BeFoRE-CS" {
        // A custom name stays as it is until the platform has said which account it names.
        assert_eq!(identity.as_str(), "BeFoRE-CS");
        Identity::parse(platform, vector.text("identity")).unwrap()
    } else {
        identity
    };
    build(vector, platform, identity.as_str())
}

/// The payload of a vector's fields with `identity` as it is given.
pub fn build(vector: &Vector, platform: Platform, identity: &str) -> String {
    let avatar = ["public_key_compressed", "avatar_public_key_compressed"]
        .into_iter()
        .find_map(|field| vector.optional(field))
        .map_or_else(
            || SecretKey::from_bytes(&[1; 32]).unwrap().avatar(),
            |text| Avatar::parse(text).unwrap(),
        );
    ProofPayload {
        action: vector.text("action").parse().unwrap(),
        avatar: &avatar,
        platform,
        identity,
        created_at: vector.text("created_at").parse().unwrap(),
        uuid: LinkUuid::parse(vector.text("uuid")).unwrap(),
        prev: vector.optional("prev"),
    }
    .to_string()
}

pub fn payload(vector: &Vector) {
    let recorded = vector.text("sign_payload");
    assert_eq!(digest(recorded.as_bytes()).to_vec(), vector.hex("digest_hex"));
    if vector.optional("public_key_compressed").is_some() {
        public_key(vector);
    }
    if vector.id() == KEEPS_AT {
        assert_eq!(rebuild(vector), recorded.replace("\"@johndic", "\"johndic"));
        assert_eq!(
            build(vector, Platform::Twitter, vector.text("identity")),
            recorded,
            "links of other servers must still verify"
        );
    } else {
        assert_eq!(rebuild(vector), recorded);
        assert_eq!(rebuild(vector).into_bytes(), recorded.as_bytes());
    }
}

/// The payload is rebuilt to the byte, the published signature stands for the published key over it, and the link
/// verifies as part of a chain.
pub fn signed(vector: &Vector) {
    let recorded = vector.text("sign_payload");
    let platform: Platform = vector.text("platform").parse().unwrap();
    let legacy = vector.optional("payload_format").is_some();
    let rebuilt = if legacy {
        legacy_2021(
            vector.text("action").parse().unwrap(),
            platform,
            vector.text("identity"),
            vector.optional("prev"),
        )
    } else {
        rebuild(vector)
    };
    assert_eq!(rebuilt, recorded);
    assert_eq!(digest(recorded.as_bytes()).to_vec(), vector.hex("digest_hex"));
    public_key(vector);
    signature_fields(vector);
    let avatar = vector.avatar("public_key_compressed");
    let signed = signature(vector.text("signature_base64"));
    assert_eq!(signed.recover(recorded.as_bytes()), Ok(avatar));
    assert_eq!(signed.with_reduced_v().recover(recorded.as_bytes()), Ok(avatar));

    let link = link(vector, legacy);
    let (anchor, seq) = anchor_before(&link);
    let state = verify_proof_chain(&avatar, anchor, [ProofLink { seq, ..link }]).expect("a link of a chain");
    assert_eq!(state.bindings[0].identity, vector.text("identity"));
}

fn link(vector: &Vector, legacy: bool) -> ProofLink {
    let avatar = vector.avatar("public_key_compressed").to_hex();
    ProofLink {
        signer: avatar.clone(),
        avatar,
        seq: 0,
        action: vector.text("action").to_owned(),
        platform: vector.text("platform").to_owned(),
        identity: vector.text("identity").to_owned(),
        alt_id: String::new(),
        proof_location: String::new(),
        // What a legacy payload lacks is given by whoever imports the link.
        created_at: vector.optional("created_at").unwrap_or("1639000000").to_owned(),
        signature: vector.text("signature_base64_v_normalized").to_owned(),
        signature_payload: vector.text("sign_payload").to_owned(),
        uuid: vector.optional("uuid").unwrap_or("5a0d2bd2-6f0c-4b43-9d4c-6f6ad5b7b1d0").to_owned(),
        extra: serde_json::Map::new(),
        arweave_id: String::new(),
        format: if legacy { LinkFormat::Legacy2021 } else { LinkFormat::V1 },
        prev: vector.optional("prev").map(str::to_owned),
    }
}

/// Where a link stands whose `prev` is known, but not the link that it points to.
fn anchor_before(link: &ProofLink) -> (Anchor, u64) {
    match &link.prev {
        None => (Anchor::Genesis, 0),
        Some(prev) => (
            Anchor::After(Head {
                seq: 6,
                signature: prev.clone(),
                created_at: link.created_at.parse().unwrap(),
            }),
            7,
        ),
    }
}

/// Two links of a real chain: the second points at the first by its signature with v reduced.
pub fn chain(vector: &Vector) {
    let avatar = vector.avatar("public_key_compressed");
    let links: Vec<ProofLink> = vector
        .list("links")
        .into_iter()
        .enumerate()
        .map(|(index, fields)| {
            let fields = Vector(fields);
            let stored = fields.optional("signature_v_normalized").or(fields.optional("signature")).unwrap();
            if let Some(posted) = fields.optional("signature_as_posted") {
                assert_eq!(signature(posted).with_reduced_v().to_base64(), stored);
            }
            let payload = ProofPayload {
                action: nextid_core::Action::Create,
                avatar: &avatar,
                platform: Platform::Twitter,
                identity: "binaryhb",
                created_at: fields.text("created_at").parse().unwrap(),
                uuid: LinkUuid::parse(fields.text("uuid")).unwrap(),
                prev: fields.optional("prev"),
            };
            ProofLink {
                avatar: avatar.to_hex(),
                seq: 1 + u64::try_from(index).unwrap(),
                action: "create".to_owned(),
                platform: "twitter".to_owned(),
                identity: "binaryhb".to_owned(),
                alt_id: String::new(),
                proof_location: String::new(),
                created_at: fields.text("created_at").to_owned(),
                signature: stored.to_owned(),
                signature_payload: payload.to_string(),
                uuid: fields.text("uuid").to_owned(),
                extra: serde_json::Map::new(),
                arweave_id: String::new(),
                signer: avatar.to_hex(),
                format: LinkFormat::V1,
                prev: fields.optional("prev").map(str::to_owned),
            }
        })
        .collect();
    let anchor = Anchor::After(Head {
        seq: 0,
        signature: links[0].prev.clone().unwrap(),
        created_at: links[0].created_at.parse().unwrap(),
    });
    let state = verify_proof_chain(&avatar, anchor.clone(), &links).expect("the published chain holds");
    assert_eq!(state.head.unwrap().seq, 2);
    let swapped = [&links[1], &links[0]];
    assert_eq!(verify_proof_chain(&avatar, anchor, swapped).unwrap_err().position, 0);
}

pub fn steam_id(vector: &Vector) {
    for case in vector.list("cases") {
        let case = Vector(case);
        let input = case.text("input");
        match case.optional("error_contains") {
            Some(word) => {
                let error = SteamId::parse(input).unwrap_err().to_string();
                assert!(error.contains(word), "{input}: {error}");
                assert!(Identity::parse(Platform::Steam, input).is_err());
            }
            None => {
                let id = SteamId::parse(input).unwrap();
                assert_eq!(id.account_number(), case.0["user_id"]);
                assert_eq!(id.y(), case.0["y"]);
                assert_eq!(id.to_string(), input);
                assert_eq!(input.parse::<u64>().unwrap() >> 56, case.0["universe"]);
            }
        }
    }
}

/// What stands after `Signature: ` in a post is base64; finding the line is the verifier's part.
pub fn post_signature(vector: &Vector) {
    let line = vector.text("text").lines().find_map(|line| line.strip_prefix("Signature: ")).unwrap();
    let expected = vector.text("expected_signature_bytes_utf8").as_bytes();
    assert_eq!(nextid_core::signature_text::decode_base64_proof(line).unwrap(), expected);
    assert_eq!(nextid_core::signature_text::decode_post(line), expected);
}

/// How a platform answers is a matter of its verifier; core only says that the platform has something to fetch.
pub fn platform_expectation(vector: &Vector) {
    let platform: Platform = vector.text("platform").parse().unwrap();
    assert!(platform.needs_post());
}
