//! ProofChains that hold.

use nextid_core::link::LinkFormat;
use nextid_core::verify::{Anchor, BindingEvidence, Head, ProofChainVerifier, verify_proof_chain};
use nextid_core::{Action, Platform};

use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, START, rebuild_payload};

fn bound(chain: &ProofChain) -> Vec<(Platform, String)> {
    let state = chain.verify().expect("the chain holds");
    let head = state.head.expect("a head");
    let last = chain.links.last().unwrap();
    assert_eq!((head.seq, &head.signature), (last.seq, &last.signature));
    assert_eq!(head.created_at.to_string(), last.created_at);
    state.bindings.into_iter().map(|binding| (binding.platform, binding.identity)).collect()
}

#[test]
fn an_empty_chain_holds() {
    let state = ProofChain::new("alice").verify().unwrap();
    assert_eq!(state.head, None);
    assert!(state.bindings.is_empty());
}

#[test]
fn every_platform_can_be_bound_and_revoked() {
    let identities = [
        (Platform::Twitter, "some_user"),
        (Platform::Github, "some-user"),
        (Platform::Keybase, "someuser"),
        (Platform::Dns, "example.com"),
        (Platform::Ens, "example.eth"),
        (Platform::Dotbit, "example.bit"),
        (Platform::Minds, "someuser"),
        (Platform::Steam, "76561198092541763"),
        (Platform::Activitypub, "user@example.social"),
        (Platform::Discord, "Some <User>#0001"),
        (Platform::Telegram, "some_user"),
        (Platform::Slack, "U04Q3NRDWHX"),
        (Platform::Tiktok, "some.user"),
        (Platform::Nostr, "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"),
        (Platform::Bluesky, "some-user.bsky.social"),
        (Platform::Farcaster, "someuser"),
        (Platform::Website, "example.com"),
    ];
    let parties = Party::all("other");
    assert_eq!(identities.len() + parties.len(), Platform::ALL.len());

    let mut chain = ProofChain::new("alice");
    for (platform, identity) in identities {
        chain.post(platform, identity);
    }
    for party in &parties {
        chain.bind(party);
    }
    let state = chain.verify().unwrap();
    assert_eq!(state.bindings.len(), Platform::ALL.len());
    for binding in &state.bindings {
        let expected = if binding.platform.needs_post() {
            BindingEvidence::Post
        } else {
            BindingEvidence::CounterSignature
        };
        assert_eq!(binding.evidence, expected, "{}", binding.platform);
        let link = &chain.links[usize::try_from(binding.seq).unwrap()];
        assert_eq!(binding.proof_location, link.proof_location);
        assert_eq!(binding.alt_id, link.alt_id);
        assert_eq!(binding.created_at.to_string(), link.created_at);
    }

    for (platform, identity) in identities {
        chain.revoke(platform, identity);
    }
    for party in &parties {
        chain.revoke(party.platform(), &party.identity());
    }
    assert!(bound(&chain).is_empty());
}

#[test]
fn the_other_party_may_revoke_alone() {
    for party in Party::all("other") {
        let mut chain = ProofChain::new("alice");
        chain.post(Platform::Twitter, "alice").bind(&party).revoke_by(&party);
        assert_eq!(bound(&chain), [(Platform::Twitter, "alice".to_owned())]);
        // The Avatar's chain goes on after a link that it did not sign.
        chain.post(Platform::Github, "alice").bind(&party);
        assert_eq!(bound(&chain).len(), 3);
    }
}

#[test]
fn a_signer_may_be_spelled_in_any_way() {
    let wallet = Party::ethereum("wallet");
    let mut chain = ProofChain::new("alice");
    chain.bind(&wallet).revoke_by(&wallet);
    let uncompressed = chain.key.avatar().to_uncompressed_hex();
    chain.links[0].signer = uncompressed[2..].to_uppercase();
    chain.links[1].signer = wallet.identity().to_uppercase().replacen("0X", "0x", 1);
    chain.verify().unwrap();
}

#[test]
fn binding_again_replaces_location_and_id() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Twitter, "alice");
    let state = chain.verify().unwrap();
    let [binding] = state.bindings.as_slice() else { panic!("one binding: {:?}", state.bindings) };
    assert_eq!((binding.seq, binding.proof_location.as_str()), (1, "location-1"));
    chain.revoke(Platform::Twitter, "alice").post(Platform::Twitter, "alice");
    assert_eq!(chain.verify().unwrap().bindings[0].seq, 3);
}

