//! What the service says of itself.

use nextid_testkit::http::TestClient;
use nextid_testkit::on_both_databases;

use crate::support::{App, Setup};

on_both_databases! {
    /// The fields of the contract, and the platforms that can be bound here.
    async fn it_says_what_it_is(db: TestDatabase) {
        let app = App::start(&db).await;
        let body = app.read("/healthz").await;
        assert_eq!((&body["hello"], &body["runtime"]), (&"proof service".into(), &"standalone".into()));
        let platforms = body["platforms"].as_array().unwrap();
        for platform in ["github", "ethereum", "solana", "dns", "nextid"] {
            assert!(platforms.contains(&platform.into()), "{platform}");
        }
        assert!(body["built_at"].as_str().unwrap().parse::<u64>().is_ok());
        for field in ["environment", "revision", "version"] {
            assert!(!body[field].as_str().unwrap().is_empty(), "{field}");
        }
        assert_eq!(app.get("/readyz").await.expect_status(200).json()["status"], "ok");
    }

    /// The operator's address has the metrics, which the public one has not.
    async fn metrics_are_the_operators(db: TestDatabase) {
        let app = Setup::new(&db).start().await;
        app.get("/healthz").await.expect_status(200);
        app.get("/metrics").await.expect_error(404, "not_found");
        let admin = TestClient::new(format!("http://{}", app.admin_address));
        for path in ["/healthz", "/readyz"] {
            admin.get(path).await.expect_status(200);
        }
        let metrics = admin.get("/metrics").await.expect_status(200).text();
        assert!(metrics.contains("/healthz"), "{metrics}");
        admin.get("/v1/proof?identity=octocat").await.expect_error(404, "not_found");
    }
}
