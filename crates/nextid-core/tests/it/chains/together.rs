//! A whole chain, whose signatures are checked together, ends with the same error as links that are checked one by one.

use nextid_core::Platform;
use nextid_core::link::{KvLink, ProofLink};
use nextid_core::verify::{Anchor, ChainError, Defect, KvChainVerifier, ProofChainVerifier};
use serde_json::json;

use crate::support::keys::key;
use crate::support::kv_chain::KvChain;
use crate::support::proof_chain::ProofChain;

/// More than are checked together.
const LINKS: usize = 70;

/// At both ends of what is checked together, and between.
const PLACES: [usize; 6] = [0, 5, 63, 64, 65, LINKS - 1];

fn kv_one_by_one(chain: &KvChain) -> Result<(), ChainError> {
    let mut verifier = KvChainVerifier::new(chain.key.avatar(), Anchor::Genesis);
    chain.links.iter().try_for_each(|link| verifier.push(link))
}

fn proof_one_by_one(chain: &ProofChain) -> Result<(), ChainError> {
    let mut verifier = ProofChainVerifier::new(chain.key.avatar(), Anchor::Genesis);
    chain.links.iter().try_for_each(|link| verifier.push(link))
}

fn by_somebody_else(payload: &str) -> String {
    key("mallory").personal_sign(payload.as_bytes()).to_base64()
}

fn kv_chain() -> KvChain {
    let mut chain = KvChain::new("alice");
    for number in 0..LINKS {
        chain.own(json!({ "number": number }));
    }
    chain
}

fn proof_chain() -> ProofChain {
    let mut chain = ProofChain::new("alice");
    for number in 0..LINKS {
        chain.post(Platform::Twitter, &format!("alice{number}"));
    }
    chain
}

#[test]
fn a_signature_by_somebody_else_is_named_wherever_it_is() {
    let (kv, proof) = (kv_chain(), proof_chain());
    kv.verify().unwrap();
    proof.verify().unwrap();
    for place in PLACES {
        let mut broken = kv_chain();
        let link: &mut KvLink = &mut broken.links[place];
        link.signature = by_somebody_else(&link.signature_payload);
        let error = broken.verify().unwrap_err();
        assert_eq!(error.position, u64::try_from(place).unwrap());
        assert!(matches!(error.defect, Defect::Signature(_)), "{error}");
        assert_eq!(kv_one_by_one(&broken), Err(error));

        let mut broken = proof_chain();
        let link: &mut ProofLink = &mut broken.links[place];
        link.signature = by_somebody_else(&link.signature_payload);
        let error = broken.verify().unwrap_err();
        assert_eq!(error.position, u64::try_from(place).unwrap());
        assert!(matches!(error.defect, Defect::Signature(_)), "{error}");
        assert_eq!(proof_one_by_one(&broken), Err(error));
    }
}

#[test]
fn the_first_of_two_faults_is_named() {
    for (signature, seq) in [(3, 9), (9, 3), (10, 66), (66, 10)] {
        let mut chain = kv_chain();
        let payload = chain.links[signature].signature_payload.clone();
        chain.links[signature].signature = by_somebody_else(&payload);
        chain.links[seq].seq += 1;
        let error = chain.verify().unwrap_err();
        assert_eq!(error.position, u64::try_from(signature.min(seq)).unwrap());
        assert_eq!(kv_one_by_one(&chain), Err(error));
    }
}
