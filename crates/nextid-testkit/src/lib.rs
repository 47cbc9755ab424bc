//! Development only: databases, raw clients, keys and stand-in platforms for tests.
//!
//! Everything here belongs to the test that made it and goes away with it: no fixed ports, no shared databases, nothing
//! off the loopback interface. Where set-up fails, a test has nothing to say, so these helpers panic with the reason;
//! the one exception is [`github`], which `nextid up --demo` runs as well and which never panics.

pub mod activitypub;
pub mod bad_setup;
pub mod bluesky;
pub mod database;
pub mod discord;
pub mod dns;
pub mod dotbit;
pub mod ethereum;
pub mod farcaster;
pub mod github;
pub mod http;
pub mod keybase;
pub mod keys;
pub mod minds;
pub mod nostr;
pub mod postgres_server;
pub mod program;
pub mod slack;
pub mod steam;
pub mod telegram;
pub mod tiktok;
pub mod twitter;
pub mod website;

pub use database::{Backend, TestDatabase};
pub use outcome::{LoggedRequest, Outcome};
pub use postgres_server::PostgresServer;
pub use stand_in::{Author, StandIn};

mod outcome;
mod runtime;
mod serve;
mod stand_in;

pub use runtime::block_on;
