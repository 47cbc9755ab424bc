//! What the refusals of this service look like to a client: the one table from reason to code.

use nextid_core::created_at::FreshnessError;
use nextid_platforms::{CheckError, FetchError};
use nextid_service::http::{ApiError, ErrorCode};

use crate::submit::{SignatureFault, SubmitError};

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        let message = error.to_string();
        match error {
            SubmitError::UuidReused => Self::new(ErrorCode::UuidReused, message).field("uuid"),
            SubmitError::NotFresh(error) => not_fresh(&error),
            SubmitError::Signature(fault) | SubmitError::ContractsOff(fault) => bad_signature(fault, message),
            SubmitError::ChainConflict { head } => {
                Self::new(ErrorCode::ChainConflict, message).with("head", head)
            }
            SubmitError::NotBound => Self::new(ErrorCode::NotBound, message),
            SubmitError::OwnAlias => Self::new(ErrorCode::BadIdentity, message)
                .field("identity")
                .expected("the key of another Avatar"),
            SubmitError::TooManyBindings { limit } => {
                Self::new(ErrorCode::TooManyBindings, message).expected(limit)
            }
            SubmitError::TooManyAliases { limit } => {
                Self::new(ErrorCode::TooManyAliases, message).expected(limit)
            }
            SubmitError::PlatformNotConfigured => {
                Self::new(ErrorCode::PlatformNotConfigured, message).field("platform")
            }
            SubmitError::Fetch(error) => fetch_failed(error),
            SubmitError::ContractRefused(_) => {
                Self::new(ErrorCode::BadWalletSignature, message).field("extra.wallet_signature")
            }
            SubmitError::Check(error) => bad_proof(error),
            SubmitError::Db(error) => error.into(),
        }
    }
}

/// A `created_at` that is refused now.
pub(super) fn not_fresh(error: &FreshnessError) -> ApiError {
    let (code, bound) = match *error {
        FreshnessError::InFuture { latest } => (ErrorCode::CreatedAtInFuture, latest),
        FreshnessError::TooOld { earliest } => (ErrorCode::CreatedAtTooOld, earliest),
        FreshnessError::BeforeHead { head } => (ErrorCode::CreatedAtTooOld, head),
    };
    ApiError::new(code, error.to_string()).field("created_at").expected(bound)
}

fn bad_signature(fault: SignatureFault, message: String) -> ApiError {
    use nextid_core::counter_signature::CounterSignatureError;

    match fault {
        SignatureFault::Missing => {
            ApiError::new(ErrorCode::SignatureMissing, message).field("extra.signature")
        }
        SignatureFault::CounterMissing { field } => {
            ApiError::new(ErrorCode::WalletSignatureMissing, message).field(&format!("extra.{field}"))
        }
        SignatureFault::Encoding { field, .. } => {
            ApiError::new(ErrorCode::BadSignatureEncoding, message).field(&format!("extra.{field}"))
        }
        SignatureFault::Avatar(_) => ApiError::new(ErrorCode::BadSignature, message).field("extra.signature"),
        SignatureFault::Counter(CounterSignatureError::OtherSigner { expected, found }) => {
            ApiError::new(ErrorCode::BadWalletSignature, message).expected(expected).found(found)
        }
        SignatureFault::Counter(_) => ApiError::new(ErrorCode::BadWalletSignature, message),
        SignatureFault::WalletCannotSignLink => ApiError::new(ErrorCode::WalletCannotSignLink, message),
    }
}

/// Why a proof could not be fetched.
pub fn fetch_failed(error: FetchError) -> ApiError {
    let message = error.to_string();
    match error {
        FetchError::NotFound => ApiError::new(ErrorCode::ProofMissing, message).field("proof_location"),
        FetchError::BadLocation(why) => ApiError::new(ErrorCode::BadField, why).field("proof_location"),
        FetchError::Forbidden(_) => ApiError::bad_field("proof_location", message),
        FetchError::Unavailable { retry_after, .. } => {
            let error = ApiError::new(ErrorCode::PlatformUnavailable, message);
            match retry_after {
                Some(wait) => error.retry_after(wait.as_secs().max(1)),
                None => error,
            }
        }
        FetchError::Timeout => ApiError::new(ErrorCode::PlatformTimeout, message),
        FetchError::Odd(_) => ApiError::new(ErrorCode::PlatformError, message),
    }
}

fn bad_proof(error: CheckError) -> ApiError {
    let code = if error.mismatch().is_some() { ErrorCode::ProofMismatch } else { ErrorCode::ProofMissing };
    let mut answer = ApiError::new(code, error.to_string()).expected(error.expected());
    if let Some(which) = error.mismatch() {
        answer = answer.with("which", which.as_str());
    }
    match error.found() {
        Some(found) => answer.found(found),
        None => answer,
    }
}
