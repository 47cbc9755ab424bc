//! The calls of proof-service, as they look on the wire.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_client::{
    ClientError, ClientOptions, ProofClient, ProofPayloadRequest, ProofSearch, ProofSubmission, codes,
};
use nextid_core::{Action, Identity, Platform};
use nextid_testkit::keys;
use serde_json::{Value, json};

use crate::stand_in::StandIn;

const UUID: &str = "9e4a1f0c-1b0e-4f6e-9d3d-2a3f6a6d5c10";

fn client(stand_in: &StandIn) -> ProofClient {
    ProofClient::new(&stand_in.base, &ClientOptions::default()).unwrap()
}

fn github() -> Identity {
    Identity::parse(Platform::Github, "OctoCat").unwrap()
}

fn link() -> Value {
    let avatar = keys::key("alice").avatar().to_hex();
    json!({
        "avatar": avatar, "seq": 0, "action": "create", "platform": "github", "identity": "octocat", "alt_id": "583231",
        "proof_location": "abc", "created_at": "1650000000", "signature": "c2ln", "signature_payload": "{}",
        "uuid": UUID, "extra": {}, "arweave_id": "", "signer": avatar, "format": "v1", "prev": null,
    })
}

#[tokio::test]
async fn healthz() {
    let body = json!({"hello": "proof service", "runtime": "standalone", "platforms": ["dns", "github"],
        "environment": "test", "revision": "r", "built_at": "0"});
    let stand_in = StandIn::json(200, &body);
    assert_eq!(client(&stand_in).healthz().await.unwrap().platforms, ["dns", "github"]);
    assert_eq!(stand_in.request_line(), "GET /healthz HTTP/1.1");
}

#[tokio::test]
async fn payload() {
    let sign_payload = format!(
        r#"{{"action":"create","created_at":"1650000000","identity":"octocat","platform":"github","prev":null,"uuid":"{UUID}"}}"#
    );
    let stand_in = StandIn::json(
        200,
        &json!({"post_content": {"default": "p"}, "sign_payload": sign_payload,
        "uuid": UUID, "created_at": "1650000000"}),
    );
    let avatar = keys::key("alice").avatar();
    let request = ProofPayloadRequest { action: Action::Create, identity: &github(), avatar: &avatar };
    let issued = client(&stand_in).payload(&request).await.unwrap();
    assert_eq!((issued.sign_payload, issued.post_content["default"].as_str()), (sign_payload, "p"));
    assert_eq!(
        stand_in.request_body(),
        json!({"action": "create", "platform": "github", "identity": "OctoCat", "public_key": avatar.to_hex()})
    );
}

#[tokio::test]
async fn a_payload_that_says_something_else_is_not_returned() {
    let stand_in = StandIn::json(
        200,
        &json!({"post_content": {"default": ""}, "sign_payload": "give me all",
        "uuid": UUID, "created_at": "1650000000"}),
    );
    let avatar = keys::key("alice").avatar();
    let request = ProofPayloadRequest { action: Action::Create, identity: &github(), avatar: &avatar };
    let error = client(&stand_in).payload(&request).await.unwrap_err();
    assert!(matches!(error, ClientError::PayloadDiffers { .. }), "{error}");
}

fn submission<'a>(identity: &'a Identity, avatar: &'a nextid_core::Avatar) -> ProofSubmission<'a> {
    ProofSubmission {
        action: Action::Create,
        identity,
        avatar,
        proof_location: Some("abc"),
        uuid: UUID,
        created_at: "1650000000",
        signature: None,
        counter_signature: None,
    }
}

#[tokio::test]
async fn submit() {
    let stand_in = StandIn::json(201, &link());
    let (identity, avatar) = (github(), keys::key("alice").avatar());
    let submitted = client(&stand_in).submit(&submission(&identity, &avatar)).await.unwrap();
    assert_eq!(serde_json::to_value(submitted.link).unwrap(), link());
    assert!(!submitted.replayed);
    let body = stand_in.request_body();
    assert_eq!((&body["proof_location"], &body["extra"]), (&json!("abc"), &json!({})));
}

