//! Which gists prove a binding.

use nextid_core::{Platform, Signature, base1024, post_text};
use nextid_platforms::github::GithubVerifier;
use nextid_platforms::{
    Account, CheckError, Claim, Evidence, FetchError, FoundSignature, GithubSettings, Mismatch, ProofText,
    Verified, Verifier, github,
};
use nextid_testkit::keys::key;
use serde_json::{Value, json};

use crate::support::{OTHER_UUID, claim, linked_claim, post, sign, signed_post};

const GIST: &str = "5b3acc09d25242950e4b7ea0ee707ada";

fn alice() -> Claim {
    claim(&key("alice"), Platform::Github, "Alice-Codes", GIST)
}

fn check(claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
    GithubVerifier::new(&GithubSettings::default()).unwrap().check(claim, evidence)
}

fn file(name: impl Into<String>, content: impl Into<String>) -> ProofText {
    ProofText { name: name.into(), content: content.into(), truncated: false }
}

/// A gist of alice's account with these files.
fn gist(texts: impl IntoIterator<Item = ProofText>) -> Evidence {
    Evidence {
        account: Some(Account {
            name: "alice-codes".to_owned(),
            other_names: Vec::new(),
            id: Some("1191636".to_owned()),
            display_name: None,
        }),
        texts: texts.into_iter().collect(),
        location: Some(GIST.to_owned()),
    }
}

/// A gist of alice's account with the proof file of `claim` and this content.
fn proof(claim: &Claim, content: impl Into<String>) -> Evidence {
    gist([file(post_text::file_name(&claim.avatar), content)])
}

/// The published gist of the field's own test.
fn nykma() -> (Claim, Evidence) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/github_gist_file_nykma.json");
    let content = std::fs::read_to_string(path).unwrap();
    let shown: serde_json::Value = serde_json::from_str(&content).unwrap();
    let field = |name: &str| shown[name].as_str().unwrap();
    let claim = Claim {
        avatar: field("persona").parse().unwrap(),
        identity: nextid_core::Identity::parse(Platform::Github, "nykma").unwrap(),
        uuid: nextid_core::LinkUuid::parse(field("uuid")).unwrap(),
        created_at: field("created_at").parse().unwrap(),
        payload: field("sign_payload").to_owned(),
        ..alice()
    };
    let mut evidence = proof(&claim, content);
    evidence.account = Some(Account {
        name: "nykma".to_owned(),
        other_names: Vec::new(),
        id: Some("1191636".to_owned()),
        display_name: None,
    });
    (claim, evidence)
}

#[test]
fn a_genuine_gist_passes() {
    let claim = alice();
    let verified = check(&claim, &proof(&claim, signed_post(&claim, &key("alice")))).unwrap();
    assert_eq!(
        verified,
        Verified {
            signature: sign(&claim, &key("alice")),
            alt_id: "1191636".to_owned(),
            alt_name: "alice-codes".to_owned(),
            location: GIST.to_owned(),
        }
    );
}

#[test]
fn a_published_gist_passes() {
    let (claim, evidence) = nykma();
    let verified = check(&claim, &evidence).unwrap();
    assert_eq!(
        verified.signature.to_base64(),
        "p4kb/P2uuKCU40zZTs+jk6/ARAO5ZcXErvJU/8oXNVt3+b6SUzpauBW6wNT2N8fwQeXYGgFHCTEGon4qZbK3IQE="
    );
    assert_eq!(verified.alt_id, "1191636");
}

/// What people and tools do to a file, and what does not matter.
#[test]
fn spellings_that_pass() {
    let (claim, key) = (alice(), key("alice"));
    let signature = sign(&claim, &key);
    let base64 = signature.to_base64();
    let genuine = signed_post(&claim, &key);
    for content in [
        post(&claim, &base1024::encode(signature.as_bytes())),
        post(&claim, &signature.with_reduced_v().to_base64()),
        format!("{{\"signature\":\"{base64}\"}}"),
        format!("{{\"signature\":\" {base64}\\n\",\"more\":[1,{{}}]}}"),
        format!("\u{feff}{genuine}\r\n"),
        genuine.replace("0x", "0y").replace("alice-codes", "somebody"),
    ] {
        let verified = check(&claim, &proof(&claim, content.as_str())).unwrap();
        assert_eq!(verified.signature.with_reduced_v(), signature.with_reduced_v(), "{content}");
    }
    let beside = gist([
        file("README.md", "# Hello"),
        file(post_text::file_name(&claim.avatar), genuine),
        file("0x00.json", "{"),
    ]);
    check(&claim, &beside).unwrap();
}

