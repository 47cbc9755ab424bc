//! A submit, from the request's fields to the appended link.
//!
//! The checks stand in one order, from cheap to dear: replay, freshness, signature and head, limits, and only then
//! whether the identity is bound, which proof-service may have to be asked where our own table does not tell. It is asked
//! about nothing that would be refused anyway, and no database connection is held meanwhile.

mod content;
mod error;
mod patch;
mod submission;

use std::sync::Arc;

use nextid_core::created_at::FreshnessError;
use nextid_core::link::KvLink;
use nextid_core::{CreatedAt, Freshness, Platform};
use nextid_service::chain::{Head, Prev, fits_older_head};
use nextid_service::feed::Sequencer;

pub use error::{HeadSummary, SubmitError};
pub use patch::{Patch, PatchFault};
pub use submission::{Submission, Write};

use crate::bindings::{Account, Bindings, writer};
use crate::store::append::{AppendOutcome, NewLink};
use crate::store::bindings::Known;
use crate::store::context::SubmitContext;
use crate::store::{Namespace, Store, StoredLink};
use content::Merged;

/// Bytes of content up to which merging is done in place; more is done where it holds up nobody.
const MERGED_IN_PLACE: usize = 64 * 1024;

/// How much one Avatar may have.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one namespace.
    pub namespace_bytes: usize,
    /// Bytes of all namespaces of an Avatar.
    pub avatar_bytes: usize,
    /// Namespaces of an Avatar.
    pub namespaces: usize,
}

/// Everything that a submit needs. Clones are cheap.
#[derive(Clone)]
pub struct Submitter {
    /// The chains.
    pub store: Store,
    /// What is bound.
    pub bindings: Arc<dyn Bindings>,
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
    pub link: KvLink,
    /// Whether it had been accepted before, and nothing was done now.
    pub replayed: bool,
    /// All contents of the Avatar: as this link leaves them, or of a replayed link as they are now.
    pub namespaces: Vec<Namespace>,
}

impl Submitter {
    /// Checks a submission and appends it.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was changed then, but after a database failure in the append, of which submitting again
    /// tells what became of it.
    pub async fn submit(&self, submission: Submission, now: CreatedAt) -> Result<Submitted, SubmitError> {
        let context = self.context(&submission).await?;
        if let Some(link) = &context.same_uuid {
            return replay(&submission, link, context.namespaces);
        }
        self.check_fresh(&submission, now, context.head.as_ref()).await?;

        let prev = Prev::after(context.head.as_ref());
        let payload = submission.payload(prev.as_base64());
        if let Err(fault) = submission.verify(&payload) {
            return Err(self.explain(fault.into(), &submission, context.head.as_ref()).await);
        }
        if submission.claims_other_prev(prev.as_base64()) {
            return Err(SubmitError::conflict(context.head.as_ref()));
        }
        let SubmitContext { head, namespaces, known, .. } = context;
        let write = &submission.write;
        let expected = known.alt_id().to_owned();
        let (merged, namespaces) = self.merge(&submission, expected, namespaces).await?;
        let merged = match merged {
            // Another account than the one that is expected may begin again, and then has room.
            Err(fault) if !content::may_restart(&namespaces, &write.identity) => return Err(fault),
            merged => merged.ok(),
        };
        let Account { alt_id } = self.check_allowed(write, &known).await?;
        let (merged, namespaces) = match merged {
            Some(merged) if merged.is_for(&namespaces, &write.identity, &alt_id) => (merged, namespaces),
            _ => {
                let (merged, namespaces) = self.merge(&submission, alt_id, namespaces).await?;
                (merged?, namespaces)
            }
        };

        let link = Arc::new(NewLink {
            avatar: write.avatar,
            seq: head.map_or(0, |head| head.seq + 1),
            uuid: submission.uuid,
            identity: write.identity.clone(),
            signed_identity: write.signed_identity.clone(),
            patch: write.patch.canonical().clone(),
            created_at: submission.created_at,
            signature: submission.signature.as_bytes().to_vec(),
            signature_payload: payload,
            prev: prev.into_bytes(),
            content: merged.content.clone(),
            restart: merged.restart,
            alt_id: merged.alt_id.clone(),
            stored_at: now.seconds(),
        });
        match self.store.append(Arc::clone(&link)).await? {
            AppendOutcome::Appended(_) => {
                self.sequencer.wake();
                let avatar = write.avatar.as_bytes();
                let namespaces = content::replace(namespaces, &write.identity, avatar, merged);
                let link = link.to_link(submission.write.patch.into_value());
                Ok(Submitted { link, replayed: false, namespaces })
            }
            AppendOutcome::Lost => self.after_lost_append(&submission).await,
        }
    }

