//! Compares answers with the OpenAPI document: every status, every error code and every field has to be in it.

use std::sync::LazyLock;

use http::Method;
use nextid_service::build_info::BuildInfo;
use nextid_service::http::JSON_LINES;
use nextid_testkit::http::Answer;
use serde_json::Value;

use super::schema;

/// The document as it is served.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let document = proof_service::openapi::document(&BuildInfo::current()).expect("the document can be made");
    serde_json::to_value(document).expect("the document is JSON")
});

/// Fails the test if the document does not describe this answer.
#[track_caller]
pub fn check(method: &Method, target: &str, answer: &Answer) {
    let path = target.split('?').next().unwrap_or(target);
    let what = format!("{method} {target} answered {}: {}", answer.status, answer.text());
    assert_ne!(answer.status, 500, "{what}");
    if answer.status >= 400 && *method != Method::HEAD {
        check_error(answer, &what);
    }
    let name = if *method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let operation = &DOCUMENT["paths"][template_of(path)][&name];
    if operation.is_null() {
        // Not an operation of the document: a preflight, the document itself, or a route or method that is not there.
        assert!(matches!(answer.status, 200 | 204 | 404 | 405), "{what}");
        return;
    }
    let response = &operation["responses"][answer.status.to_string()];
    assert!(!response.is_null(), "this status is not in the document: {what}");
    if *method == Method::HEAD {
        return;
    }
    let media_type =
        answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
    let content = &response["content"][&media_type];
    assert!(!content.is_null(), "{media_type} is not in the document: {what}");
    if media_type == JSON_LINES {
        let first: Value = serde_json::from_str(answer.text().lines().next().expect("a line")).expect("JSON");
        assert_eq!(schema::fits_whole(&DOCUMENT, &content["schema"], &first), Ok(()), "{what}");
        return;
    }
    let body = answer.json();
    let fits = if answer.status >= 400 {
        let code = body["code"].as_str().expect("a code");
        assert!(!content["examples"][code].is_null(), "{code} is not in the document: {what}");
        // Errors carry data of their own.
        schema::fits(&DOCUMENT, &content["schema"], &body)
    } else {
        schema::fits_whole(&DOCUMENT, &content["schema"], &body)
    };
    if let Err(misfit) = fits {
        panic!("{misfit}, by the document: {what}");
    }
}

/// The path of the document that a request's path is an instance of: `{key}` stands for any one segment.
fn template_of(path: &str) -> &str {
    let is_instance = |template: &str| {
        template.split('/').count() == path.split('/').count()
            && template
                .split('/')
                .zip(path.split('/'))
                .all(|(part, given)| part.starts_with('{') || part == given)
    };
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    paths.keys().map(String::as_str).find(|template| is_instance(template)).unwrap_or(path)
}

/// What every error has, whatever it is.
#[track_caller]
fn check_error(answer: &Answer, what: &str) {
    let body = answer.json();
    for field in ["message", "code", "request_id"] {
        assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} is missing: {what}");
    }
    assert_eq!(answer.header("x-request-id"), body["request_id"].as_str(), "{what}");
    let wait = answer.header("retry-after").and_then(|text| text.parse::<u64>().ok());
    assert_eq!(wait, body["retry_after"].as_u64(), "{what}");
    assert_eq!(wait.is_some(), matches!(answer.status, 429 | 502 | 503 | 504), "{what}");
}
