//! What can be wrong with a link.

use thiserror::Error;

use crate::counter_signature::CounterSignatureError;
use crate::signature::SignatureError;

/// The first link of a chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("link {position} (seq {seq}, uuid {uuid}): {defect}")]
pub struct ChainError {
    /// Which link of the input it is, from 0.
    pub position: u64,
    /// The place that the link claims.
    pub seq: u64,
    /// The uuid that the link claims.
    pub uuid: String,
    /// What is wrong.
    pub defect: Defect,
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Defect {
    /// A field does not say what such a field can say.
    #[error("the field {field} is malformed: {why}")]
    BadField {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The link belongs to another Avatar's chain.
    #[error("the link belongs to the chain of {found}")]
    OtherAvatar {
        /// The Avatar that the link names.
        found: String,
    },
    /// Links are missing, doubled or in another order.
    #[error("a link with seq {expected} should stand here")]
    WrongSeq {
        /// The place that comes next.
        expected: u64,
    },
    /// The link does not point at the signature of the link before it.
    #[error("prev is {found:?}, but the link before has the signature {expected:?}")]
    WrongPrev {
        /// The signature of the link before.
        expected: Option<String>,
        /// What the link says.
        found: Option<String>,
    },
    /// A link before has the same uuid.
    #[error("the uuid was used before in this chain")]
    UuidReused,
    /// The link is dated before the link before it.
    #[error("created_at lies before that of the link before, {before}")]
    TimeGoesBack {
        /// The second of the link before.
        before: i64,
    },
    /// The signed string is not the one that the other fields make.
    #[error("signature_payload is not what the link's fields make: {rebuilt}")]
    PayloadDiffers {
        /// The string that the fields make.
        rebuilt: String,
    },
    /// A signature of somebody who may not sign this link.
    #[error("{signer} may not sign this link")]
    SignerMayNot {
        /// Who signed.
        signer: String,
    },
    /// The signature does not verify.
    #[error("the signature does not verify: {0}")]
    Signature(SignatureError),
    /// The signature of the other party is missing, or does not verify.
    #[error("the other party's signature does not verify: {0}")]
    CounterSignature(CounterSignatureError),
    /// The other party's signature is not there.
    #[error("the other party's signature ({field}) is missing")]
    CounterSignatureMissing {
        /// The field of `extra` where it should be.
        field: &'static str,
    },
    /// A revocation of what is not bound.
    #[error("what is revoked is not bound at this point of the chain")]
    NotBound,
    /// An Avatar as an alias of itself.
    #[error("an Avatar cannot be an alias of itself")]
    OwnAlias,
    /// The format belongs to the other kind of chain.
    #[error("the format does not belong to this kind of chain")]
    WrongFormat,
}

impl Defect {
    /// The name of the defect, for programs and for the shared vectors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadField { .. } => "bad_field",
            Self::OtherAvatar { .. } => "other_avatar",
            Self::WrongSeq { .. } => "wrong_seq",
            Self::WrongPrev { .. } => "wrong_prev",
            Self::UuidReused => "uuid_reused",
            Self::TimeGoesBack { .. } => "time_goes_back",
            Self::PayloadDiffers { .. } => "payload_differs",
            Self::SignerMayNot { .. } => "signer_may_not",
            Self::Signature(_) => "signature",
            Self::CounterSignature(_) => "counter_signature",
            Self::CounterSignatureMissing { .. } => "counter_signature_missing",
            Self::NotBound => "not_bound",
            Self::OwnAlias => "own_alias",
            Self::WrongFormat => "wrong_format",
        }
    }
}
