//! Looking at the proofs ourselves: posts are fetched from the platforms and judged here, and contracts are asked, so that
//! nobody's word but the platform's and the chain's has to be believed.

use std::fmt;

use nextid_core::link::ProofLink;
use nextid_core::signature_text::decode_base64_proof;
use nextid_core::{Action, Avatar, CreatedAt, EthAddress, Identity, LinkUuid, Platform};
use nextid_platforms::{Claim, ContractWalletError, Evidence, FetchError, Registry, Verifier};
use serde::Serialize;

use super::posts::Posts;
use super::report::ChainReport;
use crate::error::CliError;
use crate::ui::Ui;

/// What a look at a binding found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Live {
    verdict: Verdict,
    why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// It is proved now.
    Holds,
    /// The platform, or the contract, says otherwise.
    DoesNotHold,
    /// Nobody could be asked, which says nothing.
    Unreachable,
    /// There is no way to ask from here.
    NotChecked,
}

impl Live {
    fn new(verdict: Verdict, why: impl fmt::Display) -> Self {
        Self { verdict, why: why.to_string() }
    }

    /// The end of the binding's line.
    pub(super) fn text(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Holds => "holds now",
            Verdict::DoesNotHold => "DOES NOT HOLD",
            Verdict::Unreachable => "could not be looked at",
            Verdict::NotChecked => "was not looked at",
        };
        format!("{verdict}: {}", crate::ui::one_line(&self.why))
    }
}

/// Looks at every binding of the report.
pub async fn judge(ui: &Ui, report: &mut ChainReport, posts: &Posts, registry: &Registry) {
    let Some(avatar) = report.avatar else { return };
    for binding in &mut report.bindings {
        let found = match posts.at(binding.seq) {
            Some(link) => {
                let what = format!("Looking at {}:{}", link.platform, link.identity);
                ui.while_waiting(&what, look(registry, avatar, link)).await
            }
            None => Live::new(Verdict::NotChecked, "its link is not in this part of the chain"),
        };
        binding.live = Some(found);
    }
}

impl ChainReport {
    /// What to say at the end of a live check, after the report was shown.
    ///
    /// # Errors
    /// [`CliError::NotProved`] if a binding does not hold, [`CliError::NotReached`] if one could not be looked at.
    pub fn live_outcome(&self) -> Result<(), CliError> {
        let count = |verdict| {
            let found = self.bindings.iter().filter_map(|binding| binding.live.as_ref());
            found.filter(|live| live.verdict == verdict).count()
        };
        match (count(Verdict::DoesNotHold), count(Verdict::Unreachable)) {
            (0, 0) => Ok(()),
            (0, unreachable) => Err(CliError::NotReached { count: unreachable }),
            (bad, _) => Err(CliError::NotProved { count: bad }),
        }
    }
}

async fn look(registry: &Registry, avatar: Avatar, link: &ProofLink) -> Live {
    let Some(mut claim) = claim_of(avatar, link) else {
        return Live::new(Verdict::NotChecked, "this version does not know how its platform is bound");
    };
    if link.extra.contains_key("contract") {
        return ask_contract(registry, link).await;
    }
    let platform = claim.identity.platform();
    if !platform.needs_post() {
        return Live::new(Verdict::Holds, "both sides signed, which is checked above");
    }
    let Some(verifier) = registry.get(platform) else {
        let why = format!("{platform} needs settings: see NEXTID__PLATFORMS__… in the documentation");
        return Live::new(Verdict::NotChecked, why);
    };
    match verifier.fetch(&claim, registry.net()).await {
        Ok(evidence) => judge_evidence(verifier.as_ref(), &mut claim, link, &evidence),
        Err(error @ FetchError::NotFound) => Live::new(Verdict::DoesNotHold, error),
        Err(error @ (FetchError::BadLocation(_) | FetchError::Forbidden(_))) => {
            Live::new(Verdict::DoesNotHold, error)
        }
        Err(error) => Live::new(Verdict::Unreachable, error),
    }
}

/// By the name that was signed. The account's own id is what the service says that it was, so that it only helps where the
/// name has changed, and that is told.
fn judge_evidence(verifier: &dyn Verifier, claim: &mut Claim, link: &ProofLink, evidence: &Evidence) -> Live {
    let error = match verifier.check(claim, evidence) {
        Ok(_) => return Live::new(Verdict::Holds, "its post was fetched and judged here"),
        Err(error) => error,
    };
    if !link.alt_id.is_empty() {
        claim.alt_id = Some(link.alt_id.clone());
        if verifier.check(claim, evidence).is_ok() {
            let why = format!(
                "its post was fetched and judged here, under another name; the account is {}",
                link.alt_id
            );
            return Live::new(Verdict::Holds, why);
        }
    }
    Live::new(Verdict::DoesNotHold, error)
}

/// A contract answers for today, not for the block at which it was bound.
async fn ask_contract(registry: &Registry, link: &ProofLink) -> Live {
    let signature = link.extra.get("wallet_signature").and_then(|text| text.as_str());
    let signature = signature.and_then(|text| decode_base64_proof(text).ok());
    let (Ok(address), Some(signature)) = (EthAddress::parse(&link.identity), signature) else {
        return Live::new(Verdict::DoesNotHold, "the link does not hold the wallet's signature");
    };
    let wallets = registry.contract_wallets();
    match wallets.check(&address, link.signature_payload.as_bytes(), &signature, registry.net()).await {
        Ok(at) => {
            let why =
                format!("the contract accepts it at block {} of chain {}", at.block_number, at.chain_id);
            Live::new(Verdict::Holds, why)
        }
        Err(error @ ContractWalletError::NotConfigured) => Live::new(Verdict::NotChecked, error),
        Err(error @ ContractWalletError::Node(_)) => Live::new(Verdict::Unreachable, error),
        Err(error) => Live::new(Verdict::DoesNotHold, error),
    }
}

fn claim_of(avatar: Avatar, link: &ProofLink) -> Option<Claim> {
    let platform: Platform = link.platform.parse().ok()?;
    Some(Claim {
        avatar,
        identity: Identity::parse(platform, &link.identity).ok()?,
        action: Action::Create,
        uuid: LinkUuid::parse(&link.uuid).ok()?,
        created_at: CreatedAt::from_seconds(link.created_at.parse().ok()?).ok()?,
        location: link.proof_location.clone(),
        payload: link.signature_payload.clone(),
        alt_id: None,
    })
}
