//! Revocations: by the Avatar, by the wallet alone, by the alias' target.

use nextid_testkit::Outcome;
use nextid_testkit::dns::DnsStandIn;
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::platforms::{github, publish_txt};
use crate::support::{App, Setup, address_of};

/// Nothing of this identity is shown any more, and the chain with the revocation holds.
async fn gone(app: &App, key: &nextid_core::SecretKey, platform: &str, identity: &str) {
    assert_eq!(app.bound(&key.avatar()).await, Vec::<String>::new());
    app.exists(&key.avatar(), platform, identity).await.expect_error(404, "not_found");
    let state = app.verified(&key.avatar()).await;
    assert_eq!(state.bindings, []);
    let last = app.chain(&key.avatar()).await.pop().expect("a link");
    assert_eq!((last.action.as_str(), last.seq), ("delete", state.head.expect("a head").seq));
}

on_both_databases! {
    /// The Avatar revokes what a post proved; the platform is not asked, even when it is away.
    async fn by_the_avatar_without_the_platform(db: TestDatabase) {
        let (github, dns): (GithubStandIn, DnsStandIn) = (github(), DnsStandIn::start());
        let app = Setup::new(&db).github(&github).dns(&dns).start().await;
        let alice = key("alice");
        app.bind_github(&alice, &github, "octocat").await;
        let draft = app.draft(&alice, "create", "dns", "example.com").await;
        publish_txt(&dns, "example.com", &draft);
        app.accept(&draft).await;
        let (asked, queried) = (github.requests().len(), dns.queries().len());
        github.script(Outcome::Status(500));
        dns.script(nextid_testkit::dns::DnsOutcome::ServFail);

        let link = app.revoke(&alice, "github", "OctoCat").await;
        assert_eq!((&link["action"], &link["signer"]), (&json!("delete"), &json!(alice.avatar().to_hex())));
        assert_eq!(app.bound(&alice.avatar()).await, ["dns:example.com"]);
        app.revoke(&alice, "dns", "EXAMPLE.com").await;
        gone(&app, &alice, "dns", "example.com").await;
        assert_eq!((github.requests().len(), dns.queries().len()), (asked, queried));
    }

    /// A wallet frees itself: it signs alone and is the link's signer.
    async fn by_the_ethereum_wallet_alone(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        app.bind_wallet(&alice, &wallet).await;
        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.by_wallet(&wallet);
        let link = app.accept(&draft).await;
        assert_eq!(link["signer"], address_of(&wallet));
        assert_eq!(link["extra"], json!({}));
        gone(&app, &alice, "ethereum", &address_of(&wallet)).await;
        let next = app.bind_wallet(&alice, &wallet).await;
        assert_eq!(next["prev"], link["signature"]);
        app.verified(&alice.avatar()).await;
    }

    /// As above, with ed25519: the link's signature has 64 bytes, and the next link points at it.
    async fn by_the_solana_wallet_alone(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), solana("wallet"));
        let draft = app.draft(&alice, "create", "solana", &wallet.address()).await.signed().by_solana(&wallet);
        app.accept(&draft).await;
        let draft = app.draft(&alice, "delete", "solana", &wallet.address()).await.by_solana(&wallet);
        let link = app.accept(&draft).await;
        assert_eq!(link["signer"], wallet.address());
        let bytes = nextid_core::signature_text::decode_base64_proof(link["signature"].as_str().unwrap()).unwrap();
        assert_eq!(bytes, wallet.sign(draft.sign_payload.as_bytes()));
        gone(&app, &alice, "solana", &wallet.address()).await;
        let next = app.bind_wallet(&alice, &key("wallet")).await;
        assert_eq!(next["prev"], link["signature"]);
        app.verified(&alice.avatar()).await;
    }

    /// The other Avatar leaves the group by its own signature, in the chain that made the alias.
    async fn by_the_alias_target_alone(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        app.bind_alias(&alice, &bob).await;
        let draft = app.draft(&alice, "delete", "nextid", &bob.avatar().to_hex()).await.by_target(&bob);
        let link = app.accept(&draft).await;
        assert_eq!(link["signer"], bob.avatar().to_hex());
        gone(&app, &alice, "nextid", &bob.avatar().to_hex()).await;
    }

    /// Where both sign, the Avatar's signature is the link's and the other one is kept beside it.
    async fn by_both(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        app.bind_wallet(&alice, &wallet).await;
        let draft = app.draft(&alice, "delete", "ethereum", &address_of(&wallet)).await.signed().by_wallet(&wallet);
        let link = app.accept(&draft).await;
        assert_eq!(link["signer"], alice.avatar().to_hex());
        assert_eq!(link["extra"]["wallet_signature"], draft.body["extra"]["wallet_signature"]);
        gone(&app, &alice, "ethereum", &address_of(&wallet)).await;
    }
}
