//! The JSON of links: the same everywhere, so that a chain from anywhere can be verified.

use std::collections::BTreeSet;

use nextid_core::Platform;
use nextid_core::link::{KvLink, LinkFormat, ProofLink};
use serde_json::{Value, json};

use crate::support::kv_chain::KvChain;
use crate::support::party::Party;
use crate::support::proof_chain::ProofChain;

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_proof_link() {
    let mut chain = ProofChain::new("alice");
    chain.bind(&Party::ethereum("wallet"));
    let link = &chain.links[0];
    let value = serde_json::to_value(link).unwrap();
    assert_eq!(
        names(&value),
        BTreeSet::from([
            "action",
            "alt_id",
            "arweave_id",
            "avatar",
            "created_at",
            "extra",
            "format",
            "identity",
            "platform",
            "prev",
            "proof_location",
            "seq",
            "signature",
            "signature_payload",
            "signer",
            "uuid",
        ])
    );
    assert_eq!(value["created_at"], "1700000000");
    assert_eq!(value["format"], "v1");
    assert_eq!(value["prev"], Value::Null);
    assert_eq!(&serde_json::from_value::<ProofLink>(value.clone()).unwrap(), link);

    // What other servers may leave out.
    let mut less = value;
    for name in ["alt_id", "proof_location", "arweave_id", "prev"] {
        less.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(&serde_json::from_value::<ProofLink>(less.clone()).unwrap(), link);
    // What they must not.
    for name in ["signature", "signer", "format", "seq", "uuid"] {
        let mut less = less.clone();
        less.as_object_mut().unwrap().remove(name);
        assert!(serde_json::from_value::<ProofLink>(less).is_err(), "{name}");
    }
    // What they may add.
    let mut more = less;
    more["id"] = json!(17);
    assert_eq!(&serde_json::from_value::<ProofLink>(more).unwrap(), link);
}

#[test]
fn a_kv_link() {
    let mut chain = KvChain::new("alice");
    chain.write(Platform::Twitter, "alice", json!({"a": {"b": null}}));
    let link = &chain.links[0];
    let value = serde_json::to_value(link).unwrap();
    assert_eq!(
        names(&value),
        BTreeSet::from([
            "avatar",
            "created_at",
            "format",
            "identity",
            "patch",
            "platform",
            "prev",
            "seq",
            "signature",
            "signature_payload",
            "signer",
            "uuid",
        ])
    );
    assert_eq!(value["created_at"], 1_700_000_000);
    assert_eq!(value["avatar"].as_str().unwrap().len(), 132);
    assert_eq!(&serde_json::from_value::<KvLink>(value).unwrap(), link);
}

#[test]
fn formats_are_stored_as_they_are_shown() {
    for (format, text) in [
        (LinkFormat::V1, "v1"),
        (LinkFormat::Legacy2021, "legacy_2021"),
        (LinkFormat::KvPersona, "kv_persona"),
    ] {
        assert_eq!(format.as_str(), text);
        assert_eq!(LinkFormat::from_stored(text), Some(format));
        assert_eq!(serde_json::to_value(format).unwrap(), text);
        assert_eq!(serde_json::from_value::<LinkFormat>(text.into()).unwrap(), format);
    }
    assert_eq!(LinkFormat::from_stored("V1"), None);
}
