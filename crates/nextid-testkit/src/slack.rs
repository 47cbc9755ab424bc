//! A stand-in for Slack's Web API: `GET /api/conversations.history`, for any token.

use serde_json::{Value, json};

use crate::stand_in::{Asked, Author, Behaviour, Reply, escaped, stand_in};

const CHANNEL: &str = "C04Q3P6H7TK";

/// The first message's second, in microseconds.
const FIRST_MESSAGE: u64 = 1_677_499_644_698_189;

stand_in! {
    /// Slack on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    SlackStandIn, Slack
}

impl SlackStandIn {
    /// Publishes a message and returns its link, the `proof_location`. The author's id and name are the member id.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let micros = self.number(FIRST_MESSAGE).to_string();
        let (seconds, rest) = micros.split_at(10);
        self.put(format!("{seconds}.{rest}"), author, text);
        format!("https://nextid.slack.com/archives/{CHANNEL}/p{micros}")
    }
}

#[derive(Debug)]
struct Slack;

impl Behaviour for Slack {
    fn name(&self) -> &'static str {
        "slack"
    }

    fn other_author(&self) -> Author {
        Author::new("U00OTHER00", "U00OTHER00", "Somebody Else")
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        if asked.path.as_slice() != ["api", "conversations.history"] {
            return None;
        }
        if !asked.authorization.is_some_and(|header| header.starts_with("Bearer ")) {
            return Some(failed("not_authed"));
        }
        if asked.parameter("channel") != CHANNEL {
            return Some(failed("channel_not_found"));
        }
        // Without `inclusive` the ends do not belong to the range, and between them is nothing.
        let second = asked.parameter("latest");
        let within = second == asked.parameter("oldest") && asked.parameter("inclusive") == "true";
        let messages: Vec<Value> = asked
            .post(second)
            .filter(|_| within)
            .map(|post| {
                json!({
                    "type": "message",
                    "user": post.author.name,
                    "text": escaped(&post.text).replace("&quot;", "\""),
                    "ts": second,
                    "team": "T04Q3P6H7TK",
                    "user_profile": {
                        "display_name": post.author.display_name, "real_name": post.author.display_name,
                    },
                })
            })
            .into_iter()
            .collect();
        Some(Reply::json(200, &json!({ "ok": true, "messages": messages, "has_more": false })))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "ok": false, "error": "internal_error" }))
    }
}

/// Errors come with status 200.
fn failed(code: &str) -> Reply {
    Reply::json(200, &json!({ "ok": false, "error": code }))
}
