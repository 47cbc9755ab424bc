//! Pages of a chain.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::App;

on_both_databases! {
    /// Ascending by place, forty on a page, and the whole verifies offline.
    async fn a_chain_is_shown_in_pages(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        for _ in 0..41 {
            app.bind_wallet(&alice, &wallet).await;
        }
        let page = async |number: &str| {
            app.read(&format!("/v1/proofchain?avatar={}&page={number}", alice.avatar())).await
        };
        let first = page("1").await;
        assert_eq!(first["pagination"], json!({"total": 41, "per": 40, "current": 1, "next": 2}));
        let places: Vec<u64> =
            first["proof_chain"].as_array().unwrap().iter().map(|link| link["seq"].as_u64().unwrap()).collect();
        assert_eq!(places, (0..40).collect::<Vec<_>>());
        let second = page("2").await;
        assert_eq!(second["pagination"], json!({"total": 41, "per": 40, "current": 2, "next": 0}));
        assert_eq!(second["proof_chain"][0]["prev"], first["proof_chain"][39]["signature"]);
        for far in ["3", "9223372036854775807"] {
            assert_eq!(page(far).await["proof_chain"], json!([]));
        }
        for one in ["0", "-7", ""] {
            assert_eq!(page(one).await["proof_chain"], first["proof_chain"]);
        }
        assert_eq!(app.verified(&alice.avatar()).await.head.unwrap().seq, 40);
    }

    /// A chain without links is an empty one.
    async fn an_unknown_avatar_has_an_empty_chain(db: TestDatabase) {
        let app = App::start(&db).await;
        let body = app.read(&format!("/v1/proofchain?avatar={}", key("nobody").avatar())).await;
        let empty = json!({"pagination": {"total": 0, "per": 40, "current": 1, "next": 0}, "proof_chain": []});
        assert_eq!(body, empty);
    }

    /// Whoever changes the database is found out by everybody who checks.
    async fn a_changed_chain_does_not_verify(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        app.bind_wallet(&alice, &key("wallet 1")).await;
        app.bind_wallet(&alice, &key("wallet 2")).await;
        db.execute("UPDATE links SET identity = (SELECT identity FROM links WHERE seq = 1) WHERE seq = 0");
        let links = app.chain(&alice.avatar()).await;
        let refused = nextid_core::verify::verify_proof_chain(&alice.avatar(), nextid_core::verify::Anchor::Genesis, &links);
        assert_eq!(refused.unwrap_err().position, 0);
    }
}
