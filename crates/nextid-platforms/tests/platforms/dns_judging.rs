//! Which TXT records prove a binding.

use nextid_core::{Identity, LinkUuid, Platform, SecretKey, base1024};
use nextid_platforms::dns::DnsVerifier;
use nextid_platforms::{
    Account, CheckError, Claim, DnsSettings, Evidence, FoundSignature, Mismatch, ProofText, Verified,
    Verifier,
};
use nextid_testkit::keys::key;

use crate::support::{OTHER_UUID, UUID, claim, linked_claim, post, sign, signed_post};

const DOMAIN: &str = "example.com";

fn alice() -> Claim {
    claim(&key("alice"), Platform::Dns, DOMAIN, "")
}

fn check(claim: &Claim, records: &[&str]) -> Result<Verified, CheckError> {
    let texts = records.iter().map(|record| ProofText {
        name: DOMAIN.to_owned(),
        content: (*record).to_owned(),
        truncated: false,
    });
    let evidence = Evidence {
        account: Some(Account {
            name: claim.identity.as_str().to_owned(),
            other_names: Vec::new(),
            id: None,
            display_name: None,
        }),
        texts: texts.collect(),
        location: Some(claim.identity.as_str().to_owned()),
    };
    check_evidence(claim, &evidence)
}

fn check_evidence(claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
    DnsVerifier::new(&DnsSettings::default()).unwrap().check(claim, evidence)
}

#[test]
fn a_genuine_record_passes() {
    let (claim, key) = (alice(), key("alice"));
    let record = signed_post(&claim, &key);
    let expected = Verified {
        signature: sign(&claim, &key),
        alt_id: DOMAIN.to_owned(),
        alt_name: DOMAIN.to_owned(),
        location: DOMAIN.to_owned(),
    };
    assert_eq!(check(&claim, &[&record]), Ok(expected.clone()));
    assert_eq!(check(&claim, &[&format!("\"{record}\"")]), Ok(expected.clone()));
    assert_eq!(check(&claim, &["v=spf1 -all", &record, "google-site-verification=x"]), Ok(expected));
}

/// With vectors made by independent libraries.
#[test]
fn vectors_pass() {
    let secret =
        SecretKey::from_hex("0xc848430d478027ab037581ce1007a145e6dd5ac58f60553875a88ef4630950bf").unwrap();
    let prev = "1uYi2eMKLc+AhMhV0177TX8DrgufmZpRCU17qIUdVE0wmZTGipmMyGZy1FqmYXEStrIdb83AY0kwqdmex0T0QgE=";
    for (prev, signature) in [
        (None, "zns9JiGZO9EaHJgqSAg1FxrIgc1efI84ZQJSHKJQPwc1sVRRiX7fBiwbG/iL5DBUoimEp/BCPwb54Nqsq1ybqBs="),
        (
            Some(prev),
            "7SwPp3AEwa8UQAHk9c82euE9rOQ/U6IrIeH3hx6E9JpxPP+E8A2PdIZv1x5y6QoLb+C8VHB6IG5wKe9bBKXhFBs=",
        ),
    ] {
        let uuid = "00000000-0000-4000-8000-000000000033";
        let claim = linked_claim(&secret, Platform::Dns, DOMAIN, "", uuid, prev);
        let shown = prev.unwrap_or("null");
        let record = format!("ps:true;v:1;sig:{signature};ca:1700000000;uuid:{uuid};prev:{shown}");
        assert_eq!(check(&claim, &[&record]).unwrap().signature.to_base64(), signature);
    }
}

#[test]
fn the_record_of_another_link_does_not_count() {
    let alice_key = key("alice");
    let old = alice();
    let record = signed_post(&old, &alice_key);
    let newer = linked_claim(&alice_key, Platform::Dns, DOMAIN, "", OTHER_UUID, None);
    for records in [&[record.as_str()] as &[&str], &["v=spf1 -all"], &[]] {
        let error = check(&newer, records).unwrap_err();
        assert!(
            matches!(&error, CheckError::Missing { expected } if expected.contains(OTHER_UUID)),
            "{error}"
        );
        assert_eq!(error.mismatch(), None);
    }
    // Both may be there, as each stays valid for its link.
    let both = [record.as_str(), &signed_post(&newer, &alice_key)];
    check(&newer, &both).unwrap();
    check(&old, &both).unwrap();
}

