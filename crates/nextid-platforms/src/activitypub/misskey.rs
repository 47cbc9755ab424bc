//! The API of Misskey and its forks: `POST /api/notes/show`.
//!
//! Source: <https://misskey-hub.net/en/docs/for-developers/api/>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::server::{Server, read};
use super::{BOOST, HIDDEN, OWN_TEXT, Post, REPLY};
use crate::FetchError;

/// What is read of a note.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    id: String,
    user: User,
    /// None for a note that only passes another one on.
    #[serde(default)]
    text: Option<String>,
    visibility: String,
    #[serde(default)]
    reply_id: Value,
    #[serde(default)]
    renote_id: Value,
    /// The note is there, and its text is kept from us.
    #[serde(default)]
    is_hidden: bool,
}

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    username: String,
    /// The server of an account that is not this server's own.
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

/// Asks for a post.
pub(super) async fn post(server: &Server<'_>, id: &str) -> Result<Post, FetchError> {
    let response = server.post(&server.url(&["api", "notes", "show"]), &json!({ "noteId": id })).await?;
    if response.status == 400 {
        return Err(refusal(&response.body));
    }
    read::<Note>(&response, "a post").map(Post::from)
}

/// Misskey says by a code what others say by a status.
fn refusal(body: &[u8]) -> FetchError {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    match body.pointer("/error/code").and_then(Value::as_str) {
        Some("NO_SUCH_NOTE") => FetchError::NotFound,
        Some("SIGNIN_REQUIRED" | "CONTENT_RESTRICTED_BY_USER" | "CREDENTIAL_REQUIRED") => {
            FetchError::unavailable("the account's server shows the post to nobody without an account there")
        }
        _ => FetchError::Odd("the account's server answers with status 400".to_owned()),
    }
}

impl From<Note> for Post {
    fn from(note: Note) -> Self {
        // "home" is Misskey's word for unlisted.
        let is_public = matches!(note.visibility.as_str(), "public" | "home") && !note.is_hidden;
        let kind = if note.text.is_none() && !note.renote_id.is_null() {
            BOOST
        } else if !is_public {
            HIDDEN
        } else if !note.reply_id.is_null() {
            REPLY
        } else {
            OWN_TEXT
        };
        Self {
            id: note.id,
            username: note.user.username,
            other_server: note.user.host,
            account_id: note.user.id,
            display_name: note.user.name,
            kind,
            content: note.text.unwrap_or_default(),
        }
    }
}

#[cfg(feature = "fuzzing")]
pub(super) fn fuzzing(body: &[u8]) -> Option<Post> {
    let _ = std::hint::black_box(refusal(body));
    serde_json::from_slice::<Note>(body).ok().map(Post::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals() {
        let told = |code: &str| refusal(json!({ "error": { "code": code } }).to_string().as_bytes());
        assert_eq!(told("NO_SUCH_NOTE"), FetchError::NotFound);
        for code in ["SIGNIN_REQUIRED", "CONTENT_RESTRICTED_BY_USER", "CREDENTIAL_REQUIRED"] {
            assert!(matches!(told(code), FetchError::Unavailable { .. }), "{code}");
        }
        for error in
            [told("INVALID_PARAM"), refusal(b""), refusal(b"[]"), refusal(br#"{"error":"NO_SUCH_NOTE"}"#)]
        {
            assert!(matches!(error, FetchError::Odd(_)), "{error}");
        }
    }
}
