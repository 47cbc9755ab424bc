use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use super::{TestClient, raw};
use crate::block_on;
use crate::github::{Gist, GithubStandIn, LOGIN_HEADER};

#[test]
fn sends_what_it_is_told_and_nothing_else() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let client = TestClient::new(server.base_url());
        client.post("/gists", "{").await.expect_status(401);
        let request = server.requests().remove(0);
        assert_eq!((request.method.as_str(), request.body.as_str()), ("POST", "{"));
        assert_eq!(request.header("Content-Type"), None);
        assert_eq!(request.header("Authorization"), None);

        let headers = [("Authorization", "Bearer any"), (LOGIN_HEADER, "alice")];
        client.send(reqwest::Method::POST, "/gists", &headers, "not JSON").await.expect_status(400);
        assert_eq!(server.requests()[1].header("x-stand-in-login"), Some("alice"));
    });
}

#[test]
fn reads_status_headers_and_json() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let id = server.publish(Gist::new("alice").file("a.txt", "x"));
        let answer = TestClient::new(server.base_url()).get(&format!("/gists/{id}")).await.expect_status(200);
        assert_eq!(answer.header("CONTENT-TYPE"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.json()["owner"]["login"], json!("alice"));
    });
}

#[test]
fn raw_sockets_do_what_clients_do_not() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let address = server.address();
        let whole = raw::exchange(address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(whole.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&whole));

        let idle = raw::idle_connections(address, 50).await;
        let mut half =
            raw::half_request(address, b"POST /gists HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
                .await;
        let silence = timeout(Duration::from_millis(50), raw::read_to_end(&mut half)).await;
        assert!(silence.is_err(), "half a request has no answer yet");
        raw::abandon(address, b"GET / HTTP/1.1\r\nHo").await;
        TestClient::new(server.base_url()).get("/").await.expect_status(200);
        assert_eq!(idle.len(), 50);
    });
}
