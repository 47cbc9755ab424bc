//! Paths and methods that are not there, HEAD, and errors as problems.

use http::Method;
use nextid_testkit::on_both_databases;

use crate::support::App;

on_both_databases! {
    /// 404 and 405 are JSON like every other error; 405 names what is allowed.
    async fn what_is_not_there_is_json(db: TestDatabase) {
        let app = App::start(&db).await;
        for path in ["/", "/v1", "/v1/proofs", "/v1/proof/", "/v1/Proof?identity=x", "/v2/proof", "//v1/proof", "/v1/proof/payload/x"] {
            app.get(path).await.expect_error(404, "not_found");
        }
        for (method, path, allowed) in [
            (Method::PUT, "/v1/proof", vec!["GET", "POST"]),
            (Method::DELETE, "/v1/proof", vec!["GET", "POST"]),
            (Method::PATCH, "/v1/proof/payload", vec!["POST"]),
            (Method::GET, "/v1/proof/payload", vec!["POST"]),
            (Method::POST, "/v1/proof/exists", vec!["GET"]),
            (Method::POST, "/v1/proofchain", vec!["GET"]),
            (Method::POST, "/healthz", vec!["GET"]),
        ] {
            let answer = app.send(method, path, &[], "").await;
            let told = answer.header("allow").unwrap_or_default().to_owned();
            answer.expect_error(405, "method_not_allowed");
            assert!(allowed.iter().all(|method| told.contains(method)), "{path}: {told}");
        }
    }

    /// HEAD is GET without the body.
    async fn head_is_get_without_a_body(db: TestDatabase) {
        let app = App::start(&db).await;
        for (path, status) in [("/healthz", 200), ("/v1/proof?identity=octocat", 200), ("/v1/proof", 400), ("/nothing", 404)] {
            let answer = app.send(Method::HEAD, path, &[], "").await.expect_status(status);
            assert!(answer.body.is_empty(), "{path}");
        }
    }

    /// Whoever accepts problems gets problems, with the same code and data.
    async fn errors_are_problems_for_those_who_ask(db: TestDatabase) {
        let app = App::start(&db).await;
        let accept = [("Accept", "application/problem+json"), ("X-Request-Id", "my-request-7")];
        let answer = app.send(Method::GET, "/v1/proof?platform=myspace&identity=x", &accept, "").await;
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let problem = answer.expect_error(400, "unknown_platform");
        assert_eq!((&problem["status"], &problem["instance"]), (&400.into(), &"/v1/proof".into()));
        assert_eq!((&problem["request_id"], &problem["field"]), (&"my-request-7".into(), &"platform".into()));
        assert_eq!(problem["type"], "tag:next.id,2022:error:unknown_platform");
        assert_eq!(problem["detail"], problem["message"]);
        for (method, path, status) in [(Method::GET, "/nothing", 404), (Method::PUT, "/v1/proof", 405), (Method::POST, "/v1/proof", 400)] {
            let answer = app.send(method, path, &accept, "").await.expect_status(status);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}");
        }
        let answer = app.get("/v1/proof?platform=myspace&identity=x").await;
        assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    }
}
