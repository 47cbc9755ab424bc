//! What is published on the platforms that the field's own servers do not have.

use nextid_core::payload::ProofPayload;
use nextid_core::post_text::{PostInput, post_content};
use nextid_core::{Action, CreatedAt, Identity, Platform};
use serde_json::{Value, json};

use crate::support::keys::{key, uuid};

/// As long as a signature in base64 is.
const SIGNATURE_LENGTH: usize = 88;

/// The texts, by language, and what is signed.
fn texts(platform: Platform, identity: &str, prev: Option<&str>) -> (Vec<(String, String)>, String) {
    let avatar = key("an avatar").avatar();
    let identity = Identity::parse(platform, identity).unwrap();
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
    let input = PostInput {
        action: Action::Create,
        avatar: &avatar,
        identity: &identity,
        uuid: uuid(7),
        created_at,
        prev,
        sign_payload: &sign_payload,
    };
    let texts = post_content(&input);
    assert_eq!(post_content(&PostInput { action: Action::Delete, ..input }), texts);
    (texts.into_iter().collect(), sign_payload)
}

#[test]
fn short_posts() {
    let did = "did:plc:z72i7hdynmk6r22z27h6tvur";
    let npub = "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6";
    let avatar = key("an avatar").avatar();
    let previous = "A".repeat(SIGNATURE_LENGTH);
    for (platform, name, identity, longest) in [
        (Platform::Nostr, "Nostr", npub, 1_000),
        (Platform::Bluesky, "Bluesky", did, 300),
        (Platform::Farcaster, "Farcaster", "a-very-long-name", 320),
    ] {
        let expected =
            format!("🎭 Verifying this {name} account for Next.ID.\nSig: %SIG_BASE64%\nAvatar: {avatar}");
        for prev in [None, Some(previous.as_str())] {
            let (texts, sign_payload) = texts(platform, identity, prev);
            let languages = ["default", "en_US"].map(|language| (language.to_owned(), expected.clone()));
            assert_eq!(texts, languages, "{platform}");
            let published = expected.replace("%SIG_BASE64%", &previous);
            assert!(published.len() <= longest, "{platform}: {}", published.len());
            assert!(!sign_payload.contains("persona"));
            assert!(sign_payload.contains(&format!("\"platform\":\"{platform}\"")));
        }
    }
}

#[test]
fn the_file_of_a_website() {
    let (texts, sign_payload) = texts(Platform::Website, "Bücher.example", None);
    let [(language, text)] = texts.as_slice() else { panic!("one language: {texts:?}") };
    assert_eq!(language, "default");
    let file: Value = serde_json::from_str(text).unwrap();
    assert_eq!(file["version"], "1");
    assert_eq!(
        file["proofs"],
        json!([{
            "avatar": key("an avatar").avatar().to_hex(),
            "website": "xn--bcher-kva.example",
            "sign_payload": sign_payload,
            "signature": "%SIG_BASE64%",
            "created_at": "1700000000",
            "uuid": uuid(7).to_string(),
        }])
    );
    assert!(text.starts_with("{\n\t\"version\": \"1\",\n\t\"comment\": \""), "{text}");
    assert!(text.contains("\n\t\"proofs\": [\n\t\t{\n\t\t\t\"avatar\": \"0x"), "{text}");
    assert!(text.ends_with("\"\n\t\t}\n\t]\n}"), "{text}");
}
