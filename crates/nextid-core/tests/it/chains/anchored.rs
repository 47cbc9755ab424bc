//! Parts of chains, checked against what is known of the part before them.

use nextid_core::verify::{Anchor, BindingEvidence, Defect, Head, KvChainVerifier, ProofChainVerifier};
use nextid_core::{Action, LinkUuid, Platform};
use serde_json::json;

use crate::support::keys::uuid;
use crate::support::kv_chain::KvChain;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, rebuild_payload};

fn anchor(chain: &ProofChain, index: usize) -> Anchor {
    let link = &chain.links[index];
    Anchor::After(Head {
        seq: link.seq,
        signature: link.signature.clone(),
        created_at: link.created_at.parse().unwrap(),
    })
}

fn twitter() -> (Platform, String) {
    (Platform::Twitter, "alice".to_owned())
}

/// Binds at the anchor, then revokes, binds again, and revokes twice.
fn comings_and_goings() -> ProofChain {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").revoke(Platform::Twitter, "alice");
    chain.post(Platform::Twitter, "alice").revoke(Platform::Twitter, "alice");
    chain.revoke(Platform::Twitter, "alice");
    chain
}

#[test]
fn what_is_known_to_be_bound_can_be_revoked_once() {
    let chain = comings_and_goings();
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), anchor(&chain, 0)).with_bound([twitter()]);
    for link in &chain.links[1..4] {
        verifier.push(link).unwrap();
    }
    let error = verifier.push(&chain.links[4]).unwrap_err();
    assert_eq!((error.position, error.defect), (3, Defect::NotBound));
}

#[test]
fn what_is_known_not_to_be_bound_cannot_be_revoked() {
    let chain = comings_and_goings();
    let known = [(Platform::Github, "alice".to_owned())];
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), anchor(&chain, 0)).with_bound(known);
    assert_eq!(verifier.push(&chain.links[1]).unwrap_err().defect, Defect::NotBound);
    // Nothing at all is bound: that is knowledge as well.
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), anchor(&chain, 0)).with_bound([]);
    assert_eq!(verifier.push(&chain.links[1]).unwrap_err().defect, Defect::NotBound);
}

#[test]
fn binding_again_what_was_bound_before_leaves_one_binding() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Twitter, "alice");
    chain.revoke(Platform::Twitter, "alice").revoke(Platform::Twitter, "alice");
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), anchor(&chain, 0)).with_bound([twitter()]);
    verifier.push(&chain.links[1]).unwrap();
    verifier.push(&chain.links[2]).unwrap();
    assert_eq!(verifier.push(&chain.links[3]).unwrap_err().defect, Defect::NotBound);
    assert!(verifier.finish().bindings.is_empty());
}

#[test]
fn a_uuid_from_before_the_anchor_is_not_used_again() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice");
    let mut again = chain.draft(Action::Create, Platform::Github, "alice");
    again.uuid = chain.links[0].uuid.clone();
    rebuild_payload(&chain.key, &mut again);
    chain.push_signed(again);
    let used: LinkUuid = uuid(1);
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), anchor(&chain, 0)).with_used([used]);
    assert_eq!(verifier.push(&chain.links[1]).unwrap_err().defect, Defect::UuidReused);
}

#[test]
fn a_kv_uuid_from_before_the_anchor_is_not_used_again() {
    let mut chain = KvChain::new("alice");
    chain.own(json!({"a": 1})).own(json!({"b": 2}));
    let anchor = Anchor::After(Head {
        seq: 0,
        signature: chain.links[0].signature.clone(),
        created_at: "1700000000".parse().unwrap(),
    });
    let avatar = chain.key.avatar();
    let mut free = KvChainVerifier::new(avatar, anchor.clone()).with_used([uuid(1)]);
    free.push(&chain.links[1]).unwrap();
    let mut used = KvChainVerifier::new(avatar, anchor).with_used([uuid(2)]);
    assert_eq!(used.push(&chain.links[1]).unwrap_err().defect, Defect::UuidReused);
}

#[test]
fn what_stands_behind_a_binding_can_be_told_of_its_link() {
    let mut chain = ProofChain::new("alice");
    let wallet = Party::ethereum("wallet");
    chain.post(Platform::Dns, "example.com").bind(&wallet);
    let of = |index: usize, platform| BindingEvidence::of(platform, &chain.links[index]);
    assert_eq!(of(0, Platform::Dns), BindingEvidence::Post);
    assert_eq!(of(1, Platform::Ethereum), BindingEvidence::CounterSignature);
    let mut contract = chain.links[1].clone();
    contract.extra.insert("contract".to_owned(), json!({}));
    assert_eq!(BindingEvidence::of(Platform::Ethereum, &contract), BindingEvidence::Contract);
    for evidence in chain.verify().unwrap().bindings {
        let link = &chain.links[usize::try_from(evidence.seq).unwrap()];
        assert_eq!(BindingEvidence::of(evidence.platform, link), evidence.evidence);
    }
}
