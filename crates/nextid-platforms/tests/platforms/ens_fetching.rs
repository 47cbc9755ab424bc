//! What becomes of everything that an Ethereum node may answer.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::ens::{EnsVerifier, RECORD_KEY};
use nextid_platforms::{Claim, EnsSettings, Evidence, FetchError, Mismatch, Secret, Verifier};
use nextid_testkit::ethereum::{EthereumStandIn, NodeOutcome};
use nextid_testkit::keys::key;
use serde_json::Value;

use crate::support::{LONG, claim, net, signed_post};

fn alice() -> Claim {
    claim(&key("alice"), Platform::Ens, "Alice.ETH", "")
}

/// A node that knows alice's record.
fn set_up() -> EthereumStandIn {
    let node = EthereumStandIn::start().unwrap();
    node.publish("alice.eth", signed_post(&alice(), &key("alice")));
    node
}

fn verifier(node: &EthereumStandIn) -> EnsVerifier {
    let settings = EnsSettings { rpc_url: Some(Secret::new(node.rpc_url())), ..EnsSettings::default() };
    EnsVerifier::new(&settings).unwrap().unwrap()
}

async fn fetch(node: &EthereumStandIn) -> Result<Evidence, FetchError> {
    verifier(node).fetch(&alice(), &net(LONG)).await
}

#[tokio::test]
async fn a_record_is_fetched_and_judged() {
    let node = set_up();
    let evidence = fetch(&node).await.unwrap();
    assert_eq!(evidence.texts[0].name, RECORD_KEY);
    assert_eq!(verifier(&node).check(&alice(), &evidence).unwrap().location, "alice.eth");
    let asked: Vec<Value> =
        node.requests().iter().map(|request| serde_json::from_str(&request.body).unwrap()).collect();
    assert_eq!(asked.len(), 3);
    for request in &asked {
        assert_eq!(request["method"], "eth_call");
        assert_eq!(request["params"][1], "latest");
        assert_eq!(request["params"][0]["gas"], "0xe4e1c0");
    }
    assert_eq!(asked[0]["params"][0]["to"], "0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e");
}

#[tokio::test]
async fn evidence_against_a_proof() {
    let node = set_up();
    node.script(NodeOutcome::Missing);
    let error = fetch(&node).await.unwrap_err();
    assert_eq!((error.is_evidence(), error), (true, FetchError::NotFound));
    node.script(NodeOutcome::Tampered);
    let evidence = fetch(&node).await.unwrap();
    let error = verifier(&node).check(&alice(), &evidence).unwrap_err();
    assert_eq!(error.mismatch(), Some(Mismatch::Signature));
    // A resolver that knows nothing of text records.
    node.script(NodeOutcome::Ok);
    node.script_next([NodeOutcome::Ok, NodeOutcome::Reverted, NodeOutcome::Reverted]);
    assert_eq!(fetch(&node).await, Err(FetchError::NotFound));
    // A name without a resolver.
    let node = EthereumStandIn::start().unwrap();
    assert_eq!(fetch(&node).await, Err(FetchError::NotFound));
    assert_eq!(node.requests().len(), 2, "the name and its parent");
}

#[tokio::test]
async fn what_says_nothing_about_a_proof() {
    for outcome in [
        NodeOutcome::Status(401),
        NodeOutcome::Status(403),
        NodeOutcome::Status(429),
        NodeOutcome::Status(500),
        NodeOutcome::Status(503),
        NodeOutcome::RpcError(-32000, "header not found"),
        NodeOutcome::RpcError(-32005, "daily request count exceeded"),
    ] {
        let node = set_up();
        node.script(outcome.clone());
        let error = fetch(&node).await.unwrap_err();
        assert!(matches!(error, FetchError::Unavailable { .. }), "{outcome:?}: {error}");
    }
    for outcome in [
        NodeOutcome::Status(404),
        NodeOutcome::Status(418),
        NodeOutcome::Garbage,
        NodeOutcome::OtherId,
        NodeOutcome::Huge(2_000_000),
        NodeOutcome::Redirect("http://127.0.0.1:1/".to_owned()),
        NodeOutcome::RpcError(-32601, "no such method"),
        NodeOutcome::RpcError(-32000, "out of gas"),
        // The registry itself: the node's chain has none.
        NodeOutcome::Reverted,
    ] {
        let node = set_up();
        node.script(outcome.clone());
        let error = fetch(&node).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{outcome:?}: {error}");
    }
    let node = set_up();
    node.script(NodeOutcome::Slow(Duration::from_secs(3_600)));
    assert_eq!(verifier(&node).fetch(&alice(), &net(300)).await, Err(FetchError::Timeout));
    let url = node.rpc_url();
    drop(node);
    let settings =
        EnsSettings { rpc_url: Some(Secret::new("http://127.0.0.1:1/secret-key")), ..EnsSettings::default() };
    let gone = EnsVerifier::new(&settings).unwrap().unwrap();
    let error = gone.fetch(&alice(), &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Unavailable { .. }), "{error}");
    let shown = format!("{error} {error:?} {gone:?} {url}");
    assert!(!shown.contains("secret-key"), "{shown}");
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let node = set_up();
    for result in ["", "0x0", "text", "0x", "0x01"] {
        node.set_result("eth_call", Value::from(result));
        let error = fetch(&node).await.unwrap_err();
        assert!(matches!(error, FetchError::Odd(_)), "{result}: {error}");
    }
    node.set_result("eth_call", Value::Null);
    assert!(matches!(fetch(&node).await, Err(FetchError::Odd(_))));
}

#[tokio::test]
async fn names_of_many_labels_are_not_looked_up() {
    let node = set_up();
    let name = format!("{}eth", "a.".repeat(32));
    let claim = claim(&key("alice"), Platform::Ens, &name, "");
    let error = verifier(&node).fetch(&claim, &net(LONG)).await.unwrap_err();
    assert!(matches!(error, FetchError::Odd(_)), "{error}");
    assert_eq!(node.requests(), []);
}

#[test]
fn settings() {
    assert!(EnsVerifier::new(&EnsSettings::default()).unwrap().is_none());
    let bad_node = EnsSettings { rpc_url: Some(Secret::new("node.example")), ..EnsSettings::default() };
    assert_eq!(EnsVerifier::new(&bad_node).unwrap_err().key, "platforms.ens.rpc_url");
    let bad_registry = EnsSettings { registry: "0x00".to_owned(), ..EnsSettings::default() };
    assert_eq!(EnsVerifier::new(&bad_registry).unwrap_err().key, "platforms.ens.registry");
}
