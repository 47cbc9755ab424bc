//! TikTok: the caption of a video of the account.

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, GuardedClient};
use serde::Deserialize;
use serde_json::Value;

use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, accepted, read_json};
use crate::location::{SiteUrl, number};
use crate::{Account, CheckError, Claim, Evidence, FetchError, SettingsError, Verified, Verifier, post};

const LABEL: &str = "Sig: ";

const LOCATION: &str =
    "proof_location must be the address of a video, https://www.tiktok.com/@user/video/number, or its number";

/// `platforms.tiktok`.
#[derive(Debug, Clone)]
pub struct TiktokSettings {
    /// The API's base; `/oembed` is put after it. `https://www.tiktok.com`.
    pub base_url: String,
}

impl Default for TiktokSettings {
    fn default() -> Self {
        Self { base_url: "https://www.tiktok.com".to_owned() }
    }
}

/// Fetches and judges captions of TikTok videos.
#[derive(Debug, Clone)]
pub struct TiktokVerifier {
    api: Endpoint,
}

impl TiktokVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &TiktokSettings) -> Result<Self, SettingsError> {
        let api = Endpoint::parse("platforms.tiktok.base_url", &settings.base_url)?;
        Ok(Self { api })
    }
}

#[async_trait]
impl Verifier for TiktokVerifier {
    fn platform(&self) -> Platform {
        Platform::Tiktok
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let video = Video::parse(&claim.location, claim.identity.as_str())
            .ok_or(FetchError::BadLocation(LOCATION))?;
        let mut url = self.api.url(&["oembed"]);
        url.query_pairs_mut().append_pair("url", &video.address());
        let response = self.api.ask(FetchRequest::get(url).accept("application/json"), net).await?;
        // A video that is deleted or private is an error 400 that says nothing more.
        if response.status == 400 && read_json::<Problem>(&response.body, "an error").is_ok() {
            return Err(FetchError::NotFound);
        }
        evidence(&video, &accepted(response)?.body)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        let caption = post::tidied(evidence.content());
        let Some(found) = signature(&caption) else {
            return Err(CheckError::Missing { expected: format!("\"{LABEL}<signature>;\" in the caption") });
        };
        let signature = post::judge_base64(claim, found)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What follows the first label, up to a space, a line end or a semicolon. TikTok makes one line of a caption, so that the
/// label may be anywhere.
fn signature(caption: &str) -> Option<&str> {
    caption
        .split(LABEL)
        .skip(1)
        .filter_map(|rest| rest.split([' ', '\n', ';']).next())
        .find(|text| !text.is_empty())
        .map(post::unquoted)
}

/// Which video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    user: String,
    id: String,
}

impl Video {
    /// Reads a video's address, or its number, which is how the location is stored; then the video is `user`'s.
    pub fn parse(location: &str, user: &str) -> Option<Self> {
        if let Some(id) = number(location, 20) {
            return Some(Self { user: user.to_owned(), id });
        }
        let url = SiteUrl::parse(location, |host| {
            matches!(host, "www.tiktok.com" | "tiktok.com" | "m.tiktok.com")
        })?;
        match url.segments().as_slice() {
            [user, "video", id, ..] => Some(Self {
                user: user.strip_prefix('@').filter(|user| !user.is_empty())?.to_owned(),
                id: number(id, 20)?,
            }),
            _ => None,
        }
    }

    fn address(&self) -> String {
        format!("https://www.tiktok.com/@{}/video/{}", self.user, self.id)
    }
}

/// What the API's answer about this video shows.
///
/// # Errors
/// [`FetchError::NotFound`] if it is an error, which is all that is said about a video that is deleted or private,
/// [`FetchError::Odd`] for what is not such an answer.
pub fn evidence(video: &Video, body: &[u8]) -> Result<Evidence, FetchError> {
    let answer: Answer = read_json(body, "a video")?;
    let (Some(name), Some(title)) = (answer.author_unique_id, answer.title) else {
        return Err(match answer.code {
            Some(400 | 404) => FetchError::NotFound,
            _ => FetchError::Odd("not a video".to_owned()),
        });
    };
    let id = match &answer.embed_product_id {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => video.id.clone(),
    };
    if id != video.id {
        return Err(FetchError::Odd("it is another video".to_owned()));
    }
    let account = Account { name, other_names: Vec::new(), id: None, display_name: answer.author_name };
    Ok(Evidence::post(Some(account), title, id))
}

#[derive(Debug, Deserialize)]
struct Answer {
    author_unique_id: Option<String>,
    author_name: Option<String>,
    title: Option<String>,
    #[serde(default)]
    embed_product_id: Value,
    code: Option<i64>,
}

/// The body of an error: `{"message":"Something went wrong","code":400}`.
#[derive(Debug, Deserialize)]
struct Problem {
    #[serde(rename = "code")]
    _code: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let address = "https://www.tiktok.com/@menyki/video/7287329983805197614";
        for text in [
            address.to_owned(),
            address.replace("www.", ""),
            address.replace("www.", "m."),
            format!(" {address}?is_from_webapp=1&sender_device=pc#x"),
            format!("{address}/"),
            "7287329983805197614".to_owned(),
        ] {
            assert_eq!(
                Video::parse(&text, "menyki").map(|video| video.address()).as_deref(),
                Some(address),
                "{text}"
            );
        }
        for text in [
            "".to_owned(),
            "https://vm.tiktok.com/ZMabcdef/".to_owned(),
            "https://www.tiktok.com/@menyki".to_owned(),
            address.replace("tiktok.com", "tiktok.com.example"),
            address.replace("/@", "/"),
            address.replace("@menyki", "@"),
            address.replace("/video/", "/photo/"),
            address.replace("7287", "x287"),
        ] {
            assert_eq!(Video::parse(&text, "menyki"), None, "{text}");
        }
    }

    #[test]
    fn the_first_signature_in_a_caption() {
        for (caption, found) in [
            ("🎭 NextID ROCKS! Sig: abc=;Misc: x", Some("abc=")),
            ("Sig: abc= Sig: def=;", Some("abc=")),
            ("Sig: abc=\nx", Some("abc=")),
            ("Sig: abc=", Some("abc=")),
            ("Sig: ; Sig: abc=;", Some("abc=")),
            ("Sig:abc=;", None),
            ("sig: abc=;", None),
            ("", None),
        ] {
            assert_eq!(signature(caption), found, "{caption}");
        }
    }
}
