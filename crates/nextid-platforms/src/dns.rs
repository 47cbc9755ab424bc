//! A domain: a TXT record at the name itself.

use std::time::Duration;

use async_trait::async_trait;
use nextid_core::Platform;
use nextid_net::GuardedClient;

use crate::txt_lookup::TxtLookup;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, SettingsError, Verified, Verifier, txt_proof,
};

/// `platforms.dns`.
#[derive(Debug, Clone)]
pub struct DnsSettings {
    /// Whom to ask: `system`, `udp://host:port`, `tcp://host:port`, `tls://host:port` or `https://host/path`; ports may be
    /// left out. `system` is what `/etc/resolv.conf` names.
    pub resolver: String,
    /// Time for one look-up with all its retries.
    pub timeout: Duration,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self { resolver: "system".to_owned(), timeout: Duration::from_secs(10) }
    }
}

/// Looks up and judges TXT records. It asks the operator's resolver, so the guarded client is not used.
#[derive(Debug)]
pub struct DnsVerifier {
    lookup: TxtLookup,
}

impl DnsVerifier {
    /// Takes the settings; nobody is contacted before the first look-up.
    ///
    /// # Errors
    /// The resolver's address is none.
    pub fn new(settings: &DnsSettings) -> Result<Self, SettingsError> {
        Ok(Self { lookup: TxtLookup::new(settings)? })
    }
}

#[async_trait]
impl Verifier for DnsVerifier {
    fn platform(&self) -> Platform {
        Platform::Dns
    }

    async fn fetch(&self, claim: &Claim, _net: &GuardedClient) -> Result<Evidence, FetchError> {
        let domain = claim.identity.as_str();
        let texts = self.lookup.records(domain).await?;
        let texts =
            texts.into_iter().map(|content| ProofText { name: domain.to_owned(), content, truncated: false });
        Ok(Evidence {
            account: Some(Account {
                name: domain.to_owned(),
                other_names: Vec::new(),
                id: None,
                display_name: None,
            }),
            texts: texts.collect(),
            location: Some(domain.to_owned()),
        })
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let domain = claim.identity.as_str();
        let asked = evidence.account.as_ref().map(|account| account.name.as_str());
        if asked != Some(domain) {
            return Err(CheckError::Author { expected: domain.to_owned(), found: asked.map(str::to_owned) });
        }
        let records = evidence.texts.iter().map(|text| text.content.as_str());
        Ok(Verified {
            signature: txt_proof::judge(claim, records)?,
            alt_id: domain.to_owned(),
            alt_name: domain.to_owned(),
            location: domain.to_owned(),
        })
    }
}
