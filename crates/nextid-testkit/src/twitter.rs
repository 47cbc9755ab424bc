//! A stand-in for Twitter's API v2: `GET /2/tweets/{id}` and `GET /2/users/{id}`, for any bearer token.

use serde_json::json;

use crate::stand_in::{Asked, Author, Behaviour, Reply, escaped, stand_in};

/// The first tweet's number; today's are of this size.
const FIRST_TWEET: u64 = 1_504_363_098_328_924_163;

stand_in! {
    /// Twitter on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    TwitterStandIn, Twitter
}

impl TwitterStandIn {
    /// Publishes a tweet and returns its number, the `proof_location`.
    pub fn publish(&self, author: Author, text: impl Into<String>) -> String {
        let id = self.number(FIRST_TWEET).to_string();
        self.put(&id, author, text);
        id
    }
}

#[derive(Debug)]
struct Twitter;

impl Behaviour for Twitter {
    fn name(&self) -> &'static str {
        "twitter"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        if !asked.authorization.is_some_and(|header| header.starts_with("Bearer ")) {
            return Some(self.error(401));
        }
        match asked.path.as_slice() {
            ["2", "tweets", id] => Some(match asked.post(id) {
                Some(post) => Reply::json(
                    200,
                    &json!({
                        "data": {
                            "id": id,
                            "edit_history_tweet_ids": [id],
                            "author_id": post.author.id,
                            "created_at": "2022-03-17T07:49:05.000Z",
                            // As the API, which escapes these three.
                            "text": escaped(&post.text).replace("&quot;", "\""),
                        },
                        "includes": { "users": [{
                            "id": post.author.id, "name": post.author.display_name, "username": post.author.name,
                        }] },
                    }),
                ),
                None => missing("tweet", id),
            }),
            ["2", "users", id] => {
                let other = self.other_author();
                let author = asked.find(|_, post| post.author.id == *id).map(|post| post.author);
                Some(match author.or_else(|| (other.id == *id).then_some(other)) {
                    Some(author) => Reply::json(
                        200,
                        &json!({ "data": {
                            "id": author.id, "name": author.display_name, "username": author.name,
                        } }),
                    ),
                    None => missing("user", id),
                })
            }
            _ => None,
        }
    }

    fn error(&self, status: u16) -> Reply {
        Reply::json(
            status,
            &json!({ "title": "Error", "detail": "Error", "type": "about:blank", "status": status }),
        )
    }
}

/// What is not there is no error 404.
fn missing(kind: &str, id: &str) -> Reply {
    Reply::json(
        200,
        &json!({ "errors": [{
            "value": id,
            "detail": format!("Could not find {kind} with id: [{id}]."),
            "title": "Not Found Error",
            "resource_type": kind,
            "parameter": "id",
            "resource_id": id,
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        }] }),
    )
}
