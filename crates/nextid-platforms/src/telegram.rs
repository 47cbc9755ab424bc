//! Telegram: a message in a public channel or group, read from its public page.

mod page;

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};

pub use page::evidence;

use crate::author::{Author, ignoring_case};
use crate::endpoint::Endpoint;
use crate::location::{SiteUrl, number};
use crate::post::{self, Spelling};
use crate::{CheckError, Claim, Evidence, FetchError, SettingsError, Verified, Verifier};

const LOCATION: &str =
    "proof_location must be the address of a message in a public channel, https://t.me/channel/number";
const OTHER_CHANNEL: &str = "proof_location must be a message in the channel that this service is set up for";

/// `platforms.telegram`.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// Where public pages are; `/{channel}/{message}?embed=1` is put after it. `https://t.me`.
    pub base_url: String,
    /// The only channel in which proofs count, by its name; none: every public one.
    pub channel: Option<String>,
}

impl Default for TelegramSettings {
    fn default() -> Self {
        Self { base_url: "https://t.me".to_owned(), channel: None }
    }
}

/// Fetches and judges messages on Telegram.
#[derive(Debug, Clone)]
pub struct TelegramVerifier {
    site: Endpoint,
    channel: Option<String>,
}

impl TelegramVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none, or the channel's name cannot be one.
    pub fn new(settings: &TelegramSettings) -> Result<Self, SettingsError> {
        let site = Endpoint::parse("platforms.telegram.base_url", &settings.base_url)?;
        let channel = settings.channel.as_deref().map(str::trim).unwrap_or_default();
        let channel =
            channel.strip_prefix("https://t.me/").or_else(|| channel.strip_prefix('@')).unwrap_or(channel);
        if !channel.is_empty() && !is_name(channel) {
            return Err(SettingsError::new(
                "platforms.telegram.channel",
                "expected the name of a public channel, such as NextDotID",
            ));
        }
        Ok(Self { site, channel: (!channel.is_empty()).then(|| channel.to_owned()) })
    }
}

#[async_trait]
impl Verifier for TelegramVerifier {
    fn platform(&self) -> Platform {
        Platform::Telegram
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let place = Place::parse(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        if let Some(channel) = &self.channel
            && !channel.eq_ignore_ascii_case(&place.channel)
        {
            return Err(FetchError::BadLocation(OTHER_CHANNEL));
        }
        let mut url = self.site.url(&[&place.channel, &place.message]);
        url.set_query(Some("embed=1"));
        let response = self.site.fetch(FetchRequest::get(url).accept("text/html"), net).await?;
        evidence(&place, &response.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        let signature = post::judge_labelled(claim, evidence.content(), "Sig: ", Spelling::Any)?;
        // The page shows no number of the account; its name is all there is.
        Ok(Verified {
            alt_id: claim.identity.as_str().to_owned(),
            ..author.verified(claim, evidence, signature)
        })
    }
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    channel: String,
    message: String,
}

impl Place {
    /// Reads a message's address: with the number of a topic or not, of the preview or not. One in a private channel,
    /// `/c/…`, is none.
    pub fn parse(location: &str) -> Option<Self> {
        let url = SiteUrl::parse(location, |host| matches!(host, "t.me" | "telegram.me" | "telegram.dog"))?;
        let segments = url.segments();
        let path = segments.strip_prefix(&["s"]).unwrap_or(&segments);
        let (channel, message) = match path {
            [channel, message] => (*channel, *message),
            [channel, topic, message] => (*channel, number(topic, 10).and(Some(*message))?),
            _ => return None,
        };
        Some(Self { channel: is_name(channel).then(|| channel.to_owned())?, message: number(message, 10)? })
    }

    fn address(&self) -> String {
        format!("https://t.me/{}/{}", self.channel, self.message)
    }

    /// As the page marks the message.
    fn is(&self, data_post: &str) -> bool {
        data_post.split_once('/').is_some_and(|(channel, message)| {
            channel.eq_ignore_ascii_case(&self.channel) && message == self.message
        })
    }
}

/// Whether a text can be the name of a channel or person: 4 to 32 letters, digits and underscores.
fn is_name(text: &str) -> bool {
    (4..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        for text in [
            "https://t.me/NextDotID/123",
            "https://t.me/NextDotID/123?single&comment=4",
            "https://t.me/s/NextDotID/123/",
            "https://t.me/NextDotID/7/123",
            "http://telegram.me/NextDotID/123",
        ] {
            assert_eq!(
                Place::parse(text).map(|place| place.address()).as_deref(),
                Some("https://t.me/NextDotID/123"),
                "{text}"
            );
        }
        for text in [
            "",
            "NextDotID/123",
            "https://t.me/c/1234567/123",
            "https://t.me/+abcdef/123",
            "https://t.me/NextDotID",
            "https://t.me/NextDotID/x",
            "https://t.me/NextDotID/x/123",
            "https://t.me/a%2Fb/123",
            "https://t.me.example/NextDotID/123",
        ] {
            assert_eq!(Place::parse(text), None, "{text}");
        }
    }

    #[test]
    fn channels_in_the_settings() {
        for (given, channel) in [
            (None, None),
            (Some(" "), None),
            (Some("NextDotID"), Some("NextDotID")),
            (Some("@NextDotID"), Some("NextDotID")),
            (Some("https://t.me/NextDotID"), Some("NextDotID")),
        ] {
            let settings =
                TelegramSettings { channel: given.map(str::to_owned), ..TelegramSettings::default() };
            assert_eq!(TelegramVerifier::new(&settings).unwrap().channel.as_deref(), channel);
        }
        let settings = TelegramSettings { channel: Some("a/b".to_owned()), ..TelegramSettings::default() };
        assert_eq!(TelegramVerifier::new(&settings).unwrap_err().key, "platforms.telegram.channel");
    }
}
