//! One id for each request, in the answer, in errors and in the log.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

/// The header that carries it, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the client's own if it is sane, else a fresh one. Handlers can extract it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Takes the id of the headers if it is 1 to 64 of `A-Z a-z 0-9 . _ -`, else makes one.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        headers
            .get(REQUEST_ID)
            .and_then(|value| value.to_str().ok())
            .filter(|text| is_sane(text))
            .map_or_else(Self::fresh, |text| Self(text.to_owned()))
    }

    fn fresh() -> Self {
        Self(uuid::Uuid::new_v4().simple().to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An id goes into the log as it is: nothing in it may look like another line or field.
fn is_sane(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl FromRequest for RequestId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = req.extensions().get::<Self>().cloned();
        ready(Ok(id.unwrap_or_else(|| Self::from_headers(req.headers()))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn id(value: &str) -> RequestId {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        RequestId::from_headers(&headers)
    }

    #[test]
    fn only_sane_ids_are_taken_over() {
        for good in ["a", "A-b_c.9", &"x".repeat(64)] {
            assert_eq!(id(good).as_str(), good);
        }
        for bad in ["", "a b", "a\"b", "ä", &"x".repeat(65), "a=b"] {
            assert_ne!(id(bad).as_str(), bad);
        }
        assert_ne!(id("").as_str(), id("").as_str());
        assert!(is_sane(RequestId::fresh().as_str()));
    }
}
