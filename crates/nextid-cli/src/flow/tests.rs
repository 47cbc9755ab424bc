//! What is tried again, and what is not, against a service that answers what each test says.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread::JoinHandle;

use nextid_client::{ClientOptions, KvClient, ProofClient};
use nextid_core::payload::ProofPayload;
use nextid_core::{Action, CreatedAt, EthAddress, Identity, LinkUuid, Platform, SecretKey};
use serde_json::{Value, json};

use super::{Counter, ProofChange, Signers, change_by_signatures, write_kv};
use crate::error::CliError;
use crate::ui::Ui;

const UUID: &str = "9e4a1f0c-1b0e-4f6e-9d3d-2a3f6a6d5c10";

/// A status with a body; 0 is no answer.
type Reply = (u16, Value);

fn serve(replies: Vec<Reply>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let answer = |(status, body): Reply| {
            let (mut stream, _) = listener.accept().unwrap();
            let path = read_path(&mut stream);
            if status > 0 {
                let body = body.to_string();
                let head =
                    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close", body.len());
                write!(stream, "{head}\r\n\r\n{body}").unwrap();
            }
            path
        };
        replies.into_iter().map(answer).collect()
    });
    (base, served)
}

/// Reads a whole request, so that closing the connection is no reset, and gives its path.
fn read_path(stream: &mut TcpStream) -> String {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut piece).unwrap();
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return text.split(' ').nth(1).unwrap().to_owned();
        }
    }
}

fn key(byte: u8) -> SecretKey {
    SecretKey::from_bytes(&[byte; 32]).unwrap()
}

fn wallet() -> Identity {
    Identity::parse(Platform::Ethereum, &EthAddress::of(&key(8).avatar()).to_string()).unwrap()
}

fn issued(prev: Option<&str>) -> Reply {
    let sign_payload = ProofPayload {
        action: Action::Create,
        avatar: &key(7).avatar(),
        platform: Platform::Ethereum,
        identity: wallet().as_str(),
        created_at: CreatedAt::from_seconds(1_700_000_000).unwrap(),
        uuid: LinkUuid::parse(UUID).unwrap(),
        prev,
    }
    .to_string();
    let body = json!({"post_content": {"default": ""}, "sign_payload": sign_payload, "uuid": UUID, "created_at": "1700000000"});
    (200, body)
}

fn conflict() -> Reply {
    (409, json!({"message": "moved", "code": "chain_conflict", "request_id": "r", "head": null}))
}

/// Binds the wallet; how it ended, and the last part of every path that was asked.
async fn bind(replies: Vec<Reply>) -> (Result<Option<String>, CliError>, Vec<String>) {
    let (base, served) = serve(replies);
    let client = ProofClient::new(&base, &ClientOptions::default()).unwrap();
    let (avatar_key, wallet_key, identity) = (key(7), key(8), wallet());
    let change = ProofChange { action: Action::Create, identity: &identity, avatar: &avatar_key.avatar() };
    let signers = Signers { avatar: Some(&avatar_key), counter: Some(Counter::Key(&wallet_key)) };
    let changed = change_by_signatures(&Ui::new(true), &client, change, signers).await;
    (changed.map(|changed| changed.issued.prev()), served.join().unwrap())
}

#[tokio::test]
async fn a_head_that_has_moved_is_signed_over_once_more() {
    let (bound, asked) = bind(vec![issued(None), conflict(), issued(Some("c2ln")), (201, json!({}))]).await;
    assert_eq!(bound.unwrap().as_deref(), Some("c2ln"));
    assert_eq!(asked, ["/v1/proof/payload", "/v1/proof", "/v1/proof/payload", "/v1/proof"]);
}

#[tokio::test]
async fn a_head_that_moves_all_the_time_ends_it() {
    let (bound, _) = bind(vec![issued(None), conflict(), issued(None), conflict()]).await;
    assert!(matches!(bound, Err(CliError::Service { error, .. }) if error.is_code("chain_conflict")));
}

#[tokio::test]
async fn other_refusals_end_it_at_once() {
    let refusal = (400, json!({"message": "m", "code": "bad_signature", "request_id": "r"}));
    let (bound, asked) = bind(vec![issued(None), refusal]).await;
    bound.unwrap_err();
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn a_submit_whose_answer_is_lost_is_sent_again_as_it_was() {
    let (bound, asked) = bind(vec![issued(None), (0, Value::Null), (201, json!({"replayed": true}))]).await;
    bound.unwrap();
    assert_eq!(asked, ["/v1/proof/payload", "/v1/proof", "/v1/proof"]);
}

#[tokio::test]
async fn a_service_that_confirms_something_else_is_not_believed() {
    let avatar = key(7).avatar().to_hex();
    let other = json!({
        "avatar": avatar, "seq": 0, "action": "create", "platform": "github", "identity": "octocat",
        "created_at": "1700000000", "signature": "c2ln", "signature_payload": "{}", "uuid": UUID, "signer": avatar,
        "format": "v1", "prev": null,
    });
    let (bound, _) = bind(vec![issued(None), (201, other)]).await;
    assert!(matches!(bound, Err(CliError::Contradiction(_))));
}

#[tokio::test]
async fn a_kv_write_over_a_head_that_has_moved_is_signed_once_more() {
    let avatar = key(7).avatar();
    let hex = avatar.to_uncompressed_hex();
    let sign_payload = format!(
        r#"{{"version":"1","uuid":"{UUID}","avatar":"{}","platform":"nextid","identity":"{avatar}","patch":{{"a":1}},"created_at":1700000000,"previous":null}}"#,
        hex.trim_start_matches("0x"),
    );
    let issued = || (200, json!({"uuid": UUID, "sign_payload": sign_payload, "created_at": 1_700_000_000}));
    let written = (201, json!({"persona": hex, "avatar": hex, "proofs": []}));
    let (base, served) = serve(vec![issued(), conflict(), issued(), written]);
    let client = KvClient::new(&base, &ClientOptions::default()).unwrap();
    let identity = Identity::parse(Platform::Nextid, &avatar.to_hex()).unwrap();
    let patch = json!({"a": 1});
    write_kv(&Ui::new(true), &client, &key(7), &identity, patch.as_object().unwrap()).await.unwrap();
    assert_eq!(served.join().unwrap(), ["/v1/kv/payload", "/v1/kv", "/v1/kv/payload", "/v1/kv"]);
}