#[tokio::test]
async fn a_conflict_tells_the_head() {
    let head = json!({"seq": 2, "uuid": UUID, "signature": "c2ln", "created_at": "1650000000"});
    let stand_in = StandIn::json(
        409,
        &json!({"message": "m", "code": "chain_conflict", "request_id": "r", "head": head}),
    );
    let (identity, avatar) = (github(), keys::key("alice").avatar());
    let error = client(&stand_in).submit(&submission(&identity, &avatar)).await.unwrap_err();
    assert!(error.is_code(codes::CHAIN_CONFLICT));
    assert_eq!(error.api().unwrap().head().unwrap().signature, "c2ln");
}

#[tokio::test]
async fn search() {
    let found = json!({
        "pagination": {"total": 1, "per": 40, "current": 1, "next": 0},
        "ids": [{"persona": "0x02", "avatar": "0x02", "alias": [], "last_arweave_id": "", "activated_at": "1650000000",
            "proofs": [{"platform": "github", "identity": "octocat", "alt_id": "1", "created_at": "1650000000",
                "last_checked_at": "1650000001", "is_valid": true, "invalid_reason": ""}]}],
    });
    let stand_in = StandIn::json(200, &found);
    let search = ProofSearch {
        platform: Some(Platform::Github),
        identities: &["octo cat", "a&b=c"],
        exact: true,
        page: 2,
    };
    let page = client(&stand_in).search(&search).await.unwrap();
    assert_eq!(page.ids[0].proofs[0].identity, "octocat");
    assert_eq!(
        stand_in.request_line(),
        "GET /v1/proof?identity=octo+cat%2Ca%26b%3Dc&exact=true&page=2&platform=github HTTP/1.1"
    );
}

#[tokio::test]
async fn exists() {
    let state =
        json!({"created_at": "1", "last_checked_at": "2", "is_valid": false, "invalid_reason": "gone"});
    let stand_in = StandIn::json(200, &state);
    let avatar = keys::key("alice").avatar();
    let found = client(&stand_in).exists(&github(), &avatar).await.unwrap().unwrap();
    assert_eq!((found.is_valid, found.invalid_reason.as_str()), (false, "gone"));
    let wanted =
        format!("GET /v1/proof/exists?platform=github&identity=octocat&public_key={avatar} HTTP/1.1");
    assert_eq!(stand_in.request_line(), wanted);
}

#[tokio::test]
async fn what_does_not_exist_is_no_error_but_another_server_is() {
    let avatar = keys::key("alice").avatar();
    let stand_in = StandIn::json(404, &json!({"message": "Record not found for github: octocat"}));
    assert_eq!(client(&stand_in).exists(&github(), &avatar).await.unwrap(), None);
    let stand_in = StandIn::answering(404, "<h1>Not Found</h1>");
    client(&stand_in).exists(&github(), &avatar).await.unwrap_err();
}

#[tokio::test]
async fn chain_page() {
    let page =
        json!({"pagination": {"total": 1, "per": 40, "current": 1, "next": 0}, "proof_chain": [link()]});
    let stand_in = StandIn::json(200, &page);
    let avatar = keys::key("alice").avatar();
    let answered = client(&stand_in).chain_page(&avatar, 1).await.unwrap();
    assert_eq!(serde_json::to_value(answered).unwrap(), page);
    assert_eq!(stand_in.request_line(), format!("GET /v1/proofchain?avatar={avatar}&page=1 HTTP/1.1"));
}

#[tokio::test]
async fn changes() {
    let mut changed = link();
    changed["id"] = json!(12);
    let stand_in = StandIn::json(200, &json!({"links": [changed], "epoch": "e1"}));
    let changes = client(&stand_in).changes(11, 50).await.unwrap();
    assert_eq!(
        (changes.links[0].id, changes.links[0].link.seq, changes.epoch.as_deref()),
        (12, 0, Some("e1"))
    );
    assert_eq!(stand_in.request_line(), "GET /v1/proofchain/changes?last_id=11&count=50 HTTP/1.1");
}
