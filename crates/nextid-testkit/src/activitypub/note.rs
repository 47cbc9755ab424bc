//! A post, and its objects in the APIs of Mastodon and Misskey.

use serde_json::{Value, json};

use crate::outcome::{Outcome, tampered};

/// A post on a server of the fediverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The author's user name, in the letter case that the account shows.
    pub username: String,
    /// The server that the author belongs to, if it is another one: then this is only a copy.
    pub host: Option<String>,
    /// The account's immutable id.
    pub account_id: String,
    /// The name that people see.
    pub display_name: String,
    /// What was written; Mastodon makes HTML of it.
    pub text: String,
    /// `public`, `unlisted`, `private` or `direct`; Misskey has its own words for the last three.
    pub visibility: String,
    /// The id of the post that this one answers.
    pub reply_to: Option<String>,
    /// Whether it only passes on somebody else's post, with its text.
    pub boost: bool,
    /// The text of a post that this one quotes.
    pub quotes: Option<String>,
}

impl Note {
    /// A public post of an account of the server itself.
    pub fn new(username: impl Into<String>, text: impl Into<String>) -> Self {
        let username = username.into();
        Self {
            display_name: format!("{username} 🎭"),
            username,
            host: None,
            account_id: "108222".to_owned(),
            text: text.into(),
            visibility: "public".to_owned(),
            reply_to: None,
            boost: false,
            quotes: None,
        }
    }

    /// This post as a scripted outcome shows it.
    pub(super) fn under(mut self, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Missing => self.text = "Nothing to prove here.".to_owned(),
            Outcome::Tampered => self.text = tampered(&self.text),
            Outcome::OtherAuthor => {
                self.username = "somebody-else".to_owned();
                self.account_id = "77".to_owned();
            }
            Outcome::WrongCase => self.username = self.username.to_uppercase(),
            Outcome::Huge(bytes) => self.text.push_str(&"x".repeat(*bytes)),
            Outcome::Ok | Outcome::Status(_) | Outcome::Slow(_) | Outcome::Redirect(_) | Outcome::Garbage => {
            }
        }
        self
    }

    /// Mastodon's status, and what Pleroma adds to it.
    pub(super) fn to_status(&self, id: &str) -> Value {
        let acct = match &self.host {
            Some(host) => format!("{}@{host}", self.username),
            None => self.username.clone(),
        };
        let account = json!({
            "id": self.account_id,
            "username": self.username,
            "acct": acct,
            "display_name": self.display_name,
            "bot": false,
        });
        let content = html(&self.text);
        let quote = self
            .quotes
            .as_deref()
            .map(|text| json!({ "state": "accepted", "quoted_status": { "content": html(text) } }));
        let reblog =
            self.boost.then(|| json!({ "id": "99", "content": content, "account": { "acct": "original" } }));
        json!({
            "id": id,
            "created_at": "2026-01-02T03:04:05.000Z",
            "in_reply_to_id": self.reply_to,
            "in_reply_to_account_id": self.reply_to.as_ref().map(|_| "5"),
            "sensitive": false,
            "spoiler_text": "",
            "visibility": self.visibility,
            "language": "en",
            "content": content,
            "reblog": reblog,
            "quote": quote,
            "account": account,
            "media_attachments": [],
            "mentions": [],
            "tags": [],
            "emojis": [],
            "poll": null,
        })
    }

    /// Misskey's note.
    pub(super) fn to_misskey(&self, id: &str) -> Value {
        let visibility = match self.visibility.as_str() {
            "unlisted" => "home",
            "private" => "followers",
            "direct" => "specified",
            other => other,
        };
        let renoted = (self.boost || self.quotes.is_some()).then_some("9c0000000r");
        let text = self.quotes.clone().unwrap_or_else(|| self.text.clone());
        json!({
            "id": id,
            "createdAt": "2026-01-02T03:04:05.000Z",
            "userId": self.account_id,
            "user": {
                "id": self.account_id,
                "name": self.display_name,
                "username": self.username,
                "host": self.host,
            },
            "text": (!self.boost).then_some(&self.text),
            "cw": null,
            "visibility": visibility,
            "localOnly": false,
            "replyId": self.reply_to,
            "renoteId": renoted,
            "renote": renoted.map(|id| json!({ "id": id, "text": text, "user": { "username": "original" } })),
            "fileIds": [],
        })
    }
}

/// As Mastodon writes posts: a paragraph for every block of lines, links and mentions with markup.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\'', "&#39;");
    let paragraphs = escaped.trim().split("\n\n");
    paragraphs
        .map(|paragraph| format!("<p>{}</p>", paragraph.trim_matches('\n').replace('\n', "<br />")))
        .collect()
}
