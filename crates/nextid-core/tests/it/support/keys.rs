//! Keys that are the same in every run.

use nextid_core::{LinkUuid, SecretKey};

/// A key of its own for each label.
pub fn key(label: &str) -> SecretKey {
    SecretKey::from_bytes(&nextid_core::personal_sign::keccak256(label.as_bytes())).expect("a private key")
}

/// A uuid of its own for each number.
pub fn uuid(number: u64) -> LinkUuid {
    LinkUuid::parse(&format!("00000000-0000-4000-8000-{number:012x}")).expect("a uuid")
}
