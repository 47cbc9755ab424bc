//! Every platform: what its judge accepts and refuses, and what its fetch makes of each behaviour of the platform.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper whose set-up fails has nothing to say"
)]

mod activitypub_fetching;
mod activitypub_judging;
mod contract_wallets;
mod contracts;
mod dns_fetching;
mod dns_judging;
mod dns_knot;
mod ens_chain;
mod ens_fetching;
mod ens_judging;
mod every_platform;
mod github_fetching;
mod github_judging;
mod message_judging;
mod no_panic;
mod nostr_fetching;
mod outcomes;
mod post_judging;
mod profile_judging;
mod published;
mod registry;
mod social_judging;
mod support;
mod vectors;
mod website_fetching;
mod website_judging;
mod worlds;
