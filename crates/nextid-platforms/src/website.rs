//! Websites: a file under the well-known path of the host, with a list of proofs, one for each Avatar.

use async_trait::async_trait;
use nextid_core::{Avatar, LinkUuid, Platform};
use nextid_net::{FetchRequest, GuardedClient};
use serde_json::{Map, Value};
use url::Url;

use crate::author::{Author, exactly};
use crate::endpoint::accepted;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier, post,
    proof_file,
};

/// Where the file is (RFC 8615).
const PATH: &str = "/.well-known/nextid.json";

/// What evidence calls the file.
const FILE: &str = "nextid.json";

/// `platforms.website`.
#[derive(Debug, Clone)]
pub struct WebsiteSettings {
    /// How websites are reached: `https`, or `http` for tests.
    pub scheme: String,
}

impl Default for WebsiteSettings {
    fn default() -> Self {
        Self { scheme: "https".to_owned() }
    }
}

/// Fetches and judges the files of websites.
#[derive(Debug, Clone)]
pub struct WebsiteVerifier {
    scheme: &'static str,
}

impl WebsiteVerifier {
    /// Takes the settings.
    ///
    /// # Errors
    /// The scheme is none.
    pub fn new(settings: &WebsiteSettings) -> Result<Self, SettingsError> {
        let scheme = match settings.scheme.trim() {
            "https" | "" => "https",
            "http" => "http",
            _ => return Err(SettingsError::new("platforms.website.scheme", "expected https or http")),
        };
        Ok(Self { scheme })
    }
}

#[async_trait]
impl Verifier for WebsiteVerifier {
    fn platform(&self) -> Platform {
        Platform::Website
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let host = claim.identity.as_str();
        let url = Url::parse(&format!("{}://{host}{PATH}", self.scheme))
            .map_err(|error| FetchError::Forbidden(format!("the website has no address: {error}")))?;
        // A person names the host, so that it is checked like every URL of a stranger.
        let response = net.fetch(FetchRequest::get(&url).accept("application/json")).await?;
        // What another host answers is not this one's word: who is bound is whose name it is. And what stands under a
        // forgotten name may redirect to whoever pays for it.
        if response.final_url.origin() != url.origin() {
            return Err(FetchError::Odd("the website redirects to another host".to_owned()));
        }
        Ok(evidence(host, &accepted(response)?.body))
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, exactly)?;
        let Some(file) = evidence.text(FILE) else {
            return Err(CheckError::Missing { expected: format!("a file {PATH}") });
        };
        let proofs = proofs(&file.content)?;
        let signature = post::judge_text(claim, signature(claim, &proofs)?)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What a file shows that this host answered with.
pub fn evidence(host: &str, body: &[u8]) -> Evidence {
    Evidence {
        // The host is who answered, so that nothing in the file has to say so.
        account: Some(Account {
            name: host.to_owned(),
            other_names: Vec::new(),
            id: Some(host.to_owned()),
            display_name: None,
        }),
        texts: vec![ProofText {
            name: FILE.to_owned(),
            content: String::from_utf8_lossy(body).into_owned(),
            truncated: false,
        }],
        location: Some(format!("https://{host}{PATH}")),
    }
}

fn proofs(content: &str) -> Result<Vec<Value>, CheckError> {
    let unfit = |found: String| CheckError::Text {
        expected: format!("a JSON object with the list \"proofs\" at {PATH}"),
        found,
    };
    let file = proof_file::parse(content.trim_start_matches('\u{feff}'))
        .map_err(|error| unfit(format!("not JSON, at line {} column {}", error.line(), error.column())))?;
    let Value::Object(mut file) = file else {
        return Err(unfit("JSON that is not an object".to_owned()));
    };
    match file.remove("proofs") {
        Some(Value::Array(proofs)) => Ok(proofs),
        Some(_) => Err(unfit("\"proofs\" that are not a list".to_owned())),
        None => Err(unfit("an object without \"proofs\"".to_owned())),
    }
}

/// The signature of the first proof that is said to be the claimed Avatar's for this link. Others may stand beside it: those
/// of other Avatars, and those of links that are no more.
fn signature<'a>(claim: &Claim, proofs: &'a [Value]) -> Result<&'a str, CheckError> {
    let is_claimed = |proof: &&Map<String, Value>| {
        let text = |name: &str| proof.get(name).and_then(Value::as_str);
        text("avatar").and_then(|text| Avatar::parse(text).ok()) == Some(claim.avatar)
            && text("uuid").and_then(|text| LinkUuid::parse(text).ok()) == Some(claim.uuid)
    };
    let Some(proof) = proofs.iter().filter_map(Value::as_object).find(is_claimed) else {
        let expected = format!(
            "a proof with the avatar {} and the uuid {} in the list at {PATH}",
            claim.avatar, claim.uuid
        );
        return Err(CheckError::Missing { expected });
    };
    proof.get("signature").and_then(Value::as_str).ok_or_else(|| CheckError::Text {
        expected: "a text \"signature\" in the proof".to_owned(),
        found: "none".to_owned(),
    })
}
