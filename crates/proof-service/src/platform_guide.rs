//! What a person, or the application in front of a person, has to know to bind an identity on each platform. A new platform
//! is described here; `docs/platforms/` has a page for each with everything else.

use nextid_core::Platform;

/// How identities of one platform are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guide {
    /// What identities look like, and which spellings are one.
    pub identity: &'static str,
    /// What proves a binding, and where it is published.
    pub proof: &'static str,
    /// What `proof_location` holds; none if it is not needed.
    pub location: Option<&'static str>,
    /// Keys of the configuration without which the platform is off.
    pub needed: &'static [&'static str],
    /// Keys of the configuration that let it do more.
    pub optional: &'static [&'static str],
    /// An identity, normalised.
    pub example_identity: &'static str,
    /// A `proof_location`; empty if it is not needed.
    pub example_location: &'static str,
}

impl Guide {
    const NOTHING: Self = Self {
        identity: "",
        proof: "",
        location: None,
        needed: &[],
        optional: &[],
        example_identity: "",
        example_location: "",
    };

    /// The guide of a platform.
    pub fn of(platform: Platform) -> Self {
        match platform {
            Platform::Twitter => Self {
                identity: "the handle, 1 to 15 letters, digits and underscores, in any letter case, with or without @",
                proof: "publish post_content as a public tweet of the account",
                location: Some("the tweet's number, or its address"),
                needed: &["platforms.twitter.bearer_token"],
                example_identity: "yeiwb",
                example_location: "1703420552145543442",
                ..Self::NOTHING
            },
            Platform::Github => Self {
                identity: "the login, in any letter case, with or without @",
                proof: "publish post_content as a gist of the account, in a file named <Avatar>.json: 0x and 66 hexadecimal \
                        digits, lower case",
                location: Some("the gist's id, or its address"),
                optional: &["platforms.github.token"],
                example_identity: "octocat",
                example_location: "5b3acc09d25242950e4b7ea0ee707ada",
                ..Self::NOTHING
            },
            Platform::Keybase => Self {
                identity: "the username, 2 to 16 letters, digits and underscores, in any letter case, with or without @",
                proof: "publish post_content as NextID/<Avatar>.json in the account's public folder",
                needed: &["platforms.keybase.base_url"],
                example_identity: "sannie",
                ..Self::NOTHING
            },
            Platform::Ethereum => Self {
                identity: "the address, 0x and 40 hexadecimal digits, in any letter case",
                proof: "publish nothing: sign sign_payload with the Avatar (extra.signature, base64) and with the wallet \
                        (extra.wallet_signature, base64), both by personal_sign",
                optional: &["platforms.ethereum.rpc_url"],
                example_identity: "0xd4030c02878bd1404dc2c5956eadc5e3e2c8d3c6",
                ..Self::NOTHING
            },
            Platform::Solana => Self {
                identity: "the address, 32 bytes in base58; letter case counts",
                proof: "publish nothing: sign sign_payload with the Avatar (extra.signature, base64, personal_sign) and with \
                        the wallet (extra.wallet_signature, base58, ed25519 over the text itself)",
                example_identity: "TeF3wrkxN2eYJtU54SGJXWcUgmUigWEFsAuDeDvp17g",
                ..Self::NOTHING
            },
            Platform::Dns => Self {
                identity: "a domain name of at least two labels, in any letter case; other scripts become xn--",
                proof: "publish post_content as a TXT record of the domain itself",
                optional: &["platforms.dns.resolver"],
                example_identity: "example.com",
                ..Self::NOTHING
            },
            Platform::Ens => Self {
                identity: "an ENS name of at least two labels, in any spelling that ENS takes for the same name",
                proof: "publish post_content as the name's text record id.next.proof",
                needed: &["platforms.ens.rpc_url"],
                example_identity: "example.eth",
                ..Self::NOTHING
            },
            Platform::Dotbit => Self {
                identity: "the account with .bit at its end, in any letter case",
                proof: "publish post_content, with the Avatar (0x and 66 hexadecimal digits) in its place, as the account's \
                        profile record nextid",
                example_identity: "example.bit",
                ..Self::NOTHING
            },
            Platform::Minds => Self {
                identity: "the username, in any letter case, with or without @",
                proof: "publish post_content as a public post of the account",
                location: Some("the post's number, or its address"),
                example_identity: "octocat",
                example_location: "1374392088658481156",
                ..Self::NOTHING
            },
            Platform::Steam => Self {
                identity: "the SteamID64, or the custom name in the profile's address, which stands for it",
                proof: "put post_content into the summary of the account's public profile",
                example_identity: "76561198092541763",
                ..Self::NOTHING
            },
            Platform::Activitypub => Self {
                identity: "a fediverse account, user@server, with or without @ before it",
                proof: "publish post_content as a public post of the account",
                location: Some("the post's id, or its address on the account's own server"),
                example_identity: "octocat@mastodon.example",
                example_location: "https://mastodon.example/@octocat/109551045327843011",
                ..Self::NOTHING
            },
            Platform::Discord => Self {
                identity: "the name, or name#1234 as names were before 2023",
                proof: "publish post_content as a message of the account, in a channel that this service's bot can read",
                location: Some("the message's address"),
                needed: &["platforms.discord.bot_token"],
                example_identity: "octocat",
                example_location: "https://discord.com/channels/960708146706395176/960708146706395179/961458176719487076",
                ..Self::NOTHING
            },
            Platform::Telegram => Self {
                identity: "the username, in any letter case, with or without @",
                proof: "publish post_content as a message of the account in a public channel or group",
                location: Some("the message's address, https://t.me/<channel>/<number>"),
                optional: &["platforms.telegram.channel"],
                example_identity: "octocat",
                example_location: "https://t.me/examplechannel/24",
                ..Self::NOTHING
            },
            Platform::Slack => Self {
                identity: "the member id, such as U04Q3NRDWHX",
                proof: "publish post_content as a message of the member, in a channel that this service's app can read",
                location: Some("the message's link"),
                needed: &["platforms.slack.token"],
                example_identity: "U04Q3NRDWHX",
                example_location: "https://example.slack.com/archives/C04Q3P6H7TK/p1677499644698189",
                ..Self::NOTHING
            },
            Platform::Tiktok => Self {
                identity: "the username, up to 24 letters, digits, underscores and dots, in any letter case, with or without @",
                proof: "publish a public video of the account with post_content as its caption",
                location: Some(
                    "the video's address, https://www.tiktok.com/@<user>/video/<number>, or its number",
                ),
                example_identity: "octocat",
                example_location: "https://www.tiktok.com/@octocat/video/7096469692902853894",
                ..Self::NOTHING
            },
            Platform::Nextid => Self {
                identity: "another Avatar of the same person: 33 or 65 bytes in hexadecimal",
                proof: "publish nothing: sign sign_payload with the Avatar (extra.signature, base64) and with the other Avatar \
                        (extra.target_signature, hexadecimal), both by personal_sign",
                example_identity: "0x03666b700aeb6a6429f13cbb263e1bc566cd975a118b61bc796204109c1b351d19",
                ..Self::NOTHING
            },
            Platform::Nostr => Self {
                identity: "the public key, npub1… or 64 hexadecimal digits, which is what is signed",
                proof: "publish post_content as a text note (kind 1) of the key, on a relay that this service asks",
                location: Some("the note's id: 64 hexadecimal digits, note1… or nevent1…"),
                needed: &["platforms.nostr.relays"],
                example_identity: "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d",
                example_location: "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc",
                ..Self::NOTHING
            },
            Platform::Bluesky => Self {
                identity: "the handle, in any letter case, with or without @, or the account's DID",
                proof: "publish post_content as a post of the account, which is not a reply",
                location: Some("the post's address, or its AT-URI"),
                example_identity: "octocat.bsky.social",
                example_location: "https://bsky.app/profile/octocat.bsky.social/post/3lbv3urcj3s2t",
                ..Self::NOTHING
            },
            Platform::Farcaster => Self {
                identity: "the name, in any letter case, with or without @, or the account's number, its fid",
                proof: "publish post_content as a cast of the account, which is not a reply",
                location: Some("the cast's hash, or its address"),
                needed: &["platforms.farcaster.base_url"],
                optional: &["platforms.farcaster.token"],
                example_identity: "octocat",
                example_location: "0xd66fcc8888d51be5aafd3ba10d52f0e113125db2",
            },
            Platform::Website => Self {
                identity: "the host, in any letter case, without scheme and path; other scripts become xn--",
                proof: "publish post_content as https://<host>/.well-known/nextid.json; where that file is there already, add \
                        its proof to the list",
                example_identity: "example.com",
                ..Self::NOTHING
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use nextid_core::Identity;
    use nextid_service::config::{Service, example_toml};

    use super::*;

    #[test]
    fn every_platform_is_described() {
        for platform in Platform::ALL {
            let guide = Guide::of(*platform);
            assert!(!guide.identity.is_empty() && !guide.proof.is_empty(), "{platform}");
            assert_eq!(guide.location.is_some(), !guide.example_location.is_empty(), "{platform}");
            assert!(platform.needs_post() || guide.location.is_none(), "{platform}");
            let identity = Identity::parse(*platform, guide.example_identity).unwrap();
            assert_eq!(identity.as_str(), guide.example_identity, "{platform}: it is normalised");
            assert!(!identity.needs_resolving(), "{platform}");
        }
        let proofs: BTreeSet<&str> =
            Platform::ALL.iter().map(|platform| Guide::of(*platform).identity).collect();
        assert!(proofs.len() > 10, "they differ");
    }

    #[test]
    fn settings_are_keys_of_the_configuration() {
        let example = example_toml(Service::Proof);
        for platform in Platform::ALL {
            let guide = Guide::of(*platform);
            let section = format!("platforms.{platform}");
            for key in guide.needed.iter().chain(guide.optional) {
                let name = key.strip_prefix(&section).and_then(|rest| rest.strip_prefix('.')).unwrap();
                let (_, after) = example.split_once(&format!("[{section}]\n")).unwrap();
                let keys = after.split("\n[").next().unwrap();
                assert!(keys.contains(&format!("# {name} = ")), "{key}");
            }
        }
    }
}
