//! The end: both chains, checked on this machine without believing the services.

use nextid_core::Identity;
use serde_json::json;

use super::narrator::Narrator;
use super::writing::Written;
use super::{Cast, Services};
use crate::chain::{ChainReport, Checker, download};
use crate::error::{CliError, ServiceName};

/// Downloads the ProofChain, checks both chains, and compares what follows with what the services say.
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
    let proof_chain = download(narrator.ui(), &services.proof, avatar).await?;
    narrator.verbatim(&proof_chain.text(narrator.ui()));
    let kv_chain = check_kv(services, cast, namespace, written).await?;
    narrator.verbatim(&kv_chain.text(narrator.ui()));
    narrator.text("All four flows work, and both chains hold.");
    narrator.step(&json!({"step": "verified", "proof_chain": proof_chain, "kv_chain": kv_chain}));
    Ok(())
}

async fn check_kv(
    services: &Services,
    cast: &Cast,
    namespace: &Identity,
    written: &Written,
) -> Result<ChainReport, CliError> {
    let avatar = cast.avatar.avatar();
    if written.links.len() < written.writes {
        let why = "kv-service confirms writes without their links, so that its chain cannot be checked";
        return Err(CliError::Contradiction(why.to_owned()));
    }
    let mut checker = Checker::new(Some(avatar));
    for link in &written.links {
        checker.push_kv(link).map_err(|why| CliError::ChainBroken {
            place: services.kv.base().to_owned(),
            line: None,
            why,
        })?;
    }
    let report = checker.finish();
    let published = services.kv.get(&avatar).await.map_err(CliError::of(ServiceName::Kv))?;
    let platform = namespace.platform().as_str();
    let found = published.proofs.iter().find(|found| found.platform == platform);
    if report.content(platform, namespace.as_str()) != found.map(|found| &found.content) {
        let why = "kv-service publishes something else than what follows from the links that it confirmed";
        return Err(CliError::Contradiction(why.to_owned()));
    }
    Ok(report.complete())
}
