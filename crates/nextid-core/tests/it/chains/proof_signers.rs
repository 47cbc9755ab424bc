//! ProofChains whose links are signed by somebody who may not, or by nobody.

use nextid_core::counter_signature::{CounterSignatureError, field_name};
use nextid_core::signature::SignatureError;
use nextid_core::solana::SolanaError;
use nextid_core::verify::Defect;
use nextid_core::{Action, Platform};

use crate::support::keys::key;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, sign};

fn refusal(chain: &ProofChain) -> Defect {
    let error = chain.verify().expect_err("the chain is broken");
    assert_eq!(error.position, u64::try_from(chain.links.len()).unwrap() - 1);
    error.defect
}

#[test]
fn another_key_signed() {
    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft(Action::Create, Platform::Twitter, "alice");
    sign(&key("mallory"), &mut link);
    chain.links.push(link);
    assert_eq!(refusal(&chain), Defect::Signature(SignatureError::OtherSigner));
    // Saying so does not help.
    chain.links[0].signer = key("mallory").avatar().to_hex();
    assert!(matches!(refusal(&chain), Defect::SignerMayNot { .. }));
}

#[test]
fn the_signature_is_malformed() {
    let bytes = |length: usize| nextid_core::signature_text::encode_base64(&vec![1; length]);
    let mut wrong_v = vec![1; 65];
    wrong_v[64] = 29;
    let wrong_v = nextid_core::signature_text::encode_base64(&wrong_v);
    let mut zero = vec![0; 65];
    zero[64] = 1;
    let zero = nextid_core::signature_text::encode_base64(&zero);
    for (text, expected) in [
        (String::new(), SignatureError::Length(0)),
        (bytes(64), SignatureError::Length(64)),
        (bytes(66), SignatureError::Length(66)),
        (wrong_v, SignatureError::RecoveryId(29)),
        (zero, SignatureError::Unrecoverable),
    ] {
        let mut chain = ProofChain::new("alice");
        chain.post(Platform::Twitter, "alice");
        chain.links[0].signature = text;
        assert_eq!(refusal(&chain), Defect::Signature(expected));
    }
}

#[test]
fn the_other_party_may_not_bind() {
    for party in Party::all("other") {
        let mut chain = ProofChain::new("alice");
        let mut link = chain.draft_bind(&party);
        link.signature = party.sign_base64(&link.signature_payload);
        link.signer = party.identity();
        chain.links.push(link);
        assert_eq!(refusal(&chain), Defect::SignerMayNot { signer: party.identity() });
    }
}

#[test]
fn the_other_party_revokes_nothing_but_its_own_binding() {
    for (party, other) in Party::all("other").into_iter().zip(Party::all("stranger")) {
        let mut chain = ProofChain::new("alice");
        chain.post(Platform::Twitter, "alice").bind(&party);
        // What it never held.
        let link = chain.draft_revoke_by(&other);
        chain.links.push(link);
        assert_eq!(refusal(&chain), Defect::NotBound);
        chain.links.pop();
        // Another party's binding.
        let mut link = chain.draft(Action::Delete, party.platform(), &party.identity());
        link.signature = other.sign_base64(&link.signature_payload);
        link.signer = other.identity();
        chain.links.push(link.clone());
        assert!(matches!(refusal(&chain), Defect::SignerMayNot { .. }));
        chain.links.pop();
        // Under the other's name.
        link.signer = party.identity();
        chain.links.push(link);
        assert!(matches!(refusal(&chain), Defect::CounterSignature(_)));
        chain.links.pop();
        // The Avatar's account.
        let mut link = chain.draft(Action::Delete, Platform::Twitter, "alice");
        link.signature = party.sign_base64(&link.signature_payload);
        link.signer = party.identity();
        chain.links.push(link);
        assert!(matches!(refusal(&chain), Defect::SignerMayNot { .. }));
    }
}

