//! Chains that do not hold, each for one reason.

use nextid_core::{Action, Platform};
use serde_json::json;

use super::lines::{kv, line, proof, proof_until, twin};
use super::{ChainVector, Verdict};
use crate::support::keys::key;
use crate::support::kv_chain::KvChain;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, rebuild_payload, sign};

/// What is done to a chain, and the lines that come of it.
type Making = fn() -> Vec<String>;

/// The name, what is wrong, the line that is named and what is said of it.
const MAKINGS: [(&str, &str, u64, &str, Making); 20] = [
    ("01-fork", "Two links for one place, both signed.", 4, "wrong_seq", fork),
    ("02-gap", "A link in the middle is missing.", 3, "wrong_seq", gap),
    (
        "03-wrong-prev",
        "A link points, under its signature, at the link before the one before it.",
        4,
        "wrong_prev",
        wrong_prev,
    ),
    ("04-uuid-reused", "A signed link has the uuid of an earlier one.", 4, "uuid_reused", uuid_reused),
    ("05-signed-by-another-key", "Another key signed.", 3, "signature", signed_by_another_key),
    (
        "06-time-goes-back",
        "A signed link is dated before the link before it.",
        3,
        "time_goes_back",
        time_goes_back,
    ),
    (
        "07-malleated-link",
        "A signature was replaced by its twin, which verifies as well; the next link points at the original.",
        4,
        "wrong_prev",
        malleated_link,
    ),
    (
        "08-malleated-head",
        "The last signature was replaced by its twin, which verifies as well; the header names the original.",
        3,
        "head_differs",
        malleated_head,
    ),
    ("09-truncated", "The last link is missing; only the header tells.", 3, "truncated", truncated),
    ("10-cut-in-a-line", "The file ends in the middle of a line.", 3, "not_json", cut_in_a_line),
    (
        "11-columns-differ",
        "The identity of a link is another than in its signed string.",
        3,
        "payload_differs",
        columns_differ,
    ),
    (
        "12-payload-differs",
        "The Avatar signed a string, but its created_at is another than the link's.",
        3,
        "payload_differs",
        payload_differs,
    ),
    (
        "13-wallet-revokes-anothers-binding",
        "A bound wallet revokes the binding of another wallet.",
        4,
        "signer_may_not",
        wallet_revokes_anothers_binding,
    ),
    (
        "14-wallet-revokes-what-it-never-held",
        "A wallet revokes its own binding, which never was.",
        3,
        "not_bound",
        wallet_revokes_what_it_never_held,
    ),
    (
        "15-links-after-the-head",
        "A sound link follows after the head.",
        4,
        "beyond_head",
        links_after_the_head,
    ),
    (
        "16-wallet-did-not-sign",
        "A wallet is bound without its signature.",
        2,
        "counter_signature_missing",
        wallet_did_not_sign,
    ),
    (
        "17-another-wallet-signed",
        "A wallet is bound by another's signature.",
        2,
        "counter_signature",
        another_wallet,
    ),
    (
        "18-link-of-another-avatar",
        "A link of another Avatar's chain stands in this one.",
        3,
        "other_avatar",
        link_of_another_avatar,
    ),
    ("19-kv-link-in-a-proof-chain", "A link of the other kind of chain.", 3, "wrong_kind", mixed),
    (
        "20-kv-patch-differs",
        "A patch is another than in its signed string.",
        3,
        "payload_differs",
        kv_patch_differs,
    ),
];

/// All of them.
pub fn all() -> Vec<ChainVector> {
    let made = MAKINGS.into_iter().map(|(name, about, line, defect, make)| ChainVector {
        name,
        about,
        lines: make(),
        verdict: Verdict::Refused { line, defect },
    });
    made.collect()
}

/// A sound chain of three links.
fn three() -> ProofChain {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").post(Platform::Github, "alice").post(Platform::Dns, "example.com");
    chain
}

fn fork() -> Vec<String> {
    let sound = three();
    let mut chain = three();
    chain.links.truncate(1);
    let mut other = chain.draft(Action::Create, Platform::Discord, "alice");
    other.uuid = "00000000-0000-4000-8000-0000000000ff".to_owned();
    rebuild_payload(&chain.key, &mut other);
    // The head stands on the other branch.
    chain.push_signed(other).post(Platform::Dns, "example.com");
    chain.links.insert(1, sound.links[1].clone());
    proof(&chain)
}

