//! Platforms whose verification is not configured: their payloads and posts are made, their bindings are not.

use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::{App, Tally};

/// The platforms of which a service without credentials knows some and some not, each with an identity that it can have.
const OTHERS: [(&str, &str); 15] = [
    ("twitter", "yeiwb"),
    ("keybase", "nykma"),
    ("ens", "nykma.eth"),
    ("dotbit", "nykma.bit"),
    ("minds", "nykma"),
    ("steam", "76561197960287930"),
    ("activitypub", "nykma@example.social"),
    ("discord", "nykma#5134"),
    ("telegram", "nykma"),
    ("slack", "U04Q3NRDWHX"),
    ("tiktok", "nykma"),
    ("nostr", "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"),
    ("bluesky", "nykma.bsky.social"),
    ("farcaster", "nykma"),
    ("website", "nykma.example"),
];

on_both_databases! {
    /// What can be prepared is prepared; binding says that this service cannot verify it.
    async fn payloads_are_made_and_bindings_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let on = app.read("/healthz").await["platforms"].as_array().unwrap().clone();
        for platform in ["twitter", "keybase", "ens", "discord", "slack", "nostr", "farcaster"] {
            assert!(!on.contains(&platform.into()), "{platform} has no credentials");
        }
        for (platform, identity) in OTHERS {
            let draft = app.draft(&alice, "create", platform, identity).await;
            assert!(draft.sign_payload.contains(&format!(r#""platform":"{platform}""#)), "{}", draft.sign_payload);
            assert!(draft.post_content.contains("%SIG_BASE64%"), "{platform}: {}", draft.post_content);
            if !on.contains(&platform.into()) {
                let draft = draft.signed().at("https://example.com/1");
                assert_eq!(app.refuse(&draft, 400, "platform_not_configured").await["field"], "platform");
            }
            let draft = app.draft(&alice, "delete", platform, identity).await;
            app.refuse(&draft.signed(), 409, "not_bound").await;
        }
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// Languages of a post, the letter case that the person wrote, and `prev` where the platform shows it.
    async fn posts_are_written_for_people(db: TestDatabase) {
        let app = App::start(&db).await;
        let alice = key("alice");
        let head = app.bind_wallet(&alice, &key("wallet")).await;
        let body = serde_json::json!({
            "action": "create", "platform": "twitter", "identity": "@YeiWB", "public_key": alice.avatar().to_hex(),
        });
        let payload = app.post("/v1/proof/payload", &body).await.expect_status(200).json();
        assert!(payload["sign_payload"].as_str().unwrap().contains(r#""identity":"yeiwb""#));
        let posts = payload["post_content"].as_object().unwrap();
        assert!(["default", "en_US", "zh_CN"].iter().all(|language| posts[*language].is_string()), "{payload}");
        assert_eq!(posts["default"], posts["en_US"]);
        for post in posts.values() {
            let post = post.as_str().unwrap();
            assert!(post.contains("@YeiWB") && post.contains(head["signature"].as_str().unwrap()), "{post}");
        }
    }
}
