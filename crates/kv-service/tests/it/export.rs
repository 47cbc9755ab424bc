//! `GET /v1/avatar/{key}/export`

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use nextid_core::export::{ChainService, ExportDefect, ExportState, ExportVerifier, VerifiedChain};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn, stored_chain};

fn verify(text: &str) -> ExportState {
    let mut verifier = ExportVerifier::new(None);
    for line in text.lines() {
        verifier.push_line(line.as_bytes()).unwrap();
    }
    verifier.finish().unwrap()
}

on_both_databases! {
    /// More links than are read at a time, in every spelling of the key.
    async fn a_chain_is_exported_whole(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        for number in 0..65 {
            let patch = json!({"n": number, "text": "ä\n\u{0}\"<>", "double": 1e21, "deep": [[{"a": 0.1}]]});
            alice.own_write(&kv, patch).await;
        }
        let chain = stored_chain(&db, alice.avatar()).await;
        let uncompressed = alice.avatar().to_uncompressed_hex();
        for key in [alice.hex().as_str(), uncompressed.as_str(), &uncompressed[4..]] {
            let answer = kv.client.get(&format!("/v1/avatar/{key}/export")).await.expect_status(200);
            assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
            let disposition = format!("attachment; filename=\"kv-service-{uncompressed}.jsonl\"");
            assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
            let text = answer.text();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(
                lines[0],
                json!({"format": "nextid-chain", "version": 1, "service": "kv-service", "avatar": uncompressed,
                    "head": {"seq": 64, "signature": chain[64].signature}})
            );
            assert_eq!(lines[1..], chain.iter().map(|link| json!(link)).collect::<Vec<_>>());
            let state = verify(&text);
            assert_eq!((state.links, state.service, state.avatar), (65, ChainService::Kv, alice.avatar()));
            let VerifiedChain::Kv(state) = state.chain else { panic!("a KVChain") };
            assert_eq!(state.contents.into_values().next().unwrap()["n"], 64);
        }
    }

    async fn an_unknown_avatar_has_an_empty_chain(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let nobody = Person::new("nobody");
        let answer = kv.client.get(&format!("/v1/avatar/{}/export", nobody.hex())).await.expect_status(200);
        assert_eq!(answer.text().lines().count(), 1);
        assert_eq!(answer.json()["head"], Value::Null);
        assert_eq!(verify(&answer.text()).links, 0);
        for key in ["0x12", "nobody", "%00", "%2F"] {
            kv.client.get(&format!("/v1/avatar/{key}/export")).await.expect_error(400, "bad_public_key");
        }
        let path = format!("/v1/avatar/{}/export", nobody.hex());
        let head = kv.client.send("HEAD".parse().unwrap(), &path, &[], "").await.expect_status(200);
        assert_eq!(head.header("content-type"), Some("application/x-ndjson"));
        kv.client.post(&path, "").await.expect_error(405, "method_not_allowed");
    }

    /// A reader that stops reading holds no database connection, and what is appended meanwhile is not in its export.
    async fn a_slow_reader_gets_the_chain_as_it_was(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::with(&db, proof_service.url(), |config| config.database.pool_size = 1).await;
        let alice = Person::new("alice");
        // More than the buffers between two ends of a connection hold.
        let large = "x".repeat(60_000);
        for number in 0..100 {
            alice.own_write(&kv, json!({"n": number, "large": large})).await;
        }
        let mut stream = TcpStream::connect(kv.address()).unwrap();
        write!(stream, "GET /v1/avatar/{}/export HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", alice.hex()).unwrap();
        let (stream, first) = tokio::task::spawn_blocking(move || {
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            (stream, first)
        })
        .await
        .unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        // The only connection is free, and the chain grows.
        for number in 100..103 {
            alice.own_write(&kv, json!({"n": number})).await;
        }
        let body = tokio::task::spawn_blocking(move || read_chunked(stream)).await.unwrap();
        assert!(body.len() > 100 * 2 * large.len(), "{} bytes", body.len());
        let state = verify(&String::from_utf8(body).unwrap());
        assert_eq!(state.links, 100);
        assert_eq!(stored_chain(&db, alice.avatar()).await.len(), 103);
    }

    /// Whoever changes the database is found out by everybody who checks.
    async fn a_changed_database_does_not_verify(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let alice = Person::new("alice");
        for number in 0..3 {
            alice.own_write(&kv, json!({"n": number})).await;
        }
        db.execute("UPDATE links SET patch = '{\"n\":7}' WHERE seq = 1");
        let text = kv.client.get(&format!("/v1/avatar/{}/export", alice.hex())).await.expect_status(200).text();
        let mut verifier = ExportVerifier::new(None);
        let error = text.lines().find_map(|line| verifier.push_line(line.as_bytes()).err()).unwrap();
        assert_eq!(error.line, 3);
        assert!(matches!(&error.defect, ExportDefect::Link(_)), "{error}");
        assert_eq!(error.defect.code(), "payload_differs");
    }
}

/// The rest of a chunked answer, whose body is put together.
fn read_chunked(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let begin = all.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let (mut rest, mut body) = (&all[begin..], Vec::new());
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n").unwrap();
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
}
