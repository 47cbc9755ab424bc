//! The feed as it is told to readers.

use async_trait::async_trait;
use nextid_core::Avatar;
use nextid_core::link::KvLink;
use nextid_service::db::{DbConnection, DbError};
use nextid_service::events::{Event, EventKind, EventSource, read_events};
use nextid_service::feed::{self, FeedRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::changes::links_by_id;
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
    /// The Avatar whose chain it is: `0x` and 130 hexadecimal digits.
    #[schema(
        example = "0x04e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c985f88cf31fbf7e622fe5daf0bb0e9a21e9cff2dc988273cd4cc049d94a3986c6"
    )]
    pub avatar: String,
    /// The link.
    pub link: KvLink,
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
    let link = FeedKind::Link as i16;
    let ids: Vec<i64> = rows.iter().filter(|row| row.kind == link).map(|row| row.reference).collect();
    let by_id = links_by_id(conn, &ids)?;
    Ok(rows.iter().filter_map(|row| link_event(row.id, by_id.get(&row.reference)?)).collect())
}

fn link_event(id: i64, stored: &StoredLink) -> Option<Event> {
    let avatar = Avatar::from_sec1(&stored.avatar).ok()?;
    let (kind, link) = (EventKind::Link, stored.to_link());
    let body = LinkEvent { id, kind: kind.as_str(), avatar: link.avatar.clone(), link };
    Some(Event {
        id,
        kind,
        avatar,
        platform: stored.platform.parse().ok()?,
        identity: stored.namespace.clone(),
        body: serde_json::to_string(&body).ok()?.into(),
    })
}
