//! Which inputs are taken, and which are refused and why.

mod canonical_json;
mod ens;
mod fields;
mod freshness;
mod identity;
mod identity_social;
mod identity_wallets;
mod keys;
mod merge_patch;
mod nostr;
mod payload;
mod post_text;
mod restore;
pub mod signature;
mod signature_text;
mod solana;
mod subkey;
