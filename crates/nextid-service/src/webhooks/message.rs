//! What is sent: the payload of the Standard Webhooks specification, `{"type", "timestamp", "data"}`.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::events::{Event, EventKind};

/// The type of a message that only tries an endpoint out.
pub const TEST_TYPE: &str = "webhook.test";

/// The type of the message that tells of an event.
pub fn type_of(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Link => "link.created",
        EventKind::State => "proof.state_changed",
    }
}

/// The kind of event that a type tells of.
pub fn kind_of(name: &str) -> Option<EventKind> {
    [EventKind::Link, EventKind::State].into_iter().find(|kind| type_of(*kind) == name)
}

/// A message, ready to be signed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `webhook-id`: the same whenever this event is sent, to whomever.
    pub id: String,
    /// The second that `timestamp` names.
    pub happened_at: i64,
    /// One JSON object.
    pub body: String,
}

impl Message {
    /// Tells of an event. `now` is for an event that does not say when it happened.
    pub fn of(event: &Event, epoch: &str, now: i64) -> Self {
        let happened_at = happened_at(&event.body).unwrap_or(now);
        Self {
            id: format!("msg_{}_{}", short(epoch), event.id),
            happened_at,
            body: payload(type_of(event.kind), happened_at, &event.body),
        }
    }

    /// Tries an endpoint out.
    pub fn test(webhook_id: &str, now: i64) -> Self {
        let unique = uuid::Uuid::new_v4().simple();
        let data = serde_json::json!({"webhook": webhook_id, "message": "This endpoint works."});
        Self {
            id: format!("msg_test_{unique}"),
            happened_at: now,
            body: payload(TEST_TYPE, now, &data.to_string()),
        }
    }
}

fn payload(kind: &str, happened_at: i64, data: &str) -> String {
    format!(r#"{{"type":"{kind}","timestamp":"{}","data":{data}}}"#, rfc3339(happened_at))
}

/// `2026-11-22T09:30:00Z`; a second that no calendar of four-digit years has is shown as 1970.
fn rfc3339(second: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(second).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    date.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

/// Eight digits that stand for the database's epoch, which may be any text: an id must not hold a full stop.
fn short(epoch: &str) -> String {
    Sha256::digest(epoch.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// As much of an event as says when it happened.
#[derive(Deserialize)]
struct When {
    changed_at: Option<i64>,
    link: Option<WhenSigned>,
}

#[derive(Deserialize)]
struct WhenSigned {
    created_at: Second,
}

/// The two services spell it differently.
#[derive(Deserialize)]
#[serde(untagged)]
enum Second {
    Number(i64),
    Text(String),
}

fn happened_at(body: &str) -> Option<i64> {
    let when: When = serde_json::from_str(body).ok()?;
    when.changed_at.or_else(|| match when.link?.created_at {
        Second::Number(second) => Some(second),
        Second::Text(text) => text.parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event(kind: EventKind, body: &Value) -> Event {
        let key = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";
        Event {
            id: 203,
            kind,
            avatar: nextid_core::Avatar::parse(key).unwrap(),
            platform: nextid_core::Platform::Github,
            identity: "octocat".to_owned(),
            body: body.to_string().into(),
        }
    }

    #[test]
    fn an_event_is_wrapped_and_its_second_is_found() {
        for (kind, name, data) in [
            (EventKind::Link, "link.created", json!({"id": 203, "link": {"created_at": "1669109400"}})),
            (EventKind::Link, "link.created", json!({"id": 203, "link": {"created_at": 1_669_109_400}})),
            (EventKind::State, "proof.state_changed", json!({"id": 203, "changed_at": 1_669_109_400})),
        ] {
            let message = Message::of(&event(kind, &data), "5f0c", 7);
            let body: Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(body, json!({"type": name, "timestamp": "2022-11-22T09:30:00Z", "data": data}));
            assert_eq!(message.happened_at, 1_669_109_400);
            assert_eq!(kind_of(name), Some(kind));
        }
        assert_eq!(Message::of(&event(EventKind::Link, &json!({})), "5f0c", 7).happened_at, 7);
        assert_eq!(kind_of(TEST_TYPE), None);
    }

    #[test]
    fn the_id_is_the_events_own() {
        let event = event(EventKind::Link, &json!({}));
        let id = |epoch: &str| Message::of(&event, epoch, 7).id;
        assert_eq!(id("5f0c"), id("5f0c"));
        assert_ne!(id("restored. 1"), id("restored. 2"));
        assert!(id("restored. 1").starts_with("msg_") && id("restored. 1").ends_with("_203"));
        assert!(!id("restored. 1").contains(['.', ' ']));
        assert_ne!(Message::test("a", 7).id, Message::test("a", 7).id);
    }
}
