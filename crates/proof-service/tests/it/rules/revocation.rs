//! Who may revoke, and what can be revoked.

use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;

use crate::support::platforms::github;
use crate::support::{App, Setup, Tally, address_of};

on_both_databases! {
    /// Revoked twice, never bound, bound to somebody else, on whichever platform: there is nothing to revoke.
    async fn what_is_not_bound_cannot_be_revoked(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob, wallet) = (key("alice"), key("bob"), key("wallet"));
        app.bind_wallet(&alice, &wallet).await;
        app.revoke(&alice, "ethereum", &address_of(&wallet)).await;
        app.bind_wallet(&bob, &wallet).await;
        let before = Tally::of(&db);
        for (platform, identity) in [
            ("ethereum", address_of(&wallet)),
            ("github", "octocat".to_owned()),
            ("solana", solana("wallet").address()),
            ("nextid", bob.avatar().to_hex()),
            ("twitter", "yeiwb".to_owned()),
        ] {
            let draft = app.draft(&alice, "delete", platform, &identity).await.signed();
            app.refuse(&draft, 409, "not_bound").await;
        }
        // Nor by the wallet, which is bound elsewhere.
        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.by_wallet(&wallet);
        app.refuse(&draft, 409, "not_bound").await;
        assert_eq!(Tally::of(&db), before);
    }

    /// A wallet signs neither a binding nor the revocation of anything but itself.
    async fn a_wallet_revokes_only_itself(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let (alice, wallet, other) = (key("alice"), key("wallet"), key("other"));
        app.bind_wallet(&alice, &wallet).await;
        app.bind_wallet(&alice, &other).await;
        app.bind_github(&alice, &github, "octocat").await;
        app.bind_alias(&alice, &key("bob")).await;
        let before = Tally::of(&db);

        let binding = app.draft(&alice, "create", "ethereum", &address_of(&key("third"))).await.by_wallet(&key("third"));
        app.refuse(&binding, 400, "signature_missing").await;
        app.refuse(&binding.signed_by(&key("third")), 400, "bad_signature").await;

        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.by_wallet(&other);
        let error = app.refuse(&draft, 400, "bad_wallet_signature").await;
        let checksummed = |key: &nextid_core::SecretKey| nextid_core::EthAddress::of(&key.avatar()).checksummed();
        assert_eq!((&error["expected"], &error["found"]), (&checksummed(&wallet).into(), &checksummed(&other).into()));

        let draft = app.draft(&alice, "delete", "github", "octocat").await.by_wallet(&wallet);
        app.refuse(&draft, 400, "wallet_cannot_sign_link").await;
        let draft = app.draft(&alice, "delete", "nextid", &key("bob").avatar().to_hex()).await;
        app.refuse(&draft.by_target(&key("carol")), 400, "bad_wallet_signature").await;
        assert_eq!(Tally::of(&db), before);
    }

    /// If both signatures are given, both have to verify.
    async fn both_signatures_have_to_verify(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet, mallory) = (key("alice"), key("wallet"), key("mallory"));
        app.bind_wallet(&alice, &wallet).await;
        let before = Tally::of(&db);
        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await;
        app.refuse(&draft.clone().signed().by_wallet(&mallory), 400, "bad_wallet_signature").await;
        app.refuse(&draft.clone().signed_by(&mallory).by_wallet(&wallet), 400, "bad_signature").await;
        app.refuse(&draft, 400, "signature_missing").await;
        assert_eq!(Tally::of(&db), before);
    }

    /// What a check said last does not matter: a proof that is gone can still be revoked.
    async fn a_proof_that_is_gone_can_be_revoked(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        app.bind_github(&alice, &github, "octocat").await;
        db.execute("UPDATE bindings SET is_valid = false, state = 'missing', invalid_reason = 'gone'");
        let exists = app.exists(&alice.avatar(), "github", "octocat").await.json();
        assert_eq!((&exists["is_valid"], &exists["invalid_reason"]), (&false.into(), &"gone".into()));
        assert_eq!(app.shown(&alice.avatar()).await.unwrap()["proofs"][0]["state"], "missing");
        app.revoke(&alice, "github", "octocat").await;
        assert_eq!(app.bound(&alice.avatar()).await, Vec::<String>::new());
    }

    /// An account is revoked by the name it was bound under, though the platform is not configured any more.
    async fn an_account_of_a_platform_that_is_off_can_be_revoked(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        let bound = app.bind_github(&alice, &github, "octocat").await;
        db.execute("UPDATE bindings SET platform = 'twitter'");
        let error = app.draft(&alice, "create", "twitter", "octocat").await;
        app.refuse(&error.signed(), 400, "platform_not_configured").await;
        let link = app.revoke(&alice, "twitter", "@OctoCat").await;
        assert_eq!((&link["platform"], &link["prev"]), (&"twitter".into(), &bound["signature"]));
    }

    /// A custom name of Steam is resolved from what is bound, without Steam.
    async fn a_name_is_resolved_from_our_own_bindings(db: TestDatabase) {
        let github = github();
        let app = Setup::new(&db).github(&github).start().await;
        let alice = key("alice");
        app.bind_github(&alice, &github, "octocat").await;
        db.execute(
            "UPDATE bindings SET platform = 'steam', identity = '76561197960287930', \
             identity_folded = '76561197960287930', alt_id = 'GabeLogan', alt_id_folded = 'gabelogan', \
             alt_name = 'Rabscuttle', alt_name_folded = 'rabscuttle'",
        );
        for name in ["gabelogannewell", "nobody"] {
            let body = serde_json::json!({
                "action": "delete", "platform": "steam", "identity": name, "public_key": alice.avatar().to_hex(),
            });
            app.post("/v1/proof/payload", &body).await.expect_error(409, "not_bound");
        }
        let draft = app.draft(&alice, "delete", "steam", "GabeLogan").await.signed();
        assert!(draft.sign_payload.contains(r#""identity":"76561197960287930""#), "{}", draft.sign_payload);
        assert_eq!(app.accept(&draft).await["identity"], "76561197960287930");
        assert_eq!(app.bound(&alice.avatar()).await, Vec::<String>::new());
    }
}
