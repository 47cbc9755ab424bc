//! Database, batcher and feed, on SQLite and PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it did not expect has failed"
)]

mod support;

mod batcher;
mod batcher_shutdown;
mod connections;
mod failures;
mod feed;
mod feed_writers;
mod migrations;
mod open;
mod outage;
mod transactions;
