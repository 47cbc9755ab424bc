//! What is sent and what is returned.

use std::io::Write;
use std::time::{Duration, UNIX_EPOCH};

use flate2::Compression;
use flate2::write::GzEncoder;
use nextid_net::{FetchError, FetchRequest, GuardedClient, NetConfig, USER_AGENT};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::stand_in::{StandIn, allowing, answer, client_with_names, local_client};

#[tokio::test]
async fn a_request_arrives_as_asked() {
    let server = StandIn::new(|_| answer(201, "x-one: 1\r\n", r#"{"ok":true}"#)).await;
    let request = FetchRequest::post(server.url("/path?query#fragment"))
        .accept("application/json")
        .bearer("secret")
        .header("x-custom", "value")
        .json(&json!({"a": [1, "b"]}));
    let response = local_client().fetch(request).await.unwrap();
    assert_eq!(response.status, 201);
    assert!(response.is_success());
    assert_eq!(response.header("X-One"), Some("1"));
    assert_eq!(response.header("x-two"), None);
    assert_eq!(response.json().unwrap(), json!({"ok": true}));
    assert_eq!(response.final_url.as_str(), server.url("/path?query"));

    let seen = &server.seen()[0];
    assert_eq!(seen.line, "POST /path?query");
    assert_eq!(seen.body, r#"{"a":[1,"b"]}"#);
    for (name, value) in [
        ("accept", "application/json"),
        ("authorization", "Bearer secret"),
        ("content-type", "application/json"),
        ("x-custom", "value"),
        ("user-agent", USER_AGENT),
        ("accept-encoding", "gzip"),
    ] {
        assert_eq!(seen.headers.get(name).map(String::as_str), Some(value), "{name}");
    }
    for name in ["referer", "cookie"] {
        assert_eq!(seen.headers.get(name), None, "{name}");
    }
}

#[tokio::test]
async fn short_forms() {
    let server = StandIn::new(|seen| answer(200, "", format!("{} {}", seen.line, seen.body))).await;
    let client = local_client();
    assert_eq!(client.get(&server.url("/a")).await.unwrap().text(), "GET /a ");
    assert_eq!(client.post_json(&server.url("/b"), &json!([])).await.unwrap().text(), "POST /b []");
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let server = StandIn::new(|_| answer(200, "set-cookie: a=b; Path=/\r\n", "")).await;
    let client = local_client();
    for _ in 0..2 {
        client.get(&server.url("/")).await.unwrap();
    }
    assert!(server.seen().iter().all(|seen| !seen.headers.contains_key("cookie")));
}

#[tokio::test]
async fn any_status_is_an_answer() {
    let server = StandIn::new(|seen| answer(seen.line[5..].parse().unwrap(), "", "body")).await;
    let client = local_client();
    for status in [200, 204, 304, 400, 401, 403, 404, 410, 500, 502, 503] {
        let response = client.get(&server.url(&format!("/{status}"))).await.unwrap();
        assert_eq!(response.status, status);
        assert_eq!(response.is_success(), status < 300);
    }
}

#[tokio::test]
async fn bodies_are_decompressed() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(b"plain text").unwrap();
    let body = encoder.finish().unwrap();
    let server = StandIn::new(move |seen| match seen.line.as_str() {
        "GET /whole" => answer(200, "content-encoding: gzip\r\n", &body),
        _ => answer(200, "content-encoding: gzip\r\n", "this is not gzip"),
    })
    .await;
    let client = local_client();
    assert_eq!(client.get(&server.url("/whole")).await.unwrap().text(), "plain text");
    let broken = client.get(&server.url("/broken")).await.unwrap_err();
    assert!(matches!(broken, FetchError::Protocol { .. }), "{broken:?}");
}

#[tokio::test]
async fn trusted_urls_may_lead_inside_and_hold_credentials() {
    let server = StandIn::new(|_| answer(200, "", "node")).await;
    let client = client_with_names(NetConfig::default(), [("node", server.address)]);
    let url = format!("http://user:pass%20word@node:{}/key", server.address.port());
    assert!(client.get(&url).await.unwrap_err().is_forbidden());
    let response = client.fetch(FetchRequest::get(&url).trusted()).await.unwrap();
    assert_eq!(response.text(), "node");
    assert_eq!(response.final_url.as_str(), format!("http://node:{}/key", server.address.port()));
    assert_eq!(server.seen()[0].headers["authorization"], "Basic dXNlcjpwYXNzIHdvcmQ=");

    let literal = GuardedClient::new(NetConfig::default()).unwrap();
    assert!(literal.get(&server.url("/")).await.unwrap_err().is_forbidden());
    assert!(literal.fetch(FetchRequest::get(server.url("/")).trusted()).await.is_ok());
}

#[tokio::test]
async fn an_allowed_host_may_be_on_any_port() {
    let server = StandIn::new(|_| answer(200, "", "dev")).await;
    let client = client_with_names(allowing("dev.internal"), [("dev.internal", server.address)]);
    let url = format!("http://dev.internal:{}/", server.address.port());
    assert_eq!(client.get(&url).await.unwrap().text(), "dev");
}

#[tokio::test]
async fn broken_servers() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "GET /garbage" => b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        "GET /silent" => Vec::new(),
        _ => b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec(),
    })
    .await;
    let client = local_client();
    for path in ["/garbage", "/silent", "/short"] {
        let error = client.get(&server.url(path)).await.unwrap_err();
        assert!(
            matches!(&error, FetchError::Protocol { host, .. } if host == "127.0.0.1"),
            "{path}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        // Kept open until the client hangs up: closing with unread bytes would reset the connection.
        while stream.read_u8().await.is_ok() {}
    });
    let error = local_client().get(&url).await.unwrap_err();
    assert!(matches!(&error, FetchError::Tls { host, .. } if host == "127.0.0.1"), "{error:?}");
}

