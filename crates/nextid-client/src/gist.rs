//! Publishing on GitHub, or on the stand-in for it that `nextid up --demo` runs.

use std::collections::BTreeMap;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::error::ClientError;
use crate::transport::{ClientOptions, Transport};

/// The header by which the stand-in knows who publishes; GitHub looks the token up instead, and ignores it.
const STAND_IN_LOGIN: HeaderName = HeaderName::from_static("x-stand-in-login");

/// A client of GitHub's gist API.
#[derive(Debug, Clone)]
pub struct GistClient {
    transport: Transport,
}

/// A gist of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GistFile<'a> {
    /// What the gist is about.
    pub description: &'a str,
    /// The file's name.
    pub name: &'a str,
    /// What the file holds.
    pub content: &'a str,
}

#[derive(Serialize)]
struct NewGist<'a> {
    description: &'a str,
    public: bool,
    files: BTreeMap<&'a str, Content<'a>>,
}

#[derive(Serialize)]
struct Content<'a> {
    content: &'a str,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

/// The answer of the stand-in's root.
#[derive(Deserialize)]
struct About {
    message: String,
}

impl GistClient {
    /// A client of the API at `base`, such as `https://api.github.com`.
    ///
    /// # Errors
    /// [`ClientError::BadUrl`] or [`ClientError::Setup`].
    pub fn new(base: &str, options: &ClientOptions) -> Result<Self, ClientError> {
        Ok(Self { transport: Transport::new(base, options)? })
    }

    /// Whether a stand-in answers there, and not GitHub.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn is_stand_in(&self) -> Result<bool, ClientError> {
        match self.transport.get::<About>("/", &[]).await {
            Ok(about) => Ok(about.message.contains("stand-in")),
            Err(ClientError::Api(_) | ClientError::Unexpected { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// `POST /gists`: publishes one file in a public gist of `login`, and returns the gist's id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn publish(&self, login: &str, token: &str, file: GistFile<'_>) -> Result<String, ClientError> {
        let value =
            |what, text: &str| HeaderValue::from_str(text).map_err(|_| ClientError::Unsendable { what });
        let mut headers = HeaderMap::new();
        headers.insert(STAND_IN_LOGIN, value("the login", login)?);
        let mut authorization = value("the token", &format!("Bearer {token}"))?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let content = Content { content: file.content };
        let gist = NewGist {
            description: file.description,
            public: true,
            files: BTreeMap::from([(file.name, content)]),
        };
        let created: Created = self.transport.post_with("/gists", &headers, &gist).await?;
        Ok(created.id)
    }
}
