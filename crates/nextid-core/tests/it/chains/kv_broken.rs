//! KVChains that do not hold.

use nextid_core::Platform;
use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::signature::SignatureError;
use nextid_core::verify::{Anchor, Defect, KvChainVerifier};
use serde_json::json;

use crate::support::keys::{key, uuid};
use crate::support::kv_chain::{KvChain, rebuild_payload, sign};
use crate::tables::signature::flipped;

/// The name of what is changed, and how.
type Change = (&'static str, fn(&mut KvLink));

fn three() -> KvChain {
    let mut chain = KvChain::new("alice");
    chain.own(json!({"a": 1})).write(Platform::Discord, "Alice", json!({"b": 2})).own(json!({"a": null}));
    chain
}

fn refusal(chain: &KvChain) -> (u64, Defect) {
    let error = chain.verify().expect_err("the chain is broken");
    (error.position, error.defect)
}

fn resigned(chain: &mut KvChain, index: usize, change: impl FnOnce(&mut KvLink)) {
    let link = &mut chain.links[index];
    change(link);
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
}

#[test]
fn links_are_missing_doubled_or_in_another_order() {
    let mut chain = three();
    chain.links.remove(1);
    assert_eq!(refusal(&chain), (1, Defect::WrongSeq { expected: 1 }));
    chain.links[1].seq = 1;
    assert!(matches!(refusal(&chain), (1, Defect::WrongPrev { .. })));
    let mut chain = three();
    let again = chain.links[2].clone();
    chain.links.push(again);
    assert_eq!(refusal(&chain), (3, Defect::WrongSeq { expected: 3 }));
    let mut chain = three();
    chain.links.swap(0, 1);
    assert_eq!(refusal(&chain), (0, Defect::WrongSeq { expected: 0 }));
}

#[test]
fn a_pointer_leads_elsewhere() {
    let mut chain = three();
    chain.links[1].signature = flipped(&chain.links[1].signature);
    assert!(matches!(refusal(&chain), (2, Defect::WrongPrev { .. })));
    let mut chain = three();
    resigned(&mut chain, 2, |link| link.prev = None);
    assert!(matches!(refusal(&chain), (2, Defect::WrongPrev { found: None, .. })));
    // The same bytes in another spelling are another pointer.
    let mut chain = three();
    let signature = chain.links[1].signature.trim_end_matches('=').to_owned();
    chain.links[1].signature = signature;
    assert!(matches!(refusal(&chain), (2, Defect::WrongPrev { .. })));
}

/// A key is nobody else's at another time.
#[test]
fn a_restart_under_nextid() {
    let mut chain = three();
    chain.links[2].restart = true;
    assert!(matches!(refusal(&chain), (2, Defect::BadField { field: "restart", .. })));
}

#[test]
fn uuids_and_seconds() {
    let mut chain = three();
    let first = chain.links[0].uuid.clone();
    resigned(&mut chain, 2, |link| link.uuid = first);
    assert_eq!(refusal(&chain), (2, Defect::UuidReused));
    let mut chain = three();
    let before = chain.links[1].created_at;
    resigned(&mut chain, 2, |link| link.created_at = before - 1);
    assert_eq!(refusal(&chain), (2, Defect::TimeGoesBack { before }));
}

#[test]
fn nobody_but_the_avatar_signs() {
    let mut chain = three();
    sign(&key("mallory"), &mut chain.links[2]);
    assert_eq!(refusal(&chain), (2, Defect::Signature(SignatureError::OtherSigner)));
    let signer = key("mallory").avatar().to_uncompressed_hex();
    chain.links[2].signer = signer.clone();
    assert_eq!(refusal(&chain), (2, Defect::SignerMayNot { signer }));
    let mut chain = three();
    chain.links[1].avatar = key("mallory").avatar().to_uncompressed_hex();
    assert!(matches!(refusal(&chain), (1, Defect::OtherAvatar { .. })));
}

#[test]
fn columns_and_signed_string_agree() {
    let changes: [Change; 8] = [
        ("platform", |link| link.platform = "slack".to_owned()),
        ("identity", |link| link.identity = "Bob".to_owned()),
        ("letter case", |link| link.identity = "alice".to_owned()),
        ("patch", |link| link.patch = json!({"b": 3})),
        ("number of another kind", |link| link.patch = json!({"b": 2.0})),
        ("created_at", |link| link.created_at += 1),
        ("uuid", |link| link.uuid = uuid(99).to_string()),
        ("format", |link| link.format = LinkFormat::KvPersona),
    ];
    for (what, change) in changes {
        let mut chain = three();
        change(&mut chain.links[1]);
        assert!(matches!(refusal(&chain), (1, Defect::PayloadDiffers { .. })), "{what}");
    }
    let mut chain = three();
    let payload = chain.links[1].signature_payload.clone();
    chain.links[1].signature_payload.insert(0, ' ');
    assert_eq!(refusal(&chain), (1, Defect::PayloadDiffers { rebuilt: payload }));
}

#[test]
fn fields_are_well_formed() {
    let changes: [Change; 10] = [
        ("platform", |link| link.platform = "myspace".to_owned()),
        ("identity", |link| link.identity = "x".to_owned()),
        ("uuid", |link| link.uuid = "none".to_owned()),
        ("created_at", |link| link.created_at = -1),
        ("created_at", |link| link.created_at = i64::MAX),
        ("avatar", |link| link.avatar = "0x04".to_owned()),
        ("patch", |link| link.patch = json!([1])),
        ("patch", |link| link.patch = json!(null)),
        ("patch", |link| link.patch = json!("{}")),
        ("signature", |link| link.signature.insert(0, '\n')),
    ];
    for (name, change) in changes {
        let mut chain = three();
        change(&mut chain.links[1]);
        match refusal(&chain) {
            (1, Defect::BadField { field, .. }) => assert_eq!(field, name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_format_of_the_other_kind_of_chain() {
    let mut chain = three();
    chain.links[0].format = LinkFormat::Legacy2021;
    assert_eq!(refusal(&chain), (0, Defect::WrongFormat));
}

#[test]
fn under_nextid_an_avatar_writes_for_itself_only() {
    let mut chain = three();
    chain.write(Platform::Nextid, &key("bob").avatar().to_hex(), json!({"a": 1}));
    match refusal(&chain) {
        (3, Defect::BadField { field, .. }) => assert_eq!(field, "identity"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refused_link_changes_no_content() {
    let chain = three();
    let mut verifier = KvChainVerifier::new(chain.key.avatar(), Anchor::Genesis);
    verifier.push(&chain.links[0]).unwrap();
    let mut broken = chain.links[1].clone();
    sign(&key("mallory"), &mut broken);
    verifier.push(&broken).unwrap_err();
    let state = verifier.finish();
    assert_eq!(state.contents.len(), 1);
    assert_eq!(state.head.unwrap().seq, 0);
}
