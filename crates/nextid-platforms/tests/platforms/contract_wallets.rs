//! Wallets that are contracts, on a real chain.

use nextid_core::{EthAddress, SecretKey};
use nextid_platforms::contract_wallet::MAX_SIGNATURE;
use nextid_platforms::{
    ContractEvidence, ContractWalletError, ContractWallets, EthereumSettings, FetchError, Secret,
};
use nextid_testkit::ethereum::{Anvil, EthereumStandIn, NodeOutcome, shown, word};
use nextid_testkit::keys::key;
use serde_json::json;

use crate::contracts::{FACTORY, HOSTILE_WALLET, Value, call, deploy_wallet, encode};
use crate::support::{LONG, net};

const MESSAGE: &[u8] = b"{\"action\":\"create\"}";

fn wallets(rpc_url: &str) -> ContractWallets {
    ContractWallets::new(&EthereumSettings { rpc_url: Some(Secret::new(rpc_url)) }).unwrap()
}

async fn check(
    chain: &Anvil,
    address: &str,
    signature: &[u8],
) -> Result<ContractEvidence, ContractWalletError> {
    let address = EthAddress::parse(address).unwrap();
    wallets(chain.rpc_url()).check(&address, MESSAGE, signature, &net(LONG)).await
}

fn owner(key: &SecretKey) -> String {
    EthAddress::of(&key.avatar()).to_string()
}

fn signed(key: &SecretKey) -> Vec<u8> {
    key.personal_sign(MESSAGE).as_bytes().to_vec()
}

/// An ERC-6492 signature.
fn wrapped(factory: &str, prepare: Vec<u8>, inner: Vec<u8>) -> Vec<u8> {
    let mut out = encode(&[Value::address(factory), Value::Bytes(prepare), Value::Bytes(inner)]);
    out.extend([0x64, 0x92].repeat(16));
    out
}

#[tokio::test]
async fn a_wallet_that_exists() {
    let Some(chain) = Anvil::start() else { return };
    let wallet = deploy_wallet(&chain, &owner(&key("alice"))).await;
    let block = chain.ask("eth_getBlockByNumber", json!(["latest", false])).await;
    let evidence = check(&chain, &wallet, &signed(&key("alice"))).await.unwrap();
    assert_eq!(
        serde_json::to_value(&evidence).unwrap(),
        json!({ "chain_id": 31337, "block_number": 1, "block_hash": block["hash"] })
    );
    let address = EthAddress::parse(&wallet).unwrap();
    let refused = ContractWalletError::Refused { address };
    for signature in [signed(&key("mallory")), Vec::new(), vec![1; 64], vec![1; MAX_SIGNATURE]] {
        assert_eq!(check(&chain, &wallet, &signature).await, Err(refused.clone()));
    }
    assert_eq!(
        check(&chain, &wallet, &vec![1; MAX_SIGNATURE + 1]).await,
        Err(ContractWalletError::TooLong { length: MAX_SIGNATURE + 1 })
    );
    // Over another message.
    let other =
        wallets(chain.rpc_url()).check(&address, b"another", &signed(&key("alice")), &net(LONG)).await;
    assert_eq!(other, Err(refused.clone()));
    // The owner of today counts.
    chain.send(&wallet, &call("setOwner(address)", &[Value::address(&owner(&key("bob")))])).await;
    assert_eq!(check(&chain, &wallet, &signed(&key("alice"))).await, Err(refused));
    assert_eq!(check(&chain, &wallet, &signed(&key("bob"))).await.unwrap().block_number, 2);
}

#[tokio::test]
async fn a_wallet_that_does_not_exist_yet() {
    let Some(chain) = Anvil::start() else { return };
    let factory = chain.deploy(FACTORY, &[]).await;
    let arguments = [Value::address(&owner(&key("alice"))), Value::number(7)];
    let wallet = shown(&chain.call(&factory, &call("addressOf(address,bytes32)", &arguments)).await[12..]);
    let prepare = call("deploy(address,bytes32)", &arguments);
    let address = EthAddress::parse(&wallet).unwrap();

    let genuine = wrapped(&factory, prepare.clone(), signed(&key("alice")));
    assert_eq!(check(&chain, &wallet, &genuine).await.unwrap().chain_id, 31337);
    assert_eq!(
        chain.ask("eth_getCode", json!([wallet, "latest"])).await,
        json!("0x"),
        "nothing was deployed"
    );

    // The signature alone says nothing about an address without a contract.
    assert_eq!(
        check(&chain, &wallet, &signed(&key("alice"))).await,
        Err(ContractWalletError::PlainAccount { address })
    );
    let by_another = wrapped(&factory, prepare.clone(), signed(&key("mallory")));
    assert_eq!(check(&chain, &wallet, &by_another).await, Err(ContractWalletError::Refused { address }));
    // A factory that makes a wallet elsewhere, one that fails, and one that is none.
    let elsewhere =
        call("deploy(address,bytes32)", &[Value::address(&owner(&key("mallory"))), Value::number(7)]);
    for (factory, prepare) in
        [(factory.as_str(), elsewhere), (&factory, Vec::new()), (&shown(&[9; 20]), prepare.clone())]
    {
        let signature = wrapped(factory, prepare, signed(&key("mallory")));
        assert_eq!(
            check(&chain, &wallet, &signature).await,
            Err(ContractWalletError::NotDeployed { address })
        );
    }
    let malformed = [vec![0xff; 96], [0x64, 0x92].repeat(16)].concat();
    assert_eq!(check(&chain, &wallet, &malformed).await, Err(ContractWalletError::MalformedWrapper));

    // The same signature still holds when the wallet is there.
    chain.send(&factory, &prepare).await;
    check(&chain, &wallet, &genuine).await.unwrap();
    check(&chain, &wallet, &signed(&key("alice"))).await.unwrap();
}

