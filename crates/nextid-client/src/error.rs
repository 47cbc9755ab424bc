//! What can go wrong between a client and a service.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

/// The codes that a client acts on. A service has more of them; each is explained in its answer.
pub mod codes {
    /// The head of the chain has moved since the payload was made.
    pub const CHAIN_CONFLICT: &str = "chain_conflict";
    /// There is no such thing, or no such path.
    pub const NOT_FOUND: &str = "not_found";
    /// The id of an event, or its epoch, is of another life of the database.
    pub const STALE_CURSOR: &str = "stale_cursor";
    /// What is revoked is not bound.
    pub const NOT_BOUND: &str = "not_bound";
    /// The proof post was not found.
    pub const PROOF_MISSING: &str = "proof_missing";
    /// The service cannot verify proofs on this platform.
    pub const PLATFORM_NOT_CONFIGURED: &str = "platform_not_configured";
}

/// Why a call has no result.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The base URL cannot be one.
    #[error("{url:?} is not the address of a service: {why}")]
    BadUrl {
        /// As given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The HTTP library cannot be set up; the usual cause is that the system has no CA certificates.
    #[error("the HTTP client cannot be set up: {cause}")]
    Setup {
        /// What the library says.
        cause: String,
    },
    /// A text cannot stand in the head of a request.
    #[error("{what} has characters that a request cannot carry")]
    Unsendable {
        /// Which text.
        what: &'static str,
    },
    /// No connection. Nothing was sent, so that asking again does no harm.
    #[error("{host} cannot be reached: {cause}")]
    Connect {
        /// Host and port.
        host: String,
        /// What the system says.
        cause: String,
    },
    /// No whole answer in time. The service may have done what was asked.
    #[error("{host} did not answer within {} s", after.as_secs_f32())]
    Timeout {
        /// Host and port.
        host: String,
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke. The service may have done what was asked.
    #[error("the connection to {host} broke: {cause}")]
    Interrupted {
        /// Host and port.
        host: String,
        /// What the library says.
        cause: String,
    },
    /// The answer is larger than it may be.
    #[error("{host} answered with more than {limit} bytes")]
    TooLarge {
        /// Host and port.
        host: String,
        /// The limit.
        limit: usize,
    },
    /// The answer is not one that the contract knows: another program listens there, or another version.
    #[error("{host} does not answer as a Next.ID service does (status {status}): {why}")]
    Unexpected {
        /// Host and port.
        host: String,
        /// The HTTP status.
        status: u16,
        /// What is unexpected.
        why: String,
    },
    /// The service asked to have something signed that is not what was asked of it.
    #[error("the service asks for a signature over something else than was requested: {found}")]
    PayloadDiffers {
        /// What it wants to have signed.
        found: String,
        /// What follows from the request; empty where nothing does.
        rebuilt: String,
    },
    /// The service said no.
    #[error(transparent)]
    Api(Box<ApiError>),
}

impl ClientError {
    /// What the service said, if it did.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the service said no with this code.
    pub fn is_code(&self, code: &str) -> bool {
        self.api().is_some_and(|error| error.code.as_deref() == Some(code))
    }

    /// Whether the same call may succeed later without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Connect { .. } | Self::Timeout { .. } | Self::Interrupted { .. } => true,
            Self::Api(error) => error.status == 429 || error.status >= 500,
            _ => false,
        }
    }

    /// Whether the service may have done what was asked although there is no answer.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::Interrupted { .. } | Self::TooLarge { .. })
    }
}

/// An error that a service answered with.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// What went wrong, for programs. Services of the field have no codes.
    pub code: Option<String>,
    /// What went wrong, for people.
    pub message: String,
    /// By which the service's log can be searched.
    pub request_id: Option<String>,
    /// After how long asking again makes sense.
    pub retry_after: Option<Duration>,
    /// Everything else in the answer: `field`, `expected`, `found`, `head` …
    pub data: Map<String, Value>,
}

/// The head of a chain, as a `chain_conflict` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its place in the chain, from 0.
    pub seq: u64,
    /// Its uuid.
    pub uuid: String,
    /// Its signature in base64: the `prev` of the next link.
    pub signature: String,
    /// Its second: a decimal string of proof-service, a number of kv-service.
    pub created_at: Value,
}

impl ApiError {
    /// Reads the body of an error answer. None if it is no object with a `message`.
    pub(crate) fn read(status: u16, retry_after: Option<u64>, body: &[u8]) -> Option<Self> {
        let Ok(Value::Object(mut data)) = serde_json::from_slice(body) else {
            return None;
        };
        let mut text = |name: &str| match data.remove(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let message = text("message")?;
        let (code, request_id) = (text("code"), text("request_id"));
        let in_body = data.remove("retry_after").and_then(|secs| secs.as_u64());
        Some(Self {
            status,
            code,
            message,
            request_id,
            retry_after: in_body.or(retry_after).map(Duration::from_secs),
            data,
        })
    }

    /// With `chain_conflict`: the head of the chain now. None where the chain is empty, or the answer does not tell.
    pub fn head(&self) -> Option<Head> {
        serde_json::from_value(self.data.get("head")?.clone()).ok()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.code {
            Some(code) => write!(f, " ({code})"),
            None => write!(f, " (status {})", self.status),
        }
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_answer_is_taken_apart() {
        let body = br#"{"message":"the head has moved","code":"chain_conflict","request_id":"r1",
            "head":{"seq":4,"uuid":"u","signature":"s","created_at":"1650000000"}}"#;
        let error = ApiError::read(409, None, body).unwrap();
        assert_eq!(error.code.as_deref(), Some(codes::CHAIN_CONFLICT));
        assert_eq!(error.request_id.as_deref(), Some("r1"));
        assert_eq!(error.head().unwrap().seq, 4);
        assert_eq!(error.to_string(), "the head has moved (chain_conflict)");
    }

    #[test]
    fn an_empty_chain_has_no_head() {
        let error = ApiError::read(409, None, br#"{"message":"m","head":null}"#).unwrap();
        assert_eq!(error.head(), None);
    }

    #[test]
    fn services_of_the_field_send_a_message_only() {
        let error = ApiError::read(400, Some(3), br#"{"message":"Param missing"}"#).unwrap();
        assert_eq!((error.code.as_deref(), error.request_id.as_deref()), (None, None));
        assert_eq!(error.retry_after, Some(Duration::from_secs(3)));
        assert_eq!(error.to_string(), "Param missing (status 400)");
    }

    #[test]
    fn the_body_knows_better_than_the_header_when_to_ask_again() {
        let error = ApiError::read(503, Some(3), br#"{"message":"m","retry_after":7}"#).unwrap();
        assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    }

    #[test]
    fn other_bodies_are_no_error_answers() {
        for body in ["", "404 page not found", "[]", "{}", r#"{"message":3}"#, "null"] {
            assert_eq!(ApiError::read(404, None, body.as_bytes()), None, "{body}");
        }
    }
}
