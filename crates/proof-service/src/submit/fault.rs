//! Why the signatures of a submission are refused.

use nextid_core::counter_signature::CounterSignatureError;
use nextid_core::signature::SignatureError;
use thiserror::Error;

/// Why the signatures of a submission are refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureFault {
    /// The Avatar's signature is needed and not there.
    #[error("the Avatar's signature is missing")]
    Missing,
    /// The wallet's or the target's signature is needed and not there.
    #[error("{field} is missing")]
    CounterMissing {
        /// The field of `extra` where it should be.
        field: &'static str,
    },
    /// The text is not in the encoding that the field has, or does not have the length of a signature.
    #[error("{field} is malformed: {why}")]
    Encoding {
        /// The field of `extra`.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The Avatar's signature does not fit.
    #[error("{0}")]
    Avatar(SignatureError),
    /// The wallet's or the target's signature does not fit.
    #[error("{0}")]
    Counter(CounterSignatureError),
    /// On this platform nobody but the Avatar signs links.
    #[error("on this platform only the Avatar can sign a link")]
    WalletCannotSignLink,
}

impl SignatureFault {
    /// Whether the signatures may be genuine and made over a head that is not the head any more.
    pub(super) fn may_be_of_older_head(&self) -> bool {
        matches!(self, Self::Avatar(_) | Self::Counter(_))
    }
}
