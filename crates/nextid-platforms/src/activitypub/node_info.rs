//! Which software a server runs.
//!
//! Source: <https://nodeinfo.diaspora.software/protocol.html> and the schemas 2.0 to 2.2, of which only the software's name
//! is read, so that later ones will do as well.

use serde::Deserialize;

use super::server::{Server, read};
use crate::FetchError;

/// What the `rel` of a link begins with; the version of the schema follows.
const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/2.";

/// The family of Misskey: forks that kept its API. Those whose name ends with "key" are taken for members as well.
const MISSKEY: [&str; 9] = [
    "misskey",
    "sharkey",
    "firefish",
    "calckey",
    "foundkey",
    "iceshrimp",
    "cherrypick",
    "catodon",
    "dolphin",
];

/// Software with Mastodon's API.
const MASTODON: [&str; 12] = [
    "mastodon",
    "hometown",
    "glitch",
    "ecko",
    "pleroma",
    "akkoma",
    "rebased",
    "mitra",
    "friendica",
    "pixelfed",
    "snac",
    "iceshrimp.net",
];

/// How a server is asked for posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Api {
    Mastodon,
    Misskey,
    /// Mastodon's first, as most have it, then Misskey's.
    Unknown,
}

#[derive(Debug, Deserialize)]
struct Links {
    links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    rel: String,
    href: String,
}

#[derive(Debug, Deserialize)]
struct NodeInfo {
    software: Software,
}

#[derive(Debug, Deserialize)]
struct Software {
    name: String,
}

/// Asks a server which API it has. That it has no NodeInfo says nothing about any post.
pub(super) async fn api(server: &Server<'_>) -> Result<Api, FetchError> {
    let response = server.get(&server.url(&[".well-known", "nodeinfo"])).await?;
    let links: Links = read(&response, "NodeInfo").map_err(no_node_info)?;
    let link = newest(&links).ok_or_else(|| no_node_info(FetchError::NotFound))?;
    let url = server
        .own(&link.href)
        .ok_or_else(|| FetchError::Odd("the server's NodeInfo is on another server".to_owned()))?;
    let response = server.get(&url).await?;
    let info: NodeInfo = read(&response, "NodeInfo").map_err(no_node_info)?;
    of(&info.software.name)
}

fn no_node_info(error: FetchError) -> FetchError {
    match error {
        FetchError::NotFound => {
            FetchError::Odd("the account's server has no NodeInfo of version 2".to_owned())
        }
        error => error,
    }
}

/// The link to the newest schema of version 2.
fn newest(links: &Links) -> Option<&Link> {
    let minor = |link: &&Link| link.rel.strip_prefix(SCHEMA)?.parse::<u32>().ok();
    links.links.iter().filter(|link| minor(link).is_some()).max_by_key(minor)
}

fn of(software: &str) -> Result<Api, FetchError> {
    let name = software.trim().to_ascii_lowercase();
    let name = name.as_str();
    if name == "gotosocial" {
        return Err(FetchError::BadLocation(
            "the account's server runs GoToSocial, which shows posts to nobody without a token; use an account on another \
             server",
        ));
    }
    Ok(if MISSKEY.contains(&name) || name.ends_with("key") {
        Api::Misskey
    } else if MASTODON.contains(&name) {
        Api::Mastodon
    } else {
        Api::Unknown
    })
}

#[cfg(feature = "fuzzing")]
pub(super) fn fuzzing(server: &Server<'_>, body: &[u8]) {
    if let Ok(links) = serde_json::from_slice::<Links>(body) {
        let _ = std::hint::black_box(newest(&links).and_then(|link| server.own(&link.href)));
    }
    if let Ok(info) = serde_json::from_slice::<NodeInfo>(body) {
        let _ = std::hint::black_box(of(&info.software.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families() {
        for (name, api) in [
            ("mastodon", Api::Mastodon),
            ("Pleroma", Api::Mastodon),
            ("akkoma", Api::Mastodon),
            ("misskey", Api::Misskey),
            ("Sharkey", Api::Misskey),
            ("nexkey", Api::Misskey),
            ("iceshrimp", Api::Misskey),
            ("Iceshrimp.NET", Api::Mastodon),
            ("lemmy", Api::Unknown),
            ("", Api::Unknown),
        ] {
            assert_eq!(of(name), Ok(api), "{name}");
        }
        assert!(matches!(of("GoToSocial"), Err(FetchError::BadLocation(why)) if why.contains("token")));
    }

    #[test]
    fn the_newest_schema_of_version_2_is_taken() {
        let links = |rels: &[&str]| Links {
            links: rels.iter().map(|rel| Link { rel: (*rel).to_owned(), href: String::new() }).collect(),
        };
        let newest = |rels: &[&str]| super::newest(&links(rels)).map(|link| link.rel.clone());
        let schema = |version: &str| format!("http://nodeinfo.diaspora.software/ns/schema/{version}");
        let all = [schema("1.0"), schema("2.0"), schema("2.10"), schema("2.2"), schema("3.0")];
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        assert_eq!(newest(&all), Some(schema("2.10")));
        assert_eq!(newest(&[&schema("1.1"), "https://www.w3.org/ns/activitystreams#Application"]), None);
        assert_eq!(newest(&[]), None);
    }
}
