//! kv-service lets an Avatar publish JSON under itself and under each of its bindings. Every write is an RFC 7396 merge
//! patch, signed, and linked in the Avatar's KVChain, which anyone can check offline.
//!
//! - [`routes`]: one file per endpoint;
//! - [`submit`]: the checks between a request and an appended link;
//! - [`history`]: what was published once;
//! - [`bindings`]: who may write under an identity, asked of proof-service;
//! - [`store`]: the chains and the contents that follow from them, in PostgreSQL or SQLite.
//!
//! [`Service::start`] runs it inside another program; `main.rs` is its command line.

pub mod app;
pub mod bindings;
pub mod history;
pub mod openapi;
pub mod routes;
mod service;
pub mod store;
pub mod submit;

pub use service::Service;
