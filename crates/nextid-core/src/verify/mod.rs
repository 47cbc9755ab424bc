//! The check of a chain, by anyone, without us.
//!
//! A verifier takes links one by one, from wherever they come, and stops at the first that does not hold. Memory grows
//! with the bindings or the content and with the uuids that were seen, not with the links themselves.

mod defect;
mod kv;
mod order;
mod proof;
mod signatures;

pub use defect::{ChainError, Defect};
pub use kv::{KvChainState, KvChainVerifier, verify_kv_chain};
pub use order::{Anchor, Head};
pub use proof::{BindingEvidence, ProofBinding, ProofChainState, ProofChainVerifier, verify_proof_chain};
