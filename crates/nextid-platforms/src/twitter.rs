//! Twitter, now X: a tweet of the account.

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, read_json};
use crate::location::{SiteUrl, number};
use crate::settings::credential;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, Secret, SettingsError, Verified, Verifier, post,
};

const LABEL: &str = "Sig: ";

const LOCATION: &str =
    "proof_location must be the number of a tweet or its address, https://twitter.com/user/status/number";

/// What is asked about a tweet, and about its author.
const TWEET_QUERY: &str =
    "expansions=entities.mentions.username,author_id&tweet.fields=text,created_at,entities";
const USER_QUERY: &str = "user.fields=username";

/// `platforms.twitter`.
#[derive(Debug, Clone)]
pub struct TwitterSettings {
    /// The API's base; `/2/tweets/{id}` is put after it. `https://api.twitter.com`.
    pub base_url: String,
    /// An app-only bearer token. Without it the platform is off.
    pub bearer_token: Option<Secret>,
}

impl Default for TwitterSettings {
    fn default() -> Self {
        Self { base_url: "https://api.twitter.com".to_owned(), bearer_token: None }
    }
}

/// Fetches and judges tweets.
#[derive(Debug, Clone)]
pub struct TwitterVerifier {
    api: Endpoint,
    token: Secret,
}

impl TwitterVerifier {
    /// Takes the settings; none if there is no token.
    ///
    /// # Errors
    /// The base URL is none, or the token cannot be sent.
    pub fn new(settings: &TwitterSettings) -> Result<Option<Self>, SettingsError> {
        let api = Endpoint::parse("platforms.twitter.base_url", &settings.base_url)?;
        let token = credential("platforms.twitter.bearer_token", settings.bearer_token.as_ref())?;
        Ok(token.map(|token| Self { api, token }))
    }

    async fn get(&self, path: &[&str], query: &str, net: &GuardedClient) -> Result<Vec<u8>, FetchError> {
        let mut url = self.api.url(path);
        url.set_query(Some(query));
        let request = FetchRequest::get(url).accept("application/json").bearer(self.token.expose());
        Ok(self.api.fetch(request, net).await?.body)
    }
}

#[async_trait]
impl Verifier for TwitterVerifier {
    fn platform(&self) -> Platform {
        Platform::Twitter
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let id = tweet_id(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let tweet = self.get(&["2", "tweets", &id], TWEET_QUERY, net).await?;
        let author = Tweet::read(&tweet, &id)?.author_id;
        let user = self.get(&["2", "users", &author], USER_QUERY, net).await?;
        evidence(&id, &tweet, &user)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        let text = post::tidied(&post::unescaped(evidence.content()));
        // A repost is shown as a tweet of whoever reposts, with somebody else's text.
        if text.starts_with("RT @") {
            return Err(CheckError::Text {
                expected: "a tweet of the account's own".to_owned(),
                found: "a repost".to_owned(),
            });
        }
        let Some(found) = post::labelled(&text, LABEL) else {
            return Err(match evidence.texts.first() {
                Some(tweet) if tweet.truncated => CheckError::Text {
                    expected: format!("a line \"{LABEL}<signature>\""),
                    found: "a tweet so long that the API cut it".to_owned(),
                },
                _ => post::missing_line(LABEL),
            });
        };
        let signature = post::judge_text(claim, post::unquoted(without_short_links(found)))?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What the API's answers about the tweet of this number and about its author show.
///
/// # Errors
/// [`FetchError::NotFound`] for what is deleted, suspended or protected, [`FetchError::Odd`] for what is not such an
/// answer.
pub fn evidence(id: &str, tweet: &[u8], user: &[u8]) -> Result<Evidence, FetchError> {
    let tweet = Tweet::read(tweet, id)?;
    let user: User = data(user, "a user")?;
    if user.id != tweet.author_id {
        return Err(FetchError::Odd("it is another user".to_owned()));
    }
    let account =
        Account { name: user.username, other_names: Vec::new(), id: Some(user.id), display_name: user.name };
    let is_cut = without_short_links(&tweet.text).ends_with('…');
    let mut evidence = Evidence::post(Some(account), tweet.text, tweet.id);
    for text in &mut evidence.texts {
        text.truncated = is_cut;
    }
    Ok(evidence)
}

/// The text without the links that the platform puts at its end, for media and quoted tweets.
fn without_short_links(text: &str) -> &str {
    let mut text = text.trim_end();
    while let Some((rest, last)) = text.rsplit_once(char::is_whitespace)
        && last.starts_with("https://t.co/")
    {
        text = rest.trim_end();
    }
    text
}

/// The number in a location: the number itself, or that in a tweet's address. The user name in the address does not count.
fn tweet_id(location: &str) -> Option<String> {
    let number = |text: &str| number(text, 19).filter(|number| number.parse::<i64>().is_ok());
    if let Some(id) = number(location) {
        return Some(id);
    }
    let url = SiteUrl::parse(location, |host| {
        let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("mobile.")).unwrap_or(host);
        matches!(host, "twitter.com" | "x.com")
    })?;
    match url.segments().as_slice() {
        ["i", "web", "status", id, ..] | [_, "status" | "statuses", id, ..] => number(id),
        _ => None,
    }
}

/// An answer of the API: what was asked for, or why not, with status 200 all the same.
#[derive(Debug, Deserialize)]
struct Answer<T> {
    data: Option<T>,
    errors: Option<Vec<Problem>>,
}

#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Tweet {
    id: String,
    text: String,
    author_id: String,
}

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    username: String,
    name: Option<String>,
}