#[test]
fn an_account_signs_nothing() {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").revoke(Platform::Twitter, "alice");
    chain.links[1].signer = "alice".to_owned();
    assert!(matches!(refusal(&chain), Defect::SignerMayNot { .. }));
}

#[test]
fn nobody_revokes_what_is_not_in_force() {
    let wallet = Party::solana("wallet");
    let mut chain = ProofChain::new("alice");
    chain.revoke(Platform::Twitter, "alice");
    assert_eq!(refusal(&chain), Defect::NotBound);

    let mut chain = ProofChain::new("alice");
    chain.bind(&wallet).revoke_by(&wallet).revoke_by(&wallet);
    assert_eq!(refusal(&chain), Defect::NotBound);
    chain.links.pop();
    chain.revoke(wallet.platform(), &wallet.identity());
    assert_eq!(refusal(&chain), Defect::NotBound);
}

#[test]
fn a_wallets_revocation_over_another_string() {
    for party in Party::all("other") {
        let mut chain = ProofChain::new("alice");
        chain.bind(&party);
        let mut link = chain.draft_revoke_by(&party);
        link.signature = party.sign_base64("something else");
        chain.links.push(link);
        assert!(matches!(refusal(&chain), Defect::CounterSignature(_)));
    }
}

#[test]
fn the_other_partys_signature_is_missing() {
    for party in Party::all("other") {
        let field = field_name(party.platform());
        let mut chain = ProofChain::new("alice");
        let mut link = chain.draft_bind(&party);
        link.extra.remove(field);
        chain.push_signed(link.clone());
        assert_eq!(refusal(&chain), Defect::CounterSignatureMissing { field });
        chain.links.clear();
        link.extra.insert(field.to_owned(), serde_json::Value::Null);
        chain.push_signed(link);
        assert_eq!(refusal(&chain), Defect::CounterSignatureMissing { field });
    }
}

#[test]
fn the_other_partys_signature_is_wrong() {
    let refused = |party: &Party, text: &str| {
        let mut chain = ProofChain::new("alice");
        let mut link = chain.draft_bind(party);
        link.extra.insert(field_name(party.platform()).to_owned(), text.into());
        chain.push_signed(link);
        match refusal(&chain) {
            Defect::CounterSignature(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let payload_of = |party: &Party| ProofChain::new("alice").draft_bind(party).signature_payload;
    for (party, other) in Party::all("other").into_iter().zip(Party::all("stranger")) {
        // By somebody else, over something else, and by the Avatar itself.
        let strangers = refused(&party, &other.sign_for_extra(&payload_of(&party)));
        let over_another = refused(&party, &party.sign_for_extra("another string"));
        match party {
            Party::Ethereum(_) | Party::Nextid(_) => {
                assert!(matches!(strangers, CounterSignatureError::OtherSigner { .. }));
                assert!(matches!(over_another, CounterSignatureError::OtherSigner { .. }));
            }
            Party::Solana(_) => {
                assert_eq!(strangers, CounterSignatureError::Solana(SolanaError::OtherSigner));
                assert_eq!(over_another, CounterSignatureError::Solana(SolanaError::OtherSigner));
            }
        }
        assert!(matches!(refused(&party, "neither 0 nor O nor +"), CounterSignatureError::Encoding(_)));
        let empty = refused(&party, "");
        assert!(
            matches!(
                empty,
                CounterSignatureError::Signature(SignatureError::Length(0))
                    | CounterSignatureError::Solana(SolanaError::Length(0))
            ),
            "{empty:?}"
        );
    }
}

#[test]
fn an_avatar_is_no_alias_of_itself() {
    let own = Party::nextid("alice");
    let mut chain = ProofChain::new("alice");
    chain.bind(&own);
    assert_eq!(refusal(&chain), Defect::OwnAlias);
    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft_bind(&own);
    link.identity = chain.key.avatar().to_uncompressed_hex();
    chain.push_signed(link);
    assert_eq!(refusal(&chain), Defect::OwnAlias);
}