#[test]
fn one_account_of_another_spelling_is_the_same_binding() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice");
    // As the field's servers stored it: the spelling in the column and in the signed string, not normalised.
    let mut link = chain.draft(Action::Delete, Platform::Twitter, "@Alice");
    chain.push_signed(link.clone());
    assert!(bound(&chain).is_empty());
    // Only the column is not normalised.
    chain.links.pop();
    link.identity = "alice".to_owned();
    rebuild_payload(&chain.key, &mut link);
    link.identity = "ALICE".to_owned();
    chain.push_signed(link);
    assert!(bound(&chain).is_empty());
}

#[test]
fn a_chain_may_begin_with_links_of_2021() {
    let mut chain = ProofChain::new("alice");
    for identity in ["alice", "alice_2"] {
        let mut link = chain.draft(Action::Create, Platform::Twitter, identity);
        link.format = LinkFormat::Legacy2021;
        rebuild_payload(&chain.key, &mut link);
        assert!(!link.signature_payload.contains(&link.uuid));
        chain.push_signed(link);
    }
    chain.post(Platform::Github, "alice").revoke(Platform::Twitter, "alice");
    assert_eq!(bound(&chain).len(), 2);
}

#[test]
fn slack_leaves_out_a_prev_that_is_null() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Slack, "U04Q3NRDWHX");
    assert!(!chain.links[0].signature_payload.contains("prev"));
    chain.revoke(Platform::Slack, "U04Q3NRDWHX");
    assert!(chain.links[1].signature_payload.contains("\"prev\":\""));
    assert!(bound(&chain).is_empty());
}

#[test]
fn a_contract_wallet_is_told_apart() {
    let wallet = Party::ethereum("contract");
    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft(Action::Create, Platform::Ethereum, &wallet.identity());
    link.extra.insert(
        "contract".to_owned(),
        serde_json::json!({"chain_id": 1, "block_number": 1, "block_hash": "0x00"}),
    );
    chain.push_signed(link);
    let state = chain.verify().unwrap();
    assert_eq!(state.bindings[0].evidence, BindingEvidence::Contract);
}

#[test]
fn links_may_share_a_second() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice");
    let mut link = chain.draft(Action::Create, Platform::Github, "alice");
    link.created_at = START.to_string();
    rebuild_payload(&chain.key, &mut link);
    chain.push_signed(link);
    assert_eq!(bound(&chain).len(), 2);
}

#[test]
fn a_part_of_a_chain_holds_after_its_anchor() {
    let wallet = Party::ethereum("wallet");
    let mut chain = ProofChain::new("alice");
    chain.bind(&wallet).post(Platform::Twitter, "alice").revoke_by(&wallet).post(Platform::Github, "alice");
    let trusted = &chain.links[1];
    let anchor = Anchor::After(Head {
        seq: trusted.seq,
        signature: trusted.signature.clone(),
        created_at: trusted.created_at.parse().unwrap(),
    });
    let avatar = chain.key.avatar();
    // What is revoked was bound before the anchor.
    let state = verify_proof_chain(&avatar, anchor.clone(), &chain.links[2..]).unwrap();
    assert_eq!(state.head.unwrap().seq, 3);
    assert_eq!(state.bindings.len(), 1);
    // Nothing after the anchor: the anchor stays the head.
    let state = verify_proof_chain(&avatar, anchor, &chain.links[..0]).unwrap();
    assert_eq!(state.head.unwrap().signature, trusted.signature);
}

#[test]
fn after_an_error_the_verifier_goes_on_where_it_was() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Github, "alice");
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), Anchor::Genesis);
    verifier.push(&chain.links[0]).unwrap();
    let mut broken = chain.links[1].clone();
    broken.signature = chain.links[0].signature.clone();
    assert_eq!(verifier.push(&broken).unwrap_err().position, 1);
    assert_eq!(verifier.push(&chain.links[0]).unwrap_err().position, 1);
    verifier.push(&chain.links[1]).unwrap();
    assert_eq!(verifier.finish().bindings.len(), 2);
}
