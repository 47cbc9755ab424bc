//! The check of a whole database of kv-service: chains, contents, feed.

mod chain;
mod namespaces;

pub use chain::{Chain, Folded};
pub use namespaces::compare as compare_namespaces;

pub use crate::store::fsck::KvChecks;
