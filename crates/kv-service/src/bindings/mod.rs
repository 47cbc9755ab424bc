//! Who may write and be read under an identity: the Avatars to which it is bound, by a proof that is valid.
//!
//! Our own table tells it, which follows proof-service's feed ([`follow`](crate::follow)); what it does not know,
//! proof-service is asked ([`ProofService`]). [`Followed`] is both.

mod account;
mod asked;
mod followed;
mod proof_service;

use std::time::Duration;

use async_trait::async_trait;
use nextid_core::{Avatar, Identity, Platform};
use thiserror::Error;

pub use account::Account;
pub use followed::Followed;
pub use proof_service::ProofService;

use crate::store::bindings::Known;

/// Tells what is bound.
#[async_trait]
pub trait Bindings: Send + Sync {
    /// The account that `identity` is, if it is bound to `avatar` by a proof that is valid; `known` is what the table said a
    /// moment ago. Identities are compared normalised.
    ///
    /// # Errors
    /// [`BindingsUnavailable`] if it cannot be told now.
    async fn bound(
        &self,
        avatar: &Avatar,
        identity: &Identity,
        known: &Known,
    ) -> Result<Option<Account>, BindingsUnavailable>;
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

/// The account as which an Avatar writes under an identity, if it may: under its own key always, under another Avatar's
/// never, and under everything else if it is bound.
///
/// # Errors
/// [`BindingsUnavailable`].
pub async fn writer(
    bindings: &dyn Bindings,
    avatar: &Avatar,
    identity: &Identity,
    known: &Known,
) -> Result<Option<Account>, BindingsUnavailable> {
    match identity.platform() {
        Platform::Nextid => Ok(is_own_key(avatar, identity).then(Account::default)),
        _ => bindings.bound(avatar, identity, known).await,
    }
}
