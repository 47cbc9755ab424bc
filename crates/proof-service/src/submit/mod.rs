//! A submit, from the request's fields to the appended link.
//!
//! The checks stand in one order, from cheap to dear: replay, freshness, signatures and head, what may be bound or
//! revoked, and only then the proof post. The platform is asked about nothing that would be refused anyway, and no
//! database connection is held meanwhile.

mod contract;
mod error;
mod fault;
mod post;
mod signatures;
mod submission;

use std::sync::Arc;

use nextid_core::created_at::FreshnessError;
use nextid_core::link::ProofLink;
use nextid_core::{Action, CreatedAt, Freshness, Platform};
use nextid_platforms::Registry;
use nextid_service::chain::{Head, Prev, fits_older_head};
use nextid_service::feed::Sequencer;

pub use error::{HeadSummary, SubmitError};
pub use fault::SignatureFault;
pub use submission::Submission;

use crate::store::Store;
use crate::store::append::{AppendOutcome, NewLink};
use crate::store::context::SubmitContext;
use signatures::Signed;

/// How much one Avatar may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bindings, aliases included.
    pub bindings: usize,
    /// Avatars that are aliases of each other, without the one itself.
    pub aliases: usize,
}

/// Everything that a submit needs. Clones are cheap.
#[derive(Clone)]
pub struct Submitter {
    /// The chains.
    pub store: Store,
    /// The platforms that are configured.
    pub registry: Arc<Registry>,
    /// How old a payload may be.
    pub freshness: Freshness,
    /// How much one Avatar may have.
    pub limits: Limits,
    /// Numbers the feed.
    pub sequencer: Arc<Sequencer>,
}

/// An accepted link.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// As stored.
    pub link: ProofLink,
    /// Whether it had been accepted before, and nothing was done now.
    pub replayed: bool,
}

/// What a proof says about the account, beyond what the request says.
#[derive(Debug, Default)]
struct Account {
    alt_id: String,
    alt_name: String,
    location: Option<String>,
}

impl Submitter {
    /// Checks a submission and appends it.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then, but after a database failure in the append, of which submitting again
    /// tells what became of it.
    pub async fn submit(&self, submission: Submission, now: CreatedAt) -> Result<Submitted, SubmitError> {
        let context =
            self.store.submit_context(submission.avatar, submission.uuid, &submission.identity).await?;
        if let Some(link) = &context.same_uuid {
            return submission.replay(&link.to_link());
        }
        let head = context.head.as_ref();
        self.check_fresh(&submission, now, head).await?;

        let prev = Prev::after(head);
        let payload = submission.payload(prev.as_base64());
        let signed = match submission.signatures()?.check(&submission, &payload) {
            Ok(signed) => signed,
            Err(fault) => return Err(self.explain(fault.into(), &submission, head).await),
        };
        if submission.claims_other_prev(prev.as_base64()) {
            return Err(SubmitError::conflict(head));
        }
        self.check_allowed(&submission, &context).await?;

        let Signed { link: own_signature, mut extra, contract } = signed;
        if let Some(question) = contract {
            self.check_contract(&submission, &payload, question, &mut extra).await?;
        }
        let (link_signature, account) = match own_signature {
            Some(signature) if !submission.needs_post() => {
                (signature, Account { alt_id: submission.own_alt_id(), ..Account::default() })
            }
            _ => self.check_post(&submission, &payload, head).await?,
        };
        let link = NewLink {
            avatar: submission.avatar,
            seq: head.map_or(0, |head| head.seq + 1),
            uuid: submission.uuid,
            action: submission.action,
            identity: submission.identity.clone(),
            alt_id: account.alt_id,
            alt_name: account.alt_name,
            proof_location: account.location.unwrap_or_else(|| submission.location.clone()),
            created_at: submission.created_at,
            signature: link_signature.bytes,
            signature_payload: payload,
            signer: link_signature.signer,
            prev: prev.into_bytes(),
            extra,
            stored_at: now.seconds(),
        };
        match self.store.append(link).await? {
            AppendOutcome::Appended(stored) => {
                self.sequencer.wake();
                Ok(Submitted { link: stored.to_link(), replayed: false })
            }
            AppendOutcome::Lost => self.after_lost_append(&submission).await,
        }
    }

