//! What the refusals of this service look like to a client: the one table from reason to code.

use nextid_core::created_at::FreshnessError;
use nextid_service::http::{ApiError, ErrorCode};

use crate::bindings::BindingsUnavailable;
use crate::history::HistoryError;
use crate::submit::{PatchFault, SubmitError};

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        let message = error.to_string();
        match error {
            SubmitError::UuidReused => Self::new(ErrorCode::UuidReused, message).field("uuid"),
            SubmitError::NotFresh(error) => not_fresh(&error),
            SubmitError::Signature(_) => Self::new(ErrorCode::BadSignature, message).field("signature"),
            SubmitError::ChainConflict { head } => {
                Self::new(ErrorCode::ChainConflict, message).with("head", head)
            }
            SubmitError::NotOwnKey | SubmitError::NotBound => {
                Self::new(ErrorCode::NotBoundForKv, message).field("identity")
            }
            SubmitError::NamespaceTooLarge { bytes, limit }
            | SubmitError::AvatarTooLarge { bytes, limit } => {
                Self::new(ErrorCode::NamespaceTooLarge, message).with("limit", limit).found(bytes)
            }
            SubmitError::TooManyNamespaces { limit } => {
                Self::new(ErrorCode::TooManyNamespaces, message).with("limit", limit)
            }
            SubmitError::Bindings(error) => unavailable(error),
            SubmitError::StoredContent(_) | SubmitError::Aborted => Self::internal(error),
            SubmitError::Db(error) => error.into(),
        }
    }
}

impl From<HistoryError> for ApiError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Db(error) => error.into(),
            HistoryError::StoredPatch(_) | HistoryError::Gap(_) | HistoryError::Aborted => {
                Self::internal(error)
            }
        }
    }
}

impl From<PatchFault> for ApiError {
    fn from(fault: PatchFault) -> Self {
        let message = fault.to_string();
        match fault {
            PatchFault::NotObject => Self::new(ErrorCode::PatchNotObject, message).field("patch"),
            PatchFault::TooLarge { bytes, limit } => {
                Self::new(ErrorCode::PatchTooLarge, message).field("patch").with("limit", limit).found(bytes)
            }
        }
    }
}

fn not_fresh(error: &FreshnessError) -> ApiError {
    let (code, bound) = match *error {
        FreshnessError::InFuture { latest } => (ErrorCode::CreatedAtInFuture, latest),
        FreshnessError::TooOld { earliest } => (ErrorCode::CreatedAtTooOld, earliest),
        FreshnessError::BeforeHead { head } => (ErrorCode::CreatedAtTooOld, head),
    };
    ApiError::new(code, error.to_string()).field("created_at").expected(bound)
}

/// The cause names hosts and is for the log only.
fn unavailable(error: BindingsUnavailable) -> ApiError {
    let answer = ApiError::new(
        ErrorCode::ProofServiceUnavailable,
        "whether the identity is bound cannot be told now; nothing was changed",
    );
    let answer = match error.retry_after {
        Some(wait) => answer.retry_after(wait.as_secs().max(1)),
        None => answer,
    };
    answer.cause(error)
}
