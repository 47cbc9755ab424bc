//! Events: what happens in a feed, as it happens.

mod reader;
mod sse;

use nextid_core::{Avatar, Platform};
use serde::{Deserialize, Serialize};

pub use reader::EventReader;

/// Which events are wanted: those that fit all that is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those about this Avatar.
    pub avatar: Option<Avatar>,
    /// Only those about identities on this platform.
    pub platform: Option<Platform>,
}

/// What a stream of events begins with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Which life of the service's database this is. With another one than before, ids mean something else: whoever follows
    /// begins again at 0.
    pub epoch: String,
    /// The id after which the stream begins.
    pub last_id: i64,
}

/// One item of a feed, whose links are `L`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<L> {
    /// Its place in the feed.
    pub id: i64,
    /// What happened.
    pub body: EventBody<L>,
    /// Whether it is a link that binds, while the service had not looked at the proof when it took the link over from
    /// elsewhere (proof-service only): the binding is not valid until a change of its state says so.
    pub is_unchecked: bool,
}

/// One item of a feed, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEvent {
    /// Its place in the feed.
    pub id: i64,
    /// `link` or `state`.
    pub kind: String,
    /// A JSON object, if it is as it should be.
    pub data: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a link is as large")]
pub enum EventBody<L> {
    /// A link was appended to a chain.
    Link(L),
    /// The state of a binding changed without a link (proof-service only).
    State(StateChange),
}

/// A look at a proof ended in another way than the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// The Avatar that the identity is bound to.
    pub avatar: String,
    /// Where the identity lives.
    pub platform: String,
    /// The identity, normalised.
    pub identity: String,
    /// The platform's own, immutable id of the account; empty where there is none.
    #[serde(default)]
    pub alt_id: String,
    /// The account's display name.
    #[serde(default)]
    pub alt_name: String,
    /// The display name before.
    #[serde(default)]
    pub alt_name_before: String,
    /// `valid`, `missing`, `mismatch` or `unreachable`.
    pub state: String,
    /// The state before, which may be `unchecked` as well.
    pub state_before: String,
    /// Whether applications may rely on the binding.
    pub is_valid: bool,
    /// Whether they might before.
    pub is_valid_before: bool,
    /// Why not; empty if they may.
    #[serde(default)]
    pub invalid_reason: String,
    /// The second of the look, since 1970.
    pub changed_at: i64,
}
