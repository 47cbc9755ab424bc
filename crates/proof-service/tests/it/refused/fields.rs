//! Fields whose text means nothing, and queries of the same kind.

use nextid_core::Platform;
use nextid_testkit::keys::{key, solana};
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{App, Tally};

/// Identities that each platform cannot have.
const NOBODY: [(&str, &[&str]); 6] = [
    (
        "github",
        &[
            "-octocat",
            "octo cat",
            "octo.cat",
            "öctocat",
            "@",
            "a/b",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ],
    ),
    (
        "dns",
        &[
            "example",
            "exa mple.com",
            "-.com",
            ".com",
            "example..com",
            "127.0.0.1",
            "http://example.com",
            "*.com",
        ],
    ),
    ("ethereum", &["0x12", "hello", "0x000000000000000000000000000000000000000g", "vitalik.eth", "0x"]),
    ("solana", &["hello", "0OIl", "1", "11111111111111111111111111111111111111111111111111"]),
    ("nextid", &["0x12", "alice", "0x02ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"]),
    ("twitter", &["this_name_is_too_long", "a-b", "a b", "ä"]),
];

on_both_databases! {
    /// Actions and platforms are spelt in lower case, and there are no others.
    async fn unknown_actions_and_platforms_are_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        for action in ["add", "CREATE", "Delete", " create", "kv", "create\n"] {
            let error = app.refuse(&draft.clone().with("action", action), 400, "unknown_action").await;
            assert_eq!(error["expected"], json!(["create", "delete"]));
            let body = draft.clone().with("action", action).body;
            app.post("/v1/proof/payload", &body).await.expect_error(400, "unknown_action");
        }
        for platform in ["myspace", "Ethereum", "GITHUB", " github", "ethereum,github", "x"] {
            let bad = draft.clone().with("platform", platform);
            let error = app.refuse(&bad, 400, "unknown_platform").await;
            assert_eq!(error["expected"].as_array().unwrap().len(), Platform::ALL.len());
            app.post("/v1/proof/payload", &bad.body).await.expect_error(400, "unknown_platform");
            let query = platform.replace(' ', "+");
            app.get(&format!("/v1/proof?platform={query}&identity=octocat")).await.expect_error(400, "unknown_platform");
            app.get(&format!("/v1/proof/exists?platform={query}&identity=octocat&public_key={}", key("alice").avatar()))
                .await
                .expect_error(400, "unknown_platform");
        }
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// Identities that the platform cannot have are refused before anything is signed.
    async fn identities_that_cannot_be_are_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        for (platform, identities) in NOBODY {
            for identity in identities {
                for action in ["create", "delete"] {
                    let bad = draft.clone().with("platform", platform).with("identity", *identity).with("action", action);
                    let error = app.refuse(&bad, 400, "bad_identity").await;
                    assert_eq!(error["field"], "identity", "{platform} {identity}");
                    assert!(error["expected"].is_string());
                    app.post("/v1/proof/payload", &bad.body).await.expect_error(400, "bad_identity");
                }
            }
        }
        // A Solana address in another letter case is another address, if it is one at all.
        let address = solana("wallet").address();
        let body = json!({
            "action": "create", "platform": "solana", "identity": address.to_lowercase(),
            "public_key": key("alice").avatar().to_hex(),
        });
        let answer = app.post("/v1/proof/payload", &body).await;
        assert!(answer.status == 400 || !answer.text().contains(&address));
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// Queries that cannot be read name the parameter.
    async fn queries_that_cannot_be_read_are_refused(db: TestDatabase) {
        let app = App::start(&db).await;
        let avatar = key("alice").avatar();
        for bad in ["x", "1.5", "1e3", "0x1", "99999999999999999999", "-99999999999999999999", "%00", "1%20", "NaN"] {
            for (path, name) in [
                (format!("/v1/proof?identity=octocat&page={bad}"), "page"),
                (format!("/v1/proofchain?avatar={avatar}&page={bad}"), "page"),
                (format!("/v1/proofchain/changes?last_id={bad}"), "last_id"),
                (format!("/v1/proofchain/changes?count={bad}"), "count"),
            ] {
                assert_eq!(app.get(&path).await.expect_error(400, "bad_field")["field"], name, "{path}");
            }
        }
        for bad in ["yes", "2", "tRUE", "null"] {
            let error = app.get(&format!("/v1/proof?identity=octocat&exact={bad}")).await;
            assert_eq!(error.expect_error(400, "bad_field")["field"], "exact");
        }
        for (path, name) in [
            ("/v1/proof", "identity"),
            ("/v1/proof?identity=", "identity"),
            ("/v1/proof?identity=,%20,", "identity"),
            ("/v1/proof?platform=github&identity=&exact=true", "identity"),
            ("/v1/proof?platform=nextid", "identity"),
            ("/v1/proof?Identity=octocat", "identity"),
            ("/v1/proof/exists", "platform"),
            ("/v1/proof/exists?platform=github", "identity"),
            ("/v1/proof/exists?platform=github&identity=octocat", "public_key"),
            ("/v1/proof/exists?platform=github&identity=octocat&public_key=", "public_key"),
            ("/v1/proofchain", "avatar"),
            ("/v1/proofchain?avatar=", "avatar"),
        ] {
            assert_eq!(app.get(path).await.expect_error(400, "missing_field")["field"], name, "{path}");
        }
        for bad in ["%", "%2", "%zz", "%ff", "octo%c3%28"] {
            app.get(&format!("/v1/proof?identity={bad}")).await.expect_error(400, "bad_field");
        }
    }
}