/// The record's own `ca` and `prev` do not count: the signature says what they were.
#[test]
fn what_a_record_says_about_itself_is_not_believed() {
    let alice_key = key("alice");
    let old = alice();
    let head = sign(&old, &alice_key).to_base64();
    let moved = linked_claim(&alice_key, Platform::Dns, DOMAIN, "", UUID, Some(&head));
    let forged = signed_post(&old, &alice_key).replace("prev:null", &format!("prev:{head}"));
    let error = check(&moved, &[&forged]).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
    let odd = signed_post(&old, &alice_key).replace("ca:1700000000", "ca:1");
    check(&old, &[&odd]).unwrap();
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let (claim, bob) = (alice(), key("bob"));
    let error = check(&claim, &[&signed_post(&claim, &bob)]).unwrap_err();
    let found = FoundSignature::By(Box::new(bob.avatar()));
    assert_eq!(error, CheckError::Signature { expected: claim.avatar, found });
}

#[test]
fn a_record_of_another_domain_is_refused() {
    let alice_key = key("alice");
    let there = claim(&alice_key, Platform::Dns, "www.example.com", "");
    let error = check(&alice(), &[&signed_post(&there, &alice_key)]).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
    let evidence = Evidence {
        account: Some(Account {
            name: "www.example.com".to_owned(),
            other_names: Vec::new(),
            id: None,
            display_name: None,
        }),
        texts: Vec::new(),
        location: None,
    };
    assert_eq!(check_evidence(&alice(), &evidence).unwrap_err().mismatch(), Some(Mismatch::Author));
    assert_eq!(
        check_evidence(&alice(), &Evidence::default()).unwrap_err().mismatch(),
        Some(Mismatch::Author)
    );
}

#[test]
fn of_several_records_one_valid_is_enough() {
    let claim = alice();
    let (right, wrong) = (signed_post(&claim, &key("alice")), signed_post(&claim, &key("bob")));
    let worse = post(&claim, "AAAA");
    for records in [[&right, &wrong, &worse], [&wrong, &right, &worse], [&worse, &wrong, &right]] {
        check(&claim, &records.map(String::as_str)).unwrap();
    }
    let first = |records: &[&str]| check(&claim, records).unwrap_err().found().unwrap();
    assert_eq!(first(&[&wrong, &worse]), key("bob").avatar().to_string());
    assert_eq!(first(&[&worse, &wrong]), "the signature has 3 bytes instead of 65");
}

#[test]
fn signatures_are_base64_only() {
    let claim = alice();
    let signature = sign(&claim, &key("alice"));
    for text in [
        base1024::encode(signature.as_bytes()),
        signature.to_base64().replace('=', ""),
        format!("{} ", signature.to_base64()),
        nextid_core::signature_text::encode_base64(&signature.as_bytes()[..64]),
        "%SIG_BASE64%".to_owned(),
        String::new(),
    ] {
        let error = check(&claim, &[&post(&claim, &text)]).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Signature), "{text}");
    }
    check(&claim, &[&post(&claim, &signature.with_reduced_v().to_base64())]).unwrap();
}

/// The record of the field's own test domain, which is not alice's: its signature gives another key.
#[test]
fn a_published_record_is_read_and_judged() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/dns_testcase.nextnext.id.txt");
    let record = std::fs::read_to_string(path).unwrap();
    let claim = Claim {
        identity: Identity::parse(Platform::Dns, "testcase.nextnext.id").unwrap(),
        uuid: LinkUuid::parse("80c98711-f4f6-43c7-b05c-8d86372f6131").unwrap(),
        ..alice()
    };
    let error = check(&claim, &[&record]).unwrap_err();
    assert!(matches!(error, CheckError::Signature { found: FoundSignature::By(_), .. }), "{error}");
}
