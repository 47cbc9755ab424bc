//! A stand-in for a host of Keybase's public folders: `GET /{user}/NextID/0x….json`.

use serde_json::Value;

use crate::Outcome;
use crate::stand_in::{Asked, Author, Behaviour, Reply, stand_in};

/// The key that another person's file names.
const OTHER_PERSONA: &str = "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3";

stand_in! {
    /// A host of public folders on a port of its own; everything of [`StandIn`](crate::StandIn) is its as well.
    KeybaseStandIn, Keybase
}

impl KeybaseStandIn {
    /// Puts a file into the folder `NextID` of a user; for a binding its name is `0x<compressed key>.json`.
    pub fn publish(&self, user: &str, file_name: &str, content: impl Into<String>) {
        self.put(format!("{user}/{file_name}"), Author::new(user, user, user), content);
    }
}

#[derive(Debug)]
struct Keybase;

impl Behaviour for Keybase {
    fn name(&self) -> &'static str {
        "keybase"
    }

    fn answer(&self, asked: &Asked<'_>) -> Option<Reply> {
        let [user, "NextID", file] = asked.path.as_slice() else {
            return None;
        };
        let post = asked.post(&format!("{user}/{file}"))?;
        let content = match (asked.outcome, serde_json::from_str::<Value>(&post.text)) {
            // A file of somebody else's lies in the folder.
            (Outcome::OtherAuthor, Ok(mut file)) => {
                if let Some(persona) = file.get_mut("persona") {
                    *persona = OTHER_PERSONA.into();
                }
                file.to_string()
            }
            // The folder is there and the file is not.
            (Outcome::Missing, _) => return None,
            _ => post.text,
        };
        Some(Reply::new(200, "application/json", content))
    }

    fn error(&self, status: u16) -> Reply {
        Reply::new(status, "text/plain", format!("Error {status}\n"))
    }
}
