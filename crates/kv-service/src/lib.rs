//! kv-service lets an Avatar publish JSON under itself and under each of its bindings. Every write is an RFC 7396 merge
//! patch, signed, and linked in the Avatar's KVChain, which anyone can check offline.
//!
//! - [`routes`]: one file per endpoint;
//! - [`submit`]: the checks between a request and an appended link;
//! - [`history`]: what was published once;
//! - [`bindings`]: who may write under an identity;
//! - [`follow`]: how that is known, from proof-service's feed;
//! - [`fsck`]: the check of the whole database;
//! - [`mirror`]: a verified copy of another service;
//! - [`store`]: the chains and the contents that follow from them, in PostgreSQL or SQLite.
//!
//! [`Service::start`] runs it inside another program; `main.rs` is its command line.

pub mod app;
pub mod bindings;
pub mod events;
pub mod follow;
pub mod fsck;
pub mod history;
pub mod mirror;
pub mod openapi;
pub mod routes;
mod service;
pub mod store;
pub mod submit;

pub use service::{Parts, Service};
