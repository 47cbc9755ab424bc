//! Of several faults in one submit the first in the order of checks is answered: shape, replay, freshness, signatures,
//! head, what the chain forbids, post.

use nextid_core::SecretKey;
use nextid_testkit::Outcome;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::platforms::github;
use crate::support::{Draft, Setup, Tally, Terms, address_of};

/// A second long gone.
const OLD: i64 = 1_000_000_000;

fn draft(
    key: &SecretKey,
    action: &str,
    platform: &str,
    identity: &str,
    created_at: i64,
    prev: Option<&str>,
) -> Draft {
    let uuid = uuid::Uuid::new_v4().to_string();
    Draft::offline(key, Terms { action, platform, identity, created_at, uuid: &uuid, prev })
}

on_both_databases! {
    /// One submit has every fault there is; they are mended one by one.
    async fn faults_are_told_in_the_order_of_checks(db: TestDatabase) {
        let github = github();
        github.script(Outcome::Status(404));
        let app = Setup::new(&db).github(&github).set("limits.bindings", 1).start().await;
        let (alice, mallory) = (key("alice"), key("mallory"));
        let first = app.bind_wallet(&alice, &key("wallet")).await;
        let head = app.revoke(&alice, "ethereum", &address_of(&key("wallet"))).await;
        let head = app.bind_wallet(&alice, &key(&format!("after {}", head["seq"]))).await;
        let second = head["created_at"].as_str().unwrap().parse().unwrap();
        let before = Tally::of(&db);

        // Shape comes before replay: the uuid is taken, but the platform does not exist.
        let taken = draft(&alice, "create", "github", "octocat", OLD, None)
            .signed_by(&mallory)
            .at("0123456789abcdef0123456789abcdef")
            .with("uuid", first["uuid"].clone());
        app.refuse(&taken.clone().with("platform", "myspace"), 400, "unknown_platform").await;
        // Replay before freshness.
        app.refuse(&taken, 409, "uuid_reused").await;
        // Freshness before signatures.
        let old = draft(&alice, "create", "github", "octocat", OLD, None)
            .signed_by(&mallory)
            .at("0123456789abcdef0123456789abcdef");
        app.refuse(&old, 400, "created_at_too_old").await;
        app.refuse(&old.clone().extra("signature", "!"), 400, "created_at_too_old").await;
        // Signatures before the head.
        let unsigned = draft(&alice, "create", "github", "octocat", second, None)
            .at("0123456789abcdef0123456789abcdef")
            .with("prev", "other");
        app.refuse(&unsigned.clone().signed_by(&mallory), 400, "bad_signature").await;
        // The head before what the chain forbids.
        app.refuse(&unsigned.clone().signed(), 409, "chain_conflict").await;
        // What the chain forbids before the post.
        let full = draft(&alice, "create", "github", "octocat", second, head["signature"].as_str())
            .at("0123456789abcdef0123456789abcdef")
            .signed();
        app.refuse(&full, 413, "too_many_bindings").await;
        assert_eq!(github.requests().len(), 0);
        assert_eq!(Tally::of(&db), before);
        // And the post at last.
        let roomy = Setup::new(&db).github(&github).start().await;
        roomy.refuse(&full, 400, "proof_missing").await;
        assert_eq!((github.requests().len(), Tally::of(&db)), (1, before));
    }

    /// The same for a revocation: what is not bound is told only to who may ask.
    async fn a_revocation_is_judged_in_the_same_order(db: TestDatabase) {
        let app = crate::support::App::start(&db).await;
        let (alice, wallet) = (key("alice"), key("wallet"));
        let head = app.bind_wallet(&alice, &wallet).await;
        let second = head["created_at"].as_str().unwrap().parse().unwrap();
        let unbound = address_of(&key("unbound"));
        let draft = draft(&alice, "delete", "ethereum", &unbound, second, head["signature"].as_str());
        let before = Tally::of(&db);
        app.refuse(&draft, 400, "signature_missing").await;
        app.refuse(&draft.clone().signed_by(&wallet), 400, "bad_signature").await;
        app.refuse(&draft.clone().signed().with("prev", ""), 409, "chain_conflict").await;
        app.refuse(&draft.signed(), 409, "not_bound").await;
        assert_eq!(Tally::of(&db), before);
    }

    /// Shape is read field by field, and no field that is wrong hides behind a later one.
    async fn shape_comes_first(db: TestDatabase) {
        let app = crate::support::App::start(&db).await;
        let alice = key("alice");
        let good = app.wallet_draft(&alice, &key("wallet")).await;
        let mut bad = good.clone();
        let wrong = [
            ("action", json!("burn"), "unknown_action"),
            ("platform", json!("myspace"), "unknown_platform"),
            ("public_key", json!("0x12"), "bad_public_key"),
            ("uuid", json!("nil"), "bad_uuid"),
            ("created_at", json!("never"), "bad_created_at"),
            ("identity", json!("nobody"), "bad_identity"),
            ("proof_location", json!("a\nb"), "bad_field"),
        ];
        for (field, value, _) in &wrong {
            bad = bad.with(field, value.clone());
        }
        for (field, _, code) in wrong {
            app.refuse(&bad, 400, code).await;
            bad = bad.with(field, good.body[field].clone());
        }
        app.accept(&bad).await;
    }
}
