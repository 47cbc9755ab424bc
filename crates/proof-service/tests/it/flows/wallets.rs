//! Wallets, which sign the same payload as the Avatar.

use nextid_core::verify::BindingEvidence;
use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{App, address_of};

on_both_databases! {
    /// Ethereum: both signatures are `personal_sign` over one payload that names the Avatar.
    async fn an_ethereum_wallet_is_bound(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let draft = app.wallet_draft(&alice, &wallet).await;
        assert!(draft.sign_payload.contains(&format!(r#""persona":"{}""#, alice.avatar())), "{}", draft.sign_payload);
        assert_eq!(draft.post_content, "");
        let link = app.accept(&draft).await;
        let address = address_of(&wallet);
        assert_eq!((&link["identity"], &link["alt_id"]), (&json!(address), &json!(address)));
        assert_eq!(link["signer"], alice.avatar().to_hex());
        assert_eq!(link["extra"], json!({"wallet_signature": draft.body["extra"]["wallet_signature"]}));
        assert_eq!(app.bound(&alice.avatar()).await, [format!("ethereum:{address}")]);
        let state = app.verified(&alice.avatar()).await;
        assert_eq!(state.bindings[0].evidence, BindingEvidence::CounterSignature);
    }

    /// An address is the same in any letter case.
    async fn an_address_is_normalised(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let checksummed = nextid_core::EthAddress::of(&wallet.avatar()).checksummed();
        let draft = app.draft(&alice, "create", "ethereum", &checksummed).await;
        let link = app.accept(&draft.signed().by_wallet(&wallet)).await;
        assert_eq!(link["identity"], address_of(&wallet));
        app.exists(&alice.avatar(), "ethereum", &checksummed).await.expect_status(200);
    }

    /// A key may be an Avatar and a wallet at once; its two signatures are then the same.
    async fn an_avatar_binds_its_own_wallet(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        app.bind_wallet(&alice, &alice).await;
        app.verified(&alice.avatar()).await;
    }

    /// Solana: the wallet signs the bare payload with ed25519, spelt in base58.
    async fn a_solana_wallet_is_bound(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), solana("wallet"));
        let draft = app.draft(&alice, "create", "solana", &wallet.address()).await.signed().by_solana(&wallet);
        let link = app.accept(&draft).await;
        assert_eq!(link["identity"], wallet.address());
        assert_eq!(app.bound(&alice.avatar()).await, [format!("solana:{}", wallet.address())]);
        let state = app.verified(&alice.avatar()).await;
        assert_eq!(state.bindings[0].evidence, BindingEvidence::CounterSignature);
    }
}
