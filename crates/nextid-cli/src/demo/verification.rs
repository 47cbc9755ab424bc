//! The end: both chains, checked on this machine without believing the services.

use nextid_core::Identity;
use serde_json::json;

use super::narrator::Narrator;
use super::writing::Written;
use super::{Cast, Services};
use crate::chain::{ChainReport, Posts, download_kv, download_proof};
use crate::error::{CliError, ServiceName};

/// Downloads both chains, checks them, and compares what follows with what the services say.
pub async fn verify(
    narrator: &Narrator<'_>,
    services: &Services,
    cast: &Cast,
    namespace: &Identity,
    written: &Written,
) -> Result<(), CliError> {
    narrator.title("Checked offline");
    narrator.text(
        "The services are not believed: here are their chains, checked on this machine with nothing but the links themselves. \
         Every string is rebuilt, every signature verified, every link compared with the one before.",
    );
    let avatar = cast.avatar.avatar();
    let proof_chain = download_proof(narrator.ui(), &services.proof, avatar, &mut Posts::ignored()).await?;
    narrator.verbatim(&proof_chain.text(narrator.ui()));
    let kv_chain = download_kv(narrator.ui(), &services.kv, avatar).await?;
    compare(services, cast, namespace, written, &kv_chain).await?;
    narrator.verbatim(&kv_chain.text(narrator.ui()));
    narrator.text("All four flows work, and both chains hold.");
    narrator.step(&json!({"step": "verified", "proof_chain": proof_chain, "kv_chain": kv_chain}));
    Ok(())
}

/// What was written has to be in the chain, and what is published has to follow from it.
async fn compare(
    services: &Services,
    cast: &Cast,
    namespace: &Identity,
    written: &Written,
    chain: &ChainReport,
) -> Result<(), CliError> {
    if chain.head_signature() != Some(&written.last_signature) {
        let why = "kv-service confirmed a write that is not the last link of the chain that it shows";
        return Err(CliError::Contradiction(why.to_owned()));
    }
    let published = services.kv.get(&cast.avatar.avatar()).await.map_err(CliError::of(ServiceName::Kv))?;
    let platform = namespace.platform().as_str();
    let found = published.proofs.iter().find(|found| found.platform == platform);
    if chain.content(platform, namespace.as_str()) != found.map(|found| &found.content) {
        let why = "kv-service publishes something else than what follows from its chain";
        return Err(CliError::Contradiction(why.to_owned()));
    }
    Ok(())
}
