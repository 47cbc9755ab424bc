//! Every defect that the verifiers can name is provoked at least once.

use std::collections::BTreeSet;

use nextid_core::link::LinkFormat;
use nextid_core::{Action, Platform};

use crate::support::keys::key;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, rebuild_payload, sign};

type Breaking = fn(&mut ProofChain);

const BREAKS: [(&str, Breaking); 14] = [
    ("bad_field", |chain| chain.links[1].uuid = "none".to_owned()),
    ("other_avatar", |chain| {
        chain.links[1].avatar = key("bob").avatar().to_hex();
    }),
    ("wrong_seq", |chain| chain.links[1].seq = 2),
    ("wrong_prev", |chain| chain.links[1].prev = None),
    ("uuid_reused", |chain| {
        let first = chain.links[0].uuid.clone();
        chain.links[1].uuid = first;
    }),
    ("time_goes_back", |chain| {
        chain.links[1].created_at = "1".to_owned();
    }),
    ("payload_differs", |chain| {
        chain.links[1].identity = "mallory".to_owned();
    }),
    ("signer_may_not", |chain| {
        chain.links[1].signer = key("bob").avatar().to_hex();
    }),
    ("signature", |chain| {
        let link = &mut chain.links[1];
        sign(&key("bob"), link);
    }),
    ("counter_signature", |chain| {
        let mut link = chain.draft_bind(&Party::ethereum("wallet"));
        link.extra["wallet_signature"] =
            Party::ethereum("other").sign_for_extra(&link.signature_payload).into();
        chain.push_signed(link);
    }),
    ("counter_signature_missing", |chain| {
        let wallet = Party::solana("wallet");
        let link = chain.draft(Action::Create, wallet.platform(), &wallet.identity());
        chain.push_signed(link);
    }),
    ("not_bound", |chain| {
        chain.revoke(Platform::Github, "nobody");
    }),
    ("own_alias", |chain| {
        chain.bind(&Party::nextid("alice"));
    }),
    ("wrong_format", |chain| {
        let mut link = chain.draft(Action::Create, Platform::Github, "alice");
        link.format = LinkFormat::KvPersona;
        rebuild_payload(&chain.key, &mut link);
        chain.push_signed(link);
    }),
];

#[test]
fn every_defect() {
    let mut provoked = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for (expected, make) in BREAKS {
        let mut chain = ProofChain::new("alice");
        chain.post(Platform::Twitter, "alice").post(Platform::Github, "alice");
        chain.verify().unwrap();
        make(&mut chain);
        let error = chain.verify().expect_err(expected);
        assert_eq!(error.defect.code(), expected);
        assert!(error.position > 0, "the links before the broken one hold");
        provoked.insert(expected);
        texts.insert(error.defect.to_string());
    }
    assert_eq!(provoked.len(), BREAKS.len(), "each is provoked once");
    assert_eq!(texts.len(), BREAKS.len(), "each has a text of its own");
}
