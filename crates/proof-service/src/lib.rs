//! proof-service binds an Avatar to accounts on applications and to wallets, as a signed, hash-linked ProofChain that
//! anyone can check offline.
//!
//! - [`routes`]: one file per endpoint;
//! - [`submit`]: the checks between a request and an appended link;
//! - [`subkeys`]: the further keys that an Avatar certifies;
//! - [`recheck`]: the worker that looks at proofs again;
//! - [`fsck`]: the check of the whole database;
//! - [`mirror`]: a verified copy of another service;
//! - [`store`]: the chains and the bindings that follow from them, in PostgreSQL or SQLite.
//!
//! [`Service::start`] runs it inside another program; `main.rs` is its command line.

pub mod app;
pub mod events;
pub mod fsck;
pub mod mirror;
pub mod openapi;
pub mod platform_guide;
pub mod recheck;
pub mod routes;
mod service;
mod settings;
pub mod store;
pub mod subkeys;
pub mod submit;

pub use service::Service;
pub use settings::registry;
