//! The fediverse: a public post on the account's own server, which runs Mastodon, Pleroma, Akkoma, Misskey or something
//! that speaks like one of them.

mod mastodon;
mod misskey;
mod node_info;
mod place;
mod server;

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::GuardedClient;

use self::node_info::Api;
use self::server::Server;
use crate::author::{Author, ignoring_case};
use crate::post::{self, Spelling};
use crate::{Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier};

/// What the line with the signature begins with.
const LABEL: &str = "Signature: ";

/// What evidence calls a post's text, which says what kind of post it is. Only the first two count.
const OWN_HTML: &str = "html";
const OWN_TEXT: &str = "text";
const BOOST: &str = "boost";
const REPLY: &str = "reply";
const HIDDEN: &str = "hidden";

/// `platforms.activitypub`.
#[derive(Debug, Clone)]
pub struct ActivitypubSettings {
    /// How servers are reached: `https`, or `http` for tests.
    pub scheme: String,
}

impl Default for ActivitypubSettings {
    fn default() -> Self {
        Self { scheme: "https".to_owned() }
    }
}

/// Fetches and judges posts.
#[derive(Debug, Clone)]
pub struct ActivitypubVerifier {
    scheme: &'static str,
}

/// A post as its server shows it.
#[derive(Debug)]
struct Post {
    id: String,
    username: String,
    /// The server that the author belongs to, if it is another one.
    other_server: Option<String>,
    account_id: String,
    display_name: Option<String>,
    kind: &'static str,
    content: String,
}

impl ActivitypubVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The scheme is none.
    pub fn new(settings: &ActivitypubSettings) -> Result<Self, SettingsError> {
        let scheme = match settings.scheme.trim() {
            "https" | "" => "https",
            "http" => "http",
            _ => return Err(SettingsError::new("platforms.activitypub.scheme", "expected https or http")),
        };
        Ok(Self { scheme })
    }
}

#[async_trait]
impl Verifier for ActivitypubVerifier {
    fn platform(&self) -> Platform {
        Platform::Activitypub
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let host = server_of(claim.identity.as_str());
        let id = place::post_id(&claim.location, host).ok_or(FetchError::BadLocation(place::EXPECTED))?;
        let server = Server::new(self.scheme, host, net)?;
        let post = match node_info::api(&server).await? {
            Api::Mastodon => mastodon::post(&server, &id).await?,
            Api::Misskey => misskey::post(&server, &id).await?,
            Api::Unknown => match mastodon::post(&server, &id).await {
                Err(FetchError::NotFound | FetchError::Odd(_)) => misskey::post(&server, &id).await?,
                answer => answer?,
            },
        };
        if post.id != id {
            return Err(FetchError::Odd("it is another post".to_owned()));
        }
        Ok(post.into_evidence(host))
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        check_local(claim.identity.as_str(), author.account)?;
        let Some(shown) = evidence.texts.first() else {
            return Err(post::missing_line(LABEL));
        };
        let signature = match shown.name.as_str() {
            OWN_HTML => {
                post::judge_labelled(claim, &post::html_text(&shown.content), LABEL, Spelling::Base64)
            }
            OWN_TEXT => post::judge_labelled(claim, &shown.content, LABEL, Spelling::Base64),
            other => Err(CheckError::Text {
                expected: "a public post of the account's own, which is not a reply".to_owned(),
                found: match other {
                    BOOST => "somebody else's post, shared".to_owned(),
                    REPLY => "a reply".to_owned(),
                    _ => "a post that is not public".to_owned(),
                },
            }),
        }?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// The account must be the server's own, also if it was renamed: what a server says about accounts of others is hearsay.
fn check_local(identity: &str, account: &Account) -> Result<(), CheckError> {
    if server_of(&account.name).eq_ignore_ascii_case(server_of(identity)) {
        return Ok(());
    }
    Err(CheckError::Author { expected: identity.to_owned(), found: Some(account.name.clone()) })
}

/// The server, with its port if it has one, in `user@server`.
fn server_of(identity: &str) -> &str {
    identity.rsplit('@').next().unwrap_or_default()
}

impl Post {
    fn into_evidence(self, host: &str) -> Evidence {
        let server = self.other_server.as_deref().unwrap_or(host);
        Evidence {
            account: Some(Account {
                name: format!("{}@{server}", self.username),
                other_names: Vec::new(),
                id: Some(self.account_id),
                display_name: self.display_name,
            }),
            texts: vec![ProofText { name: self.kind.to_owned(), content: self.content, truncated: false }],
            location: Some(self.id),
        }
    }
}

/// Reads what a server may answer, about its software and about a post by either API, and returns the posts.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(host: &str, body: &[u8], net: &GuardedClient) -> Vec<Evidence> {
    if let Ok(server) = Server::new("https", host, net) {
        node_info::fuzzing(&server, body);
    }
    let posts = [mastodon::fuzzing(body), misskey::fuzzing(body)];
    posts.into_iter().flatten().map(|post| post.into_evidence(host)).collect()
}
