//! The platforms on which an identity can be bound.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

macro_rules! platforms {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// An application, a wallet network, or (`nextid`) another Avatar.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "lowercase")]
        pub enum Platform {
            $($(#[$doc])* $variant,)*
        }

        impl Platform {
            /// Every platform, in the order in which they are declared.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it is spelled in payloads and requests, in lower case.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl FromStr for Platform {
            type Err = UnknownPlatform;

            fn from_str(text: &str) -> Result<Self, UnknownPlatform> {
                match text {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownPlatform),
                }
            }
        }
    };
}

platforms! {
    /// Twitter, now X: a tweet.
    Twitter = "twitter",
    /// GitHub: a public gist.
    Github = "github",
    /// Keybase: a file in the public folder.
    Keybase = "keybase",
    /// An Ethereum account, which signs.
    Ethereum = "ethereum",
    /// A Solana account, which signs.
    Solana = "solana",
    /// A domain: a TXT record.
    Dns = "dns",
    /// An ENS name: a text record.
    Ens = "ens",
    /// A .bit account: a profile record.
    Dotbit = "dotbit",
    /// Minds: a post.
    Minds = "minds",
    /// Steam: the profile's summary.
    Steam = "steam",
    /// A fediverse account: a post.
    Activitypub = "activitypub",
    /// Discord: a message in a public channel.
    Discord = "discord",
    /// Telegram: a message in a public channel.
    Telegram = "telegram",
    /// Slack: a message.
    Slack = "slack",
    /// TikTok: a video's caption.
    Tiktok = "tiktok",
    /// Another Avatar of the same person: an alias.
    Nextid = "nextid",
    /// Nostr: a signed note.
    Nostr = "nostr",
    /// Bluesky: a post.
    Bluesky = "bluesky",
    /// Farcaster: a cast.
    Farcaster = "farcaster",
    /// A website: a file under its well-known path.
    Website = "website",
}

/// The text names no platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("unknown platform")]
pub struct UnknownPlatform;

impl Platform {
    /// Whether the sign payload names the Avatar as `persona`: where the other party signs the same payload, which would
    /// otherwise not say to whom it is bound.
    pub fn payload_names_avatar(self) -> bool {
        matches!(self, Self::Ethereum | Self::Solana | Self::Nextid)
    }

    /// Whether the sign payload leaves `prev` out where there is none, instead of giving null.
    pub fn payload_omits_null_prev(self) -> bool {
        matches!(self, Self::Slack)
    }

    /// Whether a binding is proved by something that is published, instead of by a second signature.
    pub fn needs_post(self) -> bool {
        !self.payload_names_avatar()
    }

    /// Whether identities that differ in letter case are different ones.
    pub fn is_case_sensitive(self) -> bool {
        matches!(self, Self::Solana)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
