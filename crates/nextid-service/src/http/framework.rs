//! Errors of the framework, and answers that it makes by itself, as our own errors.

use actix_web::error::{JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse};

use super::error::ApiError;
use super::error_code::ErrorCode;

/// What an answer should have been, if it is an error that is not spelt as ours.
pub(super) enum Verdict<'a> {
    /// It stays as it is.
    Fine,
    /// It carries one of our errors.
    Ours(&'a ApiError),
    /// It is the framework's: this is said instead.
    Foreign(ApiError),
}

/// Judges an answer.
pub(super) fn judge<B: actix_web::body::MessageBody>(response: &HttpResponse<B>) -> Verdict<'_> {
    let status = response.status();
    if let Some(error) = response.error() {
        return match error.as_error::<ApiError>() {
            Some(error) => Verdict::Ours(error),
            None => Verdict::Foreign(translate(error, status)),
        };
    }
    let is_error = status.is_client_error() || status.is_server_error();
    if is_error && response.body().size().is_eof() {
        Verdict::Foreign(by_status(status))
    } else {
        Verdict::Fine
    }
}

/// Says an error of the framework as one of ours.
pub(super) fn translate(error: &Error, status: StatusCode) -> ApiError {
    if error.as_error::<QueryPayloadError>().is_some() {
        return ApiError::new(ErrorCode::BadField, "the query cannot be read");
    }
    if error.as_error::<PathError>().is_some() {
        return ApiError::of(ErrorCode::NotFound);
    }
    let unreadable = error.as_error::<JsonPayloadError>().is_some()
        || error.as_error::<PayloadError>().is_some()
        || error.as_error::<UrlencodedError>().is_some();
    if unreadable && status != StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new(ErrorCode::BadJson, "the body cannot be read");
    }
    let said = by_status(status);
    if said.code() == ErrorCode::Internal { said.cause(error.to_string()) } else { said }
}

fn by_status(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::of(ErrorCode::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => ApiError::of(ErrorCode::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::of(ErrorCode::BodyTooLarge),
        StatusCode::REQUEST_TIMEOUT => ApiError::of(ErrorCode::RequestTimeout),
        StatusCode::UNAUTHORIZED => ApiError::of(ErrorCode::Unauthorized),
        StatusCode::TOO_MANY_REQUESTS => ApiError::of(ErrorCode::RateLimited),
        StatusCode::SERVICE_UNAVAILABLE => ApiError::of(ErrorCode::Overloaded),
        status if status.is_client_error() => {
            ApiError::new(ErrorCode::BadField, "the request cannot be understood")
        }
        status => ApiError::internal(format!("an empty answer with status {status}")),
    }
}
