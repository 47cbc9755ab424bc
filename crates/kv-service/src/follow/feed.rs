//! What is needed of proof-service's events, behind a trait, so that tests can script them.

use async_trait::async_trait;
use serde_json::Value;
use thiserror::Error;

/// proof-service's events, to be opened again and again.
#[async_trait]
pub trait BindingFeed: Send + Sync {
    /// Opens the stream of what follows the item `after`; 0 is the beginning. `epoch` is the life of the database in which
    /// `after` was read, empty if none was.
    ///
    /// # Errors
    /// [`FeedError`].
    async fn open(&self, epoch: &str, after: i64) -> Result<Box<dyn BindingStream>, FeedError>;
}

/// An open stream.
#[async_trait]
pub trait BindingStream: Send {
    /// Which life of proof-service's database this is; never empty.
    fn epoch(&self) -> &str;

    /// What comes next.
    ///
    /// # Errors
    /// [`FeedError`], after which the stream has ended.
    async fn next(&mut self) -> Result<News, FeedError>;
}

/// What comes over a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// An item of the feed.
    Item {
        /// Its place. Greater than those before.
        id: i64,
        /// The event, as proof-service tells it; null if it is no JSON.
        body: Value,
    },
    /// Nothing follows at the moment: a sign of life.
    AtEnd,
}

/// Why a stream cannot be opened, or has ended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeedError {
    /// proof-service cannot be reached, or broke off.
    #[error("{0}")]
    Unreachable(String),
    /// The place is one that its database never had, or the database is another: what was read has to be read again.
    #[error("the place in the feed is not known there")]
    StaleCursor,
    /// proof-service says nothing, not even that it lives.
    #[error("no sign of life")]
    Silent,
    /// It answers something else than its contract says.
    #[error("not as agreed: {0}")]
    Broken(String),
}
