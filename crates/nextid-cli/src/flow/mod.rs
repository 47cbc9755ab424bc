//! The three steps of every change: ask for the string to sign, sign it, submit it.

mod kv;
mod proof;
#[cfg(test)]
mod tests;

pub use kv::write_kv;
pub use proof::{Counter, ProofChange, ProofChanged, Signers, change_by_signatures, confirmed, submit};
