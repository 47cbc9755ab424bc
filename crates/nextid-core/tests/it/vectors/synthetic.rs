//! `synthetic.json`: for each platform a payload and signatures over it, made by independent libraries.

use std::collections::BTreeSet;

use ed25519_dalek::Signer;
use nextid_core::counter_signature::{self, CounterSignatureError};
use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::signature::SignatureError;
use nextid_core::signature_text::decode_base64_kv;
use nextid_core::{
    CanonicalJson, CreatedAt, EthAddress, Identity, LinkUuid, Platform, SecretKey, Signature, signature_text,
};

use super::proof::rebuild;
use crate::support::unhex;
use crate::support::vector::{Vector, of_the_field, signature, synthetic};

#[test]
fn valid_ones_verify_and_invalid_ones_are_refused() {
    let vectors = synthetic();
    assert_eq!(vectors.len(), 36);
    for vector in &vectors {
        println!("{}", vector.id());
        key_fields(vector);
        match (vector.text("expect"), vector.id().split('/').nth(1).unwrap()) {
            ("valid", "kv") => kv(vector),
            ("valid", platform) => {
                assert_eq!(platform, vector.text("platform"));
                proof(vector);
            }
            ("rejected", "personal_sign") => recovery_id(vector),
            ("invalid", "ethereum") => swapped(vector),
            (expect, group) => panic!("{expect} {group} is not handled"),
        }
    }
}

#[test]
fn every_platform_but_slack_has_a_vector() {
    // Slack's payload, which is the odd one, is among the published ones.
    let with_vector: BTreeSet<String> =
        synthetic().iter().filter_map(|vector| vector.optional("platform").map(str::to_owned)).collect();
    let platforms: BTreeSet<String> = of_the_field()
        .filter(|platform| *platform != Platform::Slack)
        .map(|platform| platform.to_string())
        .collect();
    assert_eq!(with_vector, platforms);
}

fn key_fields(vector: &Vector) {
    let avatar = avatar_key(vector).avatar();
    assert_eq!(avatar.to_hex(), vector.text("avatar_public_key_compressed"));
    assert_eq!(avatar.to_uncompressed_hex(), vector.text("avatar_public_key_uncompressed"));
    assert_eq!(EthAddress::of(&avatar).checksummed(), vector.text("avatar_address"));
}

fn avatar_key(vector: &Vector) -> SecretKey {
    SecretKey::from_hex(vector.text("avatar_private_key_hex")).unwrap()
}

fn identity(vector: &Vector) -> Identity {
    Identity::parse(vector.text("platform").parse().unwrap(), vector.text("identity")).unwrap()
}

/// The Avatar's signature, which is also what signing again gives.
fn signed_by_avatar(vector: &Vector, text: &str, payload: &str) -> Signature {
    let key = avatar_key(vector);
    let signed = signature(text);
    assert_eq!(signed.recover(payload.as_bytes()), Ok(key.avatar()));
    assert_eq!(key.personal_sign(payload.as_bytes()).with_reduced_v(), signed.with_reduced_v());
    signed
}

fn proof(vector: &Vector) {
    let payload = vector.text("sign_payload");
    assert_eq!(rebuild(vector), payload);
    if vector.optional("sign_payload_hex").is_some() {
        assert_eq!(rebuild(vector).into_bytes(), vector.hex("sign_payload_hex"));
    }
    if vector.0.get("extra").is_none() {
        signed_by_avatar(vector, vector.text("signature_base64"), payload);
        return;
    }
    let extra = vector.inner("extra");
    let by_avatar = extra
        .optional("signature")
        .filter(|text| !text.is_empty())
        .map(|text| signed_by_avatar(vector, text, payload));
    let identity = identity(vector);
    let field = counter_signature::field_name(identity.platform());
    let by_party = extra.optional(field).filter(|text| !text.is_empty()).map(|text| {
        assert_eq!(party_signs(vector, identity.platform(), payload), text);
        counter_signature::verify(&identity, text, payload).expect("the other party signed")
    });
    assert!(by_avatar.is_some() || by_party.is_some(), "a link has a signature");

    if let Some(stored) = vector.optional("stored_chain_signature_base64") {
        let link = by_avatar.unwrap_or_else(|| Signature::from_slice(&by_party.unwrap()).unwrap());
        assert_eq!(link.with_reduced_v().to_base64(), stored);
    }
}

