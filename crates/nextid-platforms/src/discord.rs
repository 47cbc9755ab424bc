//! Discord: a message of the account, in a channel that the service's bot can read.

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::Value;

use crate::author::{Author, ignoring_any_case};
use crate::endpoint::{Endpoint, read_json};
use crate::location::{SiteUrl, number};
use crate::post::{self, Spelling};
use crate::settings::credential;
use crate::{Account, CheckError, Claim, Evidence, FetchError, Secret, SettingsError, Verified, Verifier};

const LOCATION: &str = "proof_location must be the address of a message on a server, \
                        https://discord.com/channels/server/channel/message";

/// The kinds of messages that a person writes: plain ones and replies. The others are texts of Discord's or of apps.
const WRITTEN: [u64; 2] = [0, 19];

/// `platforms.discord`.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// The API's base; `/api/v9/channels/{channel}/messages/{message}` is put after it. `https://discord.com`.
    pub base_url: String,
    /// A bot's token. Without it the platform is off.
    pub bot_token: Option<Secret>,
}

impl Default for DiscordSettings {
    fn default() -> Self {
        Self { base_url: "https://discord.com".to_owned(), bot_token: None }
    }
}

/// Fetches and judges messages on Discord.
#[derive(Debug, Clone)]
pub struct DiscordVerifier {
    api: Endpoint,
    token: Secret,
}

impl DiscordVerifier {
    /// Takes the settings; none if there is no token.
    ///
    /// # Errors
    /// The base URL is none, or the token cannot be sent.
    pub fn new(settings: &DiscordSettings) -> Result<Option<Self>, SettingsError> {
        let api = Endpoint::parse("platforms.discord.base_url", &settings.base_url)?;
        let token = credential("platforms.discord.bot_token", settings.bot_token.as_ref())?;
        Ok(token.map(|token| Self { api, token }))
    }
}

#[async_trait]
impl Verifier for DiscordVerifier {
    fn platform(&self) -> Platform {
        Platform::Discord
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let place = Place::parse(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let path = ["api", "v9", "channels", &place.channel, "messages", &place.message];
        let request = FetchRequest::get(self.api.url(&path))
            .accept("application/json")
            .header("Authorization", &format!("Bot {}", self.token.expose()));
        let response = self.api.fetch(request, net).await?;
        evidence(&place, &response.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, same_name)?;
        let signature = post::judge_labelled(claim, evidence.content(), "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// Today's names are unique whatever the letter case. Those of before 2023, `name#1234`, were not.
fn same_name(identity: &str, name: &str) -> bool {
    if identity.contains('#') { identity == name } else { ignoring_any_case(identity, name) }
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    server: String,
    channel: String,
    message: String,
}

impl Place {
    /// Reads a message's address. One in a private conversation, `/channels/@me/…`, is none.
    pub fn parse(location: &str) -> Option<Self> {
        let url = SiteUrl::parse(location, |host| {
            let host = ["www.", "ptb.", "canary."]
                .iter()
                .find_map(|prefix| host.strip_prefix(prefix))
                .unwrap_or(host);
            matches!(host, "discord.com" | "discordapp.com")
        })?;
        match url.segments().as_slice() {
            ["channels", server, channel, message] => Some(Self {
                server: number(server, 20)?,
                channel: number(channel, 20)?,
                message: number(message, 20)?,
            }),
            _ => None,
        }
    }

    fn address(&self) -> String {
        format!("https://discord.com/channels/{}/{}/{}", self.server, self.channel, self.message)
    }
}

/// What the API's answer about the message at this place shows.
///
/// # Errors
/// [`FetchError::Odd`] for what is not such an answer, and for a message of which the bot is shown nothing.
pub fn evidence(place: &Place, body: &[u8]) -> Result<Evidence, FetchError> {
    let message: Message = read_json(body, "a message")?;
    if message.id != place.message || message.channel_id != place.channel {
        return Err(FetchError::Odd("it is another message".to_owned()));
    }
    if !message.kind.is_none_or(|kind| WRITTEN.contains(&kind)) {
        return Ok(Evidence::post(None, "", place.address()));
    }
    let shown = [&message.attachments, &message.embeds, &message.sticker_items, &message.components];
    let shows_something = !message.content.is_empty() || shown.iter().any(|list| is_filled(list));
    if !shows_something && !is_filled(&message.message_snapshots) && message.poll.is_null() {
        return Err(FetchError::Odd(
            "a message without content; the bot lacks the message content intent".to_owned(),
        ));
    }
    // A webhook gives itself any name.
    let account = match message.webhook_id {
        None => Some(message.author.into()),
        Some(_) => None,
    };
    Ok(Evidence::post(account, message.content, place.address()))
}

fn is_filled(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty())
}

/// What is read of Discord's message object.
#[derive(Debug, Deserialize)]
struct Message {
    id: String,
    channel_id: String,
    #[serde(rename = "type")]
    kind: Option<u64>,
    author: User,
    content: String,
    webhook_id: Option<String>,
    #[serde(default)]
    attachments: Value,
    #[serde(default)]
    embeds: Value,
    #[serde(default)]
    sticker_items: Value,
    #[serde(default)]
    components: Value,
    #[serde(default)]
    message_snapshots: Value,
    #[serde(default)]
    poll: Value,
}

#[derive(Debug, Deserialize)]
struct User {
    id: String,
    username: String,
    /// Four digits, or `0` for an account with one of today's names.
    discriminator: Option<String>,
    global_name: Option<String>,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        let tag = user.discriminator.filter(|tag| tag.bytes().any(|byte| byte != b'0'));
        Self {
            name: match tag {
                Some(tag) => format!("{}#{tag}", user.username),
                None => user.username,
            },
            other_names: Vec::new(),
            id: Some(user.id),
            display_name: user.global_name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let address = "https://discord.com/channels/960708146706395176/960708146706395179/961458176719487076";
        for text in [
            address.to_owned(),
            address.replace("discord.com", "ptb.discord.com"),
            address.replace("discord.com", "canary.discord.com"),
            address.replace("discord.com", "discordapp.com"),
            format!(" {address}/ "),
        ] {
            assert_eq!(Place::parse(&text).map(|place| place.address()).as_deref(), Some(address), "{text}");
        }
        for text in [
            "",
            "961458176719487076",
            "https://discord.com/channels/@me/960708146706395179/961458176719487076",
            "https://discord.com/channels/960708146706395176/960708146706395179",
            "https://discord.com/channels/960708146706395176/x/961458176719487076",
            "https://discord.com.example/channels/1/2/3",
            "https://discord.gg/channels/1/2/3",
            "https://discord.com/api/v9/channels/1/messages/2",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }
}
