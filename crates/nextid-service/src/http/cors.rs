//! Which headers let browsers call us. The two services differ, as their predecessors in the field do.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// What a page may read of our answers, beyond what browsers always show.
const EXPOSED: HeaderValue = HeaderValue::from_static("ETag,Retry-After,X-Request-Id");
const ANY: HeaderValue = HeaderValue::from_static("*");

/// How a service answers browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// proof-service: `Access-Control-Allow-Origin: *` only where an `Origin` came; every `OPTIONS` with an `Origin` is a
    /// preflight.
    Proof,
    /// kv-service: the headers stand on every answer; every `OPTIONS` is a preflight.
    Kv,
}

impl Cors {
    /// Whether this request is answered with 204 before it reaches a route.
    pub(super) fn is_preflight(self, method: &Method, has_origin: bool) -> bool {
        method == Method::OPTIONS && (self == Self::Kv || has_origin)
    }

    /// Adds what every answer has.
    pub(super) fn on_answer(self, headers: &mut HeaderMap, has_origin: bool) {
        match self {
            Self::Proof => {
                // A cache must not give an answer without the header to a page that needs it.
                headers.append(header::VARY, HeaderValue::from_static("Origin"));
                if !has_origin {
                    return;
                }
            }
            Self::Kv => {
                set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "POST, GET, OPTIONS");
                set(
                    headers,
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    "Content-Type,Authorization,X-Amz-Date,X-Api-Key,X-Amz-Security-Token,\
                     If-None-Match,Last-Event-ID,X-Request-Id",
                );
            }
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }

    /// Adds what only the answer to a preflight has.
    pub(super) fn on_preflight(self, headers: &mut HeaderMap) {
        set(headers, header::ACCESS_CONTROL_MAX_AGE, "43200");
        if self == Self::Proof {
            set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS");
            set(
                headers,
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "Origin,Content-Length,Content-Type,If-None-Match,Last-Event-ID,X-Request-Id",
            );
        }
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
