//! The one error that handlers and extractors answer with.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};

use super::error_code::ErrorCode;
use super::problem::{self, ErrorContext};

/// An error answer: a code, a sentence for people, data for programs, and for the log what caused it.
///
/// ```
/// use nextid_service::http::{ApiError, ErrorCode};
///
/// let error = ApiError::new(ErrorCode::ChainConflict, "the chain has moved on")
///     .with("head", serde_json::json!({"seq": 4}));
/// assert_eq!(error.status().as_u16(), 409);
/// ```
pub struct ApiError(Box<Inner>);

struct Inner {
    code: ErrorCode,
    message: Cow<'static, str>,
    data: Map<String, Value>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl ApiError {
    /// An error with a sentence for people. For [`ErrorCode::Internal`] the sentence is replaced: its body tells
    /// nothing.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        let message = if code == ErrorCode::Internal { Cow::Borrowed(code.title()) } else { message.into() };
        Self(Box::new(Inner { code, message, data: Map::new(), cause: None }))
    }

    /// An error that its code says all about.
    pub fn of(code: ErrorCode) -> Self {
        Self::new(code, code.title())
    }

    /// Something that must not happen. The cause is logged, not answered.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(ErrorCode::Internal).cause(cause)
    }

    /// A field that must be there is not, or is null.
    pub fn missing_field(field: &str) -> Self {
        Self::new(ErrorCode::MissingField, format!("{field} is missing")).field(field)
    }

    /// A field does not have the shape or value that it should have: `message` says what it must be.
    pub fn bad_field(field: &str, message: impl fmt::Display) -> Self {
        Self::new(ErrorCode::BadField, format!("{field}: {message}")).field(field)
    }

    /// Adds data that a client can act on. A value that cannot be JSON is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.0.data.insert(name.to_owned(), value);
        }
        self
    }

    /// Names the field that is at fault.
    #[must_use]
    pub fn field(self, field: &str) -> Self {
        self.with("field", field)
    }

    /// Says what was expected.
    #[must_use]
    pub fn expected(self, expected: impl Serialize) -> Self {
        self.with("expected", expected)
    }

    /// Says what was found instead.
    #[must_use]
    pub fn found(self, found: impl Serialize) -> Self {
        self.with("found", found)
    }

    /// Seconds after which asking again makes sense; also sent as `Retry-After`.
    #[must_use]
    pub fn retry_after(self, secs: u64) -> Self {
        self.with("retry_after", secs)
    }

    /// What caused it, for the log only.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.code.status()
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The data that a client can act on.
    pub fn data(&self) -> &Map<String, Value> {
        &self.0.data
    }

    /// What caused it, with the causes of that, in one line.
    pub fn cause_chain(&self) -> Option<String> {
        let mut error: &dyn StdError = self.0.cause.as_deref()?;
        let mut text = error.to_string();
        while let Some(source) = error.source() {
            let next = source.to_string();
            // Many errors repeat their source in their own text.
            if !text.ends_with(&next) {
                text.push_str(": ");
                text.push_str(&next);
            }
            error = source;
        }
        Some(text)
    }

    /// The seconds of `Retry-After`: given, or the code's own.
    pub(super) fn retry_after_secs(&self) -> Option<u64> {
        self.0.data.get("retry_after").and_then(Value::as_u64).or_else(|| self.0.code.retry_after())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("data", &self.0.data)
            .field("cause", &self.cause_chain())
            .finish()
    }
}

impl StdError for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// Without a request there is neither an id nor an `Accept`; the server's outermost layer renders it again with both.
    fn error_response(&self) -> HttpResponse {
        problem::render(self, &ErrorContext::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn an_internal_error_tells_nothing() {
        let error = ApiError::new(ErrorCode::Internal, "password is hunter2").cause("hunter2");
        assert_eq!(error.message(), "Something went wrong here");
        assert_eq!(error.cause_chain().as_deref(), Some("hunter2"));
    }

    #[test]
    fn causes_are_told_in_one_line() {
        let error = ApiError::internal(Outer(std::io::Error::other("inner")));
        assert_eq!(error.cause_chain().as_deref(), Some("outer: inner"));
    }

    #[test]
    fn the_code_has_its_own_retry_after_unless_one_is_given() {
        assert_eq!(ApiError::of(ErrorCode::Overloaded).retry_after_secs(), Some(1));
        assert_eq!(ApiError::of(ErrorCode::Overloaded).retry_after(9).retry_after_secs(), Some(9));
        assert_eq!(ApiError::of(ErrorCode::BadJson).retry_after_secs(), None);
    }

    #[test]
    fn it_is_small_enough_for_every_result() {
        assert_eq!(size_of::<ApiError>(), size_of::<usize>());
    }
}
