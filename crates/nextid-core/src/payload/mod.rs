//! The exact strings that people sign.

pub mod kv;
pub mod proof;
pub mod subkey;

pub use kv::KvPayload;
pub use proof::ProofPayload;
pub use subkey::{SubkeyAlgorithm, SubkeyCreatePayload, SubkeyDeletePayload};
