//! What is particular to platforms with profiles, records, files and captions: the shapes of their answers, and what they
//! mean for a proof.

use nextid_core::{Identity, Platform, base1024, post_text};
use nextid_platforms::{
    Account, CheckError, Claim, Evidence, FetchError, FoundSignature, Mismatch, Verifier,
};
use nextid_platforms::{dotbit, keybase, steam, tiktok};
use nextid_testkit::Author;
use nextid_testkit::keys::key;
use nextid_testkit::steam::SteamStandIn;
use serde_json::json;

use crate::published::{STEAM, video};
use crate::support::{LONG, OTHER_UUID, claim, linked_claim, net, post, sign, signed_post};
use crate::worlds::{self, STEAM_ID, alice};

fn odd(result: Result<Evidence, FetchError>) -> bool {
    matches!(result, Err(FetchError::Odd(_)))
}

fn unavailable(result: Result<Evidence, FetchError>) -> bool {
    matches!(result, Err(FetchError::Unavailable { .. }))
}

#[test]
fn videos_on_tiktok() {
    let partial = include_str!("../fixtures/tiktok_oembed_partial.json");
    let place = tiktok::Video::parse("7287329983805197614", "menyki").unwrap();
    let shown = tiktok::evidence(&place, partial.as_bytes()).unwrap();
    assert_eq!(shown.account.as_ref().map(|account| account.name.as_str()), Some("menyki"));
    assert_eq!(shown.account.unwrap().display_name.as_deref(), Some("Scout & Suki"));
    assert_eq!(shown.location.as_deref(), Some("7287329983805197614"));
    let error = include_str!("../fixtures/tiktok_oembed_error.json");
    assert_eq!(tiktok::evidence(&place, error.as_bytes()), Err(FetchError::NotFound));
    assert!(video(&json!({ "embed_product_id": 7_287_329_983_805_197_614_u64 })).is_ok());
    assert!(video(&json!({ "embed_product_id": null })).is_ok());
    for fields in [
        json!({ "embed_product_id": "1" }),
        json!({ "title": null }),
        json!({ "author_unique_id": null, "code": 500 }),
    ] {
        assert!(odd(video(&fields)), "{fields}");
    }
}

#[test]
fn profiles_on_steam() {
    let shown = steam::evidence(include_bytes!("../fixtures/steam_76561198092541763.xml")).unwrap();
    assert_eq!(
        shown.account,
        Some(Account {
            name: STEAM_ID.to_owned(),
            other_names: Vec::new(),
            id: Some("BeFoRE-CS".to_owned()),
            display_name: Some("bebebeb".to_owned()),
        })
    );
    assert!(shown.texts[0].content.starts_with("i like ash<br> <a class"));
    let gone = include_bytes!("../fixtures/steam_error_profile_not_found.xml");
    assert_eq!(steam::evidence(gone), Err(FetchError::NotFound));
    let error =
        |text: &str| steam::evidence(format!("<response><error>{text}</error></response>").as_bytes());
    assert!(unavailable(error("Failed loading profile data, please try again later.")));
    for xml in
        ["", "<profile></profile>", "<response></response>", "<html><body>x</body></html>", "<profile>", "{}"]
    {
        assert!(odd(steam::evidence(xml.as_bytes())), "{xml}");
    }
    // A private profile shows no summary.
    let private =
        format!("<profile><steamID64>{STEAM_ID}</steamID64><privacyState>private</privacyState></profile>");
    let claim = STEAM.claim(&alice());
    let error = STEAM.verifier().check(&claim, &steam::evidence(private.as_bytes()).unwrap()).unwrap_err();
    assert_eq!(error.mismatch(), None);
    // Without a custom name the number is what stays.
    let verified = STEAM.verifier().check(&claim, &STEAM.show(&signed_post(&claim, &alice()))).unwrap();
    assert_eq!(verified.alt_id, STEAM_ID);
}

#[test]
fn summaries_keep_old_proofs() {
    let claim = STEAM.claim(&alice());
    let genuine = signed_post(&claim, &alice());
    let old = linked_claim(&alice(), Platform::Steam, STEAM_ID, "", OTHER_UUID, None);
    let old = signed_post(&old, &alice());
    let verdict = |text: &str| STEAM.verifier().check(&claim, &STEAM.show(text));
    verdict(&format!("{old}\n{genuine}")).unwrap();
    verdict(&format!("{old} {genuine}")).unwrap();
    verdict(&format!("{}{genuine}", format!("{old}\n").repeat(9))).unwrap();
    let error = verdict(&format!("{}{genuine}", format!("{old}\n").repeat(10))).unwrap_err();
    assert!(matches!(error, CheckError::Signature { found: FoundSignature::By(_), .. }), "{error}");
    // Another custom name is no other account.
    let pinned = Claim { alt_id: Some("old-custom-name".to_owned()), ..claim.clone() };
    STEAM.verifier().check(&pinned, &STEAM.show(&genuine)).unwrap();
}

