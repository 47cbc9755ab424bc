//! ProofChains whose links are not where they belong.

use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, ChainError, Defect, Head, verify_proof_chain};
use nextid_core::{Action, Platform};

use crate::support::keys::uuid;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, rebuild_payload, sign};

fn three() -> ProofChain {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Github, "alice").revoke(Platform::Twitter, "alice");
    chain
}

fn refusal(chain: &ProofChain) -> (u64, Defect) {
    let ChainError { position, defect, .. } = chain.verify().expect_err("the chain is broken");
    (position, defect)
}

/// Changes a link and signs it again, so that it is sound in itself.
fn resigned(chain: &mut ProofChain, index: usize, change: impl FnOnce(&mut ProofLink)) {
    let link = &mut chain.links[index];
    change(link);
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
}

#[test]
fn a_link_is_missing() {
    let mut chain = three();
    chain.links.remove(1);
    assert_eq!(refusal(&chain), (1, Defect::WrongSeq { expected: 1 }));
    let mut chain = three();
    chain.links.remove(0);
    assert_eq!(refusal(&chain), (0, Defect::WrongSeq { expected: 0 }));
}

#[test]
fn a_missing_link_cannot_be_hidden_by_new_numbers() {
    let mut chain = three();
    chain.links.remove(1);
    chain.links[1].seq = 1;
    let expected = Some(chain.links[0].signature.clone());
    let found = chain.links[1].prev.clone();
    assert_eq!(refusal(&chain), (1, Defect::WrongPrev { expected, found }));
}

#[test]
fn links_are_doubled_or_in_another_order() {
    let mut chain = three();
    let again = chain.links[1].clone();
    chain.links.insert(1, again);
    assert_eq!(refusal(&chain), (2, Defect::WrongSeq { expected: 2 }));
    let mut chain = three();
    chain.links.swap(1, 2);
    assert_eq!(refusal(&chain), (1, Defect::WrongSeq { expected: 1 }));
}

#[test]
fn a_fork_has_two_links_of_one_place() {
    let mut chain = three();
    let mut fork = ProofChain::new("alice");
    fork.links = chain.links[..1].to_vec();
    fork.post(Platform::Tiktok, "alice");
    chain.links.insert(2, fork.links[1].clone());
    assert_eq!(refusal(&chain), (2, Defect::WrongSeq { expected: 2 }));
    chain.links[2].seq = 2;
    assert!(matches!(refusal(&chain), (2, Defect::WrongPrev { .. })));
}

#[test]
fn the_first_link_points_nowhere_and_the_others_somewhere() {
    let mut chain = three();
    let somewhere = chain.links[1].signature.clone();
    resigned(&mut chain, 0, |link| link.prev = Some(somewhere.clone()));
    assert_eq!(refusal(&chain), (0, Defect::WrongPrev { expected: None, found: Some(somewhere) }));
    let mut chain = three();
    resigned(&mut chain, 1, |link| link.prev = None);
    let expected = Some(chain.links[0].signature.clone());
    assert_eq!(refusal(&chain), (1, Defect::WrongPrev { expected, found: None }));
}

/// From a signature (r, s, v) anyone makes (r, n − s, 1 − v), which stands for the same key over the same string.
#[test]
fn a_second_signature_made_from_the_first_breaks_the_pointer() {
    let mut chain = three();
    let other = crate::tables::signature::flipped(&chain.links[1].signature);
    assert_ne!(other, chain.links[1].signature);
    chain.links[1].signature = other.clone();
    let expected = Some(other.clone());
    let found = chain.links[2].prev.clone();
    assert_eq!(refusal(&chain), (2, Defect::WrongPrev { expected, found }));
    // Without a successor it is as good as the first.
    chain.links.pop();
    assert_eq!(chain.verify().unwrap().head.unwrap().signature, other);
}

#[test]
fn another_spelling_of_v_breaks_the_pointer() {
    let mut chain = three();
    let payload = chain.links[0].signature_payload.clone();
    chain.links[0].signature = chain.key.personal_sign(payload.as_bytes()).to_base64();
    assert!(matches!(refusal(&chain), (1, Defect::WrongPrev { .. })));
}

