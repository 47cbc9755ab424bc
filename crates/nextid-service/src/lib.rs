//! What both services share: configuration, database, batching, errors, health, metrics, shutdown, feed.
//!
//! A service is its routes and its store; everything around them is here. `proof-service` and `kv-service` hand
//! their routes to [`server`], their commands to [`cli`], and answer errors as [`http::ApiError`].

pub mod batcher;
pub mod boot;
pub mod build_info;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod events;
pub mod feed;
pub mod fsck;
pub mod health;
pub mod http;
pub mod import;
pub mod logging;
pub mod metrics;
pub mod mirror;
pub mod openapi;
pub mod server;
pub mod shutdown;
pub mod webhooks;
