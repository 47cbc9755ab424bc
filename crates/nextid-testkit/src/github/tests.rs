use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Gist, GithubStandIn, LOGIN_HEADER};
use crate::http::{Answer, TestClient};
use crate::{Outcome, block_on};

const SIGNATURE: &str =
    "p4kb/P2uuKCU40zZTs+jk6/ARAO5ZcXErvJU/8oXNVt3+b6SUzpauBW6wNT2N8fwQeXYGgFHCTEGon4qZbK3IQE=";

fn published(server: &GithubStandIn) -> String {
    let content = json!({ "persona": "0x03", "signature": SIGNATURE }).to_string();
    server.publish(Gist::new("Alice").file("0x03.json", content))
}

async fn read(server: &GithubStandIn, id: &str) -> Answer {
    TestClient::new(server.base_url()).get(&format!("/gists/{id}")).await
}

#[test]
fn answers_the_object_that_github_answers() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let id = published(&server);
        let gist = read(&server, &id).await.expect_status(200).json();
        assert_eq!(gist["id"], json!(id));
        assert_eq!(gist["owner"]["login"], json!("Alice"));
        assert!(gist["owner"]["id"].is_u64());
        assert_eq!(gist["public"], json!(true));
        let file = &gist["files"]["0x03.json"];
        assert_eq!((&file["type"], &file["language"]), (&json!("application/json"), &json!("JSON")));
        assert_eq!(file["truncated"], json!(false));
        let content: Value = serde_json::from_str(file["content"].as_str().unwrap()).unwrap();
        assert_eq!(content["signature"], json!(SIGNATURE));
        assert_eq!(gist["history"][0]["version"].as_str().map(str::len), Some(40));
        let raw = file["raw_url"].as_str().unwrap().strip_prefix(server.base_url()).unwrap();
        let raw = TestClient::new(server.base_url()).get(raw).await.expect_status(200);
        assert_eq!(Some(raw.text().as_str()), file["content"].as_str());
    });
}

#[test]
fn an_account_keeps_its_number_in_any_letter_case() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let mut numbers = Vec::new();
        for login in ["Alice", "aLICE", "bob"] {
            let id = server.publish(Gist::new(login));
            numbers.push(read(&server, &id).await.json()["owner"]["id"].clone());
        }
        assert_eq!(numbers[0], numbers[1]);
        assert_ne!(numbers[0], numbers[2]);
    });
}

#[test]
fn publishes_as_github_does() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let client = TestClient::new(server.base_url());
        let request =
            json!({ "description": "d", "public": true, "files": { "a.json": { "content": "{}" } } });
        client.post_json("/gists", &request).await.expect_status(401);
        let headers = [("Authorization", "Bearer t"), (LOGIN_HEADER, "alice")];
        let post = |body: Value| client.send(reqwest::Method::POST, "/gists", &headers, body.to_string());
        for refused in [
            json!({ "public": true }),
            json!({ "files": {} }),
            json!({ "files": { "a": { "content": "" } } }),
        ] {
            post(refused).await.expect_status(422);
        }
        let created = post(request).await.expect_status(201);
        let id = created.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(created.header("Location"), Some(format!("{}/gists/{id}", server.base_url()).as_str()));
        let gist = read(&server, &id).await.expect_status(200).json();
        assert_eq!(gist, created.json());
        assert_eq!(gist["files"]["a.json"]["content"], json!("{}"));
    });
}

#[test]
fn every_answer_says_that_it_is_a_stand_in() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let client = TestClient::new(server.base_url());
        let id = published(&server);
        for path in ["/", "/gists/none", &format!("/gists/{id}"), "/elsewhere"] {
            assert!(
                client.get(path).await.header("X-Stand-In").is_some_and(|text| text.contains("not GitHub"))
            );
        }
    });
}

#[test]
fn scripted_outcomes_change_the_gist() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let id = published(&server);
        server.script(Outcome::OtherAuthor);
        assert_eq!(read(&server, &id).await.json()["owner"]["login"], json!("somebody-else"));
        server.script(Outcome::WrongCase);
        assert_eq!(read(&server, &id).await.json()["owner"]["login"], json!("aLICE"));
        server.script(Outcome::Missing);
        assert_eq!(read(&server, &id).await.json()["files"]["0x03.json"], Value::Null);
        server.script(Outcome::Tampered);
        let content =
            read(&server, &id).await.json()["files"]["0x03.json"]["content"].as_str().unwrap().to_owned();
        let content: Value = serde_json::from_str(&content).unwrap();
        let signature = content["signature"].as_str().unwrap();
        let differing = signature.chars().zip(SIGNATURE.chars()).filter(|(a, b)| a != b).count();
        assert_eq!((signature.len(), differing), (SIGNATURE.len(), 1));
        server.script(Outcome::Huge(3_000_000));
        assert!(read(&server, &id).await.expect_status(200).body.len() > 3_000_000);
        server.script(Outcome::Garbage);
        assert!(serde_json::from_slice::<Value>(&read(&server, &id).await.expect_status(200).body).is_err());
    });
}

#[test]
fn scripted_failures_are_githubs() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let id = published(&server);
        server.script(Outcome::Status(500));
        server.script_next([
            Outcome::Status(404),
            Outcome::Status(429),
            Outcome::Redirect("/gists/elsewhere".to_owned()),
        ]);
        assert_eq!(read(&server, &id).await.expect_status(404).json()["message"], json!("Not Found"));
        let limited = read(&server, &id).await.expect_status(429);
        assert_eq!(
            (limited.header("Retry-After"), limited.header("X-RateLimit-Remaining")),
            (Some("60"), Some("0"))
        );
        assert_eq!(read(&server, &id).await.expect_status(302).header("Location"), Some("/gists/elsewhere"));
        read(&server, &id).await.expect_status(500);
        read(&server, &id).await.expect_status(500);
        server.script(Outcome::Slow(Duration::from_millis(200)));
        let started = Instant::now();
        read(&server, &id).await.expect_status(200);
        assert!(started.elapsed() >= Duration::from_millis(200));
        assert_eq!(server.requests().len(), 6);
    });
}

#[test]
fn long_files_are_cut_as_github_cuts_them() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let id = server.publish(Gist::new("a").file("long.txt", "é".repeat(600_000)));
        let file = read(&server, &id).await.json()["files"]["long.txt"].clone();
        assert_eq!((&file["truncated"], &file["size"]), (&json!(true), &json!(1_200_000)));
        assert_eq!(file["content"].as_str().map(str::len), Some(1_048_576));
    });
}

#[test]
fn stops_when_dropped() {
    block_on(async {
        let server = GithubStandIn::start().unwrap();
        let address = server.address();
        drop(server);
        let gone = tokio::time::timeout(Duration::from_secs(10), async {
            while tokio::net::TcpStream::connect(address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        });
        gone.await.expect("the port is closed");
    });
}
