//! GitHub: a gist with a file `0x<compressed key>.json`, published by the account itself.

use std::collections::BTreeMap;

use async_trait::async_trait;
use nextid_core::{Platform, post_text};
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use url::Url;

use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, read_json};
use crate::proof_file::ProofFile;
use crate::settings::credential;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, Secret, SettingsError, Verified, Verifier,
    post,
};

/// GitHub's REST API, of which version this asks for.
const API_VERSION: &str = "2022-11-28";

/// What a location looks like.
const LOCATION: &str = "proof_location must be the id of a gist (20 to 64 hexadecimal digits) or its address, \
                        https://gist.github.com/user/id";

/// `platforms.github`.
#[derive(Debug, Clone)]
pub struct GithubSettings {
    /// The API's base; `/gists/{id}` is put after it. `https://api.github.com`.
    pub base_url: String,
    /// A token of any account, for GitHub's higher rate limit; it needs no permission.
    pub token: Option<Secret>,
}

impl Default for GithubSettings {
    fn default() -> Self {
        Self { base_url: "https://api.github.com".to_owned(), token: None }
    }
}

/// Fetches and judges gists.
#[derive(Debug, Clone)]
pub struct GithubVerifier {
    api: Endpoint,
    token: Option<Secret>,
}

impl GithubVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none, or the token cannot be sent.
    pub fn new(settings: &GithubSettings) -> Result<Self, SettingsError> {
        Ok(Self {
            api: Endpoint::parse("platforms.github.base_url", &settings.base_url)?,
            token: credential("platforms.github.token", settings.token.as_ref())?,
        })
    }
}

#[async_trait]
impl Verifier for GithubVerifier {
    fn platform(&self) -> Platform {
        Platform::Github
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let id = gist_id(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let request = FetchRequest::get(self.api.url(&["gists", &id]))
            .accept("application/vnd.github+json")
            .header("X-GitHub-Api-Version", API_VERSION);
        let request = match &self.token {
            Some(token) => request.bearer(token.expose()),
            None => request,
        };
        evidence(claim, &id, &self.api.fetch(request, net).await?.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        // The user name in the gist's address does not count: GitHub answers for the id alone.
        let author = Author::of(claim, evidence, ignoring_case)?;
        let file = ProofFile::of(claim, evidence)?;
        let signature = post::judge_text(claim, file.signature()?)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What the API's answer about the gist of this id shows.
///
/// # Errors
/// [`FetchError::Odd`] for what is not such an answer, and for a gist of so many files that the claimed Avatar's may be
/// among those that are left out.
pub fn evidence(claim: &Claim, id: &str, body: &[u8]) -> Result<Evidence, FetchError> {
    let gist: Gist = read_json(body, "a gist")?;
    if !gist.id.eq_ignore_ascii_case(id) {
        return Err(FetchError::Odd("it is another gist".to_owned()));
    }
    // GitHub lists 300 files of a gist; what is not among them cannot be said to be missing.
    if gist.truncated && !gist.files.contains_key(&post_text::file_name(&claim.avatar)) {
        return Err(FetchError::Odd("the gist has too many files".to_owned()));
    }
    Ok(gist.into())
}

/// The id in a location: the id itself, or the last part of a gist's address, with a revision after it or not. A revision
/// is not looked at: what counts is what the gist says now.
fn gist_id(location: &str) -> Option<String> {
    let location = location.trim();
    if is_gist_id(location) {
        return Some(location.to_ascii_lowercase());
    }
    let url = Url::parse(location).ok()?;
    let plain = matches!(url.scheme(), "https" | "http")
        && url.host_str() == Some("gist.github.com")
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let segments: Vec<&str> = url.path().split('/').filter(|segment| !segment.is_empty()).collect();
    let id = match segments.as_slice() {
        [id] | [_, id] => id,
        [_, id, revision] if is_gist_id(revision) => id,
        _ => return None,
    };
    (plain && is_gist_id(id)).then(|| id.to_ascii_lowercase())
}

fn is_gist_id(text: &str) -> bool {
    (20..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What is read of GitHub's gist object.
#[derive(Debug, Deserialize)]
struct Gist {
    id: String,
    /// None for an anonymous gist, which GitHub no longer makes but still has.
    owner: Option<Owner>,
    /// A file may be null.
    files: BTreeMap<String, Option<File>>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Debug, Deserialize)]
struct Owner {
    login: String,
    id: u64,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    truncated: bool,
}

impl From<Gist> for Evidence {
    fn from(gist: Gist) -> Self {
        let texts = gist.files.into_iter().filter_map(|(name, file)| {
            file.map(|file| ProofText {
                name,
                content: file.content.unwrap_or_default(),
                truncated: file.truncated,
            })
        });
        Self {
            account: gist.owner.map(|owner| Account {
                name: owner.login,
                other_names: Vec::new(),
                id: Some(owner.id.to_string()),
                display_name: None,
            }),
            texts: texts.collect(),
            location: Some(gist.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let id = "5b3acc09d25242950e4b7ea0ee707ada";
        for text in [
            id.to_owned(),
            id.to_uppercase(),
            format!(" {id}\n"),
            format!("https://gist.github.com/nykma/{id}"),
            format!("https://gist.github.com/nykma/{id}/"),
            format!("https://GIST.github.com/nykma/{id}#file-0x03-json"),
            format!("https://gist.github.com/nykma/{id}?permalink_comment_id=1"),
            format!("https://gist.github.com/nykma/{id}/8ae4b2ab9b04db2bdcb8ee0dd3d1ba4a5a9b9c0d"),
            format!("http://gist.github.com/{id}"),
        ] {
            assert_eq!(gist_id(&text).as_deref(), Some(id), "{text}");
        }
        for text in [
            String::new(),
            id[..19].to_owned(),
            format!("{id}{id}0"),
            format!("{}g", &id[..31]),
            format!("{id}/../../users"),
            format!("gist.github.com/nykma/{id}"),
            format!("https://gist.github.com.example/nykma/{id}"),
            format!("https://github.com/nykma/{id}"),
            format!("https://u:p@gist.github.com/nykma/{id}"),
            format!("https://gist.github.com:444/nykma/{id}"),
            format!("https://gist.github.com/nykma/{id}/raw"),
            format!("https://gist.github.com/nykma/{id}/raw/{id}/0x03.json"),
            format!("file:///nykma/{id}"),
            "https://gist.github.com/nykma".to_owned(),
            "https://gist.github.com/".to_owned(),
        ] {
            assert_eq!(gist_id(&text), None, "{text}");
        }
    }
}
