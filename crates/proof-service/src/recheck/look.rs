//! One look at a proof: fetched and judged over the string that was signed, as it is stored.

use std::time::Duration;

use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_platforms::{Claim, Registry};
use uuid::Uuid;

use super::contract;
use super::verdict::Verdict;
use crate::store::recheck::DueProof;

/// How long a look may take, with all its fetches.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Looks at a proof. No connection to the database is held meanwhile.
pub(super) async fn look(registry: &Registry, due: &DueProof) -> Verdict {
    if due.platform == Platform::Ethereum.as_str() {
        let asked = tokio::time::timeout(TIME_LIMIT, contract::ask(registry, due)).await;
        return asked.unwrap_or_else(|_| unusable("the look took too long"));
    }
    let Some(claim) = claim_of(due) else { return unusable("the stored binding cannot be read") };
    let Some(verifier) = registry.get(claim.identity.platform()) else {
        return unusable("the platform is not configured");
    };
    match tokio::time::timeout(TIME_LIMIT, verifier.fetch(&claim, registry.net())).await {
        Ok(Ok(evidence)) => verifier.check(&claim, &evidence).into(),
        Ok(Err(error)) => error.into(),
        Err(_) => unusable("the look took too long"),
    }
}

pub(super) fn unusable(why: &str) -> Verdict {
    Verdict::Unreachable { retry_after: None, why: why.to_owned() }
}

/// The account is known by the id that it was bound with, if there was one: then a new name does not matter, and somebody
/// who took over the name is another account.
fn claim_of(due: &DueProof) -> Option<Claim> {
    let platform: Platform = due.platform.parse().ok()?;
    Some(Claim {
        avatar: Avatar::from_sec1(&due.avatar).ok()?,
        identity: Identity::parse(platform, &due.identity).ok()?,
        action: Action::Create,
        uuid: LinkUuid::new(Uuid::from_slice(&due.uuid).ok()?).ok()?,
        created_at: CreatedAt::from_seconds(due.created_at).ok()?,
        location: due.proof_location.clone(),
        payload: due.signature_payload.clone(),
        alt_id: (!due.alt_id.is_empty()).then(|| due.alt_id.clone()),
    })
}
