//! The body of a request, read into a type.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use super::error_code::ErrorCode;
use super::shape;

/// How large, how deep and how slow a body may be. Put it into the application's data; without it the defaults hold.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// Bytes.
    pub bytes: usize,
    /// Levels of arrays and objects inside the object that the body is.
    pub nesting: usize,
    /// How long the client may take to send it.
    pub timeout: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self { bytes: 262_144, nesting: 64, timeout: Duration::from_secs(10) }
    }
}

impl From<&crate::config::Config> for BodyLimits {
    fn from(config: &crate::config::Config) -> Self {
        Self {
            bytes: config.limits.body_bytes,
            nesting: config.limits.nesting,
            timeout: Duration::from_secs(config.server.request_timeout_secs),
        }
    }
}

/// A JSON object as `T`, whatever the `Content-Type` says.
///
/// Null members of structs are absent, so that a field is either required or an `Option`; a body of `null` is an empty
/// object. Of members with the same name the last wins, unknown ones are ignored. What is wrong is an [`ApiError`]:
/// `bad_json`, `too_deep`, `missing_field` or `bad_field` with the field's name, `body_too_large`, `request_timeout`.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = req.app_data::<BodyLimits>().copied().unwrap_or_default();
        let announced = announced_length(req);
        let payload = payload.take();
        Box::pin(async move {
            let body = tokio::time::timeout(limits.timeout, collect(payload, announced, limits.bytes))
                .await
                .map_err(|_| ApiError::of(ErrorCode::RequestTimeout))??;
            parse(&body, &limits).map(Self)
        })
    }
}

fn announced_length(req: &HttpRequest) -> Option<usize> {
    req.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(mut payload: Payload, announced: Option<usize>, limit: usize) -> Result<BytesMut, ApiError> {
    let too_large = || {
        ApiError::new(ErrorCode::BodyTooLarge, format!("the body is larger than {limit} bytes"))
            .with("limit", limit)
    };
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(1024).min(limit));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(),
            _ => ApiError::new(ErrorCode::BadJson, "the body ends before it is complete"),
        })?;
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads a body that is complete.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8], limits: &BodyLimits) -> Result<T, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let (line, column) = position(body, error.valid_up_to());
        bad_json("the body is not UTF-8", line, column)
    })?;
    // One level more: the body itself, around the values that the limit is for.
    if deeper_than(body, limits.nesting + 1) {
        let message = format!("arrays and objects are nested deeper than {} levels", limits.nesting);
        return Err(ApiError::new(ErrorCode::TooDeep, message).with("limit", limits.nesting));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let prose = error.to_string();
        // serde_json ends its sentence with the place, which we give as data.
        let what = prose.rsplit_once(" at line ").map_or(prose.as_str(), |(what, _)| what);
        bad_json(&format!("the body is not JSON: {what}"), error.line(), error.column())
    })?;
    let object = match value {
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Object(_) => value,
        other => {
            let found = match other {
                Value::Array(_) => "an array",
                Value::String(_) => "a string",
                Value::Bool(_) => "a boolean",
                _ => "a number",
            };
            return Err(ApiError::new(
                ErrorCode::BadJson,
                format!("the body must be a JSON object, not {found}"),
            )
            .expected("an object")
            .found(found));
        }
    };
    shape::read(object).map_err(ApiError::from)
}

fn bad_json(message: &str, line: usize, column: usize) -> ApiError {
    ApiError::new(ErrorCode::BadJson, format!("{message} (line {line}, column {column})"))
        .with("line", line)
        .with("column", column)
}

/// Line and column, from 1, of a byte.
fn position(body: &[u8], at: usize) -> (usize, usize) {
    let before = body.get(..at).unwrap_or(body);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

/// Whether arrays and objects are nested deeper than `limit`, found without recursion and before anything is built.
fn deeper_than(body: &[u8], limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => in_string = false,
            (true, _) => {}
            (false, b'"') => in_string = true,
            (false, b'[' | b'{') => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (false, _) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
