//! The rules of Next.ID, pure: no I/O, no async, no clock.
//!
//! Everything that decides whether a binding or a KV write is genuine lives here, so that the services, the clients and
//! a sceptic on an air-gapped machine run the very same code:
//!
//! - keys and signatures: [`Avatar`], [`SecretKey`], [`Signature`], [`ethereum`], [`solana`], [`nostr`];
//! - what is signed, to the byte: [`payload`], with its pieces [`Platform`], [`Identity`], [`Action`], [`LinkUuid`],
//!   [`CreatedAt`];
//! - what is published: [`post_text`], [`base1024`];
//! - what is stored: [`CanonicalJson`], [`merge_patch`](merge_patch::merge_patch), [`link`];
//! - the check of a whole chain: [`verify`], and of a chain in a file: [`export`]; of a single signature whose key is not
//!   known: [`restore`].

pub mod action;
pub mod avatar;
pub mod base1024;
pub mod canonical_json;
pub mod counter_signature;
pub mod created_at;
pub mod ens;
pub mod ethereum;
pub mod export;
mod go_json;
pub mod identity;
pub mod link;
pub mod link_uuid;
pub mod merge_patch;
pub mod nostr;
pub mod payload;
pub mod personal_sign;
pub mod platform;
pub mod post_text;
mod recovery;
pub mod restore;
pub mod secret_key;
pub mod signature;
mod signature_check;
pub mod signature_text;
pub mod solana;
pub mod subkey;
pub mod verify;

pub use action::Action;
pub use avatar::Avatar;
pub use canonical_json::CanonicalJson;
pub use created_at::{CreatedAt, Freshness};
pub use ethereum::EthAddress;
pub use identity::Identity;
pub use link_uuid::LinkUuid;
pub use platform::Platform;
pub use secret_key::SecretKey;
pub use signature::Signature;