impl Tweet {
    fn read(body: &[u8], id: &str) -> Result<Self, FetchError> {
        let tweet: Self = data(body, "a tweet")?;
        if tweet.id != id {
            return Err(FetchError::Odd("it is another tweet".to_owned()));
        }
        if number(&tweet.author_id, 19).as_deref() != Some(&tweet.author_id) {
            return Err(FetchError::Odd("a tweet whose author has no number".to_owned()));
        }
        Ok(tweet)
    }
}

/// What the answer holds. Deleted tweets, suspended and protected accounts are `errors` of the types
/// `…/problems/resource-not-found`, `…/resource-unavailable` and `…/not-authorized-for-resource`.
fn data<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, FetchError> {
    let answer: Answer<T> = read_json(body, what)?;
    if let Some(data) = answer.data {
        return Ok(data);
    }
    let problem = answer.errors.and_then(|errors| errors.into_iter().next());
    match problem.as_ref().map(|problem| problem.kind.rsplit('/').next()) {
        Some(Some("resource-not-found" | "resource-unavailable" | "not-authorized-for-resource")) => {
            Err(FetchError::NotFound)
        }
        Some(_) => Err(FetchError::Odd(format!("a problem instead of {what}"))),
        None => Err(FetchError::Odd(format!("not {what}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let id = "1504363098328924163";
        for text in [
            id.to_owned(),
            format!(" {id}\n"),
            format!("https://twitter.com/yeiwb/status/{id}"),
            format!("https://x.com/yeiwb/status/{id}?s=20&t=abc"),
            format!("https://www.twitter.com/yeiwb/statuses/{id}/"),
            format!("https://mobile.x.com/yeiwb/status/{id}/photo/1"),
            format!("https://x.com/i/web/status/{id}"),
            format!("https://x.com/i/status/{id}"),
            format!("http://TWITTER.com/yeiwb/status/{id}#m"),
        ] {
            assert_eq!(tweet_id(&text).as_deref(), Some(id), "{text}");
        }
        for text in [
            String::new(),
            "0".to_owned(),
            "-1504363098328924163".to_owned(),
            "9223372036854775808".to_owned(),
            format!("{id}/../../users/1"),
            format!("x.com/yeiwb/status/{id}"),
            format!("https://x.com.example/yeiwb/status/{id}"),
            format!("https://example/x.com/status/{id}"),
            format!("https://t.co/{id}"),
            format!("https://x.com/yeiwb/{id}"),
            "https://x.com/yeiwb/status/abc".to_owned(),
            "https://x.com/yeiwb".to_owned(),
        ] {
            assert_eq!(tweet_id(&text), None, "{text}");
        }
    }

    #[test]
    fn short_links_at_the_end() {
        for (text, rest) in [
            ("a", "a"),
            ("a https://t.co/x", "a"),
            ("a\nhttps://t.co/x https://t.co/y ", "a"),
            ("a https://t.co/x b", "a https://t.co/x b"),
            ("https://t.co/x", "https://t.co/x"),
            ("a https://example.com/x", "a https://example.com/x"),
        ] {
            assert_eq!(without_short_links(text), rest);
        }
    }
}