#[test]
fn the_login_is_compared_without_regard_to_case() {
    let claim = alice();
    let mut evidence = proof(&claim, signed_post(&claim, &key("alice")));
    evidence.account.as_mut().unwrap().name = "aLiCe-CODES".to_owned();
    assert_eq!(check(&claim, &evidence).unwrap().alt_name, "aLiCe-CODES");
}

#[test]
fn another_account_is_refused() {
    let claim = alice();
    let mut evidence = proof(&claim, signed_post(&claim, &key("alice")));
    for name in ["mallory", "alice-code", "alice-codes2", "alice_codes", ""] {
        evidence.account.as_mut().unwrap().name = name.to_owned();
        let error = check(&claim, &evidence).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Author));
        assert_eq!((error.expected().as_str(), error.found().as_deref()), ("alice-codes", Some(name)));
    }
    evidence.account = None;
    let error = check(&claim, &evidence).unwrap_err();
    assert_eq!((error.mismatch(), error.found()), (Some(Mismatch::Author), None));
    assert_eq!(error.to_string(), "the author is not alice-codes but nobody");
}

#[test]
fn a_proof_under_another_name_is_missing() {
    let claim = alice();
    let genuine = signed_post(&claim, &key("alice"));
    let name = post_text::file_name(&claim.avatar);
    for other in [
        post_text::file_name(&key("bob").avatar()),
        name.to_uppercase(),
        name.trim_start_matches("0x").to_owned(),
        format!("{}.json", claim.avatar.to_uncompressed_hex()),
        format!("{name}.txt"),
    ] {
        let error = check(&claim, &gist([file(other, genuine.as_str())])).unwrap_err();
        assert_eq!(error, CheckError::Missing { expected: format!("a file {name}") });
    }
    assert_eq!(check(&claim, &gist([])).unwrap_err().mismatch(), None);
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let (claim, bob) = (alice(), key("bob"));
    let error = check(&claim, &proof(&claim, signed_post(&claim, &bob))).unwrap_err();
    assert_eq!(
        error,
        CheckError::Signature { expected: claim.avatar, found: FoundSignature::By(Box::new(bob.avatar())) }
    );
    assert_eq!(error.found(), Some(bob.avatar().to_string()));
}

/// The file repeats what it signs; a forger makes that fit the signature instead of the claim.
#[test]
fn what_the_file_says_about_itself_is_not_believed() {
    let (claim, bob) = (alice(), key("bob"));
    let forged = signed_post(&claim, &bob).replace(&claim.avatar.to_hex(), &bob.avatar().to_hex());
    let error = check(&claim, &proof(&claim, forged)).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
}

#[test]
fn a_genuine_but_older_gist_is_refused() {
    let alice_key = key("alice");
    let old = claim(&alice_key, Platform::Github, "alice-codes", GIST);
    let content = signed_post(&old, &alice_key);
    let head = sign(&old, &alice_key).to_base64();
    for replayed_for in [
        linked_claim(&alice_key, Platform::Github, "alice-codes", GIST, OTHER_UUID, None),
        linked_claim(&alice_key, Platform::Github, "alice-codes", GIST, crate::support::UUID, Some(&head)),
        Claim { payload: old.payload.replace("1700000000", "1700000001"), ..old.clone() },
        Claim { payload: old.payload.replace("create", "delete"), ..old.clone() },
    ] {
        let error = check(&replayed_for, &proof(&replayed_for, content.as_str())).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Signature), "{}", replayed_for.payload);
    }
    // The upload of the field's own test, whose gist signs another uuid and second.
    let (nykma, evidence) = nykma();
    let as_uploaded = Claim {
        payload: nykma.payload.replace("1647329242", "1647329002").replace(crate::support::UUID, OTHER_UUID),
        ..nykma
    };
    assert_eq!(check(&as_uploaded, &evidence).unwrap_err().mismatch(), Some(Mismatch::Signature));
}

