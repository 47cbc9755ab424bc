//! KVChains that hold.

use nextid_core::Platform;
use nextid_core::link::LinkFormat;
use nextid_core::verify::{Anchor, Head, verify_kv_chain};
use serde_json::json;

use crate::support::kv_chain::{KvChain, rebuild_payload};

#[test]
fn an_empty_chain_holds() {
    let state = KvChain::new("alice").verify().unwrap();
    assert_eq!(state.head, None);
    assert!(state.contents.is_empty());
}

#[test]
fn patches_merge_into_their_namespaces() {
    let mut chain = KvChain::new("alice");
    let own = (Platform::Nextid, chain.key.avatar().to_hex());
    chain
        .own(json!({"a": 1, "b": {"c": [1, null]}}))
        .write(Platform::Twitter, "alice", json!({"a": "another namespace"}))
        .own(json!({"a": null, "b": {"d": {"e": null}}}))
        .own(json!({}));
    let state = chain.verify().unwrap();
    assert_eq!(state.contents.len(), 2);
    assert_eq!(state.contents[&own], json!({"b": {"c": [1, null], "d": {}}}));
    assert_eq!(state.contents[&(Platform::Twitter, "alice".to_owned())], json!({"a": "another namespace"}));
    let head = state.head.unwrap();
    assert_eq!((head.seq, head.signature), (3, chain.links[3].signature.clone()));
}

#[test]
fn spellings_of_one_identity_share_a_namespace() {
    let mut chain = KvChain::new("alice");
    let own = chain.key.avatar();
    chain
        .write(Platform::Twitter, "Alice", json!({"a": 1}))
        .write(Platform::Twitter, "@alice", json!({"b": 2}))
        .write(Platform::Nextid, &own.to_hex(), json!({"a": 1}))
        .write(Platform::Nextid, &own.to_uncompressed_hex(), json!({"b": 2}));
    // The signed string holds the identity as the request spells it.
    assert!(chain.links[1].signature_payload.contains("\"@alice\""));
    let state = chain.verify().unwrap();
    let merged = json!({"a": 1, "b": 2});
    assert_eq!(state.contents[&(Platform::Twitter, "alice".to_owned())], merged);
    assert_eq!(state.contents[&(Platform::Nextid, own.to_hex())], merged);
    assert_eq!(state.contents.len(), 2);
}

/// What a restart leaves behind is history. It is the service's word: nothing that is signed tells it.
#[test]
fn a_restart_begins_a_namespace_again() {
    let mut chain = KvChain::new("alice");
    chain.write(Platform::Github, "alice", json!({"a": 1})).own(json!({"own": 1}));
    let mut link = chain.draft(Platform::Github, "Alice", json!({"b": 2}));
    link.restart = true;
    chain.push_signed(link).write(Platform::Github, "alice", json!({"c": 3}));
    let github = (Platform::Github, "alice".to_owned());
    let contents = chain.verify().unwrap().contents;
    assert_eq!(contents[&github], json!({"b": 2, "c": 3}));
    assert_eq!(contents.len(), 2);
    chain.links[2].restart = false;
    assert_eq!(chain.verify().unwrap().contents[&github], json!({"a": 1, "b": 2, "c": 3}));
}

#[test]
fn links_until_2022_say_persona() {
    let mut chain = KvChain::new("alice");
    let mut link = chain.draft(Platform::Twitter, "alice", json!({"old": true}));
    link.format = LinkFormat::KvPersona;
    rebuild_payload(&chain.key, &mut link);
    assert!(link.signature_payload.contains("\"persona\":\"04"));
    chain.push_signed(link).own(json!({"new": true}));
    assert!(chain.links[1].signature_payload.contains("\"avatar\":\"04"));
    assert_eq!(chain.verify().unwrap().contents.len(), 2);
}

#[test]
fn signatures_are_kept_as_submitted() {
    let mut chain = KvChain::new("alice");
    chain.own(json!({"a": 1}));
    // Padding may be missing, and v may be 0 or 27: what was submitted is what the next link points at.
    let link = &mut chain.links[0];
    link.signature = chain
        .key
        .personal_sign(link.signature_payload.as_bytes())
        .with_reduced_v()
        .to_base64()
        .trim_end_matches('=')
        .to_owned();
    chain.own(json!({"b": 2}));
    let last = &chain.links[1];
    assert!(last.signature_payload.ends_with(&format!("\"previous\":\"{}\"}}", chain.links[0].signature)));
    chain.verify().unwrap();
}

#[test]
fn numbers_and_strings_are_signed_as_they_are_stored() {
    let mut chain = KvChain::new("alice");
    let patch = serde_json::from_str(
        r#"{"n":[1e2,-0,1e21,18446744073709551615,1.5e-7],"<b>&":" 🎭","big":123456789012345678901234567890}"#,
    )
    .unwrap();
    chain.own(patch);
    let payload = &chain.links[0].signature_payload;
    assert!(payload.contains("\"n\":[100.0,-0.0,1e21,18446744073709551615,1.5e-7]"), "{payload}");
    // The link travels as JSON and still verifies.
    let text = serde_json::to_string(&chain.links).unwrap();
    chain.links = serde_json::from_str(&text).unwrap();
    chain.verify().unwrap();
}

#[test]
fn a_part_of_a_chain_holds_after_its_anchor() {
    let mut chain = KvChain::new("alice");
    chain.own(json!({"a": 1})).own(json!({"b": 2})).own(json!({"c": 3}));
    let anchor = Anchor::After(Head {
        seq: 0,
        signature: chain.links[0].signature.clone(),
        created_at: "1700000000".parse().unwrap(),
    });
    let avatar = chain.key.avatar();
    let state = verify_kv_chain(&avatar, anchor.clone(), &chain.links[1..]).unwrap();
    assert_eq!(state.contents[&(Platform::Nextid, avatar.to_hex())], json!({"b": 2, "c": 3}));
    verify_kv_chain(&avatar, anchor, &chain.links[2..]).unwrap_err();
}