#[tokio::test]
async fn bad_requests_are_not_sent() {
    let client = local_client();
    assert!(matches!(client.get("nonsense").await.unwrap_err(), FetchError::BadUrl { .. }));
    assert!(matches!(client.check("http://[/").unwrap_err(), FetchError::BadUrl { .. }));
    assert_eq!(client.check("https://a.example/"), Ok(()));
    assert!(client.check("https://a.internal/").unwrap_err().is_forbidden());
    assert_eq!(
        client.fetch(FetchRequest::get("https://a.example/").header("x", "\n")).await.unwrap_err(),
        FetchError::BadHeader { name: "x".into() }
    );
}

#[tokio::test]
async fn where_the_status_counts_a_body_is_cut_and_limits_are_answers() {
    let server = StandIn::new(|seen| match seen.line.as_str() {
        "POST /large" => answer(200, "", "x".repeat(100_000)),
        "POST /short" => b"HTTP/1.1 202 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec(),
        "POST /limited" => answer(429, "retry-after: 120\r\n", "slower"),
        _ => answer(503, "retry-after: Thu, 01 Jan 1970 00:01:40 GMT\r\n", ""),
    })
    .await;
    let client = local_client();
    let ask = async |path: &str| {
        let request = FetchRequest::post(server.url(path)).max_bytes(1000).no_redirects().status_only();
        client.fetch(request).await.unwrap()
    };
    let large = ask("/large").await;
    assert_eq!((large.status, large.body.len()), (200, 1000));
    let short = ask("/short").await;
    assert_eq!((short.status, short.text().as_ref()), (202, "only this"));
    let limited = ask("/limited").await;
    assert_eq!((limited.status, limited.retry_after(UNIX_EPOCH)), (429, Some(Duration::from_secs(120))));
    // Nobody else is kept from the host by it.
    assert_eq!(ask("/large").await.status, 200);
    let away = ask("/away").await;
    assert_eq!((away.status, away.retry_after(UNIX_EPOCH)), (503, Some(Duration::from_secs(100))));
    assert!(matches!(
        client.fetch(FetchRequest::post(server.url("/large")).max_bytes(1000)).await.unwrap_err(),
        FetchError::TooLarge { limit: 1000 }
    ));
}

#[test]
fn hosts_that_are_allowed_are_known() {
    let client = GuardedClient::new(allowing("dev.internal,127.0.0.1")).unwrap();
    for url in ["http://dev.internal/", "https://DEV.internal.:81/x", "http://127.0.0.1:9/"] {
        assert!(client.allows_host_of(url), "{url}");
    }
    for url in ["http://a.dev.internal/", "http://127.0.0.2/", "https://example.com/", "nonsense", "data:x"] {
        assert!(!client.allows_host_of(url), "{url}");
    }
}
