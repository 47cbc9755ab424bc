//! Chains that hold.

use nextid_core::link::LinkFormat;
use nextid_core::{Action, Platform};
use serde_json::{Value, json};

use super::lines::{kv, proof, twin};
use super::{ChainVector, Verdict};
use crate::support::kv_chain::{self, KvChain};
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, START, rebuild_payload, sign};

/// All of them.
pub fn all() -> Vec<ChainVector> {
    vec![
        empty(),
        accounts(),
        wallets_and_alias(),
        the_other_party_revokes(),
        characters(),
        links_of_2021(),
        contract_wallet(),
        one_second_and_high_s(),
        kv_namespaces(),
        kv_links_of_2022(),
    ]
}

/// A ProofChain, and what is bound at its end: platform, identity, the link that bound it, and what stands behind it.
fn holds(
    name: &'static str,
    about: &'static str,
    chain: &ProofChain,
    bound: &[(&str, &str, u64, &str)],
) -> ChainVector {
    let bindings: Vec<Value> = bound
        .iter()
        .map(|(platform, identity, seq, evidence)| {
            json!({"platform": platform, "identity": identity, "seq": seq, "evidence": evidence})
        })
        .collect();
    let state = json!({
        "service": "proof-service", "avatar": chain.key.avatar().to_hex(), "links": chain.links.len(),
        "bindings": bindings,
    });
    ChainVector { name, about, lines: proof(chain), verdict: Verdict::Holds(state) }
}

/// A KVChain, and its contents: platform, identity, content.
fn publishes(
    name: &'static str,
    about: &'static str,
    chain: &KvChain,
    contents: &[(&str, &str, Value)],
) -> ChainVector {
    let contents: Vec<Value> = contents
        .iter()
        .map(|(platform, identity, content)| {
            json!({"platform": platform, "identity": identity, "content": content})
        })
        .collect();
    let state = json!({
        "service": "kv-service", "avatar": chain.key.avatar().to_hex(), "links": chain.links.len(),
        "contents": contents,
    });
    ChainVector { name, about, lines: kv(chain), verdict: Verdict::Holds(state) }
}

fn empty() -> ChainVector {
    holds("01-empty", "A chain without links: its head is null.", &ProofChain::new("alice"), &[])
}

fn accounts() -> ChainVector {
    let mut chain = ProofChain::new("alice");
    chain
        .post(Platform::Twitter, "alice")
        .post(Platform::Github, "alice")
        .post(Platform::Dns, "example.com")
        .post(Platform::Twitter, "alice")
        .revoke(Platform::Github, "alice");
    holds(
        "02-accounts",
        "Accounts bound by posts; one is bound again with another post, one is revoked.",
        &chain,
        &[("dns", "example.com", 2, "post"), ("twitter", "alice", 3, "post")],
    )
}

fn wallets_and_alias() -> ChainVector {
    let parties = Party::all("other");
    let mut chain = ProofChain::new("alice");
    for party in &parties {
        chain.bind(party);
    }
    let [ethereum, solana, alias] = parties.map(|party| party.identity());
    holds(
        "03-wallets-and-alias",
        "Two wallets and another Avatar, each of which signed the same string: in base64, base58 and hexadecimal.",
        &chain,
        &[
            ("ethereum", &ethereum, 0, "counter_signature"),
            ("solana", &solana, 1, "counter_signature"),
            ("nextid", &alias, 2, "counter_signature"),
        ],
    )
}

fn the_other_party_revokes() -> ChainVector {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice");
    for party in Party::all("other") {
        chain.bind(&party).revoke_by(&party);
    }
    chain.post(Platform::Github, "alice");
    holds(
        "04-the-other-party-revokes",
        "Wallets and the other Avatar revoke their own bindings, and the Avatar's chain goes on after their links.",
        &chain,
        &[("twitter", "alice", 0, "post"), ("github", "alice", 7, "post")],
    )
}

fn characters() -> ChainVector {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Slack, "U04Q3NRDWHX").post(Platform::Discord, "Al <ice>#0001");
    holds(
        "05-characters",
        "slack leaves out a prev that is null; < and > are escaped in the signed string as \\u003c and \\u003e.",
        &chain,
        &[("slack", "U04Q3NRDWHX", 0, "post"), ("discord", "Al <ice>#0001", 1, "post")],
    )
}

