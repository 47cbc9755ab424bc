//! Nothing is missing of any platform: verifier, stand-in, page and settings.

use std::path::PathBuf;

use nextid_core::Platform;
use nextid_platforms::{PlatformSettings, Registry, Secret};

use crate::support::{LONG, net};

/// Where the stand-in of a platform is, if its module has another name.
fn stand_in(platform: Platform) -> &'static str {
    match platform {
        // Names and contract wallets are asked of the same node.
        Platform::Ens => "ethereum",
        // Wallets and Avatars are keys.
        Platform::Solana | Platform::Nextid => "keys",
        other => other.as_str(),
    }
}

/// The setting that says where a platform is asked; none for those that are not.
fn where_it_is_asked(platform: Platform) -> Option<&'static str> {
    match platform {
        Platform::Activitypub | Platform::Website => Some("scheme"),
        Platform::Dns => Some("resolver"),
        Platform::Nostr => Some("relays"),
        Platform::Ens | Platform::Ethereum => Some("rpc_url"),
        Platform::Solana | Platform::Nextid => None,
        _ => Some("base_url"),
    }
}

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Settings with every credential.
fn everything() -> PlatformSettings {
    let secret = || Some(Secret::new("x"));
    let mut settings = PlatformSettings::default();
    settings.twitter.bearer_token = secret();
    settings.keybase.base_url = Some("https://keybase.example".to_owned());
    settings.ens.rpc_url = Some(Secret::new("https://node.example"));
    settings.discord.bot_token = secret();
    settings.slack.token = secret();
    settings.nostr.relays = Some("ws://relay.example, ws://relay.example:7777/inbox".to_owned());
    settings.farcaster.base_url = Some("https://hub.example".to_owned());
    settings
}

#[test]
fn every_platform_has_a_verifier_or_is_proved_by_signatures() {
    let registry = Registry::new(&everything(), net(LONG)).unwrap();
    for platform in Platform::ALL {
        let verifier = registry.get(*platform).map(|verifier| verifier.platform());
        assert_eq!(verifier, platform.needs_post().then_some(*platform), "{platform}");
    }
    assert_eq!(registry.configured(), Platform::ALL);
}

#[test]
fn what_lacks_its_credential_is_off() {
    let registry = Registry::new(&PlatformSettings::default(), net(LONG)).unwrap();
    let off: Vec<Platform> =
        Platform::ALL.iter().copied().filter(|platform| !registry.is_configured(*platform)).collect();
    assert_eq!(
        off,
        [
            Platform::Twitter,
            Platform::Keybase,
            Platform::Ens,
            Platform::Discord,
            Platform::Slack,
            Platform::Nostr,
            Platform::Farcaster,
        ]
    );
}

#[test]
fn every_platform_has_a_stand_in() {
    let modules = read("crates/nextid-testkit/src/lib.rs");
    for platform in Platform::ALL {
        let declared = format!("pub mod {};\n", stand_in(*platform));
        assert!(modules.contains(&declared), "{platform}");
    }
}

#[test]
fn every_platform_has_a_page() {
    for platform in Platform::ALL {
        let page = read(&format!("docs/platforms/{platform}.md"));
        assert!(page.contains(&format!("| `platform` | `{platform}` |")), "{platform}");
        for heading in ["## How it is judged", "## What is stored"] {
            assert!(page.contains(heading), "{platform}: {heading}");
        }
        if let Some(setting) = where_it_is_asked(*platform) {
            assert!(page.contains(&format!("platforms.{platform}.{setting}")), "{platform}: {setting}");
        }
    }
}

#[test]
fn every_platform_has_its_settings() {
    let keys = read("crates/nextid-service/src/config/platforms.rs");
    for platform in Platform::ALL {
        let Some(setting) = where_it_is_asked(*platform) else { continue };
        let section = format!("\"platforms.{platform}\"");
        assert!(keys.contains(&section) && keys.contains(setting), "{section} {setting}");
    }
}

/// Puts a value into the settings that cannot be used.
type Spoil = fn(&mut PlatformSettings);

/// Each address is read, and refused where it is none.
#[test]
fn settings_that_cannot_be_used() {
    let cases: [(&str, Spoil); 22] = [
        ("platforms.twitter.base_url", |all| all.twitter.base_url = "x".to_owned()),
        ("platforms.twitter.bearer_token", |all| all.twitter.bearer_token = Some(Secret::new("two words"))),
        ("platforms.keybase.base_url", |all| all.keybase.base_url = Some("x".to_owned())),
        ("platforms.dotbit.base_url", |all| all.dotbit.base_url = String::new()),
        ("platforms.minds.base_url", |all| all.minds.base_url = "ftp://x.example".to_owned()),
        ("platforms.steam.base_url", |all| all.steam.base_url = "x".to_owned()),
        ("platforms.discord.base_url", |all| all.discord.base_url = "x".to_owned()),
        ("platforms.discord.bot_token", |all| all.discord.bot_token = Some(Secret::new("é"))),
        ("platforms.telegram.base_url", |all| all.telegram.base_url = "x".to_owned()),
        ("platforms.telegram.channel", |all| all.telegram.channel = Some("https://x.example/y".to_owned())),
        ("platforms.slack.base_url", |all| all.slack.base_url = "x".to_owned()),
        ("platforms.slack.token", |all| all.slack.token = Some(Secret::new("a\nb"))),
        ("platforms.tiktok.base_url", |all| all.tiktok.base_url = "x".to_owned()),
        ("platforms.github.base_url", |all| all.github.base_url = "x".to_owned()),
        ("platforms.nostr.relays", |all| all.nostr.relays = Some("relay.example".to_owned())),
        ("platforms.nostr.relays", |all| all.nostr.relays = Some("https://relay.example".to_owned())),
        ("platforms.nostr.relays", |all| all.nostr.relays = Some("ws://a@relay.example".to_owned())),
        ("platforms.nostr.relays", |all| all.nostr.relays = Some("ws://relay.example,".repeat(9))),
        ("platforms.bluesky.base_url", |all| all.bluesky.base_url = "x".to_owned()),
        ("platforms.farcaster.base_url", |all| all.farcaster.base_url = Some("x".to_owned())),
        ("platforms.farcaster.token", |all| all.farcaster.token = Some(Secret::new("two words"))),
        ("platforms.website.scheme", |all| all.website.scheme = "ftp".to_owned()),
    ];
    for (key, spoil) in cases {
        let mut settings = everything();
        spoil(&mut settings);
        assert_eq!(Registry::new(&settings, net(LONG)).unwrap_err().key, key);
    }
    let mut settings = everything();
    settings.keybase.base_url = Some(" ".to_owned());
    settings.farcaster.base_url = Some(String::new());
    settings.nostr.relays = Some(" , ".to_owned());
    let registry = Registry::new(&settings, net(LONG)).unwrap();
    for platform in [Platform::Keybase, Platform::Farcaster, Platform::Nostr] {
        assert!(!registry.is_configured(platform), "{platform}");
    }
}
