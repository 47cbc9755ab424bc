//! A gist, and its object in GitHub's REST API.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::outcome::{Outcome, tampered};

/// GitHub cuts the content of a file here and sets `truncated`.
const FILE_LIMIT: usize = 1_048_576;

/// The links of a user object, each the user's own address plus this.
const USER_LINKS: [(&str, &str); 8] = [
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("received_events_url", "/received_events"),
];

/// A published gist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gist {
    /// 32 hexadecimal digits, the `proof_location` of a github binding.
    pub id: String,
    /// The account that published it, in the letter case that the account shows.
    pub login: String,
    /// The account's immutable number; none: given by the stand-in, the same for the same login.
    pub owner_id: Option<u64>,
    /// Free text, or null.
    pub description: Option<String>,
    /// Listed, or reachable only by its id.
    pub public: bool,
    /// File name to content.
    pub files: BTreeMap<String, String>,
    /// When it was published; this is `updated_at` as well.
    pub created_at: OffsetDateTime,
}

impl Gist {
    /// A public gist of this account, with a random id, published now, and no files yet.
    pub fn new(login: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().simple().to_string(),
            login: login.into(),
            owner_id: None,
            description: None,
            public: true,
            files: BTreeMap::new(),
            created_at: OffsetDateTime::now_utc(),
        }
    }

    /// Adds a file. For a binding its name is `0x<compressed key>.json`.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, content: impl Into<String>) -> Self {
        self.files.insert(name.into(), content.into());
        self
    }

    /// This gist as a scripted outcome shows it.
    pub(super) fn under(mut self, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Missing => {
                self.files =
                    BTreeMap::from([("unrelated.txt".to_owned(), "Nothing to prove here.\n".to_owned())]);
            }
            Outcome::Tampered => self.files.values_mut().for_each(|content| *content = tampered(content)),
            Outcome::OtherAuthor => {
                self.login = "somebody-else".to_owned();
                self.owner_id = Some(77);
            }
            Outcome::WrongCase => self.login = swapped_case(&self.login),
            Outcome::Huge(bytes) => self.description = Some("x".repeat(*bytes)),
            Outcome::Ok | Outcome::Status(_) | Outcome::Slow(_) | Outcome::Redirect(_) | Outcome::Garbage => {
            }
        }
        self
    }

    /// The object that GitHub answers for one gist.
    pub(super) fn to_json(&self, base: &str) -> Value {
        let url = format!("{base}/gists/{}", self.id);
        let version = format!("{:0<40}", self.id);
        let date = self.created_at.replace_nanosecond(0).unwrap_or(self.created_at);
        let date = date.format(&Rfc3339).unwrap_or_default();
        let owner = self.owner_json(base);
        let files: serde_json::Map<String, Value> =
            self.files.iter().map(|(name, content)| (name.clone(), file_json(&url, name, content))).collect();
        let lines: usize = self.files.values().map(|content| content.lines().count()).sum();
        json!({
            "url": url,
            "forks_url": format!("{url}/forks"),
            "commits_url": format!("{url}/commits"),
            "id": self.id,
            "node_id": format!("G_{}", self.id),
            "git_pull_url": format!("{url}.git"),
            "git_push_url": format!("{url}.git"),
            "html_url": url,
            "files": files,
            "public": self.public,
            "created_at": date,
            "updated_at": date,
            "description": self.description,
            "comments": 0,
            "comments_enabled": true,
            "user": null,
            "comments_url": format!("{url}/comments"),
            "owner": owner,
            "forks": [],
            "history": [{
                "user": owner,
                "version": version,
                "committed_at": date,
                "change_status": { "total": lines, "additions": lines, "deletions": 0 },
                "url": format!("{url}/{version}"),
            }],
            "truncated": false,
        })
    }

    fn owner_json(&self, base: &str) -> Value {
        let url = format!("{base}/users/{}", self.login);
        let mut owner = json!({
            "login": self.login,
            "id": self.owner_id,
            "node_id": format!("U_{}", self.owner_id.unwrap_or_default()),
            "avatar_url": format!("{url}/avatar"),
            "gravatar_id": "",
            "url": url,
            "html_url": url,
            "events_url": format!("{url}/events{{/privacy}}"),
            "type": "User",
            "user_view_type": "public",
            "site_admin": false,
        });
        if let Some(fields) = owner.as_object_mut() {
            fields.extend(
                USER_LINKS.map(|(name, path)| (name.to_owned(), Value::String(format!("{url}{path}")))),
            );
        }
        owner
    }
}

fn file_json(url: &str, name: &str, content: &str) -> Value {
    let (kind, language) = match name.rsplit_once('.') {
        Some((_, "json")) => ("application/json", "JSON"),
        Some((_, "md")) => ("text/markdown", "Markdown"),
        _ => ("text/plain", "Text"),
    };
    let cut = (0..=content.len().min(FILE_LIMIT)).rev().find(|at| content.is_char_boundary(*at));
    let shown = content.get(..cut.unwrap_or_default()).unwrap_or_default();
    json!({
        "filename": name,
        "type": kind,
        "language": language,
        "raw_url": format!("{url}/raw/{name}"),
        "size": content.len(),
        "truncated": shown.len() < content.len(),
        "content": shown,
        "encoding": "utf-8",
    })
}

fn swapped_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}