#[test]
fn what_is_no_signature_is_refused() {
    let claim = alice();
    let signature = sign(&claim, &key("alice"));
    let bytes = signature.as_bytes();
    let mut bad_v = *bytes;
    bad_v[64] = 29;
    let mut zero_r = *bytes;
    zero_r[..32].fill(0);
    let mut tampered = *bytes;
    tampered[40] ^= 1;
    let base64 = |bytes: &[u8]| nextid_core::signature_text::encode_base64(bytes);
    for (text, why) in [
        (base64(&bytes[..64]), "the signature has 64 bytes instead of 65"),
        (base64(&[bytes.as_slice(), &[0]].concat()), "the signature has 66 bytes instead of 65"),
        (base64(&bad_v), "the signature's recovery id 29 is not supported"),
        (base64(&zero_r), "no key can be recovered from the signature"),
        (String::new(), "the signature has 0 bytes instead of 65"),
    ] {
        let error = check(&claim, &proof(&claim, post(&claim, &text))).unwrap_err();
        assert_eq!((error.mismatch(), error.found().as_deref()), (Some(Mismatch::Signature), Some(why)));
    }
    for text in [base64(&tampered), "%SIG_BASE64%".to_owned(), signature.to_base64().replace('=', "")] {
        assert!(Signature::from_slice(&tampered).is_ok());
        let error = check(&claim, &proof(&claim, post(&claim, &text))).unwrap_err();
        assert_eq!(error.mismatch(), Some(Mismatch::Signature), "{text}");
    }
}

#[test]
fn what_is_no_proof_file_is_refused() {
    let claim = alice();
    let genuine = signed_post(&claim, &key("alice"));
    for (content, found) in [
        (String::new(), "not JSON, at line 1 column 0"),
        ("Sig: x".to_owned(), "not JSON, at line 1 column 1"),
        (format!("{genuine}{genuine}"), "not JSON, at line 11 column 2"),
        ("[".repeat(100_000), "not JSON, at line 1 column 128"),
        (format!("[{genuine}]"), "JSON that is not an object"),
        ("null".to_owned(), "JSON that is not an object"),
        ("{}".to_owned(), "an object without \"signature\""),
        (format!("{{\"proof\":{genuine}}}"), "an object without \"signature\""),
        ("{\"signature\":null}".to_owned(), "a \"signature\" that is not a text"),
        ("{\"signature\":[1]}".to_owned(), "a \"signature\" that is not a text"),
    ] {
        let error = check(&claim, &proof(&claim, content)).unwrap_err();
        assert_eq!((error.mismatch(), error.found().as_deref()), (Some(Mismatch::Text), Some(found)));
    }
    let mut cut = proof(&claim, genuine);
    cut.texts[0].truncated = true;
    let error = check(&claim, &cut).unwrap_err();
    assert_eq!(error.found().as_deref(), Some("a file so large that the platform cut it"));
}

#[test]
fn evidence_can_be_recorded() {
    let claim = alice();
    let evidence = proof(&claim, signed_post(&claim, &key("alice")));
    let recorded = serde_json::to_string(&evidence).unwrap();
    let again: Evidence = serde_json::from_str(&recorded).unwrap();
    assert_eq!(again, evidence);
    check(&claim, &again).unwrap();
}

/// What the API answers is read, or is no evidence at all.
#[test]
fn answers_about_a_gist() {
    let claim = alice();
    let name = post_text::file_name(&claim.avatar);
    let read = |answer: Value| github::evidence(&claim, GIST, answer.to_string().as_bytes());
    let owner = json!({ "login": "alice-codes", "id": 1191636 });
    let content = signed_post(&claim, &key("alice"));
    let files = json!({ &name: { "content": content, "truncated": false }, "null": null, "empty": {} });
    for (id, truncated) in [(GIST.to_owned(), false), (GIST.to_uppercase(), true)] {
        let answer = json!({ "id": id, "owner": owner, "files": files, "truncated": truncated });
        let shown = read(answer).unwrap();
        assert_eq!(shown.texts.len(), 2);
        assert!(check(&claim, &shown).is_ok());
    }
    let anonymous = read(json!({ "id": GIST, "owner": null, "files": files })).unwrap();
    assert_eq!(check(&claim, &anonymous).unwrap_err().mismatch(), Some(Mismatch::Author));
    for (answer, why) in [
        (json!({ "id": "5b3acc09", "owner": owner, "files": files }), "another gist"),
        // GitHub has left files out, and ours may be one of them.
        (json!({ "id": GIST, "owner": owner, "files": {}, "truncated": true }), "too many files"),
        (json!({ "id": GIST, "owner": owner }), "not a gist"),
        (json!({ "id": GIST, "owner": { "login": 1 }, "files": files }), "not a gist"),
        (json!([]), "not a gist"),
    ] {
        let error = read(answer).unwrap_err();
        assert!(matches!(&error, FetchError::Odd(odd) if odd.contains(why)), "{error}");
    }
}