#[test]
fn a_uuid_is_used_once() {
    let mut chain = three();
    let first = chain.links[0].uuid.clone();
    resigned(&mut chain, 2, |link| link.uuid = first.to_uppercase());
    assert_eq!(refusal(&chain), (2, Defect::UuidReused));
}

#[test]
fn time_does_not_go_back() {
    let mut chain = three();
    let before: i64 = chain.links[1].created_at.parse().unwrap();
    resigned(&mut chain, 2, |link| link.created_at = (before - 1).to_string());
    assert_eq!(refusal(&chain), (2, Defect::TimeGoesBack { before }));
}

#[test]
fn a_chain_is_one_avatars() {
    let mut chain = three();
    let other = ProofChain::new("bob").key.avatar();
    chain.links[1].avatar = other.to_hex();
    assert_eq!(refusal(&chain), (1, Defect::OtherAvatar { found: other.to_hex() }));
    let error = verify_proof_chain(&other, Anchor::Genesis, &three().links).unwrap_err();
    assert_eq!(error.position, 0);
    assert!(matches!(error.defect, Defect::OtherAvatar { .. }));
}

#[test]
fn what_follows_an_anchor_has_to_follow_it() {
    let chain = three();
    let avatar = chain.key.avatar();
    let head = |index: usize| Head {
        seq: chain.links[index].seq,
        signature: chain.links[index].signature.clone(),
        created_at: chain.links[index].created_at.parse().unwrap(),
    };
    let refused =
        |head: Head| verify_proof_chain(&avatar, Anchor::After(head), &chain.links[1..]).unwrap_err().defect;
    verify_proof_chain(&avatar, Anchor::After(head(0)), &chain.links[1..]).unwrap();
    assert_eq!(refused(head(1)), Defect::WrongSeq { expected: 2 });
    let other = Head { signature: chain.links[2].signature.clone(), ..head(0) };
    assert!(matches!(refused(other), Defect::WrongPrev { .. }));
    let later = Head { created_at: "1900000000".parse().unwrap(), ..head(0) };
    assert_eq!(refused(later), Defect::TimeGoesBack { before: 1_900_000_000 });
}

#[test]
fn an_anchor_at_the_end_of_all_numbers_has_no_successor() {
    let chain = three();
    let anchor = Anchor::After(Head {
        seq: u64::MAX,
        signature: chain.links[0].signature.clone(),
        created_at: "0".parse().unwrap(),
    });
    for seq in [0, 1, u64::MAX] {
        let link = ProofLink { seq, ..chain.links[1].clone() };
        verify_proof_chain(&chain.key.avatar(), anchor.clone(), [link]).unwrap_err();
    }
}

#[test]
fn an_error_names_the_link() {
    let mut chain = three();
    resigned(&mut chain, 2, |link| link.uuid = uuid(77).to_string());
    chain.links[2].action = "update".to_owned();
    let error = chain.verify().unwrap_err();
    assert_eq!((error.position, error.seq), (2, 2));
    assert_eq!(error.uuid, uuid(77).to_string());
    let text = error.to_string();
    assert!(text.starts_with("link 2 (seq 2, uuid 00000000-0000-4000-8000-00000000004d): "), "{text}");
}

/// What was revoked after an anchor is known not to be bound.
#[test]
fn nothing_is_revoked_twice_after_an_anchor() {
    let wallet = Party::ethereum("wallet");
    let mut chain = ProofChain::new("alice");
    chain.bind(&wallet).revoke_by(&wallet);
    let link = chain.draft(Action::Delete, wallet.platform(), &wallet.identity());
    chain.push_signed(link);
    let anchor = Anchor::After(Head {
        seq: 0,
        signature: chain.links[0].signature.clone(),
        created_at: chain.links[0].created_at.parse().unwrap(),
    });
    let error = verify_proof_chain(&chain.key.avatar(), anchor, &chain.links[1..]).unwrap_err();
    assert_eq!((error.position, error.defect), (1, Defect::NotBound));
}
