//! What goes wrong is told apart.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use nextid_client::{ClientError, ClientOptions, ProofClient};
use serde_json::json;

use crate::stand_in::{Reply, StandIn};

fn client(base: &str, options: ClientOptions) -> ProofClient {
    ProofClient::new(base, &options).unwrap()
}

async fn failure(stand_in: &StandIn, options: ClientOptions) -> ClientError {
    client(&stand_in.base, options).healthz().await.unwrap_err()
}

#[tokio::test]
async fn nobody_listens() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let error =
        client(&format!("http://127.0.0.1:{port}"), ClientOptions::default()).healthz().await.unwrap_err();
    assert!(matches!(error, ClientError::Connect { .. }), "{error}");
    assert!(
        error.to_string().contains(&format!("127.0.0.1:{port} cannot be reached: Connection refused")),
        "{error}"
    );
    assert!(error.is_passing() && !error.may_have_happened());
}

#[tokio::test]
async fn an_answer_that_never_comes() {
    let stand_in = StandIn::start(vec![Reply::Silence]);
    let options = ClientOptions { timeout: Duration::from_millis(200), ..ClientOptions::default() };
    let error = failure(&stand_in, options).await;
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
    assert!(error.to_string().ends_with("did not answer within 0.2 s"), "{error}");
    assert!(error.is_passing() && error.may_have_happened());
}

#[tokio::test]
async fn an_answer_that_breaks_off() {
    let stand_in = StandIn::start(vec![Reply::CutOff]);
    let error = failure(&stand_in, ClientOptions::default()).await;
    assert!(matches!(error, ClientError::Interrupted { .. }), "{error}");
    assert!(error.may_have_happened());
}

#[tokio::test]
async fn an_answer_that_is_too_large() {
    let stand_in = StandIn::json(200, &json!({"hello": "x".repeat(5000), "platforms": []}));
    let options = ClientOptions { max_bytes: 4096, ..ClientOptions::default() };
    let error = failure(&stand_in, options).await;
    assert!(matches!(error, ClientError::TooLarge { limit: 4096, .. }), "{error}");
}

#[tokio::test]
async fn another_program_answers() {
    for (status, body) in
        [(200, "<html>It works!</html>"), (200, "{}"), (404, "404 page not found"), (302, "")]
    {
        let error = failure(&StandIn::answering(status, body), ClientOptions::default()).await;
        assert!(
            matches!(&error, ClientError::Unexpected { status: found, .. } if *found == status),
            "{error}"
        );
        assert!(!error.is_passing());
    }
}

#[tokio::test]
async fn the_service_says_no() {
    let body = json!({"message": "too much", "code": "overloaded", "request_id": "r1", "retry_after": 2, "found": 7});
    let error = failure(&StandIn::json(503, &body), ClientOptions::default()).await;
    let api = error.api().unwrap();
    assert_eq!(
        (api.status, api.code.as_deref(), api.message.as_str()),
        (503, Some("overloaded"), "too much")
    );
    assert_eq!(api.retry_after, Some(Duration::from_secs(2)));
    assert_eq!(api.data["found"], 7);
    assert!(error.is_code("overloaded") && error.is_passing() && !error.may_have_happened());
}

#[tokio::test]
async fn when_to_ask_again_may_stand_in_the_header() {
    let body = r#"{"message":"slow down"}"#.to_owned();
    let stand_in = StandIn::start(vec![Reply::Answer(429, body, "Retry-After: 11")]);
    let error = failure(&stand_in, ClientOptions::default()).await;
    assert_eq!(error.api().unwrap().retry_after, Some(Duration::from_secs(11)));
}
