//! `nextid chain verify --live`: posts are fetched and judged by the command itself.
#![expect(clippy::indexing_slicing, reason = "the helpers of tests, which fail with them")]
#![expect(clippy::unwrap_used, reason = "the helpers of tests, which fail with them")]

use nextid_core::EthAddress;
use nextid_testkit::ethereum::{EthereumStandIn, NodeOutcome};
use nextid_testkit::github::{Gist, GithubStandIn};
use nextid_testkit::http::TestClient;
use nextid_testkit::{Outcome, block_on, keys};
use serde_json::{Value, json};

use crate::command::{Services, User};

/// Who looks, without any service of ours, at a saved chain.
fn onlooker(github: &GithubStandIn) -> User {
    User::new().env("NEXTID__PLATFORMS__GITHUB__BASE_URL", github.base_url())
}

/// Alice binds a gist and a wallet; her chain as a file's text.
fn chain(github: &GithubStandIn) -> String {
    let services = Services::with_github(github.base_url());
    let wallet = keys::key("wallet");
    let user = services.user("alice").env("NEXTID_WALLET_KEY", hex::encode(*wallet.to_bytes()));
    let mut prove = user.start(&["--json", "prove", "github", "octocat"]);
    let asked = prove.next_json();
    let name = format!("{}.json", asked["avatar"].as_str().unwrap());
    let id = github.publish(Gist::new("octocat").file(name, asked["post"].as_str().unwrap()));
    prove.type_line(&id);
    assert_eq!(prove.next_json()["step"], "bound");
    assert_eq!(prove.end().0, 0);
    user.run(&["prove", "ethereum", &EthAddress::of(&wallet.avatar()).to_string()]).ok();
    let client = TestClient::new(&services.proof_url);
    let path = format!("/v1/avatar/{}/export", keys::key("alice").avatar());
    block_on(async move { client.get(&path).await.text() })
}

/// The verdict on the gist, and on the wallet.
fn verdicts(report: &Value) -> (Value, Value) {
    let of = |platform: &str| {
        let mut bindings = report["bindings"].as_array().unwrap().iter();
        bindings.find(|binding| binding["platform"] == platform).unwrap()["live"]["verdict"].clone()
    };
    (of("github"), of("ethereum"))
}

#[test]
fn a_post_is_judged_here() {
    let github = GithubStandIn::start().unwrap();
    let text = chain(&github);
    let user = onlooker(&github);
    let file = user.file("chain.jsonl", &text);
    let path = file.to_str().unwrap();

    let asked = github.requests().len();
    let report = user.run(&["--json", "chain", "verify", path]).ok().json();
    assert_eq!(github.requests().len(), asked, "nobody is asked without --live");
    assert_eq!(report["bindings"][0].get("live"), None);

    let report = user.run(&["--json", "chain", "verify", path, "--live"]).ok().json();
    assert_eq!(verdicts(&report), (json!("holds"), json!("holds")));
    assert_eq!(github.requests().len(), asked + 1);
    let shown = user.run(&["chain", "verify", path, "--live"]).ok().out;
    assert!(shown.contains("holds now: its post was fetched and judged here"), "{shown}");

    for outcome in [Outcome::Tampered, Outcome::OtherAuthor, Outcome::Missing, Outcome::Status(404)] {
        github.script(outcome.clone());
        let ended = user.run(&["--json", "chain", "verify", path, "--live"]);
        assert_eq!(ended.status, 9, "{outcome:?}: {}{}", ended.out, ended.err);
        assert_eq!(verdicts(&ended.json()), (json!("does_not_hold"), json!("holds")), "{outcome:?}");
    }
    let ended = user.run(&["chain", "verify", path, "--live"]);
    assert!(
        ended.out.contains("DOES NOT HOLD") && ended.err.contains("1 binding"),
        "{}{}",
        ended.out,
        ended.err
    );
}

#[test]
fn a_platform_in_trouble_says_nothing() {
    let github = GithubStandIn::start().unwrap();
    let text = chain(&github);
    let user = onlooker(&github);
    let file = user.file("chain.jsonl", &text);
    let path = file.to_str().unwrap();
    for outcome in [Outcome::Status(503), Outcome::Status(429), Outcome::Status(401)] {
        github.script(outcome.clone());
        let ended = user.run(&["--json", "chain", "verify", path, "--live"]);
        assert_eq!(ended.status, 4, "{outcome:?}: {}{}", ended.out, ended.err);
        assert_eq!(verdicts(&ended.json()), (json!("unreachable"), json!("holds")), "{outcome:?}");
    }
    drop(github);
    assert_eq!(user.run(&["chain", "verify", path, "--live"]).status, 4);
}

#[test]
fn a_contract_is_asked_if_there_is_a_node() {
    let node = EthereumStandIn::start().unwrap();
    node.set_result("eth_getCode", json!("0x60"));
    node.set_result("eth_call", json!("0x01"));
    let services = Services::with_node(&node.rpc_url());
    let wallet = "0x00000000000000000000000000000000000000aa";
    // The command signs with the wallet's owner: to it a wallet is a key.
    let alice = keys::key("alice");
    let client = TestClient::new(&services.proof_url);
    let text = block_on(async move {
        let request = json!({"action": "create", "platform": "ethereum", "identity": wallet,
            "public_key": alice.avatar().to_hex()});
        let payload = client.post_json("/v1/proof/payload", &request).await.expect_status(200).json();
        let sign = |key: &nextid_core::SecretKey| {
            key.personal_sign(payload["sign_payload"].as_str().unwrap().as_bytes()).to_base64()
        };
        let mut submit = request.clone();
        submit["uuid"] = payload["uuid"].clone();
        submit["created_at"] = payload["created_at"].clone();
        submit["extra"] = json!({"signature": sign(&alice), "wallet_signature": sign(&keys::key("owner"))});
        client.post_json("/v1/proof", &submit).await.expect_status(201);
        client.get(&format!("/v1/avatar/{}/export", alice.avatar())).await.text()
    });
    let with_node = User::new().env("NEXTID__PLATFORMS__ETHEREUM__RPC_URL", node.rpc_url());
    let verdict = |user: &User, status: i32| {
        let file = user.file("chain.jsonl", &text);
        let ended = user.run(&["--json", "chain", "verify", file.to_str().unwrap(), "--live"]);
        assert_eq!(ended.status, status, "{}{}", ended.out, ended.err);
        ended.json()["bindings"][0]["live"]["verdict"].clone()
    };
    assert_eq!(verdict(&with_node, 0), "holds");
    assert_eq!(verdict(&User::new(), 0), "not_checked");
    node.set_result("eth_call", json!("0x00"));
    assert_eq!(verdict(&with_node, 9), "does_not_hold");
    node.script(NodeOutcome::Status(503));
    assert_eq!(verdict(&with_node, 4), "unreachable");
}

#[test]
fn settings_that_cannot_be_used_are_told() {
    let user = User::new().env("NEXTID__PLATFORMS__GITHUB__BASE_URL", "nonsense");
    let file = user.file("chain.jsonl", "");
    let error = user.run(&["chain", "verify", file.to_str().unwrap(), "--live"]).failed(2);
    assert!(error.contains("platforms' settings"), "{error}");
}
