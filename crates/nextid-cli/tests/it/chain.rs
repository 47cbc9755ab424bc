//! `nextid chain verify`, on files and on what services export. What can be wrong is told apart in the unit tests.
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_core::link::{KvLink, LinkFormat};
use nextid_core::payload::KvPayload;
use nextid_core::payload::kv::KvPayloadForm;
use nextid_core::{CanonicalJson, CreatedAt, EthAddress, LinkUuid, Platform};
use nextid_testkit::http::TestClient;
use nextid_testkit::{block_on, keys};
use serde_json::{Value, json};

use crate::command::{Services, User};

/// An export of a KVChain of two patches, as lines.
fn export() -> Vec<String> {
    let key = keys::key("alice");
    let avatar = key.avatar();
    let mut previous: Option<String> = None;
    let mut links = Vec::new();
    for (seq, patch) in [json!({"a": 1, "b": 2}), json!({"a": null})].into_iter().enumerate() {
        let uuid = format!("00000000-0000-4000-8000-{seq:012}");
        let payload = KvPayload {
            form: KvPayloadForm::Avatar,
            avatar: &avatar,
            platform: Platform::Nextid,
            identity: &avatar.to_hex(),
            uuid: LinkUuid::parse(&uuid).unwrap(),
            created_at: CreatedAt::from_seconds(1_700_000_000).unwrap(),
            patch: &CanonicalJson::of(&patch),
            previous: previous.as_deref(),
        }
        .to_string();
        let signature = key.personal_sign(payload.as_bytes()).to_base64();
        let link = KvLink {
            avatar: avatar.to_uncompressed_hex(),
            seq: seq as u64,
            platform: "nextid".to_owned(),
            identity: avatar.to_hex(),
            patch,
            created_at: 1_700_000_000,
            uuid,
            signature: signature.clone(),
            signature_payload: payload,
            signer: avatar.to_uncompressed_hex(),
            format: LinkFormat::V1,
            prev: previous.replace(signature),
            restart: false,
        };
        links.push(serde_json::to_string(&link).unwrap());
    }
    let header = json!({"format": "nextid-chain", "version": 1, "service": "kv-service",
        "avatar": avatar.to_uncompressed_hex(), "head": {"seq": 1, "signature": previous}});
    std::iter::once(header.to_string()).chain(links).collect()
}

#[test]
fn a_good_file_holds() {
    let user = User::new();
    let file = user.file("chain.jsonl", &export().join("\n"));
    let path = file.to_str().unwrap();
    let report = user.run(&["--json", "chain", "verify", path]).ok().json();
    assert_eq!(
        (&report["holds"], &report["complete"], &report["kind"]),
        (&json!(true), &json!(true), &json!("kv"))
    );
    assert_eq!(report["contents"][0]["content"], json!({"b": 2}));
    assert_eq!(report["avatar"], keys::key("alice").avatar().to_hex());
    let text = user.run(&["chain", "verify", path]).ok().out;
    assert!(text.contains("holds: 2 links, every signature checked here"), "{text}");
}

#[test]
fn standard_input_is_a_file_too() {
    let user = User::new();
    user.run_with_input(&["chain", "verify", "-"], &export().join("\n")).ok();
    let avatar = keys::key("bob").avatar().to_hex();
    let error =
        user.run_with_input(&["chain", "verify", "-", "--avatar", &avatar], &export().join("\n")).failed(6);
    assert!(error.contains("standard input, line 1: this is the chain of"), "{error}");
}

#[test]
fn a_bad_file_is_named_to_the_line() {
    let user = User::new();
    let mut lines = export();
    lines[2] = lines[2].replace("null", "7");
    let file = user.file("chain.jsonl", &lines.join("\n"));
    let path = file.to_str().unwrap();
    let error = user.run(&["chain", "verify", path]).failed(6);
    assert!(error.contains("chain.jsonl, line 3: "), "{error}");
    let error: Value =
        serde_json::from_str(&user.run(&["--json", "chain", "verify", path]).failed(6)).unwrap();
    assert_eq!((&error["error"]["line"], &error["error"]["exit_status"]), (&json!(3), &json!(6)));
}

