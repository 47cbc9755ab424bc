//! Exports that an operator takes over: read twice, once to verify every chain and once to store it, so that no more of
//! them is held than a chain's verifier needs.
//!
//! A file holds one export or several, one after the other. Everything in it is verified before anything is stored.

mod error;
mod file;

pub use error::{Conflict, ImportError, LinkName, Unkept};
pub use file::{LinkLines, VerifiedExport, scan};

/// What became of a chain that was imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Links that were there already, identical.
    pub known: u64,
    /// Links that were added.
    pub added: u64,
    /// Bindings that have to be looked at before anybody may rely on them.
    pub unchecked: u64,
    /// Bytes of the largest content that was written.
    pub largest_namespace: usize,
}
