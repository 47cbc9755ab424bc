//! What every platform does.

use async_trait::async_trait;
use nextid_core::{Action, Avatar, CreatedAt, Identity, LinkUuid, Platform};
use nextid_net::GuardedClient;

use crate::{CheckError, Evidence, FetchError, Verified};

/// What is to be proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Whose binding it is.
    pub avatar: Avatar,
    /// The account that is bound, with its platform.
    pub identity: Identity,
    /// What the payload does.
    pub action: Action,
    /// The signed uuid.
    pub uuid: LinkUuid,
    /// The signed second.
    pub created_at: CreatedAt,
    /// Where the proof is, as the client gave it; empty where it gave nothing.
    pub location: String,
    /// The exact string that the proof's signature has to be over, rebuilt by the service.
    pub payload: String,
    /// The immutable account id that the binding was made with, when it is looked at again. The account is then known by
    /// it: one that was renamed stays, and one that took over the name is another account.
    pub alt_id: Option<String>,
}

/// A platform: how its posts are fetched and judged.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// Which platform it is.
    fn platform(&self) -> Platform;

    /// The identity that is signed, where the platform must be asked for it: steam's custom names stand for a number.
    /// Elsewhere it is the identity itself.
    ///
    /// # Errors
    /// As for [`Verifier::fetch`].
    async fn resolve(&self, identity: &Identity, net: &GuardedClient) -> Result<Identity, FetchError> {
        let _ = net;
        Ok(identity.clone())
    }

    /// Gets what is published at the claim's location.
    ///
    /// # Errors
    /// [`FetchError`], which tells evidence against the proof from failures of the platform.
    async fn fetch(&self, claim: &Claim, net: &GuardedClient) -> Result<Evidence, FetchError>;

    /// Decides whether the evidence proves the claim. Pure: the same answer for the same input, at any time.
    ///
    /// # Errors
    /// [`CheckError`], which says what does not fit.
    fn check(&self, claim: &Claim, evidence: &Evidence) -> Result<Verified, CheckError>;
}
