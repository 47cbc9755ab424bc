//! Why a submission is refused.

use nextid_core::created_at::FreshnessError;
use nextid_core::signature::SignatureError;
use nextid_core::signature_text::encode_base64;
use nextid_service::db::DbError;
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::bindings::BindingsUnavailable;
use crate::store::{Head, uuid_text};

/// Why a submission is refused.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// The uuid is in the chain, with other content.
    #[error("the uuid was used before for something else")]
    UuidReused,
    /// Too old, or in the future.
    #[error(transparent)]
    NotFresh(#[from] FreshnessError),
    /// The signature does not fit.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The chain has another head than the one that was signed over.
    #[error("the head of the chain has moved; sign over the new one")]
    ChainConflict {
        /// The head as it is now; none for a chain without links.
        head: Option<HeadSummary>,
    },
    /// The namespace is another Avatar's own.
    #[error("on the platform nextid the identity must be the Avatar's own key")]
    NotOwnKey,
    /// The namespace's identity is not bound to the Avatar.
    #[error("this identity is not bound to this Avatar, or its proof is not valid any more")]
    NotBound,
    /// The patch would make the namespace larger than it may be.
    #[error("the namespace would have {bytes} bytes; {limit} are allowed")]
    NamespaceTooLarge {
        /// Bytes of its content in canonical JSON.
        bytes: usize,
        /// Bytes that it may have.
        limit: usize,
    },
    /// The patch would make all namespaces of the Avatar larger than they may be.
    #[error("all namespaces of the Avatar would have {bytes} bytes; {limit} are allowed")]
    AvatarTooLarge {
        /// Bytes of all contents in canonical JSON.
        bytes: usize,
        /// Bytes that they may have.
        limit: usize,
    },
    /// The Avatar has as many namespaces as it may have.
    #[error("an Avatar has at most {limit} namespaces")]
    TooManyNamespaces {
        /// How many that are.
        limit: usize,
    },
    /// Whether the identity is bound cannot be told now.
    #[error(transparent)]
    Bindings(#[from] BindingsUnavailable),
    /// What the database holds is not JSON.
    #[error("a stored content is not JSON: {0}")]
    StoredContent(serde_json::Error),
    /// The work on a large content was given up.
    #[error("merging was aborted")]
    Aborted,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The head of a chain, as a client needs it to sign again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeadSummary {
    /// Its place.
    pub seq: i64,
    /// Its uuid.
    pub uuid: String,
    /// Its signature, in base64.
    pub signature: String,
    /// Its second.
    pub created_at: i64,
}

impl HeadSummary {
    /// Of a stored head.
    pub fn of(head: &Head) -> Self {
        Self {
            seq: head.seq,
            uuid: uuid_text(&head.uuid),
            signature: encode_base64(&head.signature),
            created_at: head.created_at,
        }
    }
}

impl SubmitError {
    pub(super) fn conflict(head: Option<&Head>) -> Self {
        Self::ChainConflict { head: head.map(HeadSummary::of) }
    }
}
