//! Keybase: a file `NextID/0x<compressed key>.json` in the account's public folder, at a host that the operator names. The
//! host that Keybase itself ran, `keybase.pub`, was shut down in 2023.

use async_trait::async_trait;
use nextid_core::{Platform, post_text};
use nextid_net::{FetchRequest, GuardedClient};

use crate::author::{Author, exactly};
use crate::endpoint::Endpoint;
use crate::proof_file::ProofFile;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier, post,
};

/// `platforms.keybase`.
#[derive(Debug, Clone, Default)]
pub struct KeybaseSettings {
    /// Where public folders are; `/{identity}/NextID/0x….json` is put after it. Without it the platform is off.
    pub base_url: Option<String>,
}

/// Fetches and judges files in public folders.
#[derive(Debug, Clone)]
pub struct KeybaseVerifier {
    folders: Endpoint,
}

impl KeybaseVerifier {
    /// Takes the settings; none if there is no base URL.
    ///
    /// # Errors
    /// The base URL is none.
    pub fn new(settings: &KeybaseSettings) -> Result<Option<Self>, SettingsError> {
        let base_url = settings.base_url.as_deref().map(str::trim);
        base_url
            .filter(|url| !url.is_empty())
            .map(|url| {
                let folders = Endpoint::parse("platforms.keybase.base_url", url)?;
                Ok(Self { folders })
            })
            .transpose()
    }
}

#[async_trait]
impl Verifier for KeybaseVerifier {
    fn platform(&self) -> Platform {
        Platform::Keybase
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let name = post_text::file_name(&claim.avatar);
        let url = self.folders.url(&[claim.identity.as_str(), "NextID", &name]);
        let request = FetchRequest::get(url).accept("application/json");
        let response = self.folders.fetch(request, net).await?;
        Ok(evidence(claim, &response.body))
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let author = Author::of(claim, evidence, exactly)?;
        let file = ProofFile::of(claim, evidence)?;
        file.check_persona(&claim.avatar)?;
        let signature = post::judge_text(claim, file.signature()?)?;
        Ok(author.verified(claim, evidence, signature))
    }
}

/// What a file shows that is in the public folder of the claimed account.
pub fn evidence(claim: &Claim, body: &[u8]) -> Evidence {
    let identity = claim.identity.as_str();
    let name = post_text::file_name(&claim.avatar);
    Evidence {
        // The folder is the account's, so that nothing in the file has to say so.
        account: Some(Account {
            name: identity.to_owned(),
            other_names: Vec::new(),
            id: Some(identity.to_owned()),
            display_name: None,
        }),
        location: Some(format!("https://{identity}.keybase.pub/NextID/{name}")),
        texts: vec![ProofText {
            name,
            content: String::from_utf8_lossy(body).into_owned(),
            truncated: false,
        }],
    }
}
