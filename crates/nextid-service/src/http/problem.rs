//! How an error looks on the wire: the plain body, or a problem of RFC 9457 for those who ask for it.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::error::ApiError;
use super::error_code::ErrorCode;
use super::respond::JSON;

/// The media type of RFC 9457.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What a request adds to the rendering of an error.
#[derive(Debug, Default)]
pub(super) struct ErrorContext<'a> {
    /// The id of the request.
    pub(super) request_id: &'a str,
    /// The path of the request.
    pub(super) path: &'a str,
    /// Whether the client asks for a problem.
    pub(super) as_problem: bool,
}

/// The body of every error. Which of the optional members are there depends on the code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    /// A sentence for people.
    #[schema(example = "platform is missing")]
    pub message: String,
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// The id of the request, as in `X-Request-Id`.
    #[schema(example = "3f0e9c1b7a5d4e62")]
    pub request_id: String,
    /// The field that is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub expected: Option<Value>,
    /// What was found instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub found: Option<Value>,
    /// With `chain_conflict`: the head of the chain, or null where it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub head: Option<Value>,
    /// With `proof_mismatch`: what does not fit, `author`, `signature` or `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub which: Option<String>,
    /// How much is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// With `bad_json`: the line of the body, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// With `bad_json`: the byte in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Seconds after which asking again makes sense, as in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// Whether an `Accept` header asks for problems: names the type, and not with `q=0`.
pub(super) fn asked_for(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|part| {
            let mut pieces = part.split(';').map(str::trim);
            pieces.next().is_some_and(|media| media.eq_ignore_ascii_case(PROBLEM_JSON))
                && !pieces.any(|parameter| {
                    parameter
                        .split_once('=')
                        .is_some_and(|(name, q)| name.eq_ignore_ascii_case("q") && q.parse() == Ok(0.0_f32))
                })
        })
}

/// The answer for an error.
pub(super) fn render(error: &ApiError, context: &ErrorContext<'_>) -> HttpResponse {
    let mut response = HttpResponse::build(error.status());
    response.insert_header((header::CONTENT_TYPE, if context.as_problem { PROBLEM_JSON } else { JSON }));
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(secs) = error.retry_after_secs() {
        response.insert_header((header::RETRY_AFTER, secs));
    }
    if error.code() == ErrorCode::Unauthorized {
        response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    }
    response.body(Value::Object(members(error, context)).to_string())
}

fn members(error: &ApiError, context: &ErrorContext<'_>) -> Map<String, Value> {
    let mut members = Map::new();
    if context.as_problem {
        members.insert("type".into(), error.code().problem_type().into());
        members.insert("title".into(), error.code().title().into());
        members.insert("status".into(), error.status().as_u16().into());
        members.insert("detail".into(), error.message().into());
        if !context.path.is_empty() {
            members.insert("instance".into(), context.path.into());
        }
    }
    members.insert("message".into(), error.message().into());
    members.insert("code".into(), error.code().as_str().into());
    members.insert("request_id".into(), context.request_id.into());
    if let Some(secs) = error.retry_after_secs() {
        members.insert("retry_after".into(), secs.into());
    }
    for (name, value) in error.data() {
        members.entry(name.clone()).or_insert_with(|| value.clone());
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        asked_for(&headers)
    }

    #[test]
    fn only_who_names_the_type_gets_problems() {
        for yes in ["application/problem+json", "application/json, Application/Problem+JSON;q=0.5"] {
            assert!(accept(yes), "{yes}");
        }
        for no in [
            "*/*",
            "application/json",
            "application/*",
            "application/problem+json; q=0",
            "application/problem+json;q=0.000",
        ] {
            assert!(!accept(no), "{no}");
        }
        assert!(!asked_for(&HeaderMap::new()));
    }

    #[test]
    fn data_cannot_replace_the_members_of_every_error() {
        let error = ApiError::bad_field("x", "must be y").with("code", "forged").with("message", "forged");
        let members = members(&error, &ErrorContext { request_id: "r1", ..ErrorContext::default() });
        assert_eq!(
            Value::Object(members),
            serde_json::json!({"message": "x: must be y", "code": "bad_field", "request_id": "r1", "field": "x"})
        );
    }

    #[test]
    fn a_problem_has_both_sets_of_members() {
        let error = ApiError::of(ErrorCode::Overloaded);
        let context = ErrorContext { request_id: "r1", path: "/v1/proof", as_problem: true };
        assert_eq!(
            Value::Object(members(&error, &context)),
            serde_json::json!({
                "type": "tag:next.id,2022:error:overloaded", "title": "Too much at once", "status": 503,
                "detail": "Too much at once", "instance": "/v1/proof",
                "message": "Too much at once", "code": "overloaded", "request_id": "r1", "retry_after": 1,
            })
        );
        let response = render(&error, &context);
        assert_eq!(response.headers().get("retry-after").unwrap(), "1");
        assert_eq!(response.headers().get("content-type").unwrap(), PROBLEM_JSON);
    }
}
