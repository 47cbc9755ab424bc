//! The calls of kv-service, as they look on the wire.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_client::{ClientOptions, KvClient, KvPayloadRequest, KvSubmission};
use nextid_core::{Identity, Platform};
use nextid_testkit::keys;
use serde_json::{Value, json};

use crate::stand_in::StandIn;

const UUID: &str = "9e4a1f0c-1b0e-4f6e-9d3d-2a3f6a6d5c10";

fn client(stand_in: &StandIn) -> KvClient {
    KvClient::new(&stand_in.base, &ClientOptions::default()).unwrap()
}

fn content() -> Value {
    let avatar = keys::key("alice").avatar().to_uncompressed_hex();
    json!({"persona": avatar, "avatar": avatar,
        "proofs": [{"platform": "github", "identity": "octocat", "content": {"a": 1}, "bound": false}]})
}

#[tokio::test]
async fn healthz() {
    let stand_in = StandIn::json(
        200,
        &json!({"hello": "kv server", "build_at": "UNKNOWN", "commit_version": "UNKNOWN"}),
    );
    assert_eq!(client(&stand_in).healthz().await.unwrap().hello, "kv server");
    assert_eq!(stand_in.request_line(), "GET /healthz HTTP/1.1");
}

#[tokio::test]
async fn get() {
    let stand_in = StandIn::json(200, &content());
    let avatar = keys::key("alice").avatar();
    let found = client(&stand_in).get(&avatar).await.unwrap();
    assert_eq!((&found.proofs[0].content, found.proofs[0].bound), (&json!({"a": 1}), false));
    assert_eq!(stand_in.request_line(), format!("GET /v1/kv?avatar={avatar} HTTP/1.1"));
}

#[tokio::test]
async fn a_namespace_is_bound_unless_it_says_otherwise() {
    let one = |identity: &str| json!({"platform": "github", "identity": identity, "content": {}});
    let mut proofs = [one("octocat"), one("hubot"), one("mona")];
    proofs[1]["bound"] = false.into();
    proofs[2]["bound"] = true.into();
    let stand_in = StandIn::json(200, &json!({"persona": "0x04", "avatar": "0x04", "proofs": proofs}));
    let found = client(&stand_in).get(&keys::key("alice").avatar()).await.unwrap();
    let bound: Vec<_> = found.proofs.iter().map(|one| (one.identity.as_str(), one.bound)).collect();
    assert_eq!(bound, [("octocat", true), ("hubot", false), ("mona", true)]);
}

#[tokio::test]
async fn by_identity() {
    let stand_in = StandIn::json(200, &json!({"values": [{"avatar": "0x04", "content": {"a": 1}}]}));
    let identity = Identity::parse(Platform::Github, "octocat").unwrap();
    let found = client(&stand_in).by_identity(&identity).await.unwrap();
    assert_eq!(found[0].content, json!({"a": 1}));
    assert_eq!(stand_in.request_line(), "GET /v1/kv/by_identity?platform=github&identity=octocat HTTP/1.1");
}

#[tokio::test]
async fn payload_and_submit() {
    let avatar = keys::key("alice").avatar();
    let identity = Identity::parse(Platform::Github, "octocat").unwrap();
    let patch = json!({"a": 1});
    let request =
        KvPayloadRequest { avatar: &avatar, identity: &identity, patch: patch.as_object().unwrap() };
    let hex = avatar.to_uncompressed_hex();
    let sign_payload = format!(
        r#"{{"version":"1","uuid":"{UUID}","avatar":"{}","platform":"github","identity":"octocat","patch":{{"a":1}},"created_at":1650000000,"previous":null}}"#,
        &hex[2..]
    );
    let stand_in =
        StandIn::json(200, &json!({"uuid": UUID, "sign_payload": sign_payload, "created_at": 1_650_000_000}));
    let issued = client(&stand_in).payload(&request).await.unwrap();
    assert_eq!(
        stand_in.request_body(),
        json!({"avatar": avatar.to_hex(), "platform": "github", "identity": "octocat", "patch": {"a": 1}})
    );

    let stand_in = StandIn::json(201, &content());
    let submission =
        KvSubmission { request, uuid: &issued.uuid, created_at: issued.created_at, signature: "c2ln" };
    let submitted = client(&stand_in).submit(&submission).await.unwrap();
    assert_eq!(submitted.content.proofs[0].identity, "octocat");
    assert_eq!(
        stand_in.request_body(),
        json!({"avatar": avatar.to_hex(), "platform": "github", "identity": "octocat", "signature": "c2ln",
            "uuid": UUID, "created_at": 1_650_000_000, "patch": {"a": 1}})
    );
}

#[tokio::test]
async fn chain_page() {
    let answer = json!({"pagination": {"total": 0, "per": 40, "current": 2, "next": 0}, "kv_chain": []});
    let stand_in = StandIn::json(200, &answer);
    let avatar = keys::key("alice").avatar();
    let page = client(&stand_in).chain_page(&avatar, 2).await.unwrap();
    assert_eq!((page.pagination.current, page.kv_chain.len()), (2, 0));
    assert_eq!(stand_in.request_line(), format!("GET /v1/kvchain?avatar={avatar}&page=2 HTTP/1.1"));
}
