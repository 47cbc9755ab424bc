//! Why a proof could not be fetched, or does not hold.

use std::fmt;
use std::time::Duration;

use nextid_core::Avatar;
use nextid_core::signature::SignatureError;
use nextid_core::signature_text::EncodingError;
use thiserror::Error;

/// Why nothing could be fetched. Only [`FetchError::NotFound`] is evidence against a proof. None of the texts holds a
/// credential, an address or anything else that the other side did not say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The platform itself says that nothing is there: 404, 410, NXDOMAIN or no record.
    #[error("the platform has nothing at this place")]
    NotFound,
    /// The claim's location cannot be a place on the platform; what one looks like.
    #[error("{0}")]
    BadLocation(&'static str),
    /// The platform does not answer now: it limits requests, fails, refuses our credentials, or is left alone after it
    /// failed repeatedly.
    #[error("the platform is not available: {why}")]
    Unavailable {
        /// When to try again, if that is known.
        retry_after: Option<Duration>,
        /// What happened.
        why: String,
    },
    /// The platform did not answer in time.
    #[error("the platform did not answer in time")]
    Timeout,
    /// The platform answered what it should not; what is odd about it.
    #[error("the platform gave an unexpected answer: {0}")]
    Odd(String),
    /// The guard refused to go there; why.
    #[error("{0}")]
    Forbidden(String),
}

impl FetchError {
    /// Whether the platform's own word speaks against the proof. Everything else leaves its state as it was.
    pub fn is_evidence(&self) -> bool {
        matches!(self, Self::NotFound)
    }

    /// When to try again, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(crate) fn unavailable(why: impl Into<String>) -> Self {
        Self::Unavailable { retry_after: None, why: why.into() }
    }
}

impl From<nextid_net::FetchError> for FetchError {
    fn from(error: nextid_net::FetchError) -> Self {
        use nextid_net::FetchError as Net;
        match &error {
            Net::ForbiddenUrl { .. } | Net::ForbiddenAddress { .. } => Self::Forbidden(error.to_string()),
            Net::Timeout { .. } => Self::Timeout,
            Net::Resolve { .. }
            | Net::Connect { .. }
            | Net::Tls { .. }
            | Net::CircuitOpen { .. }
            | Net::RateLimited { .. }
            | Net::Busy { .. } => {
                Self::Unavailable { retry_after: error.retry_after(), why: error.to_string() }
            }
            Net::BadUrl { .. }
            | Net::BadHeader { .. }
            | Net::TooLarge { .. }
            | Net::TooManyRedirects { .. }
            | Net::Protocol { .. } => Self::Odd(error.to_string()),
        }
    }
}

/// Why evidence does not prove a claim.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckError {
    /// No proof is there.
    #[error("no proof was found; expected {expected}")]
    Missing {
        /// What was looked for.
        expected: String,
    },
    /// It was published by another account.
    #[error("the author is not {expected} but {}", .found.as_deref().unwrap_or("nobody"))]
    Author {
        /// The claimed identity.
        expected: String,
        /// The author as the platform says; none where it names nobody.
        found: Option<String>,
    },
    /// The signature in it is not the claimed Avatar's over the claim's payload.
    #[error("the signature in the proof is not by {expected} over this payload: {found}")]
    Signature {
        /// The claimed Avatar.
        expected: Avatar,
        /// What the signature is instead.
        found: FoundSignature,
    },
    /// The published text is not of the form that a proof has.
    #[error("the published text is not a proof; expected {expected}, found {found}")]
    Text {
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

/// What a signature is that is not the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundSignature {
    /// This key's over the payload: it was made by another key, or over another payload, which gives some key as well.
    By(Box<Avatar>),
    /// No key's.
    Unrecoverable(SignatureError),
    /// Not even a signature's text.
    Undecodable(EncodingError),
}

impl fmt::Display for FoundSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(avatar) => write!(f, "it gives the key {avatar}"),
            Self::Unrecoverable(error) => error.fmt(f),
            Self::Undecodable(error) => error.fmt(f),
        }
    }
}

/// What does not fit in a proof that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// Who published it.
    Author,
    /// The signature in it.
    Signature,
    /// The form of the text.
    Text,
}

impl Mismatch {
    /// As it is spelled in answers: `author`, `signature` or `text`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Signature => "signature",
            Self::Text => "text",
        }
    }
}

impl CheckError {
    /// What does not fit; none if there is no proof at all.
    pub fn mismatch(&self) -> Option<Mismatch> {
        match self {
            Self::Missing { .. } => None,
            Self::Author { .. } => Some(Mismatch::Author),
            Self::Signature { .. } => Some(Mismatch::Signature),
            Self::Text { .. } => Some(Mismatch::Text),
        }
    }

    /// What was expected.
    pub fn expected(&self) -> String {
        match self {
            Self::Missing { expected } | Self::Author { expected, .. } | Self::Text { expected, .. } => {
                expected.clone()
            }
            Self::Signature { expected, .. } => expected.to_string(),
        }
    }

    /// What was found instead, if anything was. For a signature that stands for a key it is the key.
    pub fn found(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => None,
            Self::Author { found, .. } => found.clone(),
            Self::Signature { found: FoundSignature::By(avatar), .. } => Some(avatar.to_string()),
            Self::Signature { found, .. } => Some(found.to_string()),
            Self::Text { found, .. } => Some(found.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use nextid_core::SecretKey;

    use super::*;

    /// What clients are told, word by word: what does not fit, what was expected and what was found.
    #[test]
    fn what_is_told() {
        let [own, other] = [1, 2].map(|byte| SecretKey::from_bytes(&[byte; 32]).unwrap().avatar());
        let signature = |found| CheckError::Signature { expected: own, found };
        let text = || ("a".to_owned(), "b".to_owned());
        let by_other = FoundSignature::By(Box::new(other));
        let undecodable = FoundSignature::Undecodable(EncodingError::Hex);
        let too_short = FoundSignature::Unrecoverable(SignatureError::Length(64));
        for (error, which, found) in [
            (CheckError::Missing { expected: text().0 }, None, None),
            (CheckError::Author { expected: text().0, found: None }, Some("author"), None),
            (
                CheckError::Author { expected: text().0, found: Some(text().1) },
                Some("author"),
                Some(text().1),
            ),
            (CheckError::Text { expected: text().0, found: text().1 }, Some("text"), Some(text().1)),
            (signature(by_other), Some("signature"), Some(other.to_string())),
            (signature(undecodable.clone()), Some("signature"), Some(undecodable.to_string())),
            (signature(too_short.clone()), Some("signature"), Some(too_short.to_string())),
        ] {
            assert_eq!((error.mismatch().map(Mismatch::as_str), error.found()), (which, found), "{error}");
            let is_about_signature = error.mismatch() == Some(Mismatch::Signature);
            assert_eq!(error.expected(), if is_about_signature { own.to_string() } else { text().0 });
            assert!(error.to_string().contains(&error.expected()), "{error}");
        }
    }

    #[test]
    fn only_some_failures_say_when_to_try_again() {
        let wait = Duration::from_secs(60);
        let limited =
            FetchError::Unavailable { retry_after: Some(wait), why: "it limits requests".to_owned() };
        assert_eq!(limited.retry_after(), Some(wait));
        for error in [FetchError::unavailable("x"), FetchError::NotFound, FetchError::Timeout] {
            assert_eq!(error.retry_after(), None, "{error}");
        }
    }
}
