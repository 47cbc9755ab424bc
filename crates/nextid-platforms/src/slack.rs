//! Slack: a message of the member, in a channel that the service's app can read.

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;

use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, read_json};
use crate::location::SiteUrl;
use crate::post::{self, Spelling};
use crate::settings::credential;
use crate::{Account, CheckError, Claim, Evidence, FetchError, Secret, SettingsError, Verified, Verifier};

const LOCATION: &str = "proof_location must be the link of a message in a channel and not in a thread, \
                        https://workspace.slack.com/archives/channel/p1677499644698189";

/// The kinds of messages that a member writes; plain ones have none. The others are texts of Slack's or of apps.
const WRITTEN: [&str; 3] = ["file_share", "me_message", "thread_broadcast"];

/// `platforms.slack`.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    /// The API's base; `/api/conversations.history` is put after it. `https://slack.com`.
    pub base_url: String,
    /// A token with the scope `channels:history`. Without it the platform is off.
    pub token: Option<Secret>,
}

impl Default for SlackSettings {
    fn default() -> Self {
        Self { base_url: "https://slack.com".to_owned(), token: None }
    }
}

/// Fetches and judges messages on Slack.
#[derive(Debug, Clone)]
pub struct SlackVerifier {
    api: Endpoint,
    token: Secret,
}

impl SlackVerifier {
    /// Takes the settings; none if there is no token.
    ///
    /// # Errors
    /// The base URL is none, or the token cannot be sent.
    pub fn new(settings: &SlackSettings) -> Result<Option<Self>, SettingsError> {
        let api = Endpoint::parse("platforms.slack.base_url", &settings.base_url)?;
        let token = credential("platforms.slack.token", settings.token.as_ref())?;
        Ok(token.map(|token| Self { api, token }))
    }
}

