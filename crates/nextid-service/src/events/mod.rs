//! The feed as it is told to readers: links, and what became of bindings without one.
//!
//! A service reads its feed as [`Event`]s ([`EventSource`]); whoever tells them (streams, webhooks) needs to know no more
//! of its tables.
//!
//! # Streams
//! One task in each process, the [`Hub`]'s, reads what is new in the feed once, spells it once as server-sent events, and
//! keeps the latest of it in a window of bounded size that all readers share. A reader is no more than a position in the
//! feed: while that is older than the window, it reads pages of the database, and as soon as it is not, it takes from the
//! window. Positions only grow and both sources have everything behind a position, so nothing is told twice or left out
//! where a reader goes from the one to the other.
//!
//! A reader holds what its connection has not taken yet, at most some 256 KiB and one event, however slow it is. One that
//! has reached the window and falls behind it again is told where to resume and let go.

mod answer;
mod event;
mod filter;
mod frame;
mod hub;
mod metrics;
mod reader;
mod shared;
#[cfg(test)]
mod tests;
mod wait;
mod window;

pub use answer::{EVENT_STREAM, EventsQuery, LAST_EVENT_ID, stream};
pub use event::{Event, EventKind, EventSource, read_events};
pub use filter::EventFilter;
pub use hub::{Hub, HubSettings};
pub use metrics::EventMetrics;
pub use wait::LONGEST_WAIT_SECS;
