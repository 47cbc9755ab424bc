//! Server-sent events, as the HTML standard spells them (section 9.2, "Server-sent events").

use actix_web::web::Bytes;
use serde::Serialize;

use super::event::Event;

/// Milliseconds that a browser waits before it comes back, in place of its own choice.
const RETRY_MS: u32 = 1000;

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ending {
    /// The reader was too slow.
    Slow,
    /// The service stops.
    Stopping,
    /// The database does not answer.
    Unavailable,
}

#[derive(Serialize)]
struct Hello<'a> {
    epoch: &'a str,
    last_id: i64,
}

#[derive(Serialize)]
struct Resume {
    last_id: i64,
    reason: Ending,
}

/// One item of the feed. JSON has no line breaks of its own, so that it is one `data` line.
pub(super) fn event(event: &Event) -> Bytes {
    format!("event: {}\nid: {}\ndata: {}\n\n", event.kind.as_str(), event.id, event.body).into()
}

/// What a stream begins with: in which life of the database, and after which id.
pub(super) fn hello(epoch: &str, last_id: i64) -> Bytes {
    let data = json(&Hello { epoch, last_id });
    format!("retry: {RETRY_MS}\nevent: hello\nid: {last_id}\ndata: {data}\n\n").into()
}

/// What a stream ends with: where to resume.
pub(super) fn resume(last_id: i64, reason: Ending) -> Bytes {
    let data = json(&Resume { last_id, reason });
    format!("event: resume\nid: {last_id}\ndata: {data}\n\n").into()
}

/// A sign of life. It has an id and no data: a client notes the id, so that one with a filter resumes near the end of the
/// feed, and dispatches no event.
pub(super) fn heartbeat(last_id: i64) -> Bytes {
    format!(": heartbeat\nid: {last_id}\n\n").into()
}

/// Neither of the structs above can fail to be JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use nextid_core::Platform;

    use super::super::event::EventKind;
    use super::*;

    #[test]
    fn frames_are_those_of_the_standard() {
        let key = "0x02e3511304b78237a0c2a66c7aae5be20cd9104d1b452161529bb3a23cccbf55c9";
        let link = Event {
            id: 7,
            kind: EventKind::Link,
            avatar: key.parse().unwrap(),
            platform: Platform::Github,
            identity: "octocat".to_owned(),
            body: r#"{"id":7}"#.into(),
        };
        assert_eq!(event(&link), "event: link\nid: 7\ndata: {\"id\":7}\n\n");
        assert_eq!(
            hello("e", 3),
            "retry: 1000\nevent: hello\nid: 3\ndata: {\"epoch\":\"e\",\"last_id\":3}\n\n"
        );
        assert_eq!(
            resume(9, Ending::Slow),
            "event: resume\nid: 9\ndata: {\"last_id\":9,\"reason\":\"slow\"}\n\n"
        );
        assert_eq!(heartbeat(4), ": heartbeat\nid: 4\n\n");
    }
}
