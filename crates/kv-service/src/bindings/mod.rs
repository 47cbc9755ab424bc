//! Who may write and be read under an identity: the Avatars to which it is bound, by a proof that is valid.

mod asked;
mod proof_service;

use std::time::Duration;

use async_trait::async_trait;
use nextid_core::{Avatar, Identity, Platform};
use thiserror::Error;

pub use proof_service::ProofService;

/// Tells what is bound.
#[async_trait]
pub trait Bindings: Send + Sync {
    /// Whether `identity` is bound to `avatar` by a proof that is valid. Identities are compared normalised.
    ///
    /// # Errors
    /// [`BindingsUnavailable`] if it cannot be told now.
    async fn is_bound(&self, avatar: &Avatar, identity: &Identity) -> Result<bool, BindingsUnavailable>;
}

/// What is bound cannot be told now.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("proof-service does not tell what is bound: {cause}")]
pub struct BindingsUnavailable {
    /// What happened, for the log.
    pub cause: String,
    /// When asking again makes sense, if that is known.
    pub retry_after: Option<Duration>,
}

/// Whether `identity` is `avatar` itself, and needs no binding.
pub fn is_own_key(avatar: &Avatar, identity: &Identity) -> bool {
    identity.platform() == Platform::Nextid && identity.as_str() == avatar.to_hex()
}

/// Whether an Avatar may write under an identity: under its own key always, under another Avatar's never, and under
/// everything else if it is bound.
///
/// # Errors
/// [`BindingsUnavailable`].
pub async fn may_write(
    bindings: &dyn Bindings,
    avatar: &Avatar,
    identity: &Identity,
) -> Result<bool, BindingsUnavailable> {
    match identity.platform() {
        Platform::Nextid => Ok(is_own_key(avatar, identity)),
        _ => bindings.is_bound(avatar, identity).await,
    }
}
