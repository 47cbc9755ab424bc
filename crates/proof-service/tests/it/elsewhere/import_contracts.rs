//! Imported contract wallets, and the worker that asks the contracts.

use std::time::{Duration, Instant};

use nextid_testkit::ethereum::EthereumStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::{Value, json};

use super::support::{another, import_text, store};
use crate::support::{App, Setup};

const WALLET: &str = "0x00000000000000000000000000000000000000aa";
const REFUSED: &str = "0x00";
const ACCEPTED: &str = "0x01";

/// A node on whose chain the wallet stands and answers this.
fn node(verdict: &str) -> EthereumStandIn {
    let node = EthereumStandIn::start().unwrap();
    node.set_result("eth_getCode", json!("0x60"));
    node.set_result("eth_call", json!(verdict));
    node
}

fn setup(db: &TestDatabase, node: &EthereumStandIn) -> Setup {
    Setup::new(db).set("platforms.ethereum.rpc_url", node.rpc_url())
}

async fn shown(app: &App) -> Value {
    app.exists(&key("alice").avatar(), "ethereum", WALLET).await.expect_status(200).json()
}

async fn wait_for_state(app: &App, wanted: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let shown = shown(app).await;
        if shown["state"] == wanted {
            return shown;
        }
        assert!(Instant::now() < deadline, "{shown}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The chain of an Avatar that has bound the wallet elsewhere.
async fn export(db: &TestDatabase) -> String {
    let node = node(ACCEPTED);
    let origin = setup(db, &node).start().await;
    let draft = origin.draft(&key("alice"), "create", "ethereum", WALLET).await;
    origin.accept(&draft.signed().by_wallet(&key("bob"))).await;
    origin.export(&key("alice").avatar()).await
}

on_both_databases! {
    /// It is valid as soon as the contract has agreed, and is not asked again.
    async fn the_contract_is_asked_once(db: TestDatabase) {
        let export = export(&another(&db)).await;
        let idle = App::start(&db).await;
        assert_eq!(import_text(&store(&db).await, &export).await.unwrap()[0].unchecked, 1);
        let before = shown(&idle).await;
        assert_eq!((&before["state"], &before["is_valid"]), (&"unchecked".into(), &false.into()), "there is no node");
        let node = node(ACCEPTED);
        let app = setup(&db, &node).start().await;
        assert_eq!(wait_for_state(&app, "valid").await["is_valid"], true);
        assert!(!node.requests().is_empty());
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE next_check_at IS NULL"), 1);
        let changes = store(&db).await.state_changes(vec![1, 2, 3]).await.unwrap();
        let told: Vec<_> = changes.iter().map(|change| (change.state.as_str(), change.is_valid)).collect();
        assert_eq!(told, [("unchecked", false), ("valid", true)]);
        assert_eq!(app.export(&key("alice").avatar()).await, export, "the chain is what it was");
    }

    /// A contract that does not agree, a node of another chain, a node in trouble: it stays invalid, each for its reason.
    async fn without_the_contracts_word_it_is_not_valid(db: TestDatabase) {
        let export = export(&db).await;
        let elsewhere = node(ACCEPTED);
        elsewhere.set_result("eth_chainId", json!("0x89"));
        let broken = node(ACCEPTED);
        broken.set_result("eth_chainId", json!("nonsense"));
        let refusing = node(REFUSED);
        let reason = "the contract at 0x00000000000000000000000000000000000000aa does not accept the signature over this text";
        let nobody_asked = "imported; the contract has not been asked yet";
        for (node, state, why) in [
            (&refusing, "mismatch", reason),
            (&elsewhere, "unreachable", nobody_asked),
            (&broken, "unreachable", nobody_asked),
        ] {
            let copy = another(&db);
            import_text(&store(&copy).await, &export).await.unwrap();
            let app = setup(&copy, node).start().await;
            let shown = wait_for_state(&app, state).await;
            assert_eq!(shown["is_valid"], false, "{shown}");
            let said = shown["invalid_reason"].as_str().unwrap().to_lowercase();
            assert_eq!(said, why, "{state}");
            assert_eq!(copy.number("SELECT count(*) AS n FROM bindings WHERE next_check_at IS NULL"), 0, "it is tried again");
        }
    }
}
