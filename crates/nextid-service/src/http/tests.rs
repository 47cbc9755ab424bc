//! What every answer has, whatever the route.

use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, web};
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::build_info::BuildInfo;
use crate::config::Service as Which;
use crate::metrics::Metrics;

#[derive(Deserialize)]
struct Body {
    name: String,
}

async fn echo(body: JsonBody<Body>) -> Json<String> {
    Json::created(body.0.name)
}

async fn search(query: Query<std::collections::BTreeMap<String, String>>) -> Json<usize> {
    Json::ok(query.0.len())
}

async fn fails(id: RequestId) -> Result<HttpResponse, ApiError> {
    Err(ApiError::internal(format!("the password is hunter2 ({id})")))
}

async fn conflict() -> Result<HttpResponse, ApiError> {
    Err(ApiError::of(ErrorCode::ChainConflict).with("head", serde_json::json!({"seq": 3})))
}

async fn number(path: web::Path<u32>) -> Json<u32> {
    Json::ok(path.into_inner())
}

async fn framework_json(body: web::Json<u32>) -> Json<u32> {
    Json::ok(body.into_inner())
}

async fn framework_query(query: web::Query<(String, u32)>) -> Json<u32> {
    Json::ok(query.into_inner().1)
}

fn metrics() -> Metrics {
    Metrics::new(Which::Proof, &BuildInfo::in_environment(None)).unwrap()
}

/// A server's routes behind the edge. A macro, because the type of the result cannot be named.
macro_rules! app {
    ($cors:expr, $metrics:expr) => {{
        let edge = Edge::new($cors, $metrics.http().clone(), true);
        init_service(
            App::new()
                .configure(framework_extractors)
                .configure(routes)
                .default_service(web::to(not_found))
                .wrap(from_fn(move |request, next| edge.clone().serve(request, next))),
        )
        .await
    }};
}

fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/echo").route(get(search)).route(web::post().to(echo)))
        .service(web::resource("/fails").route(get(fails)))
        .service(web::resource("/conflict").route(get(conflict)))
        .service(web::resource("/number/{n}").route(get(number)))
        .service(
            web::resource("/framework").route(get(framework_query)).route(web::post().to(framework_json)),
        )
        .service(web::resource("/bare").route(get(|| async { HttpResponse::ServiceUnavailable().finish() })));
}