/// A wallet that refuses before the factory's call and accepts after it (ERC-6492, "side effects").
#[tokio::test]
async fn a_wallet_that_has_to_be_prepared() {
    let Some(chain) = Anvil::start() else { return };
    let wallet = deploy_wallet(&chain, &owner(&key("bob"))).await;
    let prepare = call("setOwner(address)", &[Value::address(&owner(&key("alice")))]);
    let signature = wrapped(&wallet, prepare, signed(&key("alice")));
    check(&chain, &wallet, &signature).await.unwrap();
    assert!(check(&chain, &wallet, &signed(&key("alice"))).await.is_err(), "nothing was changed");
}

#[tokio::test]
async fn plain_accounts() {
    let Some(chain) = Anvil::start() else { return };
    for address in [owner(&key("alice")), "0x0000000000000000000000000000000000000004".to_owned()] {
        let expected = ContractWalletError::PlainAccount { address: EthAddress::parse(&address).unwrap() };
        assert_eq!(check(&chain, &address, &signed(&key("alice"))).await, Err(expected), "{address}");
    }
}

#[tokio::test]
async fn wallets_as_they_should_not_be() {
    let Some(chain) = Anvil::start() else { return };
    for kind in 0..=5 {
        let wallet = chain.deploy(HOSTILE_WALLET, &encode(&[Value::number(kind)])).await;
        let error = check(&chain, &wallet, &signed(&key("alice"))).await.unwrap_err();
        let address = EthAddress::parse(&wallet).unwrap();
        let refused = ContractWalletError::Refused { address };
        assert!(
            error == refused || matches!(error, ContractWalletError::Node(FetchError::Odd(_))),
            "{kind}: {error}"
        );
        assert!(kind == 0 || error == refused, "{kind}: {error}");
        // As a factory it can do as little.
        let signature = wrapped(&wallet, vec![1; 100], signed(&key("alice")));
        let error = check(&chain, &owner(&key("alice")), &signature).await.unwrap_err();
        assert!(!error.to_string().is_empty());
    }
}

#[tokio::test]
async fn without_a_node() {
    let address = EthAddress::of(&key("alice").avatar());
    let none = ContractWallets::new(&EthereumSettings::default()).unwrap();
    assert!(!none.is_configured());
    let error = none.check(&address, MESSAGE, &signed(&key("alice")), &net(LONG)).await.unwrap_err();
    assert_eq!(error, ContractWalletError::NotConfigured);
    assert!(error.to_string().contains("platforms.ethereum.rpc_url"));
    let bad = ContractWallets::new(&EthereumSettings { rpc_url: Some(Secret::new("x")) });
    assert_eq!(bad.unwrap_err().key, "platforms.ethereum.rpc_url");
}

/// What the node says decides, and what it does not say does not.
#[tokio::test]
async fn nodes_that_do_not_answer() {
    let node = EthereumStandIn::start().unwrap();
    let wallets = wallets(&node.rpc_url());
    assert!(wallets.is_configured());
    let address = EthAddress::of(&key("alice").avatar());
    let signature = signed(&key("alice"));
    let net = net(LONG);
    let check = || wallets.check(&address, MESSAGE, &signature, &net);
    assert_eq!(check().await, Err(ContractWalletError::PlainAccount { address }));
    node.set_result("eth_getCode", json!("0x60"));
    for (answer, accepted) in
        [("0x01", true), ("0x00", false), ("0x02", false), ("0x", false), ("0x0101", false)]
    {
        node.set_result("eth_call", json!(answer));
        assert_eq!(check().await.is_ok(), accepted, "{answer}");
    }
    node.set_result("eth_call", json!(shown(&word(1))));
    assert!(matches!(check().await, Err(ContractWalletError::Node(FetchError::Odd(_)))));
    node.set_result("eth_call", json!("0x01"));
    for (method, result) in [
        ("eth_getBlockByNumber", json!(null)),
        ("eth_getBlockByNumber", json!({ "number": "0x1", "hash": "0x01" })),
        ("eth_chainId", json!("one")),
        ("eth_getCode", json!(5)),
    ] {
        let node = EthereumStandIn::start().unwrap();
        node.set_result("eth_getCode", json!("0x60"));
        node.set_result("eth_call", json!("0x01"));
        node.set_result(method, result.clone());
        let error = self::wallets(&node.rpc_url()).check(&address, MESSAGE, &signature, &net).await;
        assert!(matches!(error, Err(ContractWalletError::Node(FetchError::Odd(_)))), "{method} {result}");
    }
    // A node that does not know blocks by hash is asked by number.
    let asked = node.requests().len();
    node.script_next([NodeOutcome::Ok, NodeOutcome::RpcError(-32602, "invalid argument 1")]);
    assert_eq!(check().await.unwrap().block_number, 16);
    let bodies: Vec<String> = node.requests()[asked..].iter().map(|request| request.body.clone()).collect();
    assert!(bodies[1].contains("blockHash") && bodies[2].contains("\"0x10\""), "{bodies:?}");
    for outcome in [NodeOutcome::Reverted, NodeOutcome::Status(503)] {
        node.script_next([NodeOutcome::Ok, NodeOutcome::Ok, outcome.clone()]);
        assert!(matches!(check().await, Err(ContractWalletError::Node(_))), "{outcome:?}");
    }
}
