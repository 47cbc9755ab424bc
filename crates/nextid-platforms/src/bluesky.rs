//! Bluesky: a post of the account, read through the public API (XRPC) of an AppView.
//!
//! Source: <https://docs.bsky.app/docs/api/app-bsky-feed-get-posts>, <https://atproto.com/specs/at-uri-scheme>.

use async_trait::async_trait;
use nextid_core::{Identity, Platform};
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::Value;

use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, accepted, read_json};
use crate::location::SiteUrl;
use crate::post::{self, Spelling};
use crate::{Account, CheckError, Claim, Evidence, FetchError, SettingsError, Verified, Verifier};

const LOCATION: &str = "proof_location must be a post's address, https://bsky.app/profile/name/post/key, or its AT-URI, \
                        at://did/app.bsky.feed.post/key";

const COLLECTION: &str = "app.bsky.feed.post";

/// What the protocol writes for a handle that does not lead back to the account.
const NO_HANDLE: &str = "handle.invalid";

/// What evidence calls the text of a post that answers another one.
const REPLY: &str = "reply";

/// `platforms.bluesky`.
#[derive(Debug, Clone)]
pub struct BlueskySettings {
    /// The API's base; `/xrpc/…` is put after it. `https://public.api.bsky.app`.
    pub base_url: String,
}

impl Default for BlueskySettings {
    fn default() -> Self {
        Self { base_url: "https://public.api.bsky.app".to_owned() }
    }
}

/// Fetches and judges posts on Bluesky.
#[derive(Debug, Clone)]
pub struct BlueskyVerifier {
    api: Endpoint,
}

impl BlueskyVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &BlueskySettings) -> Result<Self, SettingsError> {
        let api = Endpoint::parse("platforms.bluesky.base_url", &settings.base_url)?;
        Ok(Self { api })
    }

    /// The DID that a handle stands for.
    async fn resolve_handle(&self, handle: &str, net: &GuardedClient) -> Result<String, FetchError> {
        let mut url = self.api.url(&["xrpc", "com.atproto.identity.resolveHandle"]);
        url.query_pairs_mut().append_pair("handle", handle);
        let response = self.api.ask(FetchRequest::get(url).accept("application/json"), net).await?;
        // "Unable to resolve handle" is a bad request.
        let is_unknown = |problem: &Problem| matches!(&*problem.error, "InvalidRequest" | "HandleNotFound");
        if response.status == 400
            && read_json(&response.body, "an error").is_ok_and(|problem| is_unknown(&problem))
        {
            return Err(FetchError::NotFound);
        }
        let resolved: Resolved = read_json(&accepted(response)?.body, "a resolved handle")?;
        Ok(resolved.did)
    }

    async fn post(&self, place: &Place, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let mut url = self.api.url(&["xrpc", "app.bsky.feed.getPosts"]);
        url.query_pairs_mut().append_pair("uris", &place.uri());
        let response = self.api.fetch(FetchRequest::get(url).accept("application/json"), net).await?;
        evidence(place, &response.body)
    }
}

