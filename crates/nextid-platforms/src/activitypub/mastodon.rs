//! Mastodon's API, which Pleroma, Akkoma and most others have too: `GET /api/v1/statuses/{id}`.
//!
//! Source: <https://docs.joinmastodon.org/methods/statuses/#get>.

use serde::Deserialize;
use serde_json::Value;

use super::server::{Server, read};
use super::{BOOST, HIDDEN, OWN_HTML, Post, REPLY};
use crate::FetchError;

/// What is read of a status.
#[derive(Debug, Deserialize)]
struct Status {
    id: String,
    account: Account,
    content: String,
    visibility: String,
    #[serde(default)]
    in_reply_to_id: Value,
    /// The status that this one only passes on, with its content.
    #[serde(default)]
    reblog: Value,
}

#[derive(Debug, Deserialize)]
struct Account {
    id: String,
    /// The user name, followed by `@` and the server for accounts of other servers.
    acct: String,
    #[serde(default)]
    display_name: Option<String>,
}

/// Asks for a post.
pub(super) async fn post(server: &Server<'_>, id: &str) -> Result<Post, FetchError> {
    let response = server.get(&server.url(&["api", "v1", "statuses", id])).await?;
    read::<Status>(&response, "a post").map(Post::from)
}

impl From<Status> for Post {
    fn from(status: Status) -> Self {
        // Pleroma's "local" posts are for people with an account on the server, and so is everything else.
        let is_public = matches!(status.visibility.as_str(), "public" | "unlisted");
        let kind = if !status.reblog.is_null() {
            BOOST
        } else if !is_public {
            HIDDEN
        } else if !status.in_reply_to_id.is_null() {
            REPLY
        } else {
            OWN_HTML
        };
        let (username, other_server) = match status.account.acct.split_once('@') {
            Some((username, server)) => (username.to_owned(), Some(server.to_owned())),
            None => (status.account.acct, None),
        };
        Self {
            id: status.id,
            username,
            other_server,
            account_id: status.account.id,
            display_name: status.account.display_name,
            kind,
            content: status.content,
        }
    }
}

#[cfg(feature = "fuzzing")]
pub(super) fn fuzzing(body: &[u8]) -> Option<Post> {
    serde_json::from_slice::<Status>(body).ok().map(Post::from)
}
