//! Webhooks: delivering a feed to endpoints that answer as told, on SQLite and PostgreSQL, by a clock that is moved.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect has failed"
)]

mod support;

mod guarded;
mod order;
mod replicas;
mod retries;
mod signatures;
mod store;
mod worker;