    /// The account that writes there: under its own key an Avatar always may, elsewhere if the identity is bound.
    ///
    /// # Errors
    /// [`SubmitError::NotOwnKey`], [`SubmitError::NotBound`], [`SubmitError::Bindings`].
    pub async fn check_allowed(&self, write: &Write, known: &Known) -> Result<Account, SubmitError> {
        let account = writer(self.bindings.as_ref(), &write.avatar, &write.identity, known).await?;
        account.ok_or(match write.identity.platform() {
            Platform::Nextid => SubmitError::NotOwnKey,
            _ => SubmitError::NotBound,
        })
    }

    async fn context(&self, submission: &Submission) -> Result<SubmitContext, SubmitError> {
        let Write { avatar, identity, .. } = &submission.write;
        Ok(self.store.submit_context(*avatar, submission.uuid, identity).await?)
    }

    /// What is dated before the head was signed before the head was there: if the signature says so too, the client is
    /// told that the head has moved.
    async fn check_fresh(
        &self,
        submission: &Submission,
        now: CreatedAt,
        head: Option<&Head>,
    ) -> Result<(), SubmitError> {
        let head_created_at = head.and_then(|head| CreatedAt::from_seconds(head.created_at).ok());
        match self.freshness.check(submission.created_at, now, head_created_at) {
            Ok(()) => Ok(()),
            Err(error @ FreshnessError::BeforeHead { .. }) => {
                Err(self.explain(error.into(), submission, head).await)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A signature that does not fit the head may fit one of the heads before it: then the client is told that the head
    /// has moved, instead of `fault`.
    async fn explain(&self, fault: SubmitError, submission: &Submission, head: Option<&Head>) -> SubmitError {
        if head.is_none() {
            return fault;
        }
        let recent = match self.store.recent_prevs(submission.write.avatar).await {
            Ok(recent) => recent,
            Err(error) => return error.into(),
        };
        let candidate = submission.clone();
        let fits = move |prev: &Prev| candidate.verify(&candidate.payload(prev.as_base64())).is_ok();
        if fits_older_head(recent, fits).await { SubmitError::conflict(head) } else { fault }
    }

    /// Merges the patch into its namespace, as a write by the account `alt_id`, and gives all namespaces back as they were.
    async fn merge(
        &self,
        submission: &Submission,
        alt_id: String,
        namespaces: Vec<Namespace>,
    ) -> Result<(Result<Merged, SubmitError>, Vec<Namespace>), SubmitError> {
        let Write { identity, patch, .. } = submission.write.clone();
        let limits = self.limits;
        let is_large = content::bytes_of(&namespaces) > MERGED_IN_PLACE;
        let merge = move || {
            let merged = content::merge(&namespaces, &identity, &alt_id, &patch, &limits);
            (merged, namespaces)
        };
        if is_large {
            tokio::task::spawn_blocking(merge).await.map_err(|_| SubmitError::Aborted)
        } else {
            Ok(merge())
        }
    }

    /// Another link came first: perhaps this very one, sent twice at the same time.
    async fn after_lost_append(&self, submission: &Submission) -> Result<Submitted, SubmitError> {
        let context = self.context(submission).await?;
        match &context.same_uuid {
            Some(link) => replay(submission, link, context.namespaces),
            None => Err(SubmitError::conflict(context.head.as_ref())),
        }
    }
}

/// Answers a submission whose uuid is in the chain already: with the stored link if it is the same once more.
fn replay(
    submission: &Submission,
    link: &StoredLink,
    namespaces: Vec<Namespace>,
) -> Result<Submitted, SubmitError> {
    if !submission.is_same_as(link) {
        return Err(SubmitError::UuidReused);
    }
    submission.verify(&link.signature_payload)?;
    Ok(Submitted { link: link.to_link(), replayed: true, namespaces })
}
