//! One rule per platform: which texts can be an identity there, and how they are normalised.

use super::{IdentityError, domain, social, steam_id};
use crate::avatar::Avatar;
use crate::ethereum::EthAddress;
use crate::nostr;
use crate::platform::Platform;
use crate::solana;

/// Takes away what people put around an account's name and what is not part of it.
pub(super) fn strip_decoration(platform: Platform, text: &str) -> &str {
    match platform {
        Platform::Twitter
        | Platform::Github
        | Platform::Keybase
        | Platform::Minds
        | Platform::Telegram
        | Platform::Tiktok
        | Platform::Slack => text.strip_prefix('@').unwrap_or(text),
        Platform::Activitypub => text.trim_matches('@'),
        Platform::Bluesky | Platform::Farcaster => text.strip_prefix('@').unwrap_or(text),
        Platform::Website => social::host_of(text),
        _ => text,
    }
}

pub(super) fn normalize(platform: Platform, text: &str) -> Result<String, IdentityError> {
    match platform {
        Platform::Twitter => lower(
            text,
            1..=15,
            |c| c.is_ascii_alphanumeric() || c == '_',
            "a Twitter handle: 1 to 15 letters, digits and underscores",
        ),
        Platform::Github => github(text),
        Platform::Keybase => lower(
            text,
            2..=16,
            |c| c.is_ascii_alphanumeric() || c == '_',
            "a Keybase username: 2 to 16 letters, digits and underscores",
        ),
        Platform::Ethereum => EthAddress::parse(text)
            .map(|address| address.to_string())
            .map_err(|_| IdentityError { expected: "an Ethereum address: 0x and 40 hexadecimal digits" }),
        Platform::Solana => solana::parse_address(text)
            .map(|_| text.to_owned())
            .map_err(|_| IdentityError { expected: "a Solana address: 32 bytes in base58" }),
        Platform::Dns => domain::to_ascii(text)
            .ok_or(IdentityError { expected: "a domain name of at least two labels, such as example.com" }),
        Platform::Ens => domain::ens(text)
            .ok_or(IdentityError { expected: "an ENS name of at least two labels, such as example.eth" }),
        Platform::Dotbit => dotbit(text),
        Platform::Minds => lower(
            text,
            1..=128,
            |c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'),
            "a Minds username: letters, digits, underscores, dots and hyphens",
        ),
        Platform::Steam => steam(text),
        Platform::Activitypub => activitypub(text),
        Platform::Discord => discord(text),
        Platform::Telegram => lower(
            text,
            1..=32,
            |c| c.is_ascii_alphanumeric() || c == '_',
            "a Telegram username: up to 32 letters, digits and underscores",
        ),
        Platform::Slack => slack(text),
        Platform::Tiktok => lower(
            text,
            1..=24,
            |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'),
            "a TikTok username: up to 24 letters, digits, underscores and dots",
        ),
        Platform::Nextid => Avatar::parse_with_raw(text)
            .map(|avatar| avatar.to_hex())
            .map_err(|_| IdentityError { expected: "another Avatar: a secp256k1 public key in hexadecimal" }),
        Platform::Nostr => nostr::parse_key(text)
            .map(hex::encode)
            .ok_or(IdentityError { expected: "a Nostr public key: npub1… or 64 hexadecimal digits" }),
        Platform::Bluesky => social::bluesky(text),
        Platform::Farcaster => social::farcaster(text),
        Platform::Website => domain::to_ascii(text)
            .ok_or(IdentityError { expected: "the host of a website, such as example.com" }),
    }
}

fn lower(
    text: &str,
    length: std::ops::RangeInclusive<usize>,
    allowed: fn(char) -> bool,
    expected: &'static str,
) -> Result<String, IdentityError> {
    let lowered = text.to_lowercase();
    // Both are looked at: a letter may become two characters, or one of another script.
    if length.contains(&lowered.chars().count()) && text.chars().all(allowed) && lowered.chars().all(allowed)
    {
        Ok(lowered)
    } else {
        Err(IdentityError { expected })
    }
}

/// Today's logins are letters, digits and single hyphens; older ones end with a hyphen or have two in a row, and those of
/// managed users have an underscore.
fn github(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a GitHub login: 1 to 39 letters, digits and hyphens";
    if text.starts_with('-') {
        return Err(IdentityError { expected: EXPECTED });
    }
    lower(text, 1..=39, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'), EXPECTED)
}

fn dotbit(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a .bit account, such as example.bit";
    let lowered = text.to_lowercase();
    let name = lowered.strip_suffix(".bit").ok_or(IdentityError { expected: EXPECTED })?;
    let plain =
        |label: &str| !label.is_empty() && !label.chars().any(|c| c.is_whitespace() || c.is_control());
    if name.split('.').all(plain) { Ok(lowered) } else { Err(IdentityError { expected: EXPECTED }) }
}

/// A SteamID64, or a custom name that the platform resolves to one.
fn steam(text: &str) -> Result<String, IdentityError> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return steam_id::SteamId::parse(text)
            .map(|id| id.to_string())
            .map_err(|error| IdentityError { expected: error.expected() });
    }
    if (2..=32).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    {
        return Ok(text.to_owned());
    }
    Err(IdentityError { expected: "a SteamID64, or the custom name in the profile's address" })
}

fn activitypub(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a fediverse account: user@server";
    let (user, server) = text.split_once('@').ok_or(IdentityError { expected: EXPECTED })?;
    let user_fits = (1..=64).contains(&user.len())
        && user.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    let (host, port) = match server.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (server, None),
    };
    let port_fits = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|number| number > 0)
    });
    // With a port it may be a server on the operator's own network; whether that is reached, the guarded client decides.
    let is_local = port.is_some() && (host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok());
    if user_fits && port_fits && (domain::is_host(host) || is_local) {
        Ok(text.to_owned())
    } else {
        Err(IdentityError { expected: EXPECTED })
    }
}

/// `name#1234` of before 2023, or today's plain name. Old names allowed nearly every character.
fn discord(text: &str) -> Result<String, IdentityError> {
    const EXPECTED: &str = "a Discord name: name#1234, or 2 to 32 characters";
    let name = match text.rsplit_once('#') {
        Some((name, tag)) if tag.len() == 4 && tag.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => text,
    };
    let plain = !name.chars().any(char::is_control) && !name.contains(['@', '#']);
    if (2..=32).contains(&name.chars().count()) && plain && name.trim() == name {
        Ok(text.to_owned())
    } else {
        Err(IdentityError { expected: EXPECTED })
    }
}

/// A member id, which is upper case; names as they were once used are kept as they are.
fn slack(text: &str) -> Result<String, IdentityError> {
    let member_id = text.len() >= 8
        && text.starts_with(['U', 'W', 'u', 'w'])
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_digit());
    if member_id {
        return Ok(text.to_ascii_uppercase());
    }
    let fits = (1..=80).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if fits {
        Ok(text.to_owned())
    } else {
        Err(IdentityError { expected: "a Slack member id, such as U04Q3NRDWHX" })
    }
}
