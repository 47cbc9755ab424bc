//! Where a proof post goes, and how its place is called.

use nextid_core::{Avatar, Platform, post_text};

/// What a person has to do with the text of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// Where the text goes.
    pub publish: String,
    /// How its place is called afterwards. None where the platform knows it already.
    pub location: Option<&'static str>,
}

/// How the post of a platform is published.
pub fn guide(platform: Platform, avatar: &Avatar) -> Guide {
    let file = post_text::file_name(avatar);
    let (publish, location) = match platform {
        Platform::Github => (
            format!(
                "Create a public gist at https://gist.github.com with a file named {file} that holds exactly this"
            ),
            Some("address or id of the gist"),
        ),
        Platform::Twitter => ("Tweet this".to_owned(), Some("address or id of the tweet")),
        Platform::Keybase => {
            (format!("Put this into the file NextID/{file} of your public Keybase folder"), None)
        }
        Platform::Dns => ("Add a TXT record with this text to the domain".to_owned(), None),
        Platform::Ens => ("Set the text record id.next.proof of the name to this".to_owned(), None),
        Platform::Dotbit => {
            ("Add a profile record named nextid with this value to the account".to_owned(), None)
        }
        Platform::Minds => ("Post this on Minds".to_owned(), Some("id of the post")),
        Platform::Steam => ("Put this into the summary of your Steam profile".to_owned(), None),
        Platform::Activitypub => ("Post this publicly on your own server".to_owned(), Some("id of the post")),
        Platform::Discord => {
            ("Post this in a channel that the service's bot can read".to_owned(), Some("link of the message"))
        }
        Platform::Telegram => {
            ("Post this in the service's public channel".to_owned(), Some("link of the message"))
        }
        Platform::Slack => {
            ("Post this in a channel that the service can read".to_owned(), Some("link of the message"))
        }
        Platform::Tiktok => ("Publish a video with this caption".to_owned(), Some("address of the video")),
        Platform::Nostr => ("Publish this as a note".to_owned(), Some("id of the note")),
        Platform::Bluesky => ("Post this on Bluesky".to_owned(), Some("address of the post")),
        Platform::Farcaster => ("Cast this on Farcaster".to_owned(), Some("hash or address of the cast")),
        Platform::Website => (
            "Publish exactly this as the website's file /.well-known/nextid.json; if there is one, add the proof to its \
             list"
                .to_owned(),
            None,
        ),
        Platform::Ethereum | Platform::Solana | Platform::Nextid => {
            ("Nothing has to be published".to_owned(), None)
        }
    };
    Guide { publish, location }
}

/// The text to publish: the issued one with the signature in its place.
pub fn post(content: &str, avatar: &Avatar, signature: &str) -> String {
    content.replace("%SIG_BASE64%", signature).replace("%COMPRESSED_PERSONA_PUBKEY_HEX%", &avatar.to_hex())
}

/// The place as the service takes it: of gists, tweets and posts on Minds the id, which is the last part of an address.
pub fn location(platform: Platform, typed: &str) -> String {
    let typed = typed.trim();
    let is_address = typed.starts_with("https://") || typed.starts_with("http://");
    match platform {
        Platform::Github | Platform::Twitter | Platform::Minds if is_address => {
            let path = typed.split(['?', '#']).next().unwrap_or(typed);
            path.trim_end_matches('/').rsplit('/').next().unwrap_or(path).to_owned()
        }
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use nextid_core::SecretKey;

    use super::*;

    #[test]
    fn an_address_may_be_pasted_instead_of_an_id() {
        for (platform, typed, wanted) in [
            (
                Platform::Github,
                " https://gist.github.com/octocat/aa5a315d61ae9438b18d\n",
                "aa5a315d61ae9438b18d",
            ),
            (Platform::Github, "aa5a315d61ae9438b18d", "aa5a315d61ae9438b18d"),
            (Platform::Twitter, "https://x.com/yeiwb/status/1469?s=20", "1469"),
            (Platform::Minds, "https://www.minds.com/newsfeed/1387/", "1387"),
            (Platform::Discord, "https://discord.com/channels/1/2/3", "https://discord.com/channels/1/2/3"),
        ] {
            assert_eq!(location(platform, typed), wanted);
        }
    }

    #[test]
    fn every_platform_has_its_guide() {
        let avatar = SecretKey::from_bytes(&[7; 32]).unwrap().avatar();
        for platform in Platform::ALL {
            assert_eq!(
                guide(*platform, &avatar).publish == "Nothing has to be published",
                !platform.needs_post(),
                "{platform}"
            );
        }
        assert!(guide(Platform::Github, &avatar).publish.contains(&format!("{avatar}.json")));
    }

    #[test]
    fn the_placeholders_are_filled() {
        let avatar = SecretKey::from_bytes(&[7; 32]).unwrap().avatar();
        let text = post("%COMPRESSED_PERSONA_PUBKEY_HEX%:%SIG_BASE64%", &avatar, "c2ln");
        assert_eq!(text, format!("{avatar}:c2ln"));
    }
}