fn gap() -> Vec<String> {
    let mut chain = three();
    chain.links.remove(1);
    proof(&chain)
}

fn wrong_prev() -> Vec<String> {
    let mut chain = three();
    let first = chain.links[0].signature.clone();
    let link = &mut chain.links[2];
    link.prev = Some(first);
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
    proof(&chain)
}

fn uuid_reused() -> Vec<String> {
    let mut chain = three();
    let first = chain.links[0].uuid.clone();
    let link = &mut chain.links[2];
    link.uuid = first;
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
    proof(&chain)
}

fn signed_by_another_key() -> Vec<String> {
    let mut chain = three();
    chain.links.truncate(2);
    sign(&key("mallory"), &mut chain.links[1]);
    proof(&chain)
}

fn time_goes_back() -> Vec<String> {
    let mut chain = three();
    chain.links.truncate(2);
    let link = &mut chain.links[1];
    link.created_at = "1699999999".to_owned();
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
    proof(&chain)
}

fn malleated_link() -> Vec<String> {
    let mut chain = three();
    chain.links[1].signature = twin(&chain.links[1].signature);
    proof(&chain)
}

fn malleated_head() -> Vec<String> {
    let mut chain = three();
    chain.links.truncate(2);
    let head = chain.links[1].clone();
    chain.links[1].signature = twin(&head.signature);
    proof_until(&chain, Some(&head))
}

fn truncated() -> Vec<String> {
    let mut chain = three();
    let head = chain.links.pop();
    proof_until(&chain, head.as_ref())
}

fn cut_in_a_line() -> Vec<String> {
    let mut lines = proof(&three());
    lines.truncate(3);
    lines[2].truncate(200);
    lines
}

fn columns_differ() -> Vec<String> {
    let mut chain = three();
    chain.links[1].identity = "mallory".to_owned();
    proof(&chain)
}

fn payload_differs() -> Vec<String> {
    let mut chain = three();
    chain.links.truncate(2);
    let link = &mut chain.links[1];
    link.created_at = "1700000020".to_owned();
    rebuild_payload(&chain.key, link);
    sign(&chain.key, link);
    link.created_at = "1700000010".to_owned();
    proof(&chain)
}

fn wallet_revokes_anothers_binding() -> Vec<String> {
    let (wallet, other) = (Party::ethereum("wallet"), Party::ethereum("other"));
    let mut chain = ProofChain::new("alice");
    chain.bind(&wallet).bind(&other);
    let mut link = chain.draft(Action::Delete, Platform::Ethereum, &other.identity());
    link.signature = wallet.sign_base64(&link.signature_payload);
    link.signer = wallet.identity();
    chain.links.push(link);
    proof(&chain)
}

fn wallet_revokes_what_it_never_held() -> Vec<String> {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice").revoke_by(&Party::ethereum("wallet"));
    proof(&chain)
}

fn links_after_the_head() -> Vec<String> {
    let chain = three();
    proof_until(&chain, chain.links.get(1))
}

fn wallet_did_not_sign() -> Vec<String> {
    let wallet = Party::ethereum("wallet");
    let mut chain = ProofChain::new("alice");
    let link = chain.draft(Action::Create, Platform::Ethereum, &wallet.identity());
    chain.push_signed(link);
    proof(&chain)
}

fn another_wallet() -> Vec<String> {
    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft_bind(&Party::ethereum("wallet"));
    let signature = Party::ethereum("other").sign_for_extra(&link.signature_payload);
    link.extra.insert("wallet_signature".to_owned(), signature.into());
    chain.push_signed(link);
    proof(&chain)
}

fn link_of_another_avatar() -> Vec<String> {
    let mut chain = three();
    let mut other = ProofChain::new("bob");
    other.post(Platform::Twitter, "bob").post(Platform::Github, "bob");
    chain.links[1] = other.links.remove(1);
    proof(&chain)
}

fn mixed() -> Vec<String> {
    let mut kv_chain = KvChain::new("alice");
    kv_chain.own(json!({"a": 1})).own(json!({"b": 2}));
    let mut lines = proof(&three());
    lines[2] = line(&kv_chain.links[1]);
    lines
}

fn kv_patch_differs() -> Vec<String> {
    let mut chain = KvChain::new("alice");
    chain.own(json!({"a": 1})).own(json!({"a": 2}));
    chain.links[1].patch = json!({"a": 3});
    kv(&chain)
}
