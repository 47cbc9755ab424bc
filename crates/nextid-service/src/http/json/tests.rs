use actix_web::test::TestRequest;
use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
struct Body {
    name: String,
    patch: Option<Value>,
}

fn read(body: impl AsRef<[u8]>) -> Result<Body, ApiError> {
    parse(body.as_ref(), &BodyLimits::default())
}

fn code(body: impl AsRef<[u8]>) -> ErrorCode {
    read(body).unwrap_err().code()
}

#[test]
fn what_is_not_json_is_told_by_line_and_column() {
    let error = read("{\n  \"name\": nope}").unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadJson);
    assert_eq!((error.data()["line"].as_u64(), error.data()["column"].as_u64()), (Some(2), Some(12)));
    assert_eq!(error.message(), "the body is not JSON: expected ident (line 2, column 12)");
    let error = read(b"{\n\"name\": \"\xff\"}").unwrap_err();
    assert_eq!((error.data()["line"].as_u64(), error.data()["column"].as_u64()), (Some(2), Some(10)));
}

#[test]
fn bodies_that_are_not_json_objects() {
    for body in [
        "",
        " ",
        "{",
        "{\"name\":\"a\"",
        "{\"name\":\"a\"} x",
        "{\"name\":\"a\"}{}",
        "{name:1}",
        "NaN",
        "\u{feff}{}",
    ] {
        assert_eq!(code(body), ErrorCode::BadJson, "{body:?}");
    }
    for body in [
        "[]",
        "[\"a\"]",
        "\"a\"",
        "1",
        "true",
        "{\"name\":\"\\ud800\"}",
        "{\"name\":1e400}",
        "{\"name\":\"\0\"}",
    ] {
        assert_eq!(code(body), ErrorCode::BadJson, "{body:?}");
    }
}

#[test]
fn missing_and_null_fields_are_the_same() {
    for body in ["null", "{}", "{\"name\":null}", "{\"NAME\":\"a\"}"] {
        let error = read(body).unwrap_err();
        assert_eq!((error.code(), error.message()), (ErrorCode::MissingField, "name is missing"), "{body}");
        assert_eq!(error.data()["field"], "name");
    }
}

#[test]
fn a_field_of_another_shape_is_named() {
    let error = read("{\"name\":{}}").unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadField);
    assert_eq!(
        Value::Object(error.data().clone()),
        serde_json::json!({"field": "name", "expected": "a string", "found": "an object"})
    );
}

#[test]
fn the_last_of_equal_names_wins_and_unknown_ones_are_ignored() {
    let body = read("{\"name\":1,\"other\":[{}],\"name\":\"b\",\"patch\":{\"k\":1,\"k\":null}}").unwrap();
    assert_eq!(body.name, "b");
    assert_eq!(body.patch, Some(serde_json::json!({"k": null})));
}

fn nested(levels: usize) -> String {
    format!("{{\"name\":\"a\",\"patch\":{}{}}}", "{\"a\":".repeat(levels - 1) + "{", "}".repeat(levels))
}

#[test]
fn nesting_ends_at_the_limit() {
    assert!(read(nested(64)).is_ok());
    assert_eq!(code(nested(65)), ErrorCode::TooDeep);
    assert_eq!(code(format!("{{\"x\":{}", "[".repeat(100_000))), ErrorCode::TooDeep);
    // Brackets in strings do not nest, escaped quotes do not end them.
    let brackets = "[{".repeat(200);
    assert_eq!(read(format!("{{\"name\":\"\\\"{brackets}\\\\\"}}")).unwrap().name, format!("\"{brackets}\\"));
}

async fn extract(request: TestRequest, limits: BodyLimits) -> Result<JsonBody<Body>, ApiError> {
    let (request, mut payload) = request.app_data(limits).to_http_parts();
    JsonBody::<Body>::from_request(&request, &mut payload).await
}

#[actix_web::test]
async fn the_content_type_does_not_matter() {
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"]
    {
        let request =
            TestRequest::post().insert_header(("content-type", content_type)).set_payload("{\"name\":\"a\"}");
        assert_eq!(extract(request, BodyLimits::default()).await.unwrap().0.name, "a");
    }
    let bare = TestRequest::post().set_payload("{\"name\":\"a\"}");
    assert!(extract(bare, BodyLimits::default()).await.is_ok());
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let limits = BodyLimits { bytes: 20, ..BodyLimits::default() };
    let exact = TestRequest::post().set_payload("{\"name\":\"abcdefgh\" }");
    assert!(extract(exact, limits).await.is_ok());
    let over = TestRequest::post().set_payload("{\"name\":\"abcdefghi\"  }");
    let error = extract(over, limits).await.unwrap_err();
    assert_eq!((error.code(), error.data()["limit"].as_u64()), (ErrorCode::BodyTooLarge, Some(20)));
    let lying =
        TestRequest::post().set_payload("{\"name\":\"abcdefghi\"  }").insert_header(("content-length", "5"));
    assert_eq!(extract(lying, limits).await.unwrap_err().code(), ErrorCode::BodyTooLarge);
}
