//! Development only: databases, raw clients, keys and stand-in platforms for tests.
//!
//! Everything here belongs to the test that made it and goes away with it: no fixed ports, no shared databases, nothing
//! off the loopback interface. Where set-up fails, a test has nothing to say, so these helpers panic with the reason;
//! the one exception is [`github`], which `nextid up --demo` runs as well and which never panics. It is all that there is
//! without the feature `full`, so that the command is not built with the rest.

#[cfg(feature = "full")]
pub mod activitypub;
#[cfg(feature = "full")]
pub mod bad_setup;
#[cfg(feature = "full")]
pub mod bluesky;
#[cfg(feature = "full")]
pub mod database;
#[cfg(feature = "full")]
pub mod discord;
#[cfg(feature = "full")]
pub mod dns;
#[cfg(feature = "full")]
pub mod dotbit;
#[cfg(feature = "full")]
pub mod ethereum;
#[cfg(feature = "full")]
pub mod farcaster;
#[cfg(feature = "full")]
pub mod fsck;
pub mod github;
#[cfg(feature = "full")]
pub mod heads;
#[cfg(feature = "full")]
pub mod http;
#[cfg(feature = "full")]
pub mod keybase;
#[cfg(feature = "full")]
pub mod keys;
#[cfg(feature = "full")]
pub mod knot;
#[cfg(feature = "full")]
pub mod minds;
#[cfg(feature = "full")]
pub mod nostr;
#[cfg(feature = "full")]
pub mod postgres_server;
#[cfg(feature = "full")]
pub mod program;
#[cfg(feature = "full")]
pub mod rivals;
#[cfg(feature = "full")]
pub mod slack;
#[cfg(feature = "full")]
pub mod steam;
#[cfg(feature = "full")]
pub mod tamper;
#[cfg(feature = "full")]
pub mod telegram;
#[cfg(feature = "full")]
pub mod tiktok;
#[cfg(feature = "full")]
pub mod twitter;
#[cfg(feature = "full")]
pub mod webhook;
#[cfg(feature = "full")]
pub mod website;

#[cfg(feature = "full")]
pub use database::{Backend, TestDatabase};
pub use outcome::{LoggedRequest, Outcome};
#[cfg(feature = "full")]
pub use postgres_server::PostgresServer;
#[cfg(feature = "full")]
pub use stand_in::{Author, StandIn};

mod outcome;
#[cfg(feature = "full")]
mod runtime;
#[cfg(feature = "full")]
mod serve;
#[cfg(feature = "full")]
mod stand_in;

#[cfg(feature = "full")]
pub use runtime::block_on;
