//! `GET /openapi.json`

use nextid_service::build_info::BuildInfo;
use nextid_testkit::on_both_databases;
use serde_json::Value;

use crate::support::{Kv, ProofStandIn};

on_both_databases! {
    async fn it_is_served_and_names_what_is_answered(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        let answer = kv.client.get("/openapi.json").await.expect_status(200);
        let document = answer.json();
        assert_eq!(document["openapi"], "3.1.0");
        for (path, operation) in document["paths"].as_object().unwrap() {
            for method in operation.as_object().unwrap().keys() {
                let method = method.to_uppercase().parse().unwrap();
                // What is answered with a stream does not end.
                let target = if path == "/v1/events" { "/v1/events?last_id=9" } else { path };
                let status = kv.client.send(method, target, &[], "").await.status.to_string();
                let described = document.pointer(&format!("/paths/{}", path.replace('/', "~1"))).unwrap();
                assert!(described.to_string().contains(&format!("\"{status}\":")), "{path}: {status}");
            }
        }
    }
}

#[test]
fn every_operation_has_its_statuses_and_codes() {
    let document =
        serde_json::to_value(kv_service::openapi::document(&BuildInfo::current()).unwrap()).unwrap();
    let statuses = |path: &str, method: &str| -> Vec<String> {
        document["paths"][path][method]["responses"].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(statuses("/healthz", "get"), ["200"]);
    assert_eq!(statuses("/readyz", "get"), ["200", "503"]);
    assert_eq!(statuses("/v1/kv", "get"), ["200", "304", "400", "500", "503"]);
    assert_eq!(statuses("/v1/kv/at", "get"), ["200", "400", "404", "500", "503"]);
    assert_eq!(statuses("/v1/kvchain", "get"), ["200", "400", "500", "503"]);
    assert_eq!(statuses("/v1/kvchain/changes", "get"), ["200", "400", "500", "503"]);
    assert_eq!(statuses("/v1/events", "get"), ["200", "400", "410", "500", "503"]);
    assert_eq!(statuses("/v1/avatar/{key}/export", "get"), ["200", "400", "500", "503"]);
    assert_eq!(statuses("/v1/kv/by_identity", "get"), ["200", "400", "500", "503"]);
    assert_eq!(statuses("/v1/kv/payload", "post"), ["200", "400", "403", "408", "413", "500", "503"]);
    assert_eq!(statuses("/v1/kv", "post"), ["201", "400", "403", "408", "409", "413", "500", "503"]);
    let required = &document["components"]["schemas"]["SubmitRequest"]["required"];
    let required: Vec<&str> = required.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(required, ["platform", "identity", "patch", "uuid", "created_at", "signature"]);
}
