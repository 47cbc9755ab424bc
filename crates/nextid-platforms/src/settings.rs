//! What an operator configures.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::{
    ActivitypubSettings, BlueskySettings, DiscordSettings, DnsSettings, DotbitSettings, EnsSettings,
    EthereumSettings, FarcasterSettings, GithubSettings, KeybaseSettings, MindsSettings, NostrSettings,
    SlackSettings, SteamSettings, TelegramSettings, TiktokSettings, TwitterSettings, WebsiteSettings,
};

/// The settings of all platforms. By default those are on that need no credentials and no server of the operator's.
#[derive(Debug, Clone, Default)]
pub struct PlatformSettings {
    /// `platforms.twitter`.
    pub twitter: TwitterSettings,
    /// `platforms.github`.
    pub github: GithubSettings,
    /// `platforms.keybase`.
    pub keybase: KeybaseSettings,
    /// `platforms.ethereum`.
    pub ethereum: EthereumSettings,
    /// `platforms.dns`.
    pub dns: DnsSettings,
    /// `platforms.ens`.
    pub ens: EnsSettings,
    /// `platforms.dotbit`.
    pub dotbit: DotbitSettings,
    /// `platforms.minds`.
    pub minds: MindsSettings,
    /// `platforms.steam`.
    pub steam: SteamSettings,
    /// `platforms.activitypub`.
    pub activitypub: ActivitypubSettings,
    /// `platforms.discord`.
    pub discord: DiscordSettings,
    /// `platforms.telegram`.
    pub telegram: TelegramSettings,
    /// `platforms.slack`.
    pub slack: SlackSettings,
    /// `platforms.tiktok`.
    pub tiktok: TiktokSettings,
    /// `platforms.nostr`.
    pub nostr: NostrSettings,
    /// `platforms.bluesky`.
    pub bluesky: BlueskySettings,
    /// `platforms.farcaster`.
    pub farcaster: FarcasterSettings,
    /// `platforms.website`.
    pub website: WebsiteSettings,
}

/// A credential. It is wiped from memory when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a credential.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key}: {reason}")]
pub struct SettingsError {
    /// The configuration's key, such as `platforms.dns.resolver`.
    pub key: &'static str,
    /// What is wrong with its value.
    pub reason: String,
}

impl SettingsError {
    pub(crate) fn new(key: &'static str, reason: impl Into<String>) -> Self {
        Self { key, reason: reason.into() }
    }
}

/// The credential that a setting holds: none if it is empty, an error if it cannot be sent in a header.
pub(crate) fn credential(key: &'static str, given: Option<&Secret>) -> Result<Option<Secret>, SettingsError> {
    let Some(text) = given.map(|secret| secret.expose().trim()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(Some(Secret::new(text)))
    } else {
        Err(SettingsError::new(key, "a token has visible ASCII characters only"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_printed() {
        let settings = GithubSettings { token: Some(Secret::new("ghp_hidden")), ..GithubSettings::default() };
        let shown = format!("{settings:?}");
        assert!(shown.contains("***") && !shown.contains("hidden"), "{shown}");
        let error = credential("platforms.github.token", Some(&Secret::new("hid\nden"))).unwrap_err();
        assert_eq!(error.to_string(), "platforms.github.token: a token has visible ASCII characters only");
    }

    #[test]
    fn an_empty_credential_is_none() {
        assert_eq!(credential("k", None), Ok(None));
        assert_eq!(credential("k", Some(&Secret::new(" "))), Ok(None));
        assert_eq!(credential("k", Some(&Secret::new(" a\n"))), Ok(Some(Secret::new("a"))));
    }
}
