//! Which files of websites prove a binding.

use nextid_core::{Platform, base1024};
use nextid_platforms::website::{WebsiteSettings, WebsiteVerifier, evidence};
use nextid_platforms::{CheckError, Claim, Evidence, Mismatch, Verified, Verifier};
use nextid_testkit::keys::key;
use serde_json::{Value, json};

use crate::support::{OTHER_UUID, UUID, claim, linked_claim, sign, signed_post};
use crate::worlds::alice;

const HOST: &str = "example.com";

fn claimed() -> Claim {
    claim(&alice(), Platform::Website, HOST, "")
}

fn check(claim: &Claim, content: &str) -> Result<Verified, CheckError> {
    let verifier = WebsiteVerifier::new(&WebsiteSettings::default()).unwrap();
    verifier.check(claim, &evidence(HOST, content.as_bytes()))
}

fn file(proofs: &[Value]) -> String {
    json!({ "version": "1", "proofs": proofs }).to_string()
}

/// A proof of this Avatar with this uuid and signature.
fn proof(avatar: &str, uuid: &str, signature: &str) -> Value {
    json!({ "avatar": avatar, "uuid": uuid, "signature": signature })
}

#[test]
fn a_genuine_file_passes() {
    let claim = claimed();
    let verified = check(&claim, &signed_post(&claim, &alice())).unwrap();
    assert_eq!(
        verified,
        Verified {
            signature: sign(&claim, &alice()),
            alt_id: HOST.to_owned(),
            alt_name: HOST.to_owned(),
            location: "https://example.com/.well-known/nextid.json".to_owned(),
        }
    );
}

#[test]
fn spellings_that_pass() {
    let claim = claimed();
    let signature = sign(&claim, &alice());
    let base64 = signature.to_base64();
    let hex = claim.avatar.to_hex();
    let genuine = signed_post(&claim, &alice());
    for content in [
        format!("\u{feff}{genuine}\r\n"),
        genuine.replace('"', "”").replace(r"\”", "\\\""),
        genuine.replace("example.com", "other.example"),
        file(&[proof(&hex, UUID, &format!(" {base64}\n"))]),
        file(&[proof(&claim.avatar.to_uncompressed_hex(), &UUID.to_uppercase(), &base64)]),
        file(&[proof(hex.trim_start_matches("0x"), UUID, &base1024::encode(signature.as_bytes()))]),
    ] {
        check(&claim, &content).unwrap_or_else(|error| panic!("{content}: {error}"));
    }
}

#[test]
fn proofs_stand_beside_each_other() {
    let claim = claimed();
    let hex = claim.avatar.to_hex();
    let genuine = proof(&hex, UUID, &sign(&claim, &alice()).to_base64());
    let old = linked_claim(&alice(), Platform::Website, HOST, "", OTHER_UUID, None);
    let old = proof(&hex, OTHER_UUID, &sign(&old, &alice()).to_base64());
    let bob = proof(&key("bob").avatar().to_hex(), UUID, &sign(&claim, &key("bob")).to_base64());
    let odd = [json!(null), json!("x"), json!([]), json!({}), json!({ "avatar": 1, "uuid": UUID })];
    for others in [vec![old.clone()], vec![bob.clone()], odd.to_vec(), vec![old.clone(), bob.clone()]] {
        let before: Vec<Value> = others.iter().chain([&genuine]).cloned().collect();
        let after: Vec<Value> = [&genuine].into_iter().chain(&others).cloned().collect();
        check(&claim, &file(&before)).unwrap();
        check(&claim, &file(&after)).unwrap();
        let error = check(&claim, &file(&others)).unwrap_err();
        assert!(matches!(&error, CheckError::Missing { expected } if expected.contains(UUID)), "{error}");
    }
    // Of two for the same link the first decides.
    let wrong = proof(&hex, UUID, &sign(&claim, &key("bob")).to_base64());
    let error = check(&claim, &file(&[wrong.clone(), genuine.clone()])).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
    check(&claim, &file(&[genuine, wrong])).unwrap();
}

#[test]
fn other_signatures_are_refused() {
    let claim = claimed();
    let hex = claim.avatar.to_hex();
    let other_site = self::claim(&alice(), Platform::Website, "other.example", "");
    let other_head = linked_claim(&alice(), Platform::Website, HOST, "", UUID, Some("AAAA"));
    let base64 = sign(&claim, &alice()).to_base64();
    for signature in [
        sign(&claim, &key("bob")).to_base64(),
        sign(&other_site, &alice()).to_base64(),
        sign(&other_head, &alice()).to_base64(),
        "%SIG_BASE64%".to_owned(),
        base64[..84].to_owned(),
        String::new(),
    ] {
        let error = check(&claim, &file(&[proof(&hex, UUID, &signature)])).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Signature), "{signature}");
    }
}

#[test]
fn what_is_no_file_of_proofs() {
    let claim = claimed();
    let hex = claim.avatar.to_hex();
    let unsigned = json!({ "avatar": hex, "uuid": UUID });
    let odd = json!({ "avatar": hex, "uuid": UUID, "signature": 1 });
    for (content, found) in [
        (String::new(), "not JSON, at line 1 column 0"),
        ("<!doctype html>".to_owned(), "not JSON, at line 1 column 1"),
        ("[]".to_owned(), "JSON that is not an object"),
        ("{}".to_owned(), "an object without \"proofs\""),
        ("{\"proofs\":{}}".to_owned(), "\"proofs\" that are not a list"),
        (file(&[unsigned]), "none"),
        (file(&[odd]), "none"),
    ] {
        let error = check(&claim, &content).unwrap_err();
        assert_eq!((error.mismatch(), error.found().as_deref()), (Some(Mismatch::Text), Some(found)));
    }
    assert_eq!(check(&claim, &file(&[])).unwrap_err().mismatch(), None);
    let verifier = WebsiteVerifier::new(&WebsiteSettings::default()).unwrap();
    let nothing = Evidence { texts: Vec::new(), ..evidence(HOST, b"") };
    assert_eq!(verifier.check(&claim, &nothing).unwrap_err().mismatch(), None);
    let other = evidence("www.example.com", signed_post(&claim, &alice()).as_bytes());
    assert_eq!(verifier.check(&claim, &other).unwrap_err().mismatch(), Some(Mismatch::Author));
}
