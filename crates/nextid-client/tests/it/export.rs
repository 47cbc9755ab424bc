//! Exports, line by line.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use std::time::Duration;

use nextid_client::{ClientError, ClientOptions, ExportLines, KvClient, ProofClient};
use nextid_testkit::keys;

use crate::stand_in::{Reply, StandIn};

async fn open(stand_in: &StandIn, options: &ClientOptions) -> Result<ExportLines, ClientError> {
    KvClient::new(&stand_in.base, options).unwrap().export(&keys::key("alice").avatar()).await
}

async fn all(mut lines: ExportLines) -> Result<Vec<String>, ClientError> {
    let mut all = Vec::new();
    while let Some(line) = lines.next_line().await? {
        all.push(String::from_utf8(line).unwrap());
    }
    Ok(all)
}

#[tokio::test]
async fn lines_come_one_by_one() {
    let long = "x".repeat(300_000);
    for (body, wanted) in [
        (String::new(), vec![]),
        ("{}\n".to_owned(), vec!["{}"]),
        (format!("a\n\n{long}\nb"), vec!["a", "", &long, "b"]),
    ] {
        let stand_in = StandIn::answering(200, body);
        let lines = open(&stand_in, &ClientOptions::default()).await.unwrap();
        assert_eq!(all(lines).await.unwrap(), wanted);
        let avatar = keys::key("alice").avatar();
        let requests = stand_in.requests();
        assert!(requests[0].starts_with(&format!("GET /v1/avatar/{avatar}/export HTTP/1.1")), "{requests:?}");
        assert!(requests[0].contains("accept: application/x-ndjson"), "{requests:?}");
    }
}

#[tokio::test]
async fn a_line_without_end_is_given_up() {
    let stand_in = StandIn::answering(200, "x".repeat(100_000));
    let options = ClientOptions { max_bytes: 1000, ..ClientOptions::default() };
    let error = all(open(&stand_in, &options).await.unwrap()).await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { limit: 1000, .. }), "{error}");
}

#[tokio::test]
async fn a_service_that_breaks_off_is_no_end() {
    let stand_in = StandIn::start(vec![Reply::CutOff]);
    let error = all(open(&stand_in, &ClientOptions::default()).await.unwrap()).await.unwrap_err();
    assert!(matches!(error, ClientError::Interrupted { .. }), "{error}");
}

#[tokio::test]
async fn a_service_that_falls_silent_is_given_up() {
    let stand_in = StandIn::start(vec![Reply::Silence]);
    let options = ClientOptions { timeout: Duration::from_millis(50), ..ClientOptions::default() };
    let error = open(&stand_in, &options).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn what_is_refused_is_told() {
    let stand_in = StandIn::answering(400, r#"{"message":"key: no","code":"bad_public_key"}"#);
    let client = ProofClient::new(&stand_in.base, &ClientOptions::default()).unwrap();
    let error = client.export(&keys::key("alice").avatar()).await.unwrap_err();
    assert!(error.is_code("bad_public_key"), "{error}");
    let stand_in = StandIn::answering(404, "404 page not found");
    let error = open(&stand_in, &ClientOptions::default()).await.unwrap_err();
    assert!(matches!(error, ClientError::Unexpected { status: 404, .. }), "{error}");
}
