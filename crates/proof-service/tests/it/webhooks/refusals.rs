//! Who may not, and what cannot be.

use http::Method;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use super::{TOKEN, setup};
use crate::support::App;

/// Every route, with a method of it.
const ROUTES: [(&str, &str); 11] = [
    ("GET", "/v1/webhooks"),
    ("POST", "/v1/webhooks"),
    ("GET", "/v1/webhooks/a"),
    ("DELETE", "/v1/webhooks/a"),
    ("POST", "/v1/webhooks/a/test"),
    ("POST", "/v1/webhooks/a/enable"),
    ("POST", "/v1/webhooks/a/disable"),
    ("POST", "/v1/webhooks/a/rotate"),
    ("POST", "/v1/webhooks/a/replay"),
    ("GET", "/v1/webhooks/a/dead"),
    ("POST", "/v1/webhooks/a/dead/1/retry"),
];

fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

on_both_databases! {
    /// Without a token in the configuration there is nothing at these paths.
    async fn it_is_off_without_a_token(db: TestDatabase) {
        let app = App::start(&db).await;
        for (name, path) in ROUTES {
            for headers in [&[] as &[(&str, &str)], &[("Authorization", "Bearer ")], &[("Authorization", "Bearer x")]] {
                app.send(method(name), path, headers, "").await.expect_error(404, "not_found");
            }
        }
    }

    /// Without the token nothing is told, not even what is wrong with a request.
    async fn the_token_is_needed(db: TestDatabase) {
        let app = setup(&db).start().await;
        let (longer, shorter) = (format!("Bearer {TOKEN}x"), format!("Bearer {}", &TOKEN[1..]));
        let bare = TOKEN.to_owned();
        let basic = format!("Basic {TOKEN}");
        for (name, path) in ROUTES {
            let answer = app.send(method(name), path, &[], "{").await;
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
            answer.expect_error(401, "unauthorized");
            for wrong in [&longer, &shorter, &bare, &basic] {
                app.send(method(name), path, &[("Authorization", wrong)], "{").await.expect_error(401, "unauthorized");
            }
        }
        let lower = format!("bearer {TOKEN}");
        app.send(Method::GET, "/v1/webhooks", &[("Authorization", &lower)], "").await.expect_status(200);
        for (name, path) in ROUTES.into_iter().filter(|(_, path)| path.contains("/a")) {
            let body = json!({"after": 0});
            app.ask(method(name), path, &body).await.expect_error(404, "not_found");
        }
    }

    /// What cannot be an endpoint.
    async fn bad_endpoints(db: TestDatabase) {
        let app = setup(&db).start().await;
        let long = format!("https://example.com/{}", "x".repeat(2048));
        for (field, value) in [
            ("url", json!("http://example.com/")),
            ("url", json!("ftp://example.com/")),
            ("url", json!("https://user@example.com/")),
            ("url", json!("https://10.0.0.7/")),
            ("url", json!("https://169.254.169.254/")),
            ("url", json!("https://[::1]/")),
            ("url", json!("https://localhost/")),
            ("url", json!("https://db.internal/")),
            ("url", json!("https://example.com:8443/")),
            ("url", json!("nonsense")),
            ("url", json!("")),
            ("url", json!(long)),
            ("url", json!(7)),
            ("description", json!("x".repeat(257))),
            ("description", json!("a\u{0}b")),
            ("types", json!(["link.eaten"])),
            ("types", json!("link.created")),
            ("after", json!(-1)),
            ("after", json!(1)),
            ("after", json!("soon")),
        ] {
            let mut new = json!({"url": "https://example.com/"});
            new[field] = value.clone();
            let error = app.tell("/v1/webhooks", &new).await.expect_error(400, "bad_field");
            assert!(error["field"].as_str().is_some_and(|named| named.starts_with(field)), "{field} {value}: {error}");
        }
        app.tell("/v1/webhooks", &json!({})).await.expect_error(400, "missing_field");
        let unknown = json!({"url": "https://example.com/", "platform": "geocities"});
        app.tell("/v1/webhooks", &unknown).await.expect_error(400, "unknown_platform");
        let bad_key = json!({"url": "https://example.com/", "avatar": "0x12"});
        app.tell("/v1/webhooks", &bad_key).await.expect_error(400, "bad_public_key");
        assert_eq!(db.count("webhooks"), 0);
        let (path, _) = app.register_all("https://example.com/").await;
        for secs in ["-1", "2592001", "x"] {
            let target = format!("{path}/rotate?keep_old_secs={secs}");
            app.tell(&target, &Value::Null).await.expect_error(400, "bad_field");
        }
    }

    /// As many as the configuration says.
    async fn too_many(db: TestDatabase) {
        let app = setup(&db).set("limits.webhooks", 2).start().await;
        let new = json!({"url": "https://example.com/"});
        for _ in 0..2 {
            app.tell("/v1/webhooks", &new).await.expect_status(201);
        }
        let error = app.tell("/v1/webhooks", &new).await.expect_error(413, "too_many_webhooks");
        assert_eq!(error["limit"], 2);
    }
}
