//! One file per platform: fetch what a person published there, and judge whether it proves the binding.
//!
//! Fetching is apart from judging. [`Verifier::fetch`] asks the platform and returns [`Evidence`], plain data that can be
//! recorded; [`Verifier::check`] is pure and decides over a [`Claim`] and that evidence. A judge believes nothing that a
//! post says about itself: the signature must be the claimed Avatar's over the payload that the service rebuilt, and the
//! author must be the claimed account.
//!
//! [`Registry`] holds the verifiers of the platforms that are configured.

mod abi;
pub mod activitypub;
mod author;
pub mod bluesky;
pub mod contract_wallet;
pub mod discord;
pub mod dns;
pub mod dotbit;
mod endpoint;
pub mod ens;
mod error;
mod ethereum_rpc;
mod evidence;
pub mod farcaster;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod github;
mod html;
pub mod keybase;
mod location;
pub mod minds;
pub mod nostr;
pub mod post;
mod proof_file;
mod registry;
mod settings;
pub mod slack;
pub mod steam;
pub mod telegram;
pub mod tiktok;
pub mod twitter;
mod txt_lookup;
pub mod txt_proof;
mod verifier;
pub mod website;

pub use activitypub::ActivitypubSettings;
pub use bluesky::BlueskySettings;
pub use contract_wallet::{ContractEvidence, ContractWalletError, ContractWallets, EthereumSettings};
pub use discord::DiscordSettings;
pub use dns::DnsSettings;
pub use dotbit::DotbitSettings;
pub use ens::EnsSettings;
pub use error::{CheckError, FetchError, FoundSignature, Mismatch};
pub use evidence::{Account, Evidence, ProofText, Verified};
pub use farcaster::FarcasterSettings;
pub use github::GithubSettings;
pub use keybase::KeybaseSettings;
pub use minds::MindsSettings;
pub use nostr::NostrSettings;
pub use registry::Registry;
pub use settings::{PlatformSettings, Secret, SettingsError};
pub use slack::SlackSettings;
pub use steam::SteamSettings;
pub use telegram::TelegramSettings;
pub use tiktok::TiktokSettings;
pub use twitter::TwitterSettings;
pub use verifier::{Claim, Verifier};
pub use website::WebsiteSettings;
