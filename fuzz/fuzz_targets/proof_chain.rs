//! ProofChains as JSON: a list of links, verified as the chain of the Avatar that the first one names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nextid_core::Avatar;
use nextid_core::link::ProofLink;
use nextid_core::verify::{Anchor, Head, verify_proof_chain};

fuzz_target!(|data: &[u8]| {
    let Ok(links) = serde_json::from_slice::<Vec<ProofLink>>(data) else {
        return;
    };
    let Some(first) = links.first() else {
        return;
    };
    let Ok(avatar) = Avatar::parse(&first.avatar) else {
        return;
    };
    let state = verify_proof_chain(&avatar, Anchor::Genesis, &links);
    if let Ok(state) = &state {
        assert_eq!(state.head.as_ref().map(|head| head.seq), links.last().map(|link| link.seq));
        let text = serde_json::to_vec(&links).expect("links can be written");
        let again: Vec<ProofLink> = serde_json::from_slice(&text).expect("and read");
        assert_eq!(verify_proof_chain(&avatar, Anchor::Genesis, again), Ok(state.clone()));
    }
    if let (Some(prev), Ok(created_at)) = (&first.prev, first.created_at.parse()) {
        let head = Head { seq: first.seq.wrapping_sub(1), signature: prev.clone(), created_at };
        let _ = verify_proof_chain(&avatar, Anchor::After(head), &links);
    }
});
