//! Wallets that are contracts (ERC-1271), also ones that are not deployed yet (ERC-6492). What a real chain answers is
//! tested with the platforms; here a node is scripted, and what the service makes of its answers is looked at.

use nextid_core::signature_text::encode_base64;
use nextid_core::verify::BindingEvidence;
use nextid_testkit::ethereum::{EthereumStandIn, NodeOutcome, word};
use nextid_testkit::keys::key;
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::json;

use crate::support::{App, Draft, Setup};

const WALLET: &str = "0x00000000000000000000000000000000000000aa";
/// What the question to a wallet answers.
const REFUSED: &str = "0x00";
const ACCEPTED: &str = "0x01";
const NOT_DEPLOYED: &str = "0x02";

/// A node on whose chain the wallet stands and answers this.
fn node(verdict: &str) -> EthereumStandIn {
    let node = EthereumStandIn::start().expect("a free port for the stand-in");
    node.set_result("eth_getCode", json!("0x60"));
    node.set_result("eth_call", json!(verdict));
    node
}

async fn app(db: &TestDatabase, node: &EthereumStandIn) -> App {
    Setup::new(db).set("platforms.ethereum.rpc_url", node.rpc_url()).start().await
}

/// Alice binds the wallet, of which bob holds a key.
async fn draft(app: &App) -> Draft {
    let draft = app.draft(&key("alice"), "create", "ethereum", WALLET).await;
    draft.signed().by_wallet(&key("bob"))
}

/// The same, with a signature of ERC-6492 that names a factory.
fn wrapped(draft: Draft) -> Draft {
    let inner = key("bob").personal_sign(draft.sign_payload.as_bytes());
    let mut signature = [word(0xfa), word(96), word(160), word(4)].concat();
    signature.extend([&[1, 2, 3, 4][..], &[0; 28]].concat());
    signature.extend(word(65));
    signature.extend([inner.as_bytes().as_slice(), &[0; 31]].concat());
    signature.extend([0x64, 0x92].repeat(16));
    draft.extra("wallet_signature", encode_base64(&signature))
}

