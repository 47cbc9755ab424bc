//! `vectors.json`, one test for each kind.

use std::collections::BTreeSet;

use super::{kv_json, live, personal_sign, proof, restore};
use crate::support::vector::{Vector, published};

/// Makes a test of each kind, and one that fails if the file holds a kind that has none.
macro_rules! kinds {
    ($($kind:ident ($count:literal) => $check:path,)*) => {
        $(
            #[test]
            fn $kind() {
                let vectors: Vec<Vector> = published()
                    .into_iter()
                    .filter(|vector| vector.text("kind") == stringify!($kind))
                    .collect();
                assert_eq!(vectors.len(), $count, "vectors of this kind");
                for vector in &vectors {
                    println!("{}", vector.id());
                    $check(vector);
                }
            }
        )*

        #[test]
        fn every_kind_has_its_test() {
            let tested = BTreeSet::from([$(stringify!($kind).to_owned(),)*]);
            let recorded: BTreeSet<String> =
                published().iter().map(|vector| vector.text("kind").to_owned()).collect();
            assert_eq!(recorded, tested);
        }
    };
}

kinds! {
    personal_sign (1) => personal_sign::signed_message,
    keccak256 (1) => personal_sign::hash,
    eth_address (1) => personal_sign::address,
    pubkey (5) => personal_sign::public_key,
    pubkey_pair (1) => personal_sign::public_key,
    subkey_cert (1) => personal_sign::subkey_certificate,
    proof_signed (6) => proof::signed,
    proof_chain (1) => proof::chain,
    proof_payload_live (2) => proof::payload,
    proof_payload_unsigned (8) => proof::payload,
    kv_json_bytes (1) => kv_json::bytes,
    restore_pubkey (3) => restore::recovers,
    restore_pubkey_error (6) => restore::refused,
    http_live (6) => live::exchange,
    steam_id (1) => proof::steam_id,
    post_extract (1) => proof::post_signature,
    platform_expectation (1) => proof::platform_expectation,
}

#[test]
fn ids_are_unique() {
    let vectors = published();
    let ids: BTreeSet<&str> = vectors.iter().map(Vector::id).collect();
    assert_eq!(ids.len(), vectors.len());
}
