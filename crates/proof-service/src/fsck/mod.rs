//! The check of a whole database of proof-service: chains, bindings, subkeys, states, feed.

mod bindings;
mod chain;
mod subkeys;

pub use bindings::compare as compare_bindings;
pub use chain::{Bound, Chain};
pub use subkeys::check as check_subkey;

pub use crate::store::fsck::ProofChecks;
