//! Signatures that others made: published ones, and ones of independent libraries.

use nextid_core::{Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_platforms::{Claim, Evidence, Verifier};
use serde_json::Value;

use crate::published::{LINES, STEAM, TIKTOK};
use crate::support::post;
use crate::worlds;

fn vectors(file: &str) -> Value {
    let path = format!("{}/../nextid-core/tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{field} in {vector}"))
}

fn claim(vector: &Value, platform: Platform, avatar: &str, location: &str) -> Claim {
    Claim {
        avatar: Avatar::parse(avatar).unwrap(),
        identity: Identity::parse(platform, text(vector, "identity")).unwrap(),
        action: nextid_core::Action::Create,
        uuid: LinkUuid::parse(text(vector, "uuid")).unwrap(),
        created_at: text(vector, "created_at").parse::<CreatedAt>().unwrap(),
        location: location.to_owned(),
        payload: text(vector, "sign_payload").to_owned(),
        alt_id: None,
    }
}

#[test]
fn vectors_of_independent_libraries_pass() {
    let vectors = vectors("synthetic.json");
    let vectors = vectors["vectors"].as_array().unwrap();
    let mut checked = 0;
    for place in LINES.into_iter().chain([STEAM, TIKTOK]) {
        let of_platform = vectors.iter().filter(|vector| is_of(vector, place.platform));
        for vector in of_platform {
            let claim = claim(vector, place.platform, text(vector, "avatar_public_key_compressed"), "");
            let content = post(&claim, text(vector, "signature_base64"));
            let mut shown = place.show_as(claim.identity.as_str(), &content);
            // Old names have a tag of their own.
            if let Some(account) = &mut shown.account {
                account.name = claim.identity.as_str().to_owned();
            }
            place
                .verifier()
                .check(&claim, &shown)
                .unwrap_or_else(|error| panic!("{}: {error}", vector["id"]));
            checked += 1;
        }
    }
    for (world, show) in
        [(worlds::keybase(), keybase as fn(&Claim, &str) -> Evidence), (worlds::dotbit(), dotbit)]
    {
        let platform = world.claim.identity.platform();
        let of_platform = vectors.iter().filter(|vector| is_of(vector, platform));
        for vector in of_platform {
            let claim = claim(vector, platform, text(vector, "avatar_public_key_compressed"), "");
            let shown = show(&claim, &post(&claim, text(vector, "signature_base64")));
            world.verifier.check(&claim, &shown).unwrap_or_else(|error| panic!("{}: {error}", vector["id"]));
            checked += 1;
        }
    }
    assert_eq!(checked, 15);
}

/// Whether it is a signature of a proof on this platform.
fn is_of(vector: &Value, platform: Platform) -> bool {
    vector["platform"] == platform.as_str()
        && vector["sign_payload"].as_str().is_some_and(|text| text.starts_with("{\"action"))
}

fn keybase(claim: &Claim, content: &str) -> Evidence {
    nextid_platforms::keybase::evidence(claim, content.as_bytes())
}

fn dotbit(claim: &Claim, content: &str) -> Evidence {
    let value = content.replace("%COMPRESSED_PERSONA_PUBKEY_HEX%", &claim.avatar.to_hex());
    let body = serde_json::json!({
        "err_no": 0, "err_msg": "",
        "data": { "records": [{ "key": "nextid", "type": "profile", "value": value, "label": "", "ttl": "300" }] },
    });
    nextid_platforms::dotbit::evidence(claim.identity.as_str(), body.to_string().as_bytes()).unwrap()
}

/// Tweets as they were published.
#[test]
fn published_tweets_pass() {
    let vectors = vectors("vectors.json");
    let [twitter, ..] = LINES;
    let verifier: Box<dyn Verifier> = twitter.verifier();
    let mut checked = 0;
    for vector in vectors.as_array().unwrap() {
        let (Some(content), "twitter") =
            (vector["post_text"].as_str(), vector["platform"].as_str().unwrap_or_default())
        else {
            continue;
        };
        let avatar = ["avatar_public_key_compressed", "public_key_compressed", "public_key", "avatar"]
            .iter()
            .find_map(|field| vector[*field].as_str())
            .unwrap_or_else(|| panic!("no key in {vector}"));
        let claim = claim(vector, Platform::Twitter, avatar, "");
        let verified = verifier.check(&claim, &twitter.show_as(text(vector, "identity"), content)).unwrap();
        assert_eq!(verified.signature.to_base64(), text(vector, "signature_base64"));
        checked += 1;
    }
    assert_eq!(checked, 2);
}
