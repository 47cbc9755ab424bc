//! What the handlers share.

use futures_util::future::try_join_all;
use nextid_core::{Avatar, CreatedAt, Identity, LinkUuid};
use nextid_service::boot;
use nextid_service::build_info::BuildInfo;
use nextid_service::config::LimitsConfig;
use nextid_service::http::{ApiError, Page};

use crate::bindings::may_write;
use crate::store::Namespace;
use crate::submit::{Submitter, Write};

/// What the handlers share, on all threads.
pub struct App {
    /// Appends links.
    pub submitter: Submitter,
    /// How much a request may hold.
    pub limits: LimitsConfig,
    /// Which build this is.
    pub build: BuildInfo,
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
        self.submitter.check_allowed(write).await?;
        let head = self.submitter.store.head(write.avatar).await?;
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

    /// A page of what Avatars published under an identity, without those to whom it is not bound; and how many Avatars
    /// ever published under it.
    ///
    /// # Errors
    /// What proof-service or the database answers.
    pub async fn published_under(
        &self,
        identity: &Identity,
        page: Page,
        per_page: i64,
    ) -> Result<(Vec<(Avatar, Namespace)>, PageOfAll), ApiError> {
        let store = &self.submitter.store;
        let (namespaces, total) = store.namespaces_under(identity, page.offset(per_page), per_page).await?;
        let shown = namespaces.len();
        let bindings = self.submitter.bindings.as_ref();
        let judged = namespaces.into_iter().map(|namespace| async move {
            let avatar = Avatar::from_sec1(&namespace.avatar).map_err(ApiError::internal)?;
            let is_bound =
                may_write(bindings, &avatar, identity).await.map_err(crate::submit::SubmitError::from)?;
            Ok::<_, ApiError>(is_bound.then_some((avatar, namespace)))
        });
        let bound = try_join_all(judged).await?.into_iter().flatten().collect();
        Ok((bound, PageOfAll { total, shown }))
    }
}

/// How much there was before those without a binding were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageOfAll {
    /// In all.
    pub total: i64,
    /// On this page.
    pub shown: usize,
}