fn links_of_2021() -> ChainVector {
    let mut chain = ProofChain::new("alice");
    for identity in ["alice", "alice_2"] {
        let mut link = chain.draft(Action::Create, Platform::Twitter, identity);
        link.format = LinkFormat::Legacy2021;
        rebuild_payload(&chain.key, &mut link);
        chain.push_signed(link);
    }
    chain.post(Platform::Github, "alice").revoke(Platform::Twitter, "alice");
    holds(
        "06-links-of-2021",
        "The format legacy_2021: neither created_at nor uuid is signed. Links of today's format follow.",
        &chain,
        &[("twitter", "alice_2", 1, "post"), ("github", "alice", 2, "post")],
    )
}

fn contract_wallet() -> ChainVector {
    let identity = Party::ethereum("contract").identity();
    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft(Action::Create, Platform::Ethereum, &identity);
    let hash = format!("0x{}", "11".repeat(32));
    let contract = json!({"chain_id": 1, "block_number": 19_000_000, "block_hash": hash});
    link.extra.insert("contract".to_owned(), contract);
    link.extra.insert("wallet_signature".to_owned(), "AQ==".into());
    chain.push_signed(link);
    holds(
        "07-contract-wallet",
        "A contract wallet's approval cannot be checked offline; a verifier says so.",
        &chain,
        &[("ethereum", &identity, 0, "contract")],
    )
}

fn one_second_and_high_s() -> ChainVector {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Twitter, "alice");
    let mut link = chain.draft(Action::Create, Platform::Github, "alice");
    link.created_at = START.to_string();
    rebuild_payload(&chain.key, &mut link);
    sign(&chain.key, &mut link);
    link.signature = twin(&link.signature);
    chain.links.push(link);
    chain.post(Platform::Dns, "example.com");
    holds(
        "08-one-second-and-high-s",
        "Two links of the same second; the second one's signature has a high s, to which the third points as it is.",
        &chain,
        &[("twitter", "alice", 0, "post"), ("github", "alice", 1, "post"), ("dns", "example.com", 2, "post")],
    )
}

fn kv_namespaces() -> ChainVector {
    let mut chain = KvChain::new("alice");
    let own = chain.key.avatar().to_hex();
    let numbers = serde_json::from_str(
        r#"{"n":[1e2,-0.0,1e21,18446744073709551615,1.5e-7],"<b>&":"\u0000 🎭","｡":1,"𐀀":2}"#,
    )
    .expect("JSON");
    chain
        .own(json!({"a": 1, "b": {"c": [1.5, null, "<x>"], "d": 1}}))
        .write(Platform::Twitter, "@Alice", json!({"a": 1, "gone": {"x": null}}))
        .own(json!({"a": null, "b": {"d": null, "e": {}}}))
        .write(Platform::Twitter, "alice", json!({"b": {"c": 2}, "gone": null}))
        .own(numbers);
    publishes(
        "09-kv-namespaces",
        "Merge patches in two namespaces, one of which is spelled in two ways; numbers and characters in their one spelling.",
        &chain,
        &[
            (
                "nextid",
                &own,
                json!({
                    "b": {"c": [1.5, null, "<x>"], "e": {}}, "n": [1e2, -0.0, 1e21, u64::MAX, 1.5e-7],
                    "<b>&": "\u{0} 🎭", "｡": 1, "𐀀": 2,
                }),
            ),
            ("twitter", "alice", json!({"a": 1, "b": {"c": 2}})),
        ],
    )
}

fn kv_links_of_2022() -> ChainVector {
    let mut chain = KvChain::new("alice");
    let mut link = chain.draft(Platform::Twitter, "alice", json!({"old": true}));
    link.format = LinkFormat::KvPersona;
    kv_chain::rebuild_payload(&chain.key, &mut link);
    let signature = chain.key.personal_sign(link.signature_payload.as_bytes()).with_reduced_v();
    link.signature = signature.to_base64().trim_end_matches('=').to_owned();
    chain.links.push(link);
    chain.write(Platform::Twitter, "alice", json!({"new": true}));
    publishes(
        "10-kv-links-of-2022",
        "The format kv_persona: the signed string says persona for avatar. The first signature has v 0 or 1 and no padding, \
         and the second link points at it as it is.",
        &chain,
        &[("twitter", "alice", json!({"new": true, "old": true}))],
    )
}
