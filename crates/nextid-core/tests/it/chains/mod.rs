//! Whole chains, sound and broken.

mod anchored;
mod kv_broken;
mod kv_sound;
mod link_json;
mod proof_broken;
mod proof_order;
mod proof_signers;
mod proof_sound;
mod provoked;
mod together;