struct Answer {
    status: u16,
    headers: actix_web::http::header::HeaderMap,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn ask_as(cors: Cors, request: TestRequest) -> Answer {
    let app = app!(cors, metrics());
    let response = call_service(&app, request.to_request()).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = read_body(response).await;
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Answer { status, headers, body }
}

async fn ask(request: TestRequest) -> Answer {
    ask_as(Cors::Proof, request).await
}

fn request(method: Method, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(method)
}

#[actix_web::test]
async fn an_error_is_told_with_its_data_and_the_id_of_the_request() {
    let answer = ask(request(Method::GET, "/conflict").insert_header(("x-request-id", "my-id.1"))).await;
    assert_eq!((answer.status, answer.header("content-type")), (409, Some(JSON)));
    assert_eq!(answer.header("x-request-id"), Some("my-id.1"));
    assert_eq!(
        answer.body,
        serde_json::json!({
            "message": "The chain has moved on", "code": "chain_conflict", "request_id": "my-id.1", "head": {"seq": 3},
        })
    );
}

#[actix_web::test]
async fn an_insane_request_id_is_replaced() {
    let answer = ask(request(Method::GET, "/conflict").insert_header(("x-request-id", "a b"))).await;
    let id = answer.header("x-request-id").unwrap();
    assert_eq!((id.len(), answer.body["request_id"].as_str()), (32, Some(id)));
}

#[actix_web::test]
async fn who_asks_for_problems_gets_them() {
    let asked = request(Method::GET, "/conflict?x=1").insert_header(("accept", "application/problem+json"));
    let answer = ask(asked).await;
    assert_eq!((answer.status, answer.header("content-type")), (409, Some(PROBLEM_JSON)));
    assert_eq!(answer.body["type"], "tag:next.id,2022:error:chain_conflict");
    assert_eq!((&answer.body["status"], &answer.body["instance"]), (&409.into(), &"/conflict".into()));
    assert_eq!((&answer.body["code"], &answer.body["head"]["seq"]), (&"chain_conflict".into(), &3.into()));
}

#[actix_web::test]
async fn a_failure_tells_nothing() {
    let answer = ask(request(Method::GET, "/fails")).await;
    assert_eq!((answer.status, &answer.body["code"]), (500, &"internal".into()));
    assert!(!answer.body.to_string().contains("hunter2"));
}

#[actix_web::test]
async fn there_is_nothing_here() {
    for path in ["/", "/nope", "/echo/", "/number", "/number/x", "/number/99999999999", "/number/%ff"] {
        let answer = ask(request(Method::GET, path).insert_header(("origin", "https://a.example"))).await;
        assert_eq!((answer.status, &answer.body["code"]), (404, &"not_found".into()), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    for method in [Method::DELETE, Method::PATCH, Method::from_bytes(b"BREW").unwrap()] {
        let answer = ask(request(method, "/echo").insert_header(("origin", "https://a.example"))).await;
        assert_eq!((answer.status, &answer.body["code"]), (405, &"method_not_allowed".into()));
        let mut allowed: Vec<&str> =
            answer.headers.get_all("allow").flat_map(|value| value.to_str().unwrap().split(", ")).collect();
        allowed.sort_unstable();
        assert_eq!(allowed, ["GET", "HEAD", "POST"]);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert!(answer.header("x-request-id").is_some());
    }
}

#[actix_web::test]
async fn errors_of_the_framework_look_like_ours() {
    let json = request(Method::POST, "/framework").insert_header(("content-type", "application/json"));
    for (request, status, code) in [
        (json.set_payload("{"), 400, "bad_json"),
        (request(Method::GET, "/framework?x=1"), 400, "bad_field"),
        (request(Method::POST, "/echo").set_payload("{}"), 400, "missing_field"),
        (request(Method::POST, "/echo").set_payload("["), 400, "bad_json"),
        (request(Method::POST, "/echo").set_payload("x".repeat(300_000)), 413, "body_too_large"),
        (request(Method::GET, "/echo?a=%zz"), 400, "bad_field"),
        (request(Method::GET, "/bare"), 503, "overloaded"),
    ] {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.body["code"].as_str()), (status, Some(code)));
        assert_eq!(answer.header("content-type"), Some(JSON));
        assert_eq!(answer.body["request_id"].as_str(), answer.header("x-request-id"));
        assert_eq!(answer.header("retry-after").is_some(), status == 503);
    }
}

#[actix_web::test]
async fn good_answers_stay_as_they_are() {
    let answer = ask(request(Method::POST, "/echo").set_payload("{\"name\":\"a\"}")).await;
    assert_eq!((answer.status, answer.body,), (201, "a".into()));
    assert_eq!(answer.headers.get("content-type").unwrap(), JSON);
    let answer = ask(request(Method::HEAD, "/echo?a=1&b=2")).await;
    assert_eq!(answer.status, 200);
}

#[actix_web::test]
async fn browsers_of_proof_service() {
    let answer = ask(request(Method::GET, "/echo")).await;
    assert_eq!((answer.header("access-control-allow-origin"), answer.header("vary")), (None, Some("Origin")));
    let answer = ask(request(Method::GET, "/echo").insert_header(("origin", "https://a.example"))).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("ETag,Retry-After,X-Request-Id"));

    let preflight = request(Method::OPTIONS, "/anything").insert_header(("origin", "https://a.example"));
    let answer = ask(preflight).await;
    assert_eq!((answer.status, answer.body.clone()), (204, Value::Null));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"));
    assert!(
        answer
            .header("access-control-allow-headers")
            .unwrap()
            .starts_with("Origin,Content-Length,Content-Type")
    );
    assert_eq!(answer.header("access-control-max-age"), Some("43200"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(ask(request(Method::OPTIONS, "/echo")).await.status, 405);
}

#[actix_web::test]
async fn browsers_of_kv_service() {
    for (request, status) in [
        (request(Method::GET, "/echo"), 200),
        (request(Method::GET, "/conflict"), 409),
        (request(Method::OPTIONS, "/anything"), 204),
    ] {
        let answer = ask_as(Cors::Kv, request).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-methods"), Some("POST, GET, OPTIONS"));
        let headers = answer.header("access-control-allow-headers").unwrap();
        assert!(headers.starts_with("Content-Type,Authorization,X-Amz-Date,X-Api-Key,X-Amz-Security-Token"));
        assert!(headers.ends_with(",If-None-Match,Last-Event-ID,X-Request-Id"), "{headers}");
    }
}

#[actix_web::test]
async fn requests_are_counted_by_pattern() {
    let metrics = metrics();
    let app = app!(Cors::Proof, metrics);
    for (path, status) in [("/number/1", 200), ("/number/2", 200), ("/secret-path", 404)] {
        let response = call_service(&app, request(Method::GET, path).to_request()).await;
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap());
    }
    let text = String::from_utf8(metrics.render().unwrap()).unwrap();
    assert!(text.contains("route=\"/number/{n}\",status=\"200\",service=\"proof-service\"} 2"), "{text}");
    assert!(text.contains("route=\"unmatched\",status=\"404\",service=\"proof-service\"} 1"), "{text}");
    assert!(!text.contains("secret-path"));
}
