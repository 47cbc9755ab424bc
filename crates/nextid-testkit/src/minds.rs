//! A stand-in for Minds: `GET /api/v2/entities/?urns=urn:activity:{guid}`.

use serde_json::json;

use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The first post's number; today's are of this size.
const FIRST_POST: u64 = 1_421_043_369_127_186_449;

stand_in! {
    /// Minds on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    MindsStandIn, Minds
}

impl MindsStandIn {
    /// Publishes a post and returns its number, the `proof_location`.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let id = self.number(FIRST_POST).to_string();
        self.put(&id, author, text);
        id
    }
}

#[derive(Debug)]
struct Minds;

impl Behaviour for Minds {
    fn name(&self) -> &'static str {
        "minds"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        if asked.path.as_slice() != ["api", "v2", "entities"] {
            return None;
        }
        let id = asked.parameter("urns").strip_prefix("urn:activity:").unwrap_or_default();
        let entities = match asked.post(id) {
            Some(post) => vec![json!({
                "guid": id,
                "type": "activity",
                "access_id": "2",
                "message": post.text,
                "owner_guid": post.author.id,
                "ownerObj": {
                    "guid": post.author.id, "type": "user", "username": post.author.name, "name": post.author.display_name,
                },
                "urn": format!("urn:activity:{id}"),
            })],
            None => Vec::new(),
        };
        Some(Reply::json(200, &json!({ "status": "success", "entities": entities, "require_login": false })))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(status, &json!({ "status": "error", "message": "An unknown error has occurred" }))
    }
}
