//! Why a submission is refused.

use nextid_core::created_at::FreshnessError;
use nextid_platforms::{CheckError, ContractWalletError, FetchError};
use nextid_service::chain::Head;
use nextid_service::db::DbError;
use serde::Serialize;
use thiserror::Error;

use super::fault::SignatureFault;

/// Why a submission is refused.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// The uuid is in the chain, with other content.
    #[error("the uuid was used before for something else")]
    UuidReused,
    /// Too old, or in the future.
    #[error(transparent)]
    NotFresh(#[from] FreshnessError),
    /// A signature is missing, malformed or does not fit.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// The chain has another head than the one that was signed over.
    #[error("the head of the chain has moved; sign over the new one")]
    ChainConflict {
        /// The head as it is now; none for a chain without links.
        head: Option<HeadSummary>,
    },
    /// What is revoked is not bound.
    #[error("this identity is not bound to this Avatar")]
    NotBound,
    /// The Avatar itself as its alias.
    #[error("an Avatar cannot be an alias of itself")]
    OwnAlias,
    /// The Avatar has as many bindings as it may have.
    #[error("an Avatar has at most {limit} bindings")]
    TooManyBindings {
        /// How many that are.
        limit: usize,
    },
    /// There would be more aliases than there may be.
    #[error("an Avatar has at most {limit} aliases")]
    TooManyAliases {
        /// How many that are.
        limit: usize,
    },
    /// The platform needs credentials or a server, and this service has none.
    #[error("this service cannot verify proofs on this platform")]
    PlatformNotConfigured,
    /// The proof could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The wallet's signature is not that of its key, and whether it is a contract cannot be asked here.
    #[error("{0}; contract wallets cannot be bound here, since this service has no Ethereum node")]
    ContractsOff(SignatureFault),
    /// The wallet is a contract, and does not accept the signature.
    #[error(transparent)]
    ContractRefused(ContractWalletError),
    /// The proof is not one.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The head of a chain, as a client needs it to sign again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadSummary {
    /// Its place.
    pub seq: i64,
    /// Its uuid.
    pub uuid: String,
    /// Its signature, in base64.
    pub signature: String,
    /// Its second, as a decimal string.
    pub created_at: String,
}

impl HeadSummary {
    /// Of a stored head.
    pub fn of(head: &Head) -> Self {
        Self {
            seq: head.seq,
            uuid: head.uuid_text(),
            signature: head.signature_base64(),
            created_at: head.created_at.to_string(),
        }
    }
}

impl SubmitError {
    pub(super) fn conflict(head: Option<&Head>) -> Self {
        Self::ChainConflict { head: head.map(HeadSummary::of) }
    }
}