#[test]
fn what_is_neither_a_file_nor_an_avatar_is_a_file_that_is_missing() {
    let error = User::new().run(&["chain", "verify", "nothing.jsonl"]).failed(1);
    assert!(error.contains("nothing.jsonl cannot be read: No such file"), "{error}");
}

#[test]
fn a_service_that_is_not_there_is_told_with_what_to_do() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let avatar = keys::key("alice").avatar().to_hex();
    let error = User::new().run(&["chain", "verify", &avatar, "--proof-url", &url]).failed(4);
    assert!(error.contains(&format!("127.0.0.1:{port} cannot be reached: Connection refused")), "{error}");
    assert!(error.contains("nextid up") && error.contains("--proof-url"), "{error}");
}

#[test]
fn both_chains_of_an_avatar_hold_downloaded_or_saved() {
    let services = Services::start();
    let wallet = keys::key("wallet");
    let address = EthAddress::of(&wallet.avatar()).to_string();
    let user = services.user("alice").env("NEXTID_WALLET_KEY", hex::encode(*wallet.to_bytes()));
    user.run(&["prove", "ethereum", &address]).ok();
    user.run(&["kv", "set", r#"{"a":1e21,"b":{"c":"\u0000ä"}}"#]).ok();
    user.run(&["kv", "set", r#"{"b":null}"#, "--platform", "ethereum", "--identity", &address]).ok();
    let avatar = keys::key("alice").avatar().to_hex();

    let stranger = services.known_to(User::new());
    let reports = stranger.run(&["--json", "chain", "verify", &avatar]).ok().lines();
    let [proof, kv] = reports.as_slice() else { panic!("two chains: {reports:?}") };
    assert_eq!(
        (&proof["kind"], &proof["links"], &proof["complete"]),
        (&json!("proof"), &json!(1), &json!(true))
    );
    assert_eq!((&kv["kind"], &kv["links"], &kv["complete"]), (&json!("kv"), &json!(2), &json!(true)));
    let text = stranger.run(&["chain", "verify", &avatar]).ok().out;
    assert!(text.contains("The ProofChain of") && text.contains("The KVChain of"), "{text}");

    for (url, report, only) in [(&services.proof_url, proof, "proof"), (&services.kv_url, kv, "kv")] {
        let answer = block_on(TestClient::new(url).get(&format!("/v1/avatar/{avatar}/export")));
        let text = answer.expect_status(200).text();
        let file = stranger.file("export.jsonl", &text);
        let path = file.to_str().unwrap();
        assert_eq!(stranger.run(&["--json", "chain", "verify", path]).ok().json(), *report);
        let args = ["--json", "chain", "verify", &avatar, "--only", only];
        assert_eq!(stranger.run(&args).ok().json(), *report);
        stranger.file("export.jsonl", &text.replacen("\"seq\":0", "\"seq\":1", 1));
        stranger.run(&["chain", "verify", path]).failed(6);
        assert!(stranger.run(&["chain", "verify", path, "--only", only]).failed(2).contains("--only"));
    }
    // A service that passes the other's chain for its own is found out.
    let args = ["chain", "verify", &avatar, "--proof-url", &services.kv_url];
    assert!(stranger.run(&args).failed(6).contains("this is a chain of kv-service"));
}

#[test]
fn chains_that_nobody_has_begun_are_empty() {
    let services = Services::start();
    let user = services.known_to(User::new());
    let nobody = keys::key("nobody").avatar().to_hex();
    let reports = user.run(&["--json", "chain", "verify", &nobody]).ok().lines();
    assert_eq!(reports.iter().map(|report| &report["kind"]).collect::<Vec<_>>(), ["proof", "kv"]);
    assert!(reports.iter().all(|report| report["links"] == 0 && report["complete"] == true), "{reports:?}");
    let text = user.run(&["chain", "verify", &nobody]).ok().out;
    assert!(text.contains("The ProofChain is empty") && text.contains("The KVChain is empty"), "{text}");
}
