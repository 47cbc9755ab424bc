//! A stand-in for a website: `GET /.well-known/nextid.json`, whatever its host is called.

use serde_json::Value;

use crate::Outcome;
use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The key that another person's proof names.
const OTHER_AVATAR: &str = "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3";

/// What the one file is published as.
const FILE: &str = "nextid.json";

stand_in! {
    /// A website on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    WebsiteStandIn, Website
}

impl WebsiteStandIn {
    /// Puts the file into its place.
    pub fn publish(&self, content: impl Into<String>) {
        self.put(FILE, Author::new("", "", ""), content);
    }

    /// Its port on the loopback interface. A test gives it a name.
    pub fn port(&self) -> u16 {
        self.base_url().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
    }
}

#[derive(Debug)]
struct Website;

impl Behaviour for Website {
    fn name(&self) -> &'static str {
        "website"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let [".well-known", FILE] = asked.path.as_slice() else {
            return None;
        };
        let post = asked.post(FILE)?;
        let content = match (asked.outcome, serde_json::from_str::<Value>(&post.text)) {
            // The file is there, and the proofs in it are somebody else's.
            (Outcome::OtherAuthor, Ok(mut file)) => {
                let proofs = file.get_mut("proofs").and_then(Value::as_array_mut);
                for avatar in proofs.into_iter().flatten().filter_map(|proof| proof.get_mut("avatar")) {
                    *avatar = OTHER_AVATAR.into();
                }
                file.to_string()
            }
            (Outcome::Missing, _) => "{\"version\":\"1\",\"proofs\":[]}".to_owned(),
            _ => post.text,
        };
        Some(Reply::new(200, "application/json", content))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::new(status, "text/html", format!("<!doctype html><title>Error {status}</title>\n"))
    }
}
