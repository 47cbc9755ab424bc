//! Aliases: Avatars of the same person.

use nextid_core::{Avatar, SecretKey};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, Setup, Tally};

/// The aliases that are shown for an Avatar which has a binding besides.
async fn aliases(app: &App, avatar: &Avatar) -> Vec<String> {
    let shown = app.shown(avatar).await.expect("an Avatar with a binding");
    let mut aliases: Vec<String> = serde_json::from_value(shown["alias"].clone()).expect("a list of texts");
    aliases.sort();
    aliases
}

/// The keys in the stored spelling, in alphabetical order.
fn sorted<const N: usize>(keys: [&SecretKey; N]) -> Vec<String> {
    let mut all: Vec<String> = keys.iter().map(|key| key.avatar().to_hex()).collect();
    all.sort();
    all
}

on_both_databases! {
    /// Both Avatars sign; each is then an alias of the other, and neither is a proof.
    async fn an_alias_is_bound(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        app.bind_wallet(&alice, &key("wallet a")).await;
        app.bind_wallet(&bob, &key("wallet b")).await;
        let link = app.bind_alias(&alice, &bob).await;
        assert_eq!(link["identity"], bob.avatar().to_hex());
        assert!(link["extra"]["target_signature"].is_string());
        assert_eq!(aliases(&app, &alice.avatar()).await, sorted([&bob]));
        assert_eq!(aliases(&app, &bob.avatar()).await, sorted([&alice]));
        assert_eq!(app.bound(&alice.avatar()).await.len(), 1);
        app.verified(&alice.avatar()).await;
        for (one, other) in [(&alice, &bob), (&bob, &alice)] {
            let exists = app.exists(&one.avatar(), "nextid", &other.avatar().to_hex()).await;
            assert_eq!(exists.expect_status(200).json()["is_valid"], true);
        }
        app.exists(&alice.avatar(), "nextid", &key("carol").avatar().to_hex()).await.expect_error(404, "not_found");
    }

    /// The target may be spelt in any way that a key may.
    async fn the_target_is_normalised(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        let spelt = bob.avatar().to_uncompressed_hex().to_uppercase();
        let draft = app.draft(&alice, "create", "nextid", &spelt).await.signed().by_target(&bob);
        assert_eq!(app.accept(&draft).await["identity"], bob.avatar().to_hex());
        let exists = app.exists(&alice.avatar(), "nextid", &bob.avatar().to_uncompressed_hex()).await;
        exists.expect_status(200);
    }

    /// Over a chain of aliases everybody is an alias of everybody, until a link in the middle is revoked.
    async fn aliases_are_transitive(db: TestDatabase) {
        let app = App::start(&db).await;
        let people = ["alice", "bob", "carol", "dave"].map(key);
        let [alice, bob, carol, dave] = &people;
        for person in &people {
            app.bind_wallet(person, &key("shared wallet")).await;
        }
        app.bind_alias(alice, bob).await;
        app.bind_alias(carol, bob).await;
        app.bind_alias(carol, dave).await;
        assert_eq!(aliases(&app, &alice.avatar()).await, sorted([bob, carol, dave]));
        assert_eq!(aliases(&app, &bob.avatar()).await, sorted([alice, carol, dave]));
        assert_eq!(aliases(&app, &dave.avatar()).await, sorted([alice, bob, carol]));
        app.exists(&alice.avatar(), "nextid", &dave.avatar().to_hex()).await.expect_status(200);

        app.revoke(carol, "nextid", &bob.avatar().to_hex()).await;
        assert_eq!(aliases(&app, &alice.avatar()).await, sorted([bob]));
        assert_eq!(aliases(&app, &dave.avatar()).await, sorted([carol]));
        app.exists(&alice.avatar(), "nextid", &dave.avatar().to_hex()).await.expect_error(404, "not_found");
    }

    /// An alias that both sides made needs both to be revoked.
    async fn an_alias_from_both_sides_is_one(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        app.bind_wallet(&alice, &key("wallet")).await;
        app.bind_alias(&alice, &bob).await;
        app.bind_alias(&bob, &alice).await;
        assert_eq!(aliases(&app, &alice.avatar()).await, sorted([&bob]));
        app.revoke(&bob, "nextid", &alice.avatar().to_hex()).await;
        assert_eq!(aliases(&app, &alice.avatar()).await, sorted([&bob]));
        app.revoke(&alice, "nextid", &bob.avatar().to_hex()).await;
        assert_eq!(aliases(&app, &alice.avatar()).await, Vec::<String>::new());
    }

    /// An Avatar is no alias of itself, however it is spelt.
    async fn oneself_is_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let before = Tally::of(&db);
        for spelling in [alice.avatar().to_hex(), alice.avatar().to_uncompressed_hex()] {
            let draft = app.draft(&alice, "create", "nextid", &spelling).await.signed().by_target(&alice);
            assert_eq!(app.refuse(&draft, 400, "bad_identity").await["field"], "identity");
        }
        assert_eq!(Tally::of(&db), before);
    }

    /// The target has to sign, and nobody else for it.
    async fn the_target_has_to_sign(db: TestDatabase) {
        let app = App::start(&db).await;
        let (alice, bob) = (key("alice"), key("bob"));
        let before = Tally::of(&db);
        let draft = app.draft(&alice, "create", "nextid", &bob.avatar().to_hex()).await;
        let error = app.refuse(&draft.clone().signed(), 400, "wallet_signature_missing").await;
        assert_eq!(error["field"], "extra.target_signature");
        app.refuse(&draft.clone().by_target(&bob), 400, "signature_missing").await;
        let error = app.refuse(&draft.clone().signed().by_target(&key("mallory")), 400, "bad_wallet_signature").await;
        assert_eq!(error["expected"], bob.avatar().to_hex());
        assert_eq!(error["found"], key("mallory").avatar().to_hex());
        let base64 = bob.personal_sign(draft.sign_payload.as_bytes()).to_base64();
        let spelt = draft.clone().signed().extra("target_signature", base64);
        app.refuse(&spelt, 400, "bad_signature_encoding").await;
        assert_eq!(Tally::of(&db), before);
        app.accept(&draft.signed().by_target(&bob)).await;
    }

    /// No more aliases than the limit, direct or not; what is an alias already may be bound again.
    async fn aliases_are_limited(db: TestDatabase) {
        let app = Setup::new(&db).set("limits.aliases", 2).start().await;
        let [alice, bob, carol, dave, erin] = ["alice", "bob", "carol", "dave", "erin"].map(key);
        app.bind_alias(&alice, &bob).await;
        app.bind_alias(&alice, &carol).await;
        app.bind_alias(&dave, &erin).await;
        let before = Tally::of(&db);
        for (from, to) in [(&alice, &dave), (&bob, &dave), (&dave, &carol)] {
            let draft = app.draft(from, "create", "nextid", &to.avatar().to_hex()).await.signed().by_target(to);
            let error = app.refuse(&draft, 413, "too_many_aliases").await;
            assert_eq!(error["expected"], json!(2));
        }
        assert_eq!(Tally::of(&db), before);
        let again: Value = app.bind_alias(&bob, &carol).await;
        assert_eq!(again["seq"], 0);
    }
}
