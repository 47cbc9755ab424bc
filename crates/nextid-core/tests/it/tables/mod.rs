//! Which inputs are taken, and which are refused and why.

mod canonical_json;
mod fields;
mod freshness;
mod identity;
mod identity_wallets;
mod keys;
mod merge_patch;
mod payload;
pub mod signature;
mod signature_text;
mod solana;
