use actix_web::App;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use utoipa::OpenApi as _;

use super::*;

#[derive(utoipa::OpenApi)]
#[openapi(paths(crate::health::readyz, submit, find))]
struct Api;

#[utoipa::path(post, path = "/v1/x", operation_id = "submit", request_body = String,
    responses((status = 201, description = "Done."), (status = 409, description = "As described here.")))]
#[expect(dead_code, reason = "only its description is used")]
fn submit() {}

#[utoipa::path(get, path = "/v1/x", operation_id = "find", params(("page" = i64, Query)), responses((status = 200)))]
#[expect(dead_code, reason = "only its description is used")]
fn find() {}

/// `{}` and a newline, in one stored block.
pub(crate) const PACKED: &[u8] = b"\x78\x01\x01\x03\x00\xfc\xff{}\n\x02\x78\x01\x03";

const ERRORS: &[(&str, &[ErrorCode])] = &[
    ("readyz", &[]),
    ("submit", &[ErrorCode::ChainConflict, ErrorCode::BadSignature, ErrorCode::PlatformTimeout]),
    ("find", &[]),
];

fn document(errors: &[(&str, &[ErrorCode])]) -> Result<Value, OpenApiError> {
    let api = complete(Api::openapi(), &BuildInfo::in_environment(None), errors)?;
    Ok(serde_json::to_value(api).unwrap())
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_operation_gets_its_errors() {
    let document = document(ERRORS).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let post = &document["paths"]["/v1/x"]["post"];
    assert_eq!(statuses(post), ["201", "400", "408", "409", "413", "500", "503", "504"]);
    assert_eq!(post["responses"]["409"]["description"], "As described here.");
    let bad = &post["responses"]["400"];
    assert!(bad["description"].as_str().unwrap().contains("`bad_signature`"));
    assert_eq!(bad["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Error");
    assert_eq!(bad["content"]["application/json"]["examples"]["bad_json"]["value"]["code"], "bad_json");
    assert_eq!(bad["content"]["application/problem+json"]["schema"]["$ref"], "#/components/schemas/Problem");
    assert!(post["responses"]["503"]["headers"]["Retry-After"].is_object());
    assert!(bad["headers"]["Retry-After"].is_null());
    assert_eq!(statuses(&document["paths"]["/v1/x"]["get"]), ["200", "400", "500", "503"]);
    assert_eq!(statuses(&document["paths"]["/readyz"]["get"]), ["200", "503"]);
}

#[test]
fn the_schemas_of_errors_are_there_and_list_every_code() {
    let document = document(ERRORS).unwrap();
    let schemas = &document["components"]["schemas"];
    for name in ["Error", "Problem", "ErrorCode"] {
        assert!(schemas[name].is_object(), "{name} is not in {schemas}");
    }
    let listed: Vec<&str> = schemas["ErrorCode"].to_string().leak().split('"').collect();
    for code in ErrorCode::ALL {
        assert!(listed.contains(&code.as_str()), "{code}");
    }
}

#[test]
fn table_and_document_must_name_the_same_operations() {
    assert_eq!(document(&ERRORS[..2]).unwrap_err(), OpenApiError::NotInTable("find".into()));
    let more: Vec<_> = ERRORS.iter().copied().chain([("gone", &[] as &[ErrorCode])]).collect();
    assert_eq!(document(&more).unwrap_err(), OpenApiError::NoSuchOperation("gone".into()));
}

#[actix_web::test]
async fn it_is_served_as_it_was_packed() {
    for (packed, status) in [(PACKED, StatusCode::OK), (&PACKED[..9], StatusCode::INTERNAL_SERVER_ERROR)] {
        let document = Document::packed(packed);
        let app = init_service(App::new().configure(|cfg| document.register(cfg))).await;
        for _ in 0..2 {
            let request = TestRequest::get().uri("/openapi.json").to_request();
            let answer = call_service(&app, request).await;
            assert_eq!(answer.status(), status);
            let body = read_body(answer).await;
            assert_eq!(body == "{}\n", status == StatusCode::OK, "{body:?}");
        }
    }
}
