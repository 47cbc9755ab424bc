//! ProofChains whose links say one thing and signed another, or say what cannot be said.

use nextid_core::link::{LinkFormat, ProofLink};
use nextid_core::verify::Defect;
use nextid_core::{Action, Platform};

use crate::support::keys::uuid;
use crate::support::party::Party;
use crate::support::proof_chain::{ProofChain, rebuild_payload};

/// The name of what is changed, and how.
type Change = (&'static str, fn(&mut ProofLink));

fn one() -> ProofChain {
    let mut chain = ProofChain::new("alice");
    chain.post(Platform::Discord, "Alice");
    chain
}

fn refusal(chain: &ProofChain) -> Defect {
    chain.verify().expect_err("the chain is broken").defect
}

/// The columns are what a reader believes, the string is what was signed: neither may change without the other.
#[test]
fn columns_and_signed_string_agree() {
    let changes: [Change; 7] = [
        ("action", |link| link.action = "delete".to_owned()),
        ("platform", |link| link.platform = "slack".to_owned()),
        ("identity", |link| link.identity = "Bob".to_owned()),
        ("letter case", |link| link.identity = "alice".to_owned()),
        ("created_at", |link| link.created_at = "1700000001".to_owned()),
        ("uuid", |link| link.uuid = uuid(99).to_string()),
        ("string", |link| link.signature_payload.push(' ')),
    ];
    for (what, change) in changes {
        let mut chain = one();
        let signed = chain.links[0].signature_payload.clone();
        change(&mut chain.links[0]);
        match refusal(&chain) {
            Defect::PayloadDiffers { rebuilt } => {
                let fields_changed = what != "string";
                assert_eq!(rebuilt != signed, fields_changed, "{what}");
            }
            other => panic!("{what}: {other:?}"),
        }
    }
}

#[test]
fn a_signed_string_of_another_spelling_is_another_string() {
    let mut chain = one();
    let mut link = chain.links.remove(0);
    link.signature_payload = link.signature_payload.replace(",\"", ", \"");
    chain.push_signed(link);
    assert!(matches!(refusal(&chain), Defect::PayloadDiffers { .. }));
}

#[test]
fn the_wallets_string_names_the_avatar() {
    // Without it a wallet's signature for one Avatar would do for every other.
    let wallet = Party::ethereum("wallet");
    let bobs = ProofChain::new("bob").draft_bind(&wallet);
    let mut chain = ProofChain::new("alice");
    let link = ProofLink { avatar: chain.key.avatar().to_hex(), signer: chain.key.avatar().to_hex(), ..bobs };
    chain.push_signed(link);
    assert!(matches!(refusal(&chain), Defect::PayloadDiffers { .. }));
}

#[test]
fn fields_are_well_formed() {
    let changes: [Change; 16] = [
        ("action", |link| link.action = "update".to_owned()),
        ("action", |link| link.action = "Create".to_owned()),
        ("platform", |link| link.platform = "myspace".to_owned()),
        ("platform", |link| link.platform = "Discord".to_owned()),
        ("uuid", |link| link.uuid = String::new()),
        ("uuid", |link| link.uuid = uuid::Uuid::nil().to_string()),
        ("uuid", |link| link.uuid = uuid::Uuid::max().to_string()),
        ("created_at", |link| link.created_at = "yesterday".to_owned()),
        ("created_at", |link| link.created_at = "-1".to_owned()),
        ("created_at", |link| link.created_at = "1700000000000".to_owned()),
        ("avatar", |link| link.avatar = String::new()),
        ("avatar", |link| link.avatar = "0x00".to_owned()),
        ("identity", |link| link.identity = String::new()),
        ("identity", |link| link.identity = "a\0b".to_owned()),
        ("signature", |link| link.signature = "!".to_owned()),
        ("signature", |link| {
            link.signature = link.signature.trim_end_matches('=').to_owned();
        }),
    ];
    for (name, change) in changes {
        let mut chain = one();
        change(&mut chain.links[0]);
        match refusal(&chain) {
            Defect::BadField { field, why } => {
                assert_eq!(field, name);
                assert!(!why.is_empty());
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_format_of_the_other_kind_of_chain() {
    let mut chain = one();
    chain.links[0].format = LinkFormat::KvPersona;
    assert_eq!(refusal(&chain), Defect::WrongFormat);
}

#[test]
fn todays_links_are_not_those_of_2021_and_the_other_way_round() {
    let mut chain = one();
    chain.links[0].format = LinkFormat::Legacy2021;
    assert!(matches!(refusal(&chain), Defect::PayloadDiffers { .. }));

    let mut chain = ProofChain::new("alice");
    let mut link = chain.draft(Action::Create, Platform::Twitter, "alice");
    link.format = LinkFormat::Legacy2021;
    rebuild_payload(&chain.key, &mut link);
    link.format = LinkFormat::V1;
    chain.push_signed(link);
    assert!(matches!(refusal(&chain), Defect::PayloadDiffers { .. }));
}
