use serde_json::{Value, json};

use super::*;
use crate::block_on;
use crate::http::TestClient;

#[test]
fn numbers_and_names() {
    assert_eq!(
        shown(&namehash("foo.eth")),
        "0xde9b09fd7c5f901e23a3f19fecc54828e9c848539801e86591bd9801b019f84f"
    );
    assert_eq!(selector("text(bytes32,string)"), "0x59d1d43c");
    assert_eq!(bytes("0x00ff"), Some(vec![0, 255]));
    for text in ["00ff", "0x0", "0xzz", "0xé"] {
        assert_eq!(bytes(text), None, "{text}");
    }
    assert_eq!(encoded_bytes(b"abc").len(), 96);
}

async fn call(node: &EthereumStandIn, data: Vec<u8>) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 5, "method": "eth_call", "params": [{ "data": shown(&data) }, "latest"] });
    TestClient::new(node.rpc_url()).post_json("/", &body).await.json()
}

#[test]
fn the_node_knows_names() {
    block_on(async {
        let node = EthereumStandIn::start().unwrap();
        node.publish("alice.eth", "hello");
        let ask = |function: &str, name: &str| {
            [bytes(&selector(function)).unwrap(), namehash(name).to_vec()].concat()
        };
        let known = call(&node, ask("resolver(bytes32)", "alice.eth")).await;
        assert!(known["result"].as_str().unwrap().ends_with("e5"));
        assert_eq!(known["id"], json!(5));
        let unknown = call(&node, ask("resolver(bytes32)", "bob.eth")).await;
        assert_eq!(unknown["result"], json!(shown(&[0; 32])));
        let text = call(&node, ask("text(bytes32,string)", "alice.eth")).await;
        assert_eq!(text["result"], json!(shown(&encoded_bytes(b"hello"))));
        node.script(NodeOutcome::Reverted);
        let error = call(&node, ask("resolver(bytes32)", "alice.eth")).await;
        assert_eq!(error["error"]["code"], json!(3));
        assert_eq!(node.requests().len(), 4);
    });
}

#[test]
fn a_chain_runs_contracts() {
    block_on(async {
        let Some(chain) = Anvil::start() else { return };
        assert_eq!(chain.ask("eth_chainId", json!([])).await, json!("0x7a69"));
        // Code that puts the one byte 0x2a as the contract's code, which is no code to run.
        let address = chain.deploy("602a60005360016000f3", &[]).await;
        assert_eq!(chain.ask("eth_getCode", json!([address, "latest"])).await, json!("0x2a"));
        let url = chain.rpc_url().to_owned();
        drop(chain);
        let address = url.strip_prefix("http://").unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err());
    });
}
