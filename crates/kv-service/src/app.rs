//! What the handlers share.

use nextid_core::{CreatedAt, LinkUuid};
use nextid_service::boot;
use nextid_service::build_info::BuildInfo;
use nextid_service::config::LimitsConfig;
use nextid_service::http::ApiError;

use crate::follow::FollowStatus;
use crate::store::context::PayloadContext;
use crate::submit::{Submitter, Write};

/// What the handlers share, on all threads.
pub struct App {
    /// Appends links.
    pub submitter: Submitter,
    /// How much a request may hold.
    pub limits: LimitsConfig,
    /// How the feed of proof-service does.
    pub follow: FollowStatus,
    /// Which build this is.
    pub build: BuildInfo,
    /// The service that this one is a mirror of.
    pub mirror_of: Option<String>,
}

/// A payload to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Fresh.
    pub uuid: LinkUuid,
    /// Now, or the head's second.
    pub created_at: CreatedAt,
    /// The exact string to sign.
    pub sign_payload: String,
}

impl App {
    /// The clock's second.
    pub fn now(&self) -> CreatedAt {
        boot::now()
    }

    /// Makes the string to sign for a write that is allowed, over the chain's present head.
    ///
    /// # Errors
    /// What proof-service or the database answers, and `not_bound_for_kv`.
    pub async fn issue_payload(&self, write: &Write) -> Result<Issued, ApiError> {
        let store = &self.submitter.store;
        let PayloadContext { head, known } = store.payload_context(write.avatar, &write.identity).await?;
        self.submitter.check_allowed(write, &known).await?;
        let uuid = LinkUuid::new(uuid::Uuid::new_v4()).map_err(ApiError::internal)?;
        let now = self.now();
        // The head's second lies ahead where another replica's clock is faster.
        let created_at = head
            .as_ref()
            .and_then(|head| CreatedAt::from_seconds(head.created_at).ok())
            .map_or(now, |head| head.max(now));
        let previous = head.map(|head| nextid_core::signature_text::encode_base64(&head.signature));
        let sign_payload = write.payload(uuid, created_at, previous.as_deref());
        Ok(Issued { uuid, created_at, sign_payload })
    }
}
