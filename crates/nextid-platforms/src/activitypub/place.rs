//! Where a post is: its id, or its address on the server.

use url::Url;

/// What a location looks like.
pub(super) const EXPECTED: &str = "proof_location must be the id of a post, or its address on the account's own server, \
                                   such as https://server/@user/123 or https://server/notes/abc";

/// The paths of posts, as the web interfaces of the servers have them. A star stands for one part, the id is the last.
const PATHS: [&[&str]; 13] = [
    // Mastodon, today's and older ones
    &["@*"],
    &["web", "@*"],
    &["deck", "@*"],
    &["web", "statuses"],
    &["statuses"],
    &["users", "*", "statuses"],
    &["ap", "users", "*", "statuses"],
    // Pleroma and Akkoma, and their other interfaces
    &["notice"],
    &["@*", "posts"],
    &["main", "statuses"],
    // Misskey and its forks
    &["notes"],
    // Pixelfed and others that speak like Mastodon
    &["p", "*"],
    &["i", "web", "post"],
];

/// The id of the post at this place; none if it cannot be one on this server.
pub(super) fn post_id(location: &str, server: &str) -> Option<String> {
    let location = location.trim();
    if is_id(location) {
        return Some(location.to_owned());
    }
    let url = Url::parse(location).ok()?;
    let plain =
        matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
    if !plain || !is_server(&url, server) {
        return None;
    }
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let (id, before) = segments.split_last()?;
    let fits = |pattern: &&[&str]| {
        pattern.len() == before.len() && pattern.iter().zip(before).all(|(part, found)| matches(part, found))
    };
    (is_id(id) && PATHS.iter().any(fits)).then(|| (*id).to_owned())
}

/// Whether the address is on this server, given as in an identity: a host, with a port or not.
fn is_server(url: &Url, server: &str) -> bool {
    let Ok(own) = Url::parse(&format!("{}://{server}", url.scheme())) else {
        return false;
    };
    own.host_str() == url.host_str() && own.port_or_known_default() == url.port_or_known_default()
}

fn matches(part: &str, found: &str) -> bool {
    match part {
        "*" => true,
        "@*" => found.starts_with('@') || found.starts_with("%40"),
        _ => part == found,
    }
}

/// Ids are numbers (Mastodon), or short texts in base62 and its like (Pleroma, Misskey). Pleroma's objects have UUIDs, by
/// which its API does not find them.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !is_uuid(text)
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn posts_of_every_software() {
        for (location, id) in [
            ("109372843234789", "109372843234789"),
            (" AR2s6hVsWVyO6nCNE8 \n", "AR2s6hVsWVyO6nCNE8"),
            ("https://social.example/@alice/109372843234789", "109372843234789"),
            ("https://social.example/%40alice/109372843234789", "109372843234789"),
            ("https://SOCIAL.example/@alice/109372843234789/", "109372843234789"),
            ("https://social.example:443/@alice/109372843234789?x#y", "109372843234789"),
            ("https://social.example/web/@alice/1", "1"),
            ("https://social.example/deck/@alice/1", "1"),
            ("https://social.example/web/statuses/1", "1"),
            ("https://social.example/users/alice/statuses/1", "1"),
            ("https://social.example/ap/users/115/statuses/1", "1"),
            ("https://social.example/notice/AR2s6hVsWVyO6nCNE8", "AR2s6hVsWVyO6nCNE8"),
            ("https://social.example/@alice/posts/AR2s6hVsWVyO6nCNE8", "AR2s6hVsWVyO6nCNE8"),
            ("https://social.example/notes/9c8r7l2qzx", "9c8r7l2qzx"),
            ("http://social.example/p/alice/515", "515"),
        ] {
            assert_eq!(post_id(location, "social.example").as_deref(), Some(id), "{location}");
        }
        assert_eq!(post_id("http://Social.Test:8080/notes/9c", "social.test:8080").as_deref(), Some("9c"));
    }

    #[test]
    fn what_is_no_post_here() {
        for location in [
            "",
            "1/../../accounts/1",
            "1?x",
            "%31",
            "8f7b5b0e-0a4f-4f5e-9d3c-0a6c1d1b2c3d",
            "https://social.example/",
            "https://social.example/@alice",
            "https://social.example/1",
            "https://social.example/api/v1/accounts/1",
            "https://social.example/objects/8f7b5b0e-0a4f-4f5e-9d3c-0a6c1d1b2c3d",
            "https://social.example/users/alice/following/1",
            "https://other.example/@alice/1",
            "https://social.example.other.example/@alice/1",
            "https://social.example:444/@alice/1",
            "http://social.example:443/@alice/1",
            "https://alice@social.example/@alice/1",
            "ftp://social.example/@alice/1",
            "social.example/@alice/1",
            "javascript:1",
        ] {
            assert_eq!(post_id(location, "social.example"), None, "{location}");
        }
        assert_eq!(post_id(&"1".repeat(65), "social.example"), None);
    }

    proptest! {
        /// Whatever is found can stand in a path without leaving it.
        #[test]
        fn ids_are_tame(location in "\\PC*", path in "[@a-z/.%?#]{0,20}", server in "[a-z.]{1,10}(:[0-9]{1,5})?") {
            for location in [location, format!("https://{server}/{path}1")] {
                if let Some(id) = post_id(&location, &server) {
                    prop_assert!(is_id(&id));
                }
            }
        }
    }
}