#[async_trait]
impl Verifier for SlackVerifier {
    fn platform(&self) -> Platform {
        Platform::Slack
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let place = Place::parse(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let mut url = self.api.url(&["api", "conversations.history"]);
        let second = place.second();
        url.query_pairs_mut()
            .append_pair("channel", &place.channel)
            .append_pair("latest", &second)
            .append_pair("oldest", &second)
            .append_pair("inclusive", "true")
            .append_pair("limit", "1");
        let request = FetchRequest::get(url).accept("application/json").bearer(self.token.expose());
        let response = self.api.fetch(request, net).await?;
        evidence(&place, &response.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        let text = post::unescaped(&unlinked(evidence.content()));
        let signature = post::judge_labelled(claim, &text, "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// The text with what Slack put in `<…>` as it is seen: the name of a link or else its address.
fn unlinked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        // What people write as `<` comes as `&lt;`; but nothing is taken away if it does not.
        let link = after.split_once('>').filter(|(link, _)| !link.contains(['<', '\n']));
        if let Some((link, after)) = link {
            out.push_str(link.split_once('|').map_or(link, |(_, name)| name));
            rest = after;
        } else {
            out.push('<');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    workspace: String,
    channel: String,
    /// Seconds and six digits of microseconds.
    micros: String,
}

impl Place {
    /// Reads a message's link. One in a thread is none: its messages are not in the channel's history.
    pub fn parse(location: &str) -> Option<Self> {
        let url = SiteUrl::parse(location, |host| host.ends_with(".slack.com"))?;
        let segments = url.segments();
        let ["archives", channel, message] = segments.as_slice() else {
            return None;
        };
        let micros = message.strip_prefix('p')?;
        let channel_fits = (2..=32).contains(&channel.len())
            && channel.starts_with(['C', 'G', 'D'])
            && channel.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let micros_fit =
            (13..=20).contains(&micros.len()) && micros.bytes().all(|byte| byte.is_ascii_digit());
        let place = Self {
            workspace: url.host().strip_suffix(".slack.com")?.to_owned(),
            channel: (*channel).to_owned(),
            micros: micros.to_owned(),
        };
        let in_thread = url.parameter("thread_ts").is_some_and(|thread| thread != place.second());
        (channel_fits && micros_fit && !in_thread).then_some(place)
    }

    /// The message's second, by which Slack knows it in the channel: `1677499644.698189`.
    fn second(&self) -> String {
        let (seconds, micros) =
            self.micros.split_at_checked(self.micros.len().saturating_sub(6)).unwrap_or((&self.micros, ""));
        format!("{seconds}.{micros}")
    }

    fn address(&self) -> String {
        format!("https://{}.slack.com/archives/{}/p{}", self.workspace, self.channel, self.micros)
    }
}

/// What the API's answer about the message at this place shows.
///
/// # Errors
/// [`FetchError::NotFound`] if there is no such message or channel, [`FetchError::Unavailable`] for the API's other errors,
/// which are about the app and its token, [`FetchError::Odd`] for what is not such an answer.
pub fn evidence(place: &Place, body: &[u8]) -> Result<Evidence, FetchError> {
    let answer: Answer = read_json(body, "a list of messages")?;
    if !answer.ok {
        return Err(match answer.error.as_deref() {
            Some("channel_not_found" | "message_not_found" | "thread_not_found") => FetchError::NotFound,
            Some(error) => FetchError::unavailable(format!("it answers with {}", code(error))),
            None => FetchError::Odd("not a list of messages".to_owned()),
        });
    }
    let Some(messages) = answer.messages else {
        return Err(FetchError::Odd("not a list of messages".to_owned()));
    };
    let second = place.second();
    let Some(message) = messages.into_iter().find(|message| message.ts == second) else {
        return Err(FetchError::NotFound);
    };
    let written = message.subtype.as_deref().is_none_or(|kind| WRITTEN.contains(&kind));
    let profile = message.user_profile.unwrap_or_default();
    let name = |name: Option<String>| name.filter(|name| !name.is_empty());
    let account = message.user.filter(|_| written).map(|user| Account {
        name: user.clone(),
        other_names: Vec::new(),
        id: Some(user),
        display_name: name(profile.display_name).or_else(|| name(profile.real_name)),
    });
    Ok(Evidence::post(account, message.text, place.address()))
}

/// An error's code, as far as it is one.
fn code(error: &str) -> String {
    error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect()
}

#[derive(Debug, Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
    messages: Option<Vec<Message>>,
}

/// What is read of Slack's message object.
#[derive(Debug, Deserialize)]
struct Message {
    ts: String,
    /// None for messages of apps.
    user: Option<String>,
    #[serde(default)]
    text: String,
    subtype: Option<String>,
    user_profile: Option<Profile>,
}

#[derive(Debug, Default, Deserialize)]
struct Profile {
    display_name: Option<String>,
    real_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let address = "https://ashfaqur.slack.com/archives/C04Q3P6H7TK/p1677499644698189";
        for text in [
            address.to_owned(),
            format!("{address}?thread_ts=1677499644.698189&cid=C04Q3P6H7TK"),
            address.replace("https://ash", " HTTP://Ash"),
        ] {
            let place = Place::parse(&text).unwrap();
            assert_eq!(
                (place.address().as_str(), place.second().as_str()),
                (address, "1677499644.698189"),
                "{text}"
            );
        }
        for text in [
            "".to_owned(),
            "C04Q3P6H7TK/p1677499644698189".to_owned(),
            address.replace("slack.com", "slack.com.example"),
            address.replace("ashfaqur.slack.com", "slack.com"),
            address.replace("/p", "/"),
            address.replace("C04Q", "C04-"),
            address.replace("p1677499644698189", "p698189"),
            format!("{address}?thread_ts=1677499000.000000&cid=C04Q3P6H7TK"),
            format!("{address}/x"),
        ] {
            assert_eq!(Place::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn links_are_shown_by_their_names() {
        for (text, shown) in [
            ("a <http://Next.ID|Next.ID> b", "a Next.ID b"),
            ("<https://x.example> <@U1> <#C1|c>", "https://x.example @U1 c"),
            ("a < b", "a < b"),
            ("a <b\n> <c> <d <e>", "a <b\n> c <d e"),
            ("&lt;a&gt;", "&lt;a&gt;"),
        ] {
            assert_eq!(unlinked(text), shown);
        }
    }
}
