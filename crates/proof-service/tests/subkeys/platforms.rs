//! The description of the platforms.

use nextid_core::Platform;
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{App, Setup};

fn described<'a>(body: &'a Value, platform: &str) -> &'a Value {
    let list = body["platforms"].as_array().expect("a list");
    list.iter().find(|found| found["platform"] == platform).expect("the platform")
}

on_both_databases! {
    /// All of them, in the order of core; configured are those that `/healthz` names, and without credentials those that
    /// need none.
    async fn every_platform_is_described(db: TestDatabase) {
        let app = App::start(&db).await;
        let body = app.read("/v1/platforms").await;
        let list = body["platforms"].as_array().expect("a list");
        let names: Vec<&Value> = list.iter().map(|found| &found["platform"]).collect();
        assert_eq!(names, Platform::ALL.iter().map(|platform| json!(platform)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
        let configured: Vec<&Value> =
            list.iter().filter(|found| found["configured"] == true).map(|found| &found["platform"]).collect();
        let health = app.read("/healthz").await;
        assert_eq!(configured, health["platforms"].as_array().expect("a list").iter().collect::<Vec<_>>());
        for found in list {
            assert_eq!(found["configured"] == true, found["credentials"]["needed"] == false, "{found}");
        }
    }

    /// An example is what the payload endpoint would say.
    async fn examples_are_real(db: TestDatabase) {
        let app = App::start(&db).await;
        let body = app.read("/v1/platforms").await;
        for found in body["platforms"].as_array().expect("a list") {
            let (platform, example) = (&found["platform"], &found["example"]);
            let avatar = "0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
            let ask = json!({"action": "create", "platform": platform, "identity": example["identity"], "public_key": avatar});
            let payload = app.post("/v1/proof/payload", &ask).await.expect_status(200).json();
            let as_in_example = |text: &Value| {
                text.as_str().expect("a text")
                    .replace(payload["uuid"].as_str().expect("a uuid"), "353449e6-3a6f-4ac8-ae65-ba14bf466baf")
                    .replace(payload["created_at"].as_str().expect("a second"), "1700000000")
            };
            assert_eq!(example["sign_payload"], as_in_example(&payload["sign_payload"]));
            assert_eq!(example["post_content"], as_in_example(&payload["post_content"]["default"]));
        }
        assert_eq!(described(&body, "dns")["proof_location"], Value::Null);
    }

    /// With its credentials a platform is configured.
    async fn credentials_configure(db: TestDatabase) {
        let app = Setup::new(&db).set("platforms.twitter.bearer_token", "secret-token").start().await;
        let answer = app.get("/v1/platforms").await.expect_status(200);
        assert!(!answer.text().contains("secret-token"));
        let body = answer.json();
        assert_eq!(described(&body, "twitter")["configured"], true);
        assert_eq!(described(&body, "discord")["configured"], false);
        assert_eq!(described(&body, "twitter")["credentials"]["settings"], json!(["platforms.twitter.bearer_token"]));
    }
}
