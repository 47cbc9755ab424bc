//! kv-service follows proof-service's feed into a table of its own, so that a write under a known binding needs no call,
//! and goes on for a while when proof-service is away.
//!
//! - [`feed`]: what is needed of proof-service's events;
//! - [`item`]: what one of them means;
//! - [`Follower`]: the task that reads them and writes what follows;
//! - [`FollowStatus`]: how it does, for writes, health and metrics.
//!
//! proof-service is the one that the operator configured, and is believed, as it is where it is asked directly: whoever
//! can answer in its name can bind anything. Items that cannot be understood are left out, counted and shown, and the
//! bindings that they may have been about are not relied on.

mod clock;
pub mod feed;
mod follower;
mod http;
pub mod item;
mod metrics;
mod status;

pub use clock::Clock;
pub use feed::{BindingFeed, BindingStream, FeedError, News};
pub use follower::{FollowError, FollowSettings, Follower};
pub use http::HttpFeed;
pub use metrics::FollowMetrics;
pub use status::FollowStatus;