#[async_trait]
impl Verifier for BlueskyVerifier {
    fn platform(&self) -> Platform {
        Platform::Bluesky
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let place = Place::parse(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let handle = handle_to_hold(claim);
        // Asked now, as the AppView shows beside posts what it has found out some time ago.
        let owner = match handle {
            Some(handle) => Some(self.resolve_handle(handle, net).await?),
            None => None,
        };
        let place = match (&owner, place.is_resolved()) {
            (_, true) => place,
            (Some(did), false) if handle == Some(&place.authority) => place.of(did),
            _ => {
                let did = self.resolve_handle(&place.authority, net).await?;
                place.of(&did)
            }
        };
        let evidence = self.post(&place, net).await?;
        let is_confused = |account: &Account| {
            handle.is_some_and(|handle| account.name.eq_ignore_ascii_case(handle)) && account.id != owner
        };
        if evidence.account.as_ref().is_some_and(is_confused) {
            return Err(FetchError::Odd("the handle has moved to another account just now".to_owned()));
        }
        Ok(evidence)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        // A post is whose repository it is in.
        let repository = evidence.location.as_deref().and_then(Place::parse).map(|place| place.authority);
        if repository != author.account.id {
            return Err(CheckError::Author { expected: claim.identity.to_string(), found: repository });
        }
        if evidence.text(REPLY).is_some() {
            return Err(CheckError::Text {
                expected: "a post that is not a reply".to_owned(),
                found: "a reply".to_owned(),
            });
        }
        let signature = post::judge_labelled(claim, evidence.content(), "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// The handle that has to belong to the author: none if the account is known by its DID.
fn handle_to_hold(claim: &Claim) -> Option<&str> {
    let is_pinned = claim.alt_id.as_deref().is_some_and(|id| !id.is_empty());
    Some(claim.identity.as_str()).filter(|identity| !is_pinned && !identity.starts_with("did:"))
}

/// Where a post is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// A handle or a DID, normalised.
    authority: String,
    key: String,
}

impl Place {
    /// Reads a post's address, or its AT-URI.
    pub fn parse(location: &str) -> Option<Self> {
        let location = location.trim();
        let (authority, key) = match location.strip_prefix("at://") {
            Some(rest) => match rest.split('/').collect::<Vec<_>>().as_slice() {
                [authority, COLLECTION, key] => ((*authority).to_owned(), (*key).to_owned()),
                _ => return None,
            },
            None => {
                let url = SiteUrl::parse(location, |host| host == "bsky.app")?;
                match url.segments().as_slice() {
                    // Copied from some browsers, the colons of a DID are encoded.
                    ["profile", authority, "post", key] => {
                        (authority.replace("%3A", ":").replace("%3a", ":"), (*key).to_owned())
                    }
                    _ => return None,
                }
            }
        };
        let authority = Identity::parse(Platform::Bluesky, &authority).ok()?.as_str().to_owned();
        is_record_key(&key).then_some(Self { authority, key })
    }

    fn is_resolved(&self) -> bool {
        self.authority.starts_with("did:")
    }

    fn of(self, did: &str) -> Self {
        Self { authority: did.to_owned(), ..self }
    }

    fn uri(&self) -> String {
        format!("at://{}/{COLLECTION}/{}", self.authority, self.key)
    }
}

/// The syntax of record keys: <https://atproto.com/specs/record-key>.
fn is_record_key(key: &str) -> bool {
    (1..=512).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'~'))
        && !matches!(key, "." | "..")
}

/// What the API's answer about the post at this place, which names a DID, shows.
///
/// # Errors
/// [`FetchError::NotFound`] if there is no such post, [`FetchError::Odd`] for what is not such an answer.
pub fn evidence(place: &Place, body: &[u8]) -> Result<Evidence, FetchError> {
    let answer: Answer = read_json(body, "a list of posts")?;
    // What was deleted or taken down is left out.
    let Some(shown) = answer.posts.into_iter().next() else {
        return Err(FetchError::NotFound);
    };
    if shown.uri != place.uri() || shown.record.kind != COLLECTION {
        return Err(FetchError::Odd("it is another record".to_owned()));
    }
    let author = shown.author;
    let name = if author.handle == NO_HANDLE { author.did.clone() } else { author.handle };
    let account = Account {
        name,
        other_names: vec![author.did.clone()],
        id: Some(author.did),
        display_name: author.display_name.filter(|name| !name.is_empty()),
    };
    let mut evidence = Evidence::post(Some(account), shown.record.text, shown.uri);
    if !shown.record.reply.is_null() {
        evidence.texts.iter_mut().for_each(|text| text.name = REPLY.to_owned());
    }
    Ok(evidence)
}

#[derive(Debug, Deserialize)]
struct Resolved {
    did: String,
}

/// The body of an error.
#[derive(Debug, Deserialize)]
struct Problem {
    error: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    posts: Vec<PostView>,
}

#[derive(Debug, Deserialize)]
struct PostView {
    uri: String,
    author: Profile,
    record: Record,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    did: String,
    handle: String,
    display_name: Option<String>,
}

/// What the account wrote. What it quotes is beside it, in an embedded record.
#[derive(Debug, Deserialize)]
struct Record {
    #[serde(rename = "$type")]
    kind: String,
    text: String,
    #[serde(default)]
    reply: Value,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let did = "did:plc:z72i7hdynmk6r22z27h6tvur";
        for (text, uri) in [
            (
                "https://bsky.app/profile/Alice.bsky.social/post/3lbv3urcj3s2t",
                "at://alice.bsky.social/app.bsky.feed.post/3lbv3urcj3s2t".to_owned(),
            ),
            (
                " https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur/post/3lbv3urcj3s2t?x#y\n",
                format!("at://{did}/app.bsky.feed.post/3lbv3urcj3s2t"),
            ),
            (
                "https://bsky.app/profile/did%3Aplc%3Az72i7hdynmk6r22z27h6tvur/post/3lbv3urcj3s2t/",
                format!("at://{did}/app.bsky.feed.post/3lbv3urcj3s2t"),
            ),
            (
                "at://alice.bsky.social/app.bsky.feed.post/a.b-c_d:e~f",
                "at://alice.bsky.social/app.bsky.feed.post/a.b-c_d:e~f".to_owned(),
            ),
        ] {
            let place = Place::parse(text).unwrap();
            assert_eq!(place.uri(), uri, "{text}");
            assert_eq!(Place::parse(&uri), Some(place));
        }
        for text in [
            "",
            "3lbv3urcj3s2t",
            "at://alice.bsky.social",
            "at://alice.bsky.social/app.bsky.feed.post",
            "at://alice.bsky.social/app.bsky.feed.post/",
            "at://alice.bsky.social/app.bsky.feed.post/a/b",
            "at://alice.bsky.social/app.bsky.feed.repost/3lbv3urcj3s2t",
            "at://alice.bsky.social/app.bsky.feed.post/..",
            "at://alice.bsky.social/app.bsky.feed.post/a&uris=b",
            "at://alice/app.bsky.feed.post/3lbv3urcj3s2t",
            "at://handle.invalid/app.bsky.feed.post/3lbv3urcj3s2t",
            "at:///app.bsky.feed.post/3lbv3urcj3s2t",
            "https://bsky.app/profile/alice.bsky.social",
            "https://bsky.app/profile/alice.bsky.social/feed/3lbv3urcj3s2t",
            "https://bsky.app/profile/alice.bsky.social/post/3lbv3urcj3s2t/quotes",
            "https://bsky.app.example/profile/alice.bsky.social/post/3lbv3urcj3s2t",
            "https://bsky.app/profile/al%2Fice.bsky.social/post/3lbv3urcj3s2t",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
