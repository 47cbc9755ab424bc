//! `platforms.<name>`: where a platform's API is, and the credentials for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::http_url::HttpUrl;
use super::keys::{DefaultValue, KeySpec, Kind};
use super::secret::{Secret, SecretUrl};

/// The settings of one platform. Which of them a platform has, the key table says; the others stay empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct PlatformConfig {
    /// Scheme and host of the platform's API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<HttpUrl>,
    /// An access token (github: optional, raises the rate limit; slack: needed; farcaster: for hubs that want one).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// An app-only bearer token (twitter).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bearer_token: Option<Secret>,
    /// A bot's token (discord).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot_token: Option<Secret>,
    /// The public channel that posts must be in (telegram).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `https`, or `http` for tests (activitypub, website).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// `system`, `udp://host:port`, `tcp://…`, `tls://…` or `https://host/path` (dns).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// An Ethereum JSON-RPC node (ens, ethereum).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpc_url: Option<SecretUrl>,
    /// Relays, `wss://…`, separated by commas (nostr).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relays: Option<String>,
}

/// The settings of all platforms, by name.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Platforms(pub BTreeMap<String, PlatformConfig>);

impl Platforms {
    /// The names of the platforms, in the spelling of the API.
    pub const NAMES: [&'static str; 20] = [
        "twitter",
        "github",
        "keybase",
        "ethereum",
        "solana",
        "dns",
        "ens",
        "dotbit",
        "minds",
        "steam",
        "activitypub",
        "discord",
        "telegram",
        "slack",
        "tiktok",
        "nextid",
        "nostr",
        "bluesky",
        "farcaster",
        "website",
    ];

    /// The settings of a platform; all empty where it has none.
    pub fn get(&self, name: &str) -> &PlatformConfig {
        static EMPTY: PlatformConfig = PlatformConfig {
            base_url: None,
            token: None,
            bearer_token: None,
            bot_token: None,
            channel: None,
            scheme: None,
            resolver: None,
            rpc_url: None,
            relays: None,
        };
        self.0.get(name).unwrap_or(&EMPTY)
    }

    /// The settings of a platform, to change them.
    pub fn get_mut(&mut self, name: &str) -> &mut PlatformConfig {
        self.0.entry(name.to_owned()).or_default()
    }
}

const BASE: &[&str] = &[" Scheme and host of the API; the path after it is fixed."];

const fn base(section: &'static str, default: &'static str) -> KeySpec {
    KeySpec { section, name: "base_url", docs: BASE, kind: Kind::Url, default: DefaultValue::Text(default) }
}

const fn absent(
    section: &'static str,
    name: &'static str,
    docs: &'static [&'static str],
    kind: Kind,
) -> KeySpec {
    KeySpec { section, name, docs, kind, default: DefaultValue::Absent }
}

/// Every key under `platforms`.
pub(super) const KEYS: &[KeySpec] = &[
    base("platforms.twitter", "https://api.twitter.com"),
    absent(
        "platforms.twitter",
        "bearer_token",
        &[" App-only bearer token. Without it twitter is off."],
        Kind::Secret,
    ),
    base("platforms.github", "https://api.github.com"),
    absent(
        "platforms.github",
        "token",
        &[" Optional; raises the rate limit from 60 to 5000 an hour."],
        Kind::Secret,
    ),
    absent(
        "platforms.keybase",
        "base_url",
        &[
            " The public file host was shut down; a mirror can be named here, `{base}/{identity}/NextID/0x….json`.",
            " Without it keybase is off.",
        ],
        Kind::Url,
    ),
    absent(
        "platforms.ethereum",
        "rpc_url",
        &[" A JSON-RPC node. Without it contract wallets are off."],
        Kind::SecretUrl,
    ),
    KeySpec {
        section: "platforms.dns",
        name: "resolver",
        docs: &[" `system`, `udp://host:port`, `tcp://host:port`, `tls://host:port` or `https://host/path`."],
        kind: Kind::Resolver,
        default: DefaultValue::Text("system"),
    },
    absent(
        "platforms.ens",
        "rpc_url",
        &[" An Ethereum JSON-RPC node. Without it ens is off."],
        Kind::SecretUrl,
    ),
    base("platforms.dotbit", "https://register-api.did.id"),
    base("platforms.minds", "https://www.minds.com"),
    base("platforms.steam", "https://steamcommunity.com"),
    KeySpec {
        section: "platforms.activitypub",
        name: "scheme",
        docs: &[" How servers of the fediverse are reached; `http` is for tests."],
        kind: Kind::Choice(&["https", "http"]),
        default: DefaultValue::Text("https"),
    },
    base("platforms.discord", "https://discord.com"),
    absent("platforms.discord", "bot_token", &[" The bot's token. Without it discord is off."], Kind::Secret),
    base("platforms.telegram", "https://t.me"),
    absent("platforms.telegram", "channel", &[" If set, posts must be in this public channel."], Kind::Text),
    base("platforms.slack", "https://slack.com"),
    absent("platforms.slack", "token", &[" An access token. Without it slack is off."], Kind::Secret),
    base("platforms.tiktok", "https://www.tiktok.com"),
    absent(
        "platforms.nostr",
        "relays",
        &[
            " Up to eight relays that notes are asked of, `wss://host`, separated by commas. Without any nostr is off.",
        ],
        Kind::Text,
    ),
    base("platforms.bluesky", "https://public.api.bsky.app"),
    absent(
        "platforms.farcaster",
        "base_url",
        &[
            " The HTTP API of a hub or Snapchain node that you trust, such as your own on port 3381.",
            " Without it farcaster is off.",
        ],
        Kind::Url,
    ),
    absent(
        "platforms.farcaster",
        "token",
        &[" The `x-api-key` of a hosted hub that wants one."],
        Kind::Secret,
    ),
    KeySpec {
        section: "platforms.website",
        name: "scheme",
        docs: &[" How websites are reached; `http` is for tests."],
        kind: Kind::Choice(&["https", "http"]),
        default: DefaultValue::Text("https"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_belongs_to_a_platform_and_to_a_field() {
        let fields = [
            "base_url",
            "token",
            "bearer_token",
            "bot_token",
            "channel",
            "scheme",
            "resolver",
            "rpc_url",
            "relays",
        ];
        for spec in KEYS {
            let name = spec.section.strip_prefix("platforms.").unwrap();
            assert!(Platforms::NAMES.contains(&name), "{}", spec.key());
            assert!(fields.contains(&spec.name), "{}", spec.key());
        }
    }

    #[test]
    fn a_platform_without_settings_is_empty() {
        let mut platforms = Platforms::default();
        assert_eq!(platforms.get("solana"), &PlatformConfig::default());
        platforms.get_mut("github").token = Some(Secret::new("t"));
        assert!(platforms.get("github").token.is_some());
    }
}