/// The other party's signature, made here with its key and spelled as it spells them.
fn party_signs(vector: &Vector, platform: Platform, payload: &str) -> String {
    match platform {
        Platform::Ethereum => {
            let wallet = SecretKey::from_hex(vector.text("wallet_private_key_hex")).unwrap();
            let address = EthAddress::of(&wallet.avatar());
            assert_eq!(address.checksummed(), vector.text("wallet_address"));
            assert_eq!(address.to_string(), vector.text("identity"));
            wallet.personal_sign(payload.as_bytes()).to_base64()
        }
        Platform::Solana => {
            let seed: [u8; 32] = vector.hex("wallet_seed_hex").try_into().unwrap();
            let wallet = ed25519_dalek::SigningKey::from_bytes(&seed);
            let address = bs58::encode(wallet.verifying_key().as_bytes()).into_string();
            assert_eq!(address, vector.text("wallet_address"));
            bs58::encode(wallet.sign(payload.as_bytes()).to_bytes()).into_string()
        }
        Platform::Nextid => {
            let target = SecretKey::from_hex(vector.text("target_private_key_hex")).unwrap();
            assert_eq!(target.avatar().to_hex(), vector.text("identity"));
            let signed = target.personal_sign(payload.as_bytes()).with_reduced_v();
            hex::encode(signed.as_bytes())
        }
        other => panic!("nobody else signs on {other}"),
    }
}

/// Both signatures are genuine, but each stands in the other's place.
fn swapped(vector: &Vector) {
    assert_eq!(vector.id(), "synthetic/ethereum/neg-signatures-swapped");
    let payload = rebuild(vector);
    assert_eq!(payload, vector.text("sign_payload"));
    let extra = vector.inner("extra");
    let avatar = avatar_key(vector).avatar();
    assert_eq!(
        signature(extra.text("signature")).verify(&avatar, payload.as_bytes()),
        Err(SignatureError::OtherSigner)
    );
    let identity = identity(vector);
    let refused = counter_signature::verify(&identity, extra.text("wallet_signature"), &payload);
    let expected = EthAddress::parse(identity.as_str()).unwrap().checksummed();
    assert_eq!(
        refused,
        Err(CounterSignatureError::OtherSigner { expected, found: vector.text("avatar_address").to_owned() })
    );
    // The other way round they fit.
    counter_signature::verify(&identity, extra.text("signature"), &payload).unwrap();
    signature(extra.text("wallet_signature")).verify(&avatar, payload.as_bytes()).unwrap();
}

/// The last byte is no recovery id, and the message says which it is.
fn recovery_id(vector: &Vector) {
    let bytes = vector.hex("signature_hex");
    assert_eq!(Signature::from_slice(&bytes), Err(SignatureError::RecoveryId(bytes[64])));
    let recorded = vector.text("proof_server_message_once");
    assert!(recorded.ends_with(&format!(": {}", bytes[64])));
    // The same r and s are genuine with one of the recovery ids that are supported.
    let fits = |v| {
        let mut bytes = bytes.clone();
        bytes[64] = v;
        let signed = Signature::from_slice(&bytes).unwrap();
        signed.recover(vector.text("message").as_bytes()) == Ok(avatar_key(vector).avatar())
    };
    assert_eq!([0, 1, 27, 28].into_iter().filter(|v| fits(*v)).count(), 2);
}

fn kv(vector: &Vector) {
    let key = avatar_key(vector);
    let identity = identity(vector);
    let payload = KvPayload {
        form: KvPayloadForm::Avatar,
        avatar: &key.avatar(),
        platform: identity.platform(),
        identity: vector.text("identity"),
        uuid: LinkUuid::parse(vector.text("uuid")).unwrap(),
        created_at: CreatedAt::from_seconds(vector.0["created_at"].as_i64().unwrap()).unwrap(),
        patch: &CanonicalJson::of(&vector.0["patch"]),
        previous: vector.optional("previous"),
    }
    .to_string();
    assert_eq!(payload, vector.text("sign_payload"));
    if let Some(bytes) = vector.optional("sign_payload_hex") {
        assert_eq!(payload.as_bytes(), unhex(bytes));
    }
    let text = vector.text("signature_base64");
    let signed = Signature::from_slice(&decode_base64_kv(text).unwrap()).unwrap();
    assert_eq!(signed.recover(payload.as_bytes()), Ok(key.avatar()));
    assert_eq!(signature_text::encode_base64(signed.as_bytes()), text);
    assert_eq!(key.personal_sign(payload.as_bytes()), signed);
}
