//! Percent signs, quotes, NUL bytes and lone surrogates in every field of every request.

use nextid_core::Platform;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{App, Tally};

/// Texts as they stand between the quotes of a JSON string.
const TEXTS: [&str; 16] = [
    "%",
    "%%",
    "%s%n%d",
    "100%25",
    "'",
    "\\\"",
    "' OR '1'='1",
    "\\\\",
    "\\u0000",
    "octo\\u0000cat",
    "\\ud800",
    "\\udfff\\ud800",
    "\\ud83c\\udfad",
    "<script>",
    "\\u202e\\ufeff",
    "../../etc/passwd",
];

/// The same for queries, percent-encoded.
const QUERIES: [&str; 14] = [
    "%25",
    "%25%25",
    "%25s%25n",
    "%27",
    "%22",
    "%27%20OR%20%271%27%3D%271",
    "%5C",
    "%00",
    "octo%00cat",
    "_",
    "%5F%25",
    "%ED%A0%80",
    "%F0%9F%8E%AD",
    "%3B--",
];

/// The names of a submit's fields. The last two are not compared with anything signed: those come when the others are done,
/// since what follows an accepted submit is its replay.
const FIELDS: [&str; 14] = [
    "action",
    "platform",
    "identity",
    "public_key",
    "avatar",
    "persona",
    "uuid",
    "created_at",
    "prev",
    "previous",
    "signature",
    "wallet_signature",
    "target_signature",
    "proof_location",
];

on_both_databases! {
    /// In a submit: every field, in turn, as raw JSON.
    async fn in_every_field_of_a_body(db: TestDatabase) {
        let app = App::start(&db).await;
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let before = Tally::of(&db);
        const MARK: &str = "this will be replaced";
        for field in FIELDS {
            let marked = if field.ends_with("signature") {
                draft.clone().extra(field, MARK).body
            } else {
                draft.clone().with(field, MARK).body
            };
            for text in TEXTS {
                let body = marked.to_string().replace(MARK, text);
                let lone = text.contains("\\ud800");
                let refused = app.post_text("/v1/proof", &body).await;
                // What is no part of the payload and looks like any text is not wrong in itself.
                let may_pass = field == "proof_location" || field == "target_signature";
                if refused.status == 201 {
                    assert!(may_pass, "{field} {text}: {}", refused.text());
                    continue;
                }
                assert!(matches!(refused.status, 400 | 409), "{field} {text}: {}", refused.text());
                if lone {
                    refused.expect_error(400, "bad_json");
                }
                let asked = app.post_text("/v1/proof/payload", &body).await;
                assert!(matches!(asked.status, 200 | 400), "{field} {text}: {}", asked.text());
            }
        }
        let after = Tally::of(&db);
        assert!(after.links <= before.links + 1, "{after:?}");
        app.verified(&key("alice").avatar()).await;
    }

    /// In the identity of every platform, for both actions: refused, or normalised and signed as it is.
    async fn in_the_identity_of_every_platform(db: TestDatabase) {
        let app = App::start(&db).await;
        let avatar = key("alice").avatar().to_hex();
        for platform in Platform::ALL {
            for text in TEXTS {
                for action in ["create", "delete"] {
                    let body = format!(
                        r#"{{"action":"{action}","platform":"{platform}","identity":"a{text}","public_key":"{avatar}",
                            "uuid":"353449e6-3a6f-4ac8-ae65-ba14bf466baf","created_at":"1700000000"}}"#
                    );
                    let asked = app.post_text("/v1/proof/payload", &body).await;
                    assert!(matches!(asked.status, 200 | 400 | 409), "{body}: {}", asked.text());
                    if text.contains("\\u0000") {
                        assert_eq!(asked.status, 400, "{body}: {}", asked.text());
                    }
                    let refused = app.post_text("/v1/proof", &body).await;
                    assert!(refused.status == 400, "{body}: {}", refused.text());
                }
            }
        }
        assert_eq!(Tally::of(&db).links, 0);
    }

    /// In every parameter of every read.
    async fn in_every_parameter_of_a_query(db: TestDatabase) {
        let app = App::start(&db).await;
        let avatar = key("alice").avatar();
        app.bind_wallet(&key("alice"), &key("wallet")).await;
        for text in QUERIES {
            for path in [
                format!("/v1/proof?identity={text}"),
                format!("/v1/proof?identity={text}&exact=true"),
                format!("/v1/proof?identity={text},x&platform=github"),
                format!("/v1/proof?identity={text}&platform=solana"),
                format!("/v1/proof?identity={text}&platform=nextid"),
                format!("/v1/proof?identity=x&platform={text}"),
                format!("/v1/proof?identity=x&sort={text}"),
                format!("/v1/proof?identity=x&order={text}"),
                format!("/v1/proof?identity=x&exact={text}"),
                format!("/v1/proof?identity=x&page={text}"),
                format!("/v1/proof?{text}={text}&identity=x"),
                format!("/v1/proof/exists?platform={text}&identity=x&public_key={avatar}"),
                format!("/v1/proof/exists?platform=discord&identity={text}&public_key={avatar}"),
                format!("/v1/proof/exists?platform=github&identity=x&public_key={text}"),
                format!("/v1/proofchain?avatar={text}"),
                format!("/v1/proofchain?avatar={avatar}&page={text}"),
                format!("/v1/proofchain/changes?last_id={text}"),
                format!("/v1/proofchain/changes?count={text}"),
            ] {
                let answer = app.get(&path).await;
                assert!(matches!(answer.status, 200 | 400 | 404), "{path}: {}", answer.text());
                if answer.status == 200 && path.starts_with("/v1/proof?") {
                    assert_eq!(answer.json()["ids"], json!([]), "{path}");
                }
            }
        }
    }

    /// In the path and in headers.
    async fn in_paths_and_headers(db: TestDatabase) {
        let app = App::start(&db).await;
        for text in QUERIES {
            let answer = app.client.get(&format!("/v1/{text}")).await;
            assert!(matches!(answer.status, 400 | 404), "{text}: {}", answer.text());
            assert!(answer.json()["code"].is_string());
        }
        for value in ["%00", "' OR 1", "\u{7f}".escape_default().to_string().as_str(), "a b c", &"x".repeat(300)] {
            let headers = [("X-Request-Id", value), ("Accept", value), ("Content-Type", value), ("Origin", value)];
            let answer = app.send(http::Method::GET, "/v1/proof?identity=octocat", &headers, "").await;
            answer.expect_status(200);
        }
    }
}
