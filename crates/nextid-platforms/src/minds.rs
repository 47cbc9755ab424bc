//! Minds: a public post of the account.

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::Value;

use crate::author::{Author, ignoring_any_case};
use crate::endpoint::{Endpoint, read_json};
use crate::location::{SiteUrl, number};
use crate::post::{self, Spelling};
use crate::{Account, CheckError, Claim, Evidence, FetchError, SettingsError, Verified, Verifier};

const LOCATION: &str =
    "proof_location must be the number of a post or its address, https://www.minds.com/newsfeed/number";

/// What may see a post: its owner (`0`) or those who are logged in (`1`). Public ones have `2`, those in groups the group's
/// number.
const NOT_PUBLIC: [&str; 2] = ["0", "1"];

/// `platforms.minds`.
#[derive(Debug, Clone)]
pub struct MindsSettings {
    /// The API's base; `/api/v2/entities/` is put after it. `https://www.minds.com`.
    pub base_url: String,
}

impl Default for MindsSettings {
    fn default() -> Self {
        Self { base_url: "https://www.minds.com".to_owned() }
    }
}

/// Fetches and judges posts on Minds.
#[derive(Debug, Clone)]
pub struct MindsVerifier {
    api: Endpoint,
}

impl MindsVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &MindsSettings) -> Result<Self, SettingsError> {
        let api = Endpoint::parse("platforms.minds.base_url", &settings.base_url)?;
        Ok(Self { api })
    }
}

#[async_trait]
impl Verifier for MindsVerifier {
    fn platform(&self) -> Platform {
        Platform::Minds
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let id = post_id(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        let mut url = self.api.url(&["api", "v2", "entities", ""]);
        url.set_query(Some(&format!("urns=urn%3Aactivity%3A{id}&as_activities=0&export_user_counts=false")));
        let response = self.api.fetch(FetchRequest::get(url).accept("application/json"), net).await?;
        evidence(&id, &response.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_any_case)?;
        let text = post::unescaped(evidence.content());
        let signature = post::judge_labelled(claim, &text, "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What the API's answer about the post of this number shows.
///
/// # Errors
/// [`FetchError::NotFound`] if there is no such post for everybody to see, [`FetchError::Odd`] for what is not such an
/// answer.
pub fn evidence(id: &str, body: &[u8]) -> Result<Evidence, FetchError> {
    let answer: Answer = read_json(body, "a list of entities")?;
    let Some(entities) = answer.entities else {
        return Err(FetchError::Odd("not a list of entities".to_owned()));
    };
    // Deleted posts are left out or null.
    let Some(Some(entity)) = entities.into_iter().next() else {
        return Err(FetchError::NotFound);
    };
    if shown(&entity.guid).is_some_and(|guid| guid != id) {
        return Err(FetchError::Odd("it is another post".to_owned()));
    }
    if shown(&entity.access_id).is_some_and(|access| NOT_PUBLIC.contains(&access.as_str())) {
        return Err(FetchError::NotFound);
    }
    // PHP writes false for an owner that is gone.
    let owner: Option<Owner> = serde_json::from_value(entity.owner).ok();
    let account = owner.map(|owner| Account {
        id: shown(&owner.guid),
        name: owner.username,
        other_names: Vec::new(),
        display_name: owner.name,
    });
    Ok(Evidence::post(account, entity.message.unwrap_or_default(), id))
}

/// A number that is spelled as a number or as a text.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The number in a location: the number itself, or that in a post's address.
fn post_id(location: &str) -> Option<String> {
    if let Some(id) = number(location, 20) {
        return Some(id);
    }
    let url = SiteUrl::parse(location, |host| matches!(host, "minds.com" | "www.minds.com"))?;
    match url.segments().as_slice() {
        ["newsfeed", id] => number(id, 20),
        _ => None,
    }
}

#[derive(Debug, Deserialize)]
struct Answer {
    entities: Option<Vec<Option<Entity>>>,
}

#[derive(Debug, Deserialize)]
struct Entity {
    #[serde(default)]
    guid: Value,
    message: Option<String>,
    #[serde(default)]
    access_id: Value,
    #[serde(default, rename = "ownerObj")]
    owner: Value,
}

#[derive(Debug, Deserialize)]
struct Owner {
    #[serde(default)]
    guid: Value,
    username: String,
    name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let id = "1421043369127186449";
        for text in [
            id.to_owned(),
            format!("https://www.minds.com/newsfeed/{id}"),
            format!("https://minds.com/newsfeed/{id}/?referrer=nykma"),
        ] {
            assert_eq!(post_id(&text).as_deref(), Some(id), "{text}");
        }
        for text in [
            String::new(),
            format!("urn:activity:{id}"),
            format!("{id}&as_activities=1"),
            format!("https://www.minds.com/{id}"),
            format!("https://www.minds.com.example/newsfeed/{id}"),
            "https://www.minds.com/newsfeed/subscriptions".to_owned(),
        ] {
            assert_eq!(post_id(&text), None, "{text}");
        }
    }
}
