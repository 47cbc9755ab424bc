//! `GET /v1/avatar/{key}/export`

use http::Method;
use nextid_core::Avatar;
use nextid_core::export::{ChainService, ExportError, ExportState, ExportVerifier, VerifiedChain};
use nextid_core::verify::BindingEvidence;
use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, address_of};

/// An export as its text.
async fn export(app: &App, key: &str) -> String {
    let answer = app.get(&format!("/v1/avatar/{key}/export")).await.expect_status(200);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    answer.text()
}

fn verify(text: &str, avatar: Avatar) -> Result<ExportState, ExportError> {
    let mut verifier = ExportVerifier::new(Some(avatar));
    for line in text.lines() {
        verifier.push_line(line.as_bytes())?;
    }
    verifier.finish()
}

on_both_databases! {
    /// Links of every kind of signer, as they stand in pages of the chain, hold offline.
    async fn a_chain_of_every_kind_of_link(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet, alias) = (key("alice"), key("wallet"), key("alias"));
        let solana = solana("solana");
        app.bind_wallet(&alice, &wallet).await;
        app.bind_alias(&alice, &alias).await;
        let draft = app.draft(&alice, "create", "solana", &solana.address()).await;
        app.accept(&draft.signed().by_solana(&solana)).await;
        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await;
        app.accept(&draft.by_wallet(&wallet)).await;
        app.bind_wallet(&alice, &key("wallet 2")).await;
        app.bind_wallet(&key("bob"), &wallet).await;

        let avatar = alice.avatar();
        let text = export(&app, &avatar.to_hex()).await;
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let links = app.chain(&avatar).await;
        assert_eq!(
            lines[0],
            json!({"format": "nextid-chain", "version": 1, "service": "proof-service", "avatar": avatar.to_hex(),
                "head": {"seq": 4, "signature": links[4].signature}})
        );
        assert_eq!(lines[1..], links.iter().map(|link| json!(link)).collect::<Vec<_>>());
        let state = verify(&text, avatar).unwrap();
        assert_eq!((state.links, state.service), (5, ChainService::Proof));
        let VerifiedChain::Proof(state) = state.chain else { panic!("a ProofChain") };
        assert_eq!(state.bindings.len(), 3);
        assert!(state.bindings.iter().all(|binding| binding.evidence == BindingEvidence::CounterSignature));
    }

    /// More links than are read at a time; the key in every spelling.
    async fn a_chain_over_several_reads(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        for _ in 0..101 {
            app.bind_wallet(&alice, &wallet).await;
        }
        let avatar = alice.avatar();
        let text = export(&app, &avatar.to_hex()).await;
        assert_eq!(verify(&text, avatar).unwrap().links, 101);
        for spelling in [&avatar.to_uncompressed_hex(), &avatar.to_hex()[2..], &avatar.to_hex().to_uppercase()] {
            assert_eq!(export(&app, spelling).await, text, "{spelling}");
        }
        let path = format!("/v1/avatar/{avatar}/export");
        let answer = app.get(&path).await;
        let disposition = format!("attachment; filename=\"proof-service-{avatar}.jsonl\"");
        assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
        let head = app.send(Method::HEAD, &path, &[], "").await.expect_status(200);
        assert_eq!(head.header("content-type"), Some("application/x-ndjson"));
        app.post(&path, &json!({})).await.expect_error(405, "method_not_allowed");
    }

    async fn an_unknown_avatar_has_an_empty_chain(db: TestDatabase) {
        let app = App::start(&db).await;
        let nobody = key("nobody").avatar();
        let text = export(&app, &nobody.to_hex()).await;
        assert_eq!(text.lines().count(), 1);
        let header: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(header["head"], Value::Null);
        assert_eq!(verify(&text, nobody).unwrap().links, 0);
        for bad in ["0x12", "nobody", "%00", &"f".repeat(66)] {
            app.get(&format!("/v1/avatar/{bad}/export")).await.expect_error(400, "bad_public_key");
        }
    }

    /// Whoever changes the database is found out by everybody who checks.
    async fn a_changed_database_does_not_verify(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        for name in ["wallet 1", "wallet 2", "wallet 3"] {
            app.bind_wallet(&alice, &key(name)).await;
        }
        let refused = async || {
            let error = verify(&export(&app, &alice.avatar().to_hex()).await, alice.avatar()).unwrap_err();
            (error.line, error.defect.code())
        };
        db.execute("UPDATE links SET created_at = created_at + 1 WHERE seq = 1");
        assert_eq!(refused().await, (3, "payload_differs"));
        db.execute("UPDATE links SET created_at = created_at - 1 WHERE seq = 1");
        verify(&export(&app, &alice.avatar().to_hex()).await, alice.avatar()).unwrap();
        db.execute("UPDATE links SET prev = NULL WHERE seq = 2");
        assert_eq!(refused().await, (4, "wrong_prev"));
    }
}
