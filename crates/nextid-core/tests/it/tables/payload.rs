//! Signed strings, written out.

use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::payload::{
    KvPayload, ProofPayload, SubkeyAlgorithm, SubkeyCreatePayload, SubkeyDeletePayload, proof::legacy_2021,
};
use nextid_core::{Action, Avatar, CanonicalJson, CreatedAt, Platform};

use crate::support::keys::uuid;

const COMPRESSED: &str = "034f30514c76f34bb9bcb25c63801d9271494c70f8b01601aa25152132dfe7c951";

fn avatar() -> Avatar {
    Avatar::parse(COMPRESSED).unwrap()
}

fn proof(platform: Platform, identity: &str, prev: Option<&str>) -> String {
    ProofPayload {
        action: Action::Delete,
        avatar: &avatar(),
        platform,
        identity,
        created_at: CreatedAt::from_seconds(1).unwrap(),
        uuid: uuid(1),
        prev,
    }
    .to_string()
}

#[test]
fn a_proof_payload_of_each_shape() {
    let uuid = "00000000-0000-4000-8000-000000000001";
    assert_eq!(
        proof(Platform::Dns, "example.com", None),
        format!(
            r#"{{"action":"delete","created_at":"1","identity":"example.com","platform":"dns","prev":null,"uuid":"{uuid}"}}"#
        )
    );
    assert_eq!(
        proof(Platform::Slack, "U1", None),
        format!(
            r#"{{"action":"delete","created_at":"1","identity":"U1","platform":"slack","uuid":"{uuid}"}}"#
        )
    );
    assert_eq!(
        proof(Platform::Slack, "U1", Some("AQ==")),
        format!(
            r#"{{"action":"delete","created_at":"1","identity":"U1","platform":"slack","prev":"AQ==","uuid":"{uuid}"}}"#
        )
    );
    for platform in [Platform::Ethereum, Platform::Solana, Platform::Nextid] {
        assert_eq!(
            proof(platform, "x", Some("A+/=")),
            format!(
                r#"{{"action":"delete","created_at":"1","identity":"x","persona":"0x{COMPRESSED}","platform":"{platform}","prev":"A+/=","uuid":"{uuid}"}}"#
            )
        );
    }
}

#[test]
fn proof_strings_are_spelled_as_go_does() {
    for (identity, spelled) in [
        ("<>&", r"\u003c\u003e\u0026"),
        ("\u{2028}\u{2029}", r"\u2028\u2029"),
        ("\"\\/", r#"\"\\/"#),
        ("\n\r\t", r"\n\r\t"),
        ("\u{8}\u{c}\u{0}\u{1f}", r"\u0008\u000c\u0000\u001f"),
        ("\u{7f}é🎭'", "\u{7f}é🎭'"),
    ] {
        let payload = proof(Platform::Discord, identity, None);
        assert!(payload.contains(&format!("\"identity\":\"{spelled}\",")), "{payload}");
        assert_eq!(
            legacy_2021(Action::Create, Platform::Discord, identity, None),
            format!(r#"{{"action":"create","identity":"{spelled}","platform":"discord","prev":null}}"#)
        );
    }
}

#[test]
fn kv_strings_are_spelled_as_serde_does() {
    let payload = KvPayload {
        form: KvPayloadForm::Persona,
        avatar: &avatar(),
        platform: Platform::Discord,
        identity: "<\u{2028}\u{8}\u{1}\"🎭",
        uuid: uuid(1),
        created_at: CreatedAt::from_seconds(0).unwrap(),
        patch: &CanonicalJson::of(&serde_json::json!({"b": 1, "a": null})),
        previous: Some("AQ=="),
    };
    let uncompressed = hex::encode(avatar().to_uncompressed());
    assert_eq!(
        payload.to_string(),
        format!(
            "{{\"version\":\"1\",\"uuid\":\"{}\",\"persona\":\"{uncompressed}\",\"platform\":\"discord\",\
             \"identity\":\"<\u{2028}\\b\\u0001\\\"🎭\",\"patch\":{{\"a\":null,\"b\":1}},\"created_at\":0,\
             \"previous\":\"AQ==\"}}",
            uuid(1)
        )
    );
}

#[test]
fn subkey_payloads() {
    let subkey = SubkeyCreatePayload {
        avatar: &avatar(),
        algorithm: SubkeyAlgorithm::Es256,
        public_key: "0xAB<",
        rp_id: "example.com",
    };
    assert_eq!(
        subkey.to_string(),
        format!(
            r#"{{"avatar":"{COMPRESSED}","algorithm":"es256","public_key":"0xAB\u003c","rp_id":"example.com"}}"#
        )
    );
    let delete =
        SubkeyDeletePayload { subkey, created_at: CreatedAt::from_seconds(7).unwrap(), uuid: uuid(1) };
    let text = delete.to_string();
    assert_eq!(
        text,
        format!(
            r#"{{"action":"delete","algorithm":"es256","avatar":"{COMPRESSED}","created_at":"7","public_key":"0xAB\u003c","rp_id":"example.com","uuid":"{}"}}"#,
            uuid(1)
        )
    );
    let sorted: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(sorted.to_string().replace('<', r"\u003c"), text, "keys are sorted");
}

#[test]
fn subkey_algorithms() {
    for algorithm in [SubkeyAlgorithm::Es256, SubkeyAlgorithm::Secp256k1] {
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
        assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
    }
    for text in ["", "ES256", "rs256", "es256 "] {
        assert!(text.parse::<SubkeyAlgorithm>().is_err());
    }
}
