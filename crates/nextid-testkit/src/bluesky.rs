//! A stand-in for Bluesky's public API: `GET /xrpc/com.atproto.identity.resolveHandle` and `app.bsky.feed.getPosts`.

use serde_json::{Value, json};

use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The first post's key counts from here, in the digits of the protocol's time-based keys.
const FIRST_POST: u64 = 1_000_000;
const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

stand_in! {
    /// Bluesky on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    BlueskyStandIn, Bluesky
}

impl BlueskyStandIn {
    /// Publishes a post and returns its AT-URI. The author's name is the handle, and the id the DID.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let number = self.number(FIRST_POST);
        let digit = |shift: u32| {
            let at = usize::try_from(number >> (5 * shift) & 31).unwrap_or_default();
            char::from(DIGITS.get(at).copied().unwrap_or(b'2'))
        };
        let key: String = "3lbv3urc".chars().chain((0..5).rev().map(digit)).collect();
        let uri = format!("at://{}/app.bsky.feed.post/{key}", author.id);
        self.put(&uri, author, text);
        uri
    }
}

#[derive(Debug)]
struct Bluesky;

impl Behaviour for Bluesky {
    fn name(&self) -> &'static str {
        "bluesky"
    }

    fn other_author(&self) -> Author {
        Author::new("somebody.bsky.social", "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "Somebody Else")
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        match asked.path.as_slice() {
            ["xrpc", "com.atproto.identity.resolveHandle"] => {
                let handle = asked.parameter("handle");
                let owner = asked.publisher(|author| author.name.eq_ignore_ascii_case(handle));
                Some(match owner {
                    Some(owner) => Reply::json(200, &json!({ "did": owner.id })),
                    None => Reply::json(400, &problem("InvalidRequest", "Unable to resolve handle")),
                })
            }
            ["xrpc", "app.bsky.feed.getPosts"] => {
                let uri = asked.parameter("uris");
                let posts: Vec<Value> =
                    asked.post(uri).into_iter().map(|post| view(uri, &post.author, &post.text)).collect();
                Some(Reply::json(200, &json!({ "posts": posts })))
            }
            _ => None,
        }
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &problem("InternalServerError", "Internal Server Error"))
    }
}

fn view(uri: &str, author: &Author, text: &str) -> Value {
    json!({
        "uri": uri,
        "cid": "bafyreie5ipbmimqp7xdn4vy4ub766olmr6u5bpzlzltgscsyt7ue4smziq",
        "author": {
            "did": author.id, "handle": author.name, "displayName": author.display_name, "labels": [],
            "createdAt": "2024-11-13T03:20:36.682Z",
        },
        "record": {
            "$type": "app.bsky.feed.post", "createdAt": "2024-11-26T22:34:57.235Z", "langs": ["en"], "text": text,
        },
        "replyCount": 0, "repostCount": 0, "likeCount": 0, "quoteCount": 0,
        "indexedAt": "2024-11-26T22:34:57.954Z",
        "labels": [],
    })
}

fn problem(error: &str, message: &str) -> Value {
    json!({ "error": error, "message": message })
}
