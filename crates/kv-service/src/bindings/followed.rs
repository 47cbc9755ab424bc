//! The table that follows proof-service's feed, and proof-service itself for what is not in it.

use std::time::Duration;

use async_trait::async_trait;
use nextid_core::{Avatar, Identity};

use super::{Account, Bindings, BindingsUnavailable, ProofService};
use crate::follow::{Clock, FollowStatus};
use crate::store::Store;
use crate::store::bindings::Known;

/// Tells what is bound by our own table; what that does not know, or not any more, proof-service is asked.
#[derive(Clone)]
pub struct Followed {
    /// Keeps what proof-service answers.
    pub store: Store,
    /// Is asked.
    pub proof_service: ProofService,
    /// How the feed does in this process.
    pub status: FollowStatus,
    /// How long the table counts after the feed was last known to be live.
    pub grace: Duration,
    /// The clock.
    pub clock: Clock,
}

impl Followed {
    /// Whether what the table says is recent enough.
    fn counts(&self, known: &Known) -> bool {
        if !known.is_whole {
            return false;
        }
        let (is_live, live_at) = self.status.live();
        // On another replica the feed may have been live later than here.
        let Some(live_at) = live_at.max(known.live_at) else { return false };
        let age = self.clock.now_ms().saturating_sub(live_at).max(0);
        is_live || u128::from(age.unsigned_abs()) <= self.grace.as_millis()
    }
}

#[async_trait]
impl Bindings for Followed {
    /// A "no" of the table is not taken for an answer: the binding may have been made a moment ago.
    async fn bound(
        &self,
        avatar: &Avatar,
        identity: &Identity,
        known: &Known,
    ) -> Result<Option<Account>, BindingsUnavailable> {
        if let Some(binding) = &known.binding
            && binding.is_bound
            && binding.is_valid
            && self.counts(known)
        {
            return Ok(Some(Account { alt_id: binding.alt_id.clone() }));
        }
        self.status.count_ask();
        let answer = self.proof_service.ask(avatar, identity).await?;
        if let Some(account) = &answer
            && known.binding.is_none()
        {
            let (account, now) = (account.alt_id.clone(), self.clock.now_ms() / 1000);
            // It is asked again, then.
            if let Err(error) = self.store.remember(*avatar, identity, account, now).await {
                log::warn!("an answer of proof-service was not kept: {error}");
            }
        }
        Ok(answer)
    }
}

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Followed")
            .field("status", &self.status)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}
