//! One item of the feed, and where items come from.

use std::sync::Arc;

use async_trait::async_trait;
use nextid_core::{Avatar, Platform};

use crate::db::{DbConnection, DbError};
use crate::feed::{self, FeedRow};

/// What an event tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A link was appended.
    Link,
    /// The state of a binding changed without a link.
    State,
}

impl EventKind {
    /// As it stands in an event's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::State => "state",
        }
    }
}

/// One item of the feed, ready to be told. Clones share the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the feed, from 1.
    pub id: i64,
    /// What it tells.
    pub kind: EventKind,
    /// Whose chain or binding it is about.
    pub avatar: Avatar,
    /// Where the identity that it is about lives.
    pub platform: Platform,
    /// That identity, normalised.
    pub identity: String,
    /// The event as one JSON object, without a line break, written once for all readers.
    pub body: Arc<str>,
}

/// The feed of a service, told as events. It reads from the primary, so that what was numbered is seen at once.
#[async_trait]
pub trait EventSource: Send + Sync + 'static {
    /// The events after `after`, ascending by id, at most `count`. Start at 0; go on after the last id. Nothing means that
    /// nothing follows yet.
    ///
    /// # Errors
    /// The database's.
    async fn read_after(&self, after: i64, count: i64) -> Result<Vec<Event>, DbError>;

    /// Which life of the database this is: with another one than before, a reader begins again at 0.
    ///
    /// # Errors
    /// The database's.
    async fn epoch(&self) -> Result<String, DbError>;

    /// The highest id, 0 if nothing has happened yet.
    ///
    /// # Errors
    /// The database's.
    async fn latest_id(&self) -> Result<i64, DbError>;
}

/// Reads a page of the feed and tells it with `tell`, which leaves out what cannot be told: a row that was changed behind
/// our back must not stop the feed for everything after it.
///
/// # Errors
/// The database's, and those of `tell`.
pub fn read_events(
    conn: &mut DbConnection,
    after: i64,
    count: i64,
    mut tell: impl FnMut(&mut DbConnection, &[FeedRow]) -> Result<Vec<Event>, DbError>,
) -> Result<Vec<Event>, DbError> {
    let mut after = after;
    loop {
        let rows = feed::read_after(conn, after, count, None)?;
        let Some(last) = rows.last() else {
            return Ok(Vec::new());
        };
        after = last.id;
        let events = tell(conn, &rows)?;
        if events.len() < rows.len() {
            let (from, to, missing) =
                (rows.first().map_or(0, |row| row.id), last.id, rows.len() - events.len());
            log::error!(from, to, missing; "rows of the feed cannot be told; fsck names them");
        }
        // Nothing means to a reader that nothing follows.
        if !events.is_empty() {
            return Ok(events);
        }
    }
}
