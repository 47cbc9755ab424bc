//! Browsers.

use http::Method;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;

use crate::support::App;

const ORIGIN: (&str, &str) = ("Origin", "https://app.example");

on_both_databases! {
    /// A page of any origin may read every answer; without an origin nothing is said.
    async fn pages_may_read_answers(db: TestDatabase) {
        let app = App::start(&db).await;
        for path in ["/healthz", "/v1/proof?identity=octocat", "/v1/proof", "/v1/nothing"] {
            let answer = app.send(Method::GET, path, &[ORIGIN], "").await;
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            assert!(answer.header("access-control-expose-headers").unwrap().contains("Retry-After"));
            let answer = app.get(path).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
            assert!(answer.header("vary").unwrap().contains("Origin"));
        }
        let draft = app.wallet_draft(&key("alice"), &key("wallet")).await;
        let answer = app.send(Method::POST, "/v1/proof", &[ORIGIN], draft.body.to_string()).await;
        assert_eq!(answer.expect_status(201).header("access-control-allow-origin"), Some("*"));
    }

    /// Any OPTIONS with an origin is a preflight; without one it is a method that is not there.
    async fn preflights_are_answered(db: TestDatabase) {
        let app = App::start(&db).await;
        for path in ["/v1/proof", "/v1/proof/payload", "/healthz", "/v1/nothing"] {
            let headers = [ORIGIN, ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")];
            let answer = app.send(Method::OPTIONS, path, &headers, "").await.expect_status(204);
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("access-control-max-age"), Some("43200"));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"));
            let allowed = answer.header("access-control-allow-headers").unwrap();
            assert!(["Origin", "Content-Length", "Content-Type"].iter().all(|name| allowed.contains(name)), "{allowed}");
        }
        app.send(Method::OPTIONS, "/v1/proof", &[], "").await.expect_error(405, "method_not_allowed");
    }
}