    /// What the chain itself forbids.
    async fn check_allowed(
        &self,
        submission: &Submission,
        context: &SubmitContext,
    ) -> Result<(), SubmitError> {
        match submission.action {
            Action::Delete if !context.is_bound => Err(SubmitError::NotBound),
            Action::Delete => Ok(()),
            Action::Create => {
                let platform = submission.identity.platform();
                if platform == Platform::Nextid {
                    self.check_alias(submission).await?;
                }
                let is_full =
                    usize::try_from(context.binding_count).unwrap_or(usize::MAX) >= self.limits.bindings;
                if is_full && !context.is_bound {
                    return Err(SubmitError::TooManyBindings { limit: self.limits.bindings });
                }
                Ok(())
            }
        }
    }

    /// Not the Avatar itself, and not too many. Aliases follow from other chains as well, so they are asked for apart.
    async fn check_alias(&self, submission: &Submission) -> Result<(), SubmitError> {
        if submission.identity.as_str() == submission.avatar.to_hex() {
            return Err(SubmitError::OwnAlias);
        }
        let limit = self.limits.aliases;
        if self.store.alias_count_with(submission.avatar, &submission.identity).await? > limit {
            return Err(SubmitError::TooManyAliases { limit });
        }
        Ok(())
    }

    /// Another link came first: perhaps this very one, sent twice at the same time.
    async fn after_lost_append(&self, submission: &Submission) -> Result<Submitted, SubmitError> {
        let context =
            self.store.submit_context(submission.avatar, submission.uuid, &submission.identity).await?;
        match &context.same_uuid {
            Some(link) => submission.replay(&link.to_link()),
            None => Err(SubmitError::conflict(context.head.as_ref())),
        }
    }

    /// What is dated before the head was signed before the head was there: if the signature says so too, the client is told
    /// that the head has moved. Where the signature is in a post, the date alone says it: the platform is not asked about
    /// what would be refused anyway.
    async fn check_fresh(
        &self,
        submission: &Submission,
        now: CreatedAt,
        head: Option<&Head>,
    ) -> Result<(), SubmitError> {
        let head_created_at = head.and_then(|head| CreatedAt::from_seconds(head.created_at).ok());
        match self.freshness.check(submission.created_at, now, head_created_at) {
            Ok(()) => Ok(()),
            Err(FreshnessError::BeforeHead { .. })
                if submission.is_signed_in_post()
                    && !submission.claims_prev(Prev::after(head).as_base64()) =>
            {
                Err(SubmitError::conflict(head))
            }
            Err(error @ FreshnessError::BeforeHead { .. }) => {
                Err(self.explain(error.into(), submission, head).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A signature that does not fit the head may fit one of the heads before it: then the client is told that the head
    /// has moved, instead of `error`.
    async fn explain(&self, error: SubmitError, submission: &Submission, head: Option<&Head>) -> SubmitError {
        let may_be_older = match &error {
            SubmitError::Signature(fault) => fault.may_be_of_older_head(),
            _ => submission.signature.is_some() || submission.counter_signature.is_some(),
        };
        let Ok(signatures) = submission.signatures() else { return error };
        if !may_be_older {
            return error;
        }
        if head.is_none() {
            return error;
        }
        let recent = match self.store.recent_prevs(submission.avatar).await {
            Ok(recent) => recent,
            Err(error) => return error.into(),
        };
        let candidate = submission.clone();
        let fits =
            move |prev: &Prev| signatures.check(&candidate, &candidate.payload(prev.as_base64())).is_ok();
        if fits_older_head(recent, fits).await { SubmitError::conflict(head) } else { error }
    }
}
