//! From the configuration's tables to what the service is built from.

use std::time::Duration;

use nextid_platforms::{
    ActivitypubSettings, BlueskySettings, DiscordSettings, DnsSettings, DotbitSettings, EnsSettings,
    EthereumSettings, FarcasterSettings, GithubSettings, KeybaseSettings, MindsSettings, NostrSettings,
    PlatformSettings, Registry, Secret, SlackSettings, SteamSettings, TelegramSettings, TiktokSettings,
    TwitterSettings, WebsiteSettings,
};
use nextid_service::boot::{self, StartError};
use nextid_service::config::{self, Config};

use crate::recheck::{Brake, RecheckRules, Schedule};

/// When proofs are looked at again.
pub(crate) fn schedule(config: &Config) -> Schedule {
    Schedule {
        interval: signed(config.recheck.interval_secs),
        second_look: signed(config.recheck.second_look_secs),
    }
}

/// How many proofs are looked at at a time, and when too many turn bad.
pub(crate) fn recheck_rules(config: &Config) -> RecheckRules {
    RecheckRules {
        concurrency: config.recheck.concurrency,
        platform_concurrency: config.recheck.platform_concurrency,
        brake: Brake {
            percent: signed(config.recheck.brake_percent),
            min_looks: signed(config.recheck.brake_min_checks),
        },
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The platforms that this configuration suffices for, with the client that they are asked by. Nobody is contacted.
///
/// # Errors
/// [`StartError`]: a setting that cannot be used.
pub fn registry(config: &Config) -> Result<Registry, StartError> {
    Registry::new(&platforms(config), boot::guarded_client(config)?)
        .map_err(|error| StartError::Platform(error.to_string()))
}

/// The settings of all platforms. What the configuration leaves out has the platform's own default.
fn platforms(config: &Config) -> PlatformSettings {
    let table = |name: &str| config.platforms.get(name);
    let base_url = |name: &str, default: String| {
        let url = table(name).base_url.as_ref();
        url.map_or(default, |url| url.as_str().to_owned())
    };
    let node = |name: &str| table(name).rpc_url.as_ref().map(|url| Secret::new(url.expose().as_str()));
    let defaults = PlatformSettings::default();
    PlatformSettings {
        twitter: TwitterSettings {
            base_url: base_url("twitter", defaults.twitter.base_url),
            bearer_token: secret(table("twitter").bearer_token.as_ref()),
        },
        github: GithubSettings {
            base_url: base_url("github", defaults.github.base_url),
            token: secret(table("github").token.as_ref()),
        },
        keybase: KeybaseSettings {
            base_url: table("keybase").base_url.as_ref().map(|url| url.as_str().to_owned()),
        },
        dns: DnsSettings {
            resolver: table("dns").resolver.clone().unwrap_or(defaults.dns.resolver),
            timeout: Duration::from_millis(config.net.timeout_ms),
        },
        dotbit: DotbitSettings { base_url: base_url("dotbit", defaults.dotbit.base_url) },
        minds: MindsSettings { base_url: base_url("minds", defaults.minds.base_url) },
        steam: SteamSettings { base_url: base_url("steam", defaults.steam.base_url) },
        discord: DiscordSettings {
            base_url: base_url("discord", defaults.discord.base_url),
            bot_token: secret(table("discord").bot_token.as_ref()),
        },
        telegram: TelegramSettings {
            base_url: base_url("telegram", defaults.telegram.base_url),
            channel: table("telegram").channel.clone(),
        },
        slack: SlackSettings {
            base_url: base_url("slack", defaults.slack.base_url),
            token: secret(table("slack").token.as_ref()),
        },
        tiktok: TiktokSettings { base_url: base_url("tiktok", defaults.tiktok.base_url) },
        activitypub: ActivitypubSettings {
            scheme: table("activitypub").scheme.clone().unwrap_or(defaults.activitypub.scheme),
        },
        ens: EnsSettings { rpc_url: node("ens"), ..defaults.ens },
        ethereum: EthereumSettings { rpc_url: node("ethereum") },
        nostr: NostrSettings {
            relays: table("nostr").relays.clone(),
            timeout: Duration::from_millis(config.net.timeout_ms),
        },
        bluesky: BlueskySettings { base_url: base_url("bluesky", defaults.bluesky.base_url) },
        farcaster: FarcasterSettings {
            base_url: table("farcaster").base_url.as_ref().map(|url| url.as_str().to_owned()),
            token: secret(table("farcaster").token.as_ref()),
        },
        website: WebsiteSettings {
            scheme: table("website").scheme.clone().unwrap_or(defaults.website.scheme),
        },
    }
}

fn secret(given: Option<&config::Secret>) -> Option<Secret> {
    given.map(|secret| Secret::new(secret.expose()))
}
