//! `templates.json`: every platform in every language.

use std::collections::{BTreeMap, BTreeSet};

use nextid_core::payload::ProofPayload;
use nextid_core::post_text::{PostInput, file_name, post_content};
use nextid_core::{Action, CreatedAt, Identity, Platform};
use serde_json::Value;

use crate::support::keys::{key, uuid};
use crate::support::vector::{of_the_field, templates};

/// The field's server passes four values to three places. What was meant is what the signature pattern beside it reads
/// (contract, 6.9).
const TIKTOK_DEFECT: &str = "Misc: {identity}|{uuid}|{created_at}%!(EXTRA string={prev})";
const TIKTOK_MENDED: &str = "Misc: {uuid}|{created_at}|{prev}";

/// An identity of the platform, in mixed letter case where it may be.
fn requested(platform: Platform) -> String {
    match platform {
        Platform::Twitter | Platform::Keybase | Platform::Minds => "Some_User".to_owned(),
        Platform::Github => "Some-User".to_owned(),
        Platform::Ethereum => "0xd4030c02878BD1404Dc2C5956EadC5e3e2c8d3c6".to_owned(),
        Platform::Solana => "5yEdJfvEQKAVV17rHuXo2zw2s31rLbxzshmMPHpFKqZg".to_owned(),
        Platform::Dns => "Example.com".to_owned(),
        Platform::Ens => "Example.eth".to_owned(),
        Platform::Dotbit => "Example.bit".to_owned(),
        Platform::Steam => "76561198092541763".to_owned(),
        Platform::Activitypub => "@User@example.social".to_owned(),
        Platform::Discord => "Some User#0001".to_owned(),
        Platform::Telegram => "SomeUser".to_owned(),
        Platform::Slack => "U04Q3NRDWHX".to_owned(),
        Platform::Tiktok => "Some.User".to_owned(),
        Platform::Nextid => key("another avatar").avatar().to_hex(),
        other => panic!("{other} has no recorded template"),
    }
}

fn fill(template: &str, input: &PostInput<'_>, when_none: &str) -> String {
    let escaped = serde_json::to_string(input.sign_payload).unwrap();
    let prev_line = input.prev.map(|prev| format!("\nPrevious: {prev}")).unwrap_or_default();
    template
        .replace(TIKTOK_DEFECT, TIKTOK_MENDED)
        .replace("{identity_lower}", &input.identity.shown().to_lowercase())
        .replace("{identity}", input.identity.shown())
        .replace("{compressed_hex}", &hex::encode(input.avatar.as_bytes()))
        .replace("{uuid}", &input.uuid.to_string())
        .replace("{created_at}", &input.created_at.seconds().to_string())
        .replace("{prev_line}", &prev_line)
        .replace("{prev}", input.prev.unwrap_or(when_none))
        .replace("{sign_payload JSON-escaped, Go rules}", escaped.trim_matches('"').trim_end_matches('\\'))
}

fn check(platform: Platform, template: &Value, prev: Option<&str>) {
    let avatar = key("an avatar").avatar();
    let identity = Identity::parse(platform, &requested(platform)).unwrap();
    let created_at = CreatedAt::from_seconds(1_700_000_000).unwrap();
    let sign_payload = ProofPayload {
        action: Action::Create,
        avatar: &avatar,
        platform,
        identity: identity.as_str(),
        created_at,
        uuid: uuid(7),
        prev,
    }
    .to_string();
    let mut input = PostInput {
        action: Action::Create,
        avatar: &avatar,
        identity: &identity,
        uuid: uuid(7),
        created_at,
        prev,
        sign_payload: &sign_payload,
    };
    let when_none = template["prev_when_none"].as_str().unwrap_or("");
    let expected: BTreeMap<String, String> = template["languages"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(language, text)| (language.clone(), fill(text.as_str().unwrap(), &input, when_none)))
        .collect();
    for text in expected.values() {
        assert!(!text.contains(['{', '}']) || text.starts_with("{\n"), "filled: {text}");
    }
    assert_eq!(post_content(&input), expected);
    assert!(expected.contains_key("default"));
    let publishes = expected["default"].contains("%SIG_BASE64%");
    assert_eq!(publishes, platform.needs_post());

    input.action = Action::Delete;
    assert_eq!(post_content(&input), expected, "a revocation's texts are the same");
}

#[test]
fn texts_equal_the_templates() {
    let templates = templates();
    let templates = templates["platforms"].as_object().unwrap();
    let named: BTreeSet<&str> = templates.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = of_the_field().map(Platform::as_str).collect();
    assert_eq!(named, known);
    let signature = key("an avatar").personal_sign(b"before").with_reduced_v().to_base64();
    for platform in of_the_field() {
        println!("{platform}");
        let template = &templates[platform.as_str()];
        check(platform, template, None);
        check(platform, template, Some(&signature));
    }
}

#[test]
fn tiktok_is_mended() {
    let templates = templates();
    let tiktok = templates["platforms"]["tiktok"]["languages"]["default"].as_str().unwrap();
    assert!(tiktok.ends_with(TIKTOK_DEFECT), "the defect is still recorded: {tiktok}");
    let text = fill(tiktok, &tiktok_input(), "");
    let misc = "00000000-0000-4000-8000-000000000007|1700000000|";
    assert!(text.ends_with(&format!("Sig: %SIG_BASE64%;Misc: {misc}")), "{text}");
    assert_eq!(post_content(&tiktok_input())["default"], text);
}

fn tiktok_input() -> PostInput<'static> {
    use std::sync::LazyLock;
    static AVATAR: LazyLock<nextid_core::Avatar> = LazyLock::new(|| key("an avatar").avatar());
    static IDENTITY: LazyLock<Identity> =
        LazyLock::new(|| Identity::parse(Platform::Tiktok, "some.user").unwrap());
    PostInput {
        action: Action::Create,
        avatar: &AVATAR,
        identity: &IDENTITY,
        uuid: uuid(7),
        created_at: CreatedAt::from_seconds(1_700_000_000).unwrap(),
        prev: None,
        sign_payload: "",
    }
}

#[test]
fn the_proof_file_is_named_after_the_avatar() {
    let templates = templates();
    let avatar = key("an avatar").avatar();
    let template = templates["platforms"]["github"]["file_name"].as_str().unwrap();
    assert_eq!(file_name(&avatar), template.replace("{compressed_hex}", &hex::encode(avatar.as_bytes())));
}
