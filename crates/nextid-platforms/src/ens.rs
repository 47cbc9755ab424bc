//! An ENS name: the text record `id.next.proof`.

mod ccip_read;
mod name;
mod text_record;

use async_trait::async_trait;
use nextid_core::{EthAddress, Platform};
use nextid_net::GuardedClient;

use self::text_record::Records;
use crate::ethereum_rpc::EthereumRpc;
use crate::{
    Account, CheckError, Claim, Evidence, FetchError, ProofText, Secret, SettingsError, Verified, Verifier,
    txt_proof,
};

/// The key of the text record.
pub const RECORD_KEY: &str = "id.next.proof";

/// `platforms.ens`.
#[derive(Debug, Clone)]
pub struct EnsSettings {
    /// An Ethereum node that is asked over JSON-RPC, such as `https://host/key`; without one ENS is off. It often holds a
    /// key, so it is a secret.
    pub rpc_url: Option<Secret>,
    /// The address of the registry, which is the same on every chain that has ENS.
    pub registry: String,
}

impl Default for EnsSettings {
    fn default() -> Self {
        Self { rpc_url: None, registry: "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e".to_owned() }
    }
}

/// Looks up and judges text records.
#[derive(Debug, Clone)]
pub struct EnsVerifier {
    rpc: EthereumRpc,
    registry: EthAddress,
}

impl EnsVerifier {
    /// Takes the settings; none without a node. Nobody is contacted.
    ///
    /// # Errors
    /// The node's or the registry's address is none.
    pub fn new(settings: &EnsSettings) -> Result<Option<Self>, SettingsError> {
        let registry = EthAddress::parse(settings.registry.trim())
            .map_err(|error| SettingsError::new("platforms.ens.registry", error.to_string()))?;
        let rpc = EthereumRpc::parse("platforms.ens.rpc_url", settings.rpc_url.as_ref())?;
        Ok(rpc.map(|rpc| Self { rpc, registry }))
    }
}

#[async_trait]
impl Verifier for EnsVerifier {
    fn platform(&self) -> Platform {
        Platform::Ens
    }

    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError> {
        let name = claim.identity.as_str();
        let records = Records { rpc: &self.rpc, registry: &self.registry, net };
        let content = records.text(name, RECORD_KEY).await?;
        Ok(Evidence {
            account: Some(Account {
                name: name.to_owned(),
                other_names: Vec::new(),
                id: None,
                display_name: None,
            }),
            texts: vec![ProofText { name: RECORD_KEY.to_owned(), content, truncated: false }],
            location: Some(name.to_owned()),
        })
    }

    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError> {
        let name = claim.identity.as_str();
        let asked = evidence.account.as_ref().map(|account| account.name.as_str());
        if asked != Some(name) {
            return Err(CheckError::Author { expected: name.to_owned(), found: asked.map(str::to_owned) });
        }
        // A text field takes white space along that a paste has at its ends.
        let records = evidence.text(RECORD_KEY).map(|text| text.content.trim());
        Ok(Verified {
            signature: txt_proof::judge(claim, records)?,
            alt_id: name.to_owned(),
            alt_name: name.to_owned(),
            location: name.to_owned(),
        })
    }
}

/// Reads what a node, a resolver and a gateway may answer about a name.
#[cfg(feature = "fuzzing")]
pub fn fuzzing(name: &str, data: &[u8]) {
    let _ = std::hint::black_box(text_record::fuzzing(data));
    let _ = std::hint::black_box(name::dns_encode(name));
    let _ = std::hint::black_box(name::ancestry(name).map(name::namehash).last());
    ccip_read::fuzzing(data);
}
