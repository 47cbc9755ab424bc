//! How a stream is asked for.

use actix_web::HttpResponse;
use actix_web::body::MessageBody as _;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::TestRequest;
use nextid_core::Avatar;

use super::super::*;
use super::memory::{Bench, EPOCH, KEY, OTHER, settings};
use crate::http::{ApiError, ErrorCode};

/// Asks with this query and this `Last-Event-ID`.
async fn ask(bench: &Bench, query: &str, last_event_id: Option<&str>) -> Result<HttpResponse, ApiError> {
    let mut request = TestRequest::with_uri(&format!("/v1/events?{query}"));
    if let Some(id) = last_event_id {
        request = request.insert_header((LAST_EVENT_ID, id));
    }
    let request = request.to_http_request();
    let query = crate::http::parse_query(request.query_string())?;
    stream(&bench.hub, &request, &query, Avatar::parse).await
}

/// The first bytes of an answer.
async fn first(response: HttpResponse) -> String {
    let mut body = Box::pin(response.into_body());
    let bytes = futures_util::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await.unwrap().unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn hello(last_id: i64) -> String {
    format!(
        "retry: 1000\nevent: hello\nid: {last_id}\ndata: {{\"epoch\":\"{EPOCH}\",\"last_id\":{last_id}}}\n\n"
    )
}

#[actix_web::test]
async fn a_stream_begins_where_it_is_told_to() {
    let bench = Bench::new(settings());
    bench.memory.append(10, 10);
    for (query, header, begin) in [
        ("", None, 10),
        ("last_id=4", None, 4),
        ("last_id=", None, 0),
        ("last_id=0", None, 0),
        ("last_id=-3", None, 0),
        ("last_id=10", None, 10),
        ("last_id=4", Some("7"), 7),
        ("last_id=4", Some(""), 4),
        ("last_id=99", Some("7"), 7),
        ("", Some(" 0 "), 0),
        (&format!("epoch={EPOCH}&last_id=2"), None, 2),
        ("epoch=&last_id=2", None, 2),
    ] {
        let response = ask(&bench, query, header).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers().get(header::CONTENT_TYPE).unwrap(), EVENT_STREAM);
        assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "no-store, no-transform");
        assert_eq!(response.headers().get("X-Accel-Buffering").unwrap(), "no");
        assert_eq!(first(response).await, hello(begin), "{query} {header:?}");
    }
    assert_eq!(bench.hub.shared.readers(), 0);
}

#[actix_web::test]
async fn an_id_of_another_life_is_stale() {
    let bench = Bench::new(settings());
    bench.memory.append(10, 10);
    for (query, header) in
        [("last_id=11", None), ("", Some("11")), ("last_id=0&epoch=another", None), ("epoch=another", None)]
    {
        let error = ask(&bench, query, header).await.unwrap_err();
        assert_eq!((error.code(), error.status()), (ErrorCode::StaleCursor, StatusCode::GONE));
        assert_eq!(error.data()["epoch"], EPOCH);
        assert_eq!(error.data()["latest_id"], 10);
    }
    assert_eq!(bench.hub.shared.readers(), 0);
}

#[actix_web::test]
async fn what_is_no_filter_and_no_id_is_refused() {
    let bench = Bench::new(settings());
    for (query, header, code) in [
        ("avatar=zz", None, ErrorCode::BadPublicKey),
        ("platform=myspace", None, ErrorCode::UnknownPlatform),
        ("last_id=x", None, ErrorCode::BadField),
        ("", Some("x"), ErrorCode::BadField),
        ("", Some("9223372036854775808"), ErrorCode::BadField),
        (&format!("avatar={KEY}&persona={OTHER}"), None, ErrorCode::BadField),
    ] {
        assert_eq!(ask(&bench, query, header).await.unwrap_err().code(), code, "{query}");
    }
    for query in [&format!("persona={KEY}"), &format!("public_key={KEY}&avatar="), "platform=&avatar="] {
        assert_eq!(ask(&bench, query, None).await.unwrap().status(), StatusCode::OK, "{query}");
    }
}

#[actix_web::test]
async fn one_more_than_the_limit_is_refused_and_places_come_back() {
    let bench = Bench::new(HubSettings { subscribers: 2, ..settings() });
    let held = (ask(&bench, "", None).await.unwrap(), ask(&bench, "", None).await.unwrap());
    let error = ask(&bench, "", None).await.unwrap_err();
    assert_eq!((error.code(), error.status()), (ErrorCode::Overloaded, StatusCode::SERVICE_UNAVAILABLE));
    drop(held.0);
    ask(&bench, "", None).await.unwrap();
}

#[actix_web::test]
async fn who_asks_for_the_head_gets_no_stream() {
    let bench = Bench::new(settings());
    let request = TestRequest::default().method(Method::HEAD).to_http_request();
    let response = stream(&bench.hub, &request, &EventsQuery::default(), Avatar::parse).await.unwrap();
    let mut body = Box::pin(response.into_body());
    assert!(futures_util::future::poll_fn(|cx| body.as_mut().poll_next(cx)).await.is_none());
    assert_eq!(bench.hub.shared.readers(), 0);
}