on_both_databases! {
    /// Bound at the node's word, with the block as evidence, which an offline check does not believe by itself; shown,
    /// replayed without asking again, and revoked by the Avatar without asking at all.
    async fn a_contract_is_bound_and_revoked(db: TestDatabase) {
        let node = node(ACCEPTED);
        let app = app(&db, &node).await;
        let draft = draft(&app).await;
        let link = app.accept(&draft).await;
        let hash = format!("0x{}", "b1".repeat(32));
        assert_eq!(link["extra"]["contract"], json!({"chain_id": 1, "block_number": 16, "block_hash": hash}));
        assert_eq!(link["extra"]["wallet_signature"], draft.body["extra"]["wallet_signature"]);
        let shown = app.exists(&key("alice").avatar(), "ethereum", WALLET).await.expect_status(200).json();
        assert_eq!((&shown["state"], &shown["is_valid"]), (&"valid".into(), &true.into()));

        let bindings = app.verified(&key("alice").avatar()).await.bindings;
        assert_eq!(bindings.iter().map(|binding| binding.evidence).collect::<Vec<_>>(), [BindingEvidence::Contract]);

        let asked = node.requests().len();
        assert_eq!(app.accept(&draft).await["replayed"], true);
        // A contract has no key: what one of its owners signs is not the wallet's own signature.
        let delete = app.draft(&key("alice"), "delete", "ethereum", WALLET).await;
        let error = app.refuse(&delete.by_wallet(&key("bob")), 400, "bad_wallet_signature").await;
        assert_eq!(error["expected"].as_str().expect("a text").to_lowercase(), WALLET);
        app.revoke(&key("alice"), "ethereum", WALLET).await;
        app.exists(&key("alice").avatar(), "ethereum", WALLET).await.expect_error(404, "not_found");
        assert_eq!(node.requests().len(), asked, "only a new binding asks the node");
        app.verified(&key("alice").avatar()).await;
    }

    /// A wallet that is not deployed yet brings its factory along.
    async fn a_contract_to_come_is_bound(db: TestDatabase) {
        let node = node(ACCEPTED);
        node.set_result("eth_getCode", json!("0x"));
        let app = app(&db, &node).await;
        // Without a factory an address without code is a plain account, whose key bob does not have.
        let error = app.refuse(&draft(&app).await, 400, "bad_wallet_signature").await;
        assert_eq!(error["expected"].as_str().expect("a text").to_lowercase(), WALLET);
        let bare = draft(&app).await.extra("wallet_signature", encode_base64(&[1; 20]));
        app.refuse(&bare, 400, "bad_signature_encoding").await;
        let link = app.accept(&wrapped(draft(&app).await)).await;
        assert_eq!(link["extra"]["contract"]["block_number"], 16);
        assert_eq!(db.count("links"), 1);
    }

    /// A contract that says no, a factory that makes none, a wrapper that is none, one that is too long: nothing changes.
    async fn a_contract_that_refuses_is_not_bound(db: TestDatabase) {
        let node = node(REFUSED);
        let app = app(&db, &node).await;
        let told = |error: &serde_json::Value| error["message"].as_str().expect("a text").to_owned();
        let error = app.refuse(&draft(&app).await, 400, "bad_wallet_signature").await;
        assert!(told(&error).contains("does not accept the signature"), "{error}");
        node.set_result("eth_call", json!(NOT_DEPLOYED));
        let error = app.refuse(&wrapped(draft(&app).await), 400, "bad_wallet_signature").await;
        assert!(told(&error).contains("puts no contract at"), "{error}");
        let asked = node.requests().len();
        for (signature, what) in [
            ([vec![0xff; 96], [0x64, 0x92].repeat(16)].concat(), "ERC-6492"),
            (vec![1; 32_769], "at most 32768"),
        ] {
            let bad = draft(&app).await.extra("wallet_signature", encode_base64(&signature));
            let error = app.refuse(&bad, 400, "bad_wallet_signature").await;
            assert!(told(&error).contains(what), "{error}");
        }
        assert_eq!(node.requests().len(), asked, "what cannot be a signature is not asked about");
        assert_eq!((db.count("links"), db.count("bindings")), (0, 0));
    }

    /// Contracts need a node, and the answer says so. Plain accounts need none.
    async fn without_a_node_there_are_plain_accounts_only(db: TestDatabase) {
        let app = App::start(&db).await;
        let error = app.refuse(&draft(&app).await, 400, "bad_wallet_signature").await;
        assert!(error["message"].as_str().expect("a text").contains("contract wallets cannot be bound here"), "{error}");
        app.bind_wallet(&key("alice"), &key("bob")).await;
        assert_eq!(db.count("links"), 1);
    }

    /// A node that is away, limits us, is slow or talks nonsense says nothing against the wallet: 5xx, and nothing changes.
    async fn a_node_in_trouble_changes_nothing(db: TestDatabase) {
        for (outcome, status, code) in [
            (NodeOutcome::Status(503), 503, "platform_unavailable"),
            (NodeOutcome::Status(429), 503, "platform_unavailable"),
            (NodeOutcome::Garbage, 502, "platform_error"),
            (NodeOutcome::Reverted, 503, "platform_unavailable"),
        ] {
            let node = node(ACCEPTED);
            let app = app(&db, &node).await;
            node.script(outcome.clone());
            let answer = app.submit(&draft(&app).await).await;
            let error = answer.expect_error(status, code);
            assert_eq!(db.count("links"), 0, "{outcome:?}: {error}");
        }
        let app = Setup::new(&db).set("platforms.ethereum.rpc_url", "http://127.0.0.1:9").start().await;
        app.submit(&draft(&app).await).await.expect_error(503, "platform_unavailable");
        assert_eq!(db.count("links"), 0);
    }

    /// Which chain it was is part of the evidence; a node that cannot tell is not believed.
    async fn the_chain_is_recorded(db: TestDatabase) {
        let node = node(ACCEPTED);
        node.set_result("eth_chainId", json!("one"));
        let app = app(&db, &node).await;
        app.submit(&draft(&app).await).await.expect_error(502, "platform_error");
        assert_eq!(db.count("links"), 0);
        node.set_result("eth_chainId", json!("0xaa36a7"));
        let link = app.accept(&draft(&app).await).await;
        assert_eq!(link["extra"]["contract"]["chain_id"], 11_155_111);
    }

    /// A plain account's own signature is enough, whatever a node says.
    async fn a_plain_account_does_not_need_the_node(db: TestDatabase) {
        let node = node(REFUSED);
        let app = app(&db, &node).await;
        let link = app.bind_wallet(&key("alice"), &key("bob")).await;
        assert_eq!(link["extra"].get("contract"), None);
        assert!(node.requests().is_empty());
    }
}
