//! Which text records of ENS names prove a binding.

use nextid_core::{Platform, SecretKey};
use nextid_platforms::ens::{EnsVerifier, RECORD_KEY};
use nextid_platforms::{
    Account, CheckError, Claim, EnsSettings, Evidence, Mismatch, ProofText, Secret, Verified, Verifier,
};
use nextid_testkit::keys::key;

use crate::support::{OTHER_UUID, claim, linked_claim, post, sign, signed_post};

const NAME: &str = "Example.eth";

fn alice() -> Claim {
    claim(&key("alice"), Platform::Ens, NAME, "")
}

fn check(claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
    let settings =
        EnsSettings { rpc_url: Some(Secret::new("https://node.example")), ..EnsSettings::default() };
    EnsVerifier::new(&settings).unwrap().unwrap().check(claim, evidence)
}

fn record(text: impl Into<String>) -> Evidence {
    Evidence {
        account: Some(Account {
            name: "example.eth".to_owned(),
            other_names: Vec::new(),
            id: None,
            display_name: None,
        }),
        texts: vec![ProofText { name: RECORD_KEY.to_owned(), content: text.into(), truncated: false }],
        location: Some("example.eth".to_owned()),
    }
}

#[test]
fn a_genuine_record_passes() {
    let (claim, key) = (alice(), key("alice"));
    let text = signed_post(&claim, &key);
    for text in [text.clone(), format!("\"{text}\""), format!(" {text}\n")] {
        let expected = Verified {
            signature: sign(&claim, &key),
            alt_id: "example.eth".to_owned(),
            alt_name: "example.eth".to_owned(),
            location: "example.eth".to_owned(),
        };
        assert_eq!(check(&claim, &record(text)), Ok(expected));
    }
}

/// With vectors made by independent libraries.
#[test]
fn vectors_pass() {
    let secret =
        SecretKey::from_hex("0xc848430d478027ab037581ce1007a145e6dd5ac58f60553875a88ef4630950bf").unwrap();
    let prev = "1uYi2eMKLc+AhMhV0177TX8DrgufmZpRCU17qIUdVE0wmZTGipmMyGZy1FqmYXEStrIdb83AY0kwqdmex0T0QgE=";
    for (prev, signature) in [
        (None, "AXSLrcw2bF/SSgHg0B2rsc+snbmHFnoiRY5ad16ep/wk2FhPYQ9njtiqoD8Aoq5h7DxSp6iNJ9Z7pfdQ0FgfsRs="),
        (
            Some(prev),
            "Kl4W1ptG2KFgHrCQid5c5HnLRbhsxxKyGecFoIV7HQI2a5ad8cQsR69W7V9Ik4Ox97RK2eznnGNlaw0kMpOADxs=",
        ),
    ] {
        let uuid = "00000000-0000-4000-8000-000000000034";
        let claim = linked_claim(&secret, Platform::Ens, "example.eth", "", uuid, prev);
        assert_eq!(check(&claim, &record(post(&claim, signature))).unwrap().signature.to_base64(), signature);
    }
}

#[test]
fn near_misses() {
    let (claim, key) = (alice(), key("alice"));
    let mismatch = |evidence: &Evidence| check(&claim, evidence).unwrap_err().mismatch();
    let mallory = post(&claim, &sign(&claim, &nextid_testkit::keys::key("mallory")).to_base64());
    assert_eq!(mismatch(&record(mallory)), Some(Mismatch::Signature));
    let other = linked_claim(&key, Platform::Ens, NAME, "", OTHER_UUID, None);
    let other_signature = post(&claim, &sign(&other, &key).to_base64());
    assert_eq!(mismatch(&record(other_signature)), Some(Mismatch::Signature));
    for text in [signed_post(&other, &key), String::new(), "ps:true".to_owned(), "https://example".to_owned()]
    {
        assert_eq!(mismatch(&record(text.as_str())), None, "{text}");
    }
    // A record of another key, and of another name.
    let mut other_key = record(signed_post(&claim, &key));
    other_key.texts[0].name = "description".to_owned();
    assert_eq!(mismatch(&other_key), None);
    let mut other_name = record(signed_post(&claim, &key));
    other_name.account.as_mut().unwrap().name = "other.eth".to_owned();
    assert_eq!(mismatch(&other_name), Some(Mismatch::Author));
    assert_eq!(mismatch(&Evidence { account: None, ..other_name }), Some(Mismatch::Author));
}
