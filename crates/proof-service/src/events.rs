//! The feed as it is told to readers.

use async_trait::async_trait;
use nextid_core::Avatar;
use nextid_core::link::ProofLink;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::events::{Event, EventKind, EventSource, read_events};
use nextid_service::feed::{self, FeedRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::changes::links_by_id;
use crate::store::states::{StateChange, states_by_id};
use crate::store::{FeedKind, Store, StoredLink};

/// A link was appended.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkEvent {
    /// The event's place in the feed.
    #[schema(example = 203)]
    pub id: i64,
    /// `link`.
    #[serde(rename = "type")]
    #[schema(example = "link")]
    pub kind: &'static str,
    /// The Avatar whose chain it is.
    #[schema(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    pub avatar: String,
    /// `false` where the link binds an identity, and nobody here had looked at the proof when it was stored: it was taken
    /// over from another service. An event `state` says when somebody has. Elsewhere the field is not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = false)]
    pub is_valid: Option<bool>,
    /// The link.
    pub link: ProofLink,
}

/// The state of a binding changed without a link: a look at its proof ended in another way than the one before.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateEvent<'a> {
    /// The event's place in the feed.
    #[schema(example = 204)]
    pub id: i64,
    /// `state`.
    #[serde(rename = "type")]
    #[schema(example = "state")]
    pub kind: &'static str,
    /// The Avatar that the identity is bound to.
    #[schema(example = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9")]
    pub avatar: String,
    /// Where the identity lives.
    #[schema(example = "github")]
    pub platform: &'a str,
    /// The identity, normalised.
    #[schema(example = "octocat")]
    pub identity: &'a str,
    /// The platform's own, immutable id of the account, where there is one.
    pub alt_id: &'a str,
    /// The account's display name.
    pub alt_name: &'a str,
    /// The display name before.
    pub alt_name_before: &'a str,
    /// `valid`, `missing`, `mismatch` or `unreachable`.
    #[schema(example = "missing")]
    pub state: &'a str,
    /// The state before, which may be `unchecked` as well.
    #[schema(example = "valid")]
    pub state_before: &'a str,
    /// Whether applications may rely on the binding.
    pub is_valid: bool,
    /// Whether they might before.
    pub is_valid_before: bool,
    /// Why not; empty if they may.
    pub invalid_reason: &'a str,
    /// The second of the look, since 1970.
    pub changed_at: i64,
}

#[async_trait]
impl EventSource for Store {
    async fn read_after(&self, after: i64, count: i64) -> Result<Vec<Event>, DbError> {
        self.db().primary(move |conn| read_events(conn, after, count, tell)).await
    }

    async fn epoch(&self) -> Result<String, DbError> {
        self.db().primary(feed::epoch).await
    }

    async fn latest_id(&self) -> Result<i64, DbError> {
        self.db().primary(feed::latest_id).await
    }
}

/// Fetches what the rows refer to.
fn tell(conn: &mut DbConnection, rows: &[FeedRow]) -> Result<Vec<Event>, DbError> {
    let mut links = links_by_id(conn, &references(rows, FeedKind::Link))?;
    let mut states = states_by_id(conn, &references(rows, FeedKind::State))?;
    let events = rows.iter().filter_map(|row| {
        if row.kind == FeedKind::Link as i16 {
            link_event(row.id, &links.remove(&row.reference)?)
        } else {
            state_event(row.id, &states.remove(&row.reference)?)
        }
    });
    Ok(events.collect())
}

fn references(rows: &[FeedRow], kind: FeedKind) -> Vec<i64> {
    rows.iter().filter(|row| row.kind == kind as i16).map(|row| row.reference).collect()
}

fn link_event(id: i64, stored: &StoredLink) -> Option<Event> {
    let avatar = Avatar::from_sec1(&stored.avatar).ok()?;
    let kind = EventKind::Link;
    let body = LinkEvent {
        id,
        kind: kind.as_str(),
        avatar: avatar.to_hex(),
        is_valid: stored.unchecked.then_some(false),
        link: stored.to_link(),
    };
    Some(Event {
        id,
        kind,
        avatar,
        platform: stored.platform.parse().ok()?,
        identity: stored.identity.clone(),
        body: serde_json::to_string(&body).ok()?.into(),
    })
}

fn state_event(id: i64, change: &StateChange) -> Option<Event> {
    let avatar = Avatar::from_sec1(&change.avatar).ok()?;
    let kind = EventKind::State;
    let body = StateEvent {
        id,
        kind: kind.as_str(),
        avatar: avatar.to_hex(),
        platform: &change.platform,
        identity: &change.identity,
        alt_id: &change.alt_id,
        alt_name: &change.alt_name,
        alt_name_before: &change.alt_name_before,
        state: &change.state,
        state_before: &change.state_before,
        is_valid: change.is_valid,
        is_valid_before: change.is_valid_before,
        invalid_reason: &change.invalid_reason,
        changed_at: change.changed_at,
    };
    Some(Event {
        id,
        kind,
        avatar,
        platform: change.platform.parse().ok()?,
        identity: change.identity.clone(),
        body: serde_json::to_string(&body).ok()?.into(),
    })
}
