//! Farcaster: a cast of the account, read through the HTTP API of a hub that the operator trusts.
//!
//! Source: <https://docs.farcaster.xyz/reference/hubble/httpapi/casts>, <https://docs.neynar.com/snapchain/httpapi/casts>.

mod answer;
mod cast;

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::{FetchRequest, FetchResponse, GuardedClient};

use self::answer::{NameProof, says_not_found};
pub use self::answer::{evidence, newest_with};
pub use self::cast::CastHash;
use crate::author::{Author, ignoring_case};
use crate::endpoint::{Endpoint, accepted, read_json};
use crate::post::{self, Spelling};
use crate::settings::credential;
use crate::{CheckError, Claim, Evidence, FetchError, Secret, SettingsError, Verified, Verifier};

const LOCATION: &str = "proof_location must be a cast's hash (0x and 40 hexadecimal digits) or its address, \
                        https://farcaster.xyz/name/0x…";

/// Casts that are looked through for one of which only the beginning of the hash is known.
const NEWEST: &str = "100";

/// What evidence calls the text of a cast that answers another one.
const REPLY: &str = "reply";

/// `platforms.farcaster`.
#[derive(Debug, Clone, Default)]
pub struct FarcasterSettings {
    /// A hub's API; `/v1/castById` and others are put after it. Without it the platform is off.
    pub base_url: Option<String>,
    /// What hosted hubs want as `x-api-key`.
    pub token: Option<Secret>,
}

/// Fetches and judges casts.
#[derive(Debug, Clone)]
pub struct FarcasterVerifier {
    hub: Endpoint,
    token: Option<Secret>,
}

impl FarcasterVerifier {
    /// Takes the settings; none if there is no base URL.
    ///
    /// # Errors
    /// The base URL is none, or the token cannot be sent.
    pub fn new(settings: &FarcasterSettings) -> Result<Option<Self>, SettingsError> {
        let token = credential("platforms.farcaster.token", settings.token.as_ref())?;
        let base_url = settings.base_url.as_deref().map(str::trim);
        base_url
            .filter(|url| !url.is_empty())
            .map(|url| {
                let hub = Endpoint::parse("platforms.farcaster.base_url", url)?;
                Ok(Self { hub, token })
            })
            .transpose()
    }

    /// The hub's answer to a question. Hubs say "not found" in bad requests.
    async fn ask(
        &self,
        method: &str,
        query: &[(&str, &str)],
        net: &GuardedClient,
    ) -> Result<FetchResponse, FetchError> {
        let mut url = self.hub.url(&["v1", method]);
        url.query_pairs_mut().extend_pairs(query);
        let request = FetchRequest::get(url).accept("application/json");
        let request = match &self.token {
            Some(token) => request.header("x-api-key", token.expose()),
            None => request,
        };
        let response = self.hub.ask(request, net).await?;
        if response.status == 400 && says_not_found(&response.body) {
            return Err(FetchError::NotFound);
        }
        accepted(response)
    }

    /// The account that a name belongs to.
    async fn name_proof(&self, name: &str, net: &GuardedClient) -> Result<NameProof, FetchError> {
        let response = self.ask("userNameProofByName", &[("name", name)], net).await?;
        let proof: NameProof = read_json(&response.body, "a name's proof")?;
        if proof.name != name {
            return Err(FetchError::Odd("it is the proof of another name".to_owned()));
        }
        Ok(proof)
    }
}

#[async_trait]
impl Verifier for FarcasterVerifier {
    fn platform(&self) -> Platform {
        Platform::Farcaster
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let hash = CastHash::parse(&claim.location).ok_or(FetchError::BadLocation(LOCATION))?;
        // An account that was bound before may have another name now.
        let proof = match known_fid(claim) {
            Some(_) => None,
            None => Some(self.name_proof(claim.identity.as_str(), net).await?),
        };
        let fid = match &proof {
            Some(proof) => proof.fid.to_string(),
            None => known_fid(claim).unwrap_or_default().to_owned(),
        };
        let body = match hash.full() {
            Some(hash) => self.ask("castById", &[("fid", &fid), ("hash", hash)], net).await?.body,
            None => {
                let query = [("fid", fid.as_str()), ("pageSize", NEWEST), ("reverse", "true")];
                newest_with(&hash, &self.ask("castsByFid", &query, net).await?.body)?
            }
        };
        // An account need not have a name.
        let profile = match self.ask("userDataByFid", &[("fid", &fid)], net).await {
            Err(FetchError::NotFound) => Vec::new(),
            answer => answer?.body,
        };
        let mut evidence = evidence(&hash, &body, &profile)?;
        // One account may have several names, and shows one of them.
        if let (Some(proof), Some(account)) = (proof, &mut evidence.account)
            && account.id == Some(fid)
        {
            account.other_names.push(proof.name);
        }
        Ok(evidence)
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, ignoring_case)?;
        if evidence.text(REPLY).is_some() {
            return Err(CheckError::Text {
                expected: "a cast that is not a reply".to_owned(),
                found: "a reply".to_owned(),
            });
        }
        let signature = post::judge_labelled(claim, evidence.content(), "Sig: ", Spelling::Any)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// The account's number, if the claim has it.
fn known_fid(claim: &Claim) -> Option<&str> {
    let is_fid = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    claim.alt_id.as_deref().filter(is_fid).or_else(|| Some(claim.identity.as_str()).filter(is_fid))
}