#[tokio::test]
async fn custom_names_on_steam() {
    let stand_in = SteamStandIn::start().unwrap();
    stand_in.publish(Author::new(STEAM_ID, "Alice-Custom", "A"), "");
    stand_in.publish(Author::new("103582791429521412", "a-group", "A"), "");
    let settings = steam::SteamSettings { base_url: stand_in.base_url().to_owned() };
    let verifier = steam::SteamVerifier::new(&settings).unwrap();
    let resolve = async |text: &str| {
        let identity = Identity::parse(Platform::Steam, text).unwrap();
        verifier.resolve(&identity, &net(LONG)).await
    };
    assert_eq!(resolve("alice-custom").await.unwrap().as_str(), STEAM_ID);
    assert_eq!(stand_in.requests()[0].target, "/id/alice-custom/?xml=1");
    assert_eq!(resolve(STEAM_ID).await.unwrap().as_str(), STEAM_ID);
    assert_eq!(stand_in.requests().len(), 1);
    for name in ["nobody", "a-group"] {
        assert!(matches!(resolve(name).await, Err(FetchError::Odd(_))), "{name}");
    }
    stand_in.script(nextid_testkit::Outcome::Status(500));
    assert!(matches!(resolve("alice-custom").await, Err(FetchError::Unavailable { .. })));
}

#[test]
fn records_of_bit_accounts() {
    let claim = claim(&alice(), Platform::Dotbit, "alice.bit", "");
    let signature = sign(&claim, &alice());
    let key_of = |label: &str| key(label).avatar().to_hex();
    let ours = format!("{}:{}", key_of("alice"), signature.to_base64());
    let record = |kind: &str, key: &str, value: &str| json!({ "type": kind, "key": key, "value": value });
    let verdict = |records: serde_json::Value| {
        let body = json!({ "err_no": 0, "err_msg": "", "data": { "records": records } });
        let shown = dotbit::evidence("alice.bit", body.to_string().as_bytes()).unwrap();
        let settings = dotbit::DotbitSettings::default();
        dotbit::DotbitVerifier::new(&settings)
            .unwrap()
            .check(&claim, &shown)
            .map(|_| ())
            .map_err(|error| error.mismatch())
    };
    let wrong = format!("{}:{}", key_of("alice"), sign(&claim, &key("bob")).to_base64());
    let others = format!("{}:{}", key_of("bob"), signature.to_base64());
    let emoji = format!("{}:{}", key_of("alice"), base1024::encode(signature.as_bytes()));
    for (records, expected) in [
        (json!([record("profile", "nextid", &ours)]), Ok(())),
        (json!([record("profile", "nextid", &format!(" {ours}\u{200b}\n"))]), Ok(())),
        (json!([record("profile", "nextid", &emoji)]), Ok(())),
        (json!([record("profile", "nextid", &ours[2..])]), Ok(())),
        // Another Avatar's record does not stand in the way.
        (json!([record("profile", "nextid", &others), record("profile", "nextid", &ours)]), Ok(())),
        (
            json!([record("profile", "nextid", &wrong), record("profile", "nextid", &ours)]),
            Err(Some(Mismatch::Signature)),
        ),
        (json!([record("profile", "nextid", &others)]), Err(None)),
        (json!([record("custom_key", "nextid", &ours)]), Err(None)),
        (json!([record("profile", "NextID", &ours)]), Err(None)),
        (json!([record("profile", "nextid", &signature.to_base64())]), Err(None)),
        (json!([]), Err(None)),
        (json!(null), Err(None)),
    ] {
        assert_eq!(verdict(records.clone()), expected, "{records}");
    }
    let answer = |body: serde_json::Value| dotbit::evidence("alice.bit", body.to_string().as_bytes());
    for number in [30_003, 20_007, 30_010] {
        assert_eq!(answer(json!({ "err_no": number, "err_msg": "x" })), Err(FetchError::NotFound));
    }
    assert!(unavailable(answer(json!({ "err_no": 500, "err_msg": "x" }))));
    for body in [json!({ "err_no": 10_000 }), json!({ "err_no": 0, "data": null }), json!({}), json!([])] {
        assert!(odd(answer(body.clone())), "{body}");
    }
}

#[test]
fn files_on_keybase() {
    let claim = claim(&alice(), Platform::Keybase, "alice", "");
    let genuine = signed_post(&claim, &alice());
    let hex = claim.avatar.to_hex();
    let verdict = |content: &str| {
        let shown = keybase::evidence(&claim, content.as_bytes());
        worlds::keybase().verifier.check(&claim, &shown).map(|_| ()).map_err(|error| error.mismatch())
    };
    for (content, expected) in [
        (genuine.clone(), Ok(())),
        (genuine.replace(&hex, &hex[2..].to_uppercase()), Ok(())),
        (genuine.replace("\t\"", "\t“").replace("\": ", "”: "), Ok(())),
        (post(&claim, &base1024::encode(sign(&claim, &alice()).as_bytes())), Ok(())),
        (genuine.replace(&hex, &key("bob").avatar().to_hex()), Err(Some(Mismatch::Text))),
        (genuine.replace("persona", "person"), Err(Some(Mismatch::Text))),
        (post(&claim, &sign(&claim, &key("bob")).to_base64()), Err(Some(Mismatch::Signature))),
        ("<html>".to_owned(), Err(Some(Mismatch::Text))),
    ] {
        assert_eq!(verdict(&content), expected, "{content}");
    }
    let mut elsewhere = keybase::evidence(&claim, genuine.as_bytes());
    elsewhere.texts[0].name = post_text::file_name(&key("bob").avatar());
    assert_eq!(worlds::keybase().verifier.check(&claim, &elsewhere).unwrap_err().mismatch(), None);
}
