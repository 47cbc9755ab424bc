//! Health, the operator's address, start and stop.

use kv_service::Service;
use nextid_service::boot::StartError;
use nextid_service::config::{self, Config};
use nextid_service::shutdown::Shutdown;
use nextid_testkit::on_both_databases;
use serde_json::json;

use crate::support::{Behaviour, Kv, Person, ProofStandIn, ScriptedFeed};

on_both_databases! {
    async fn health(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::following(&db, &proof_service, &ScriptedFeed::new()).await;
        for client in [&kv.client, &kv.admin] {
            let healthz = client.get("/healthz").await.expect_status(200).json();
            assert_eq!(healthz["hello"], "kv server");
            assert_eq!(healthz["bindings"], json!({"name": "bindings", "status": "ok"}));
            for member in ["build_at", "commit_version", "version"] {
                assert!(healthz[member].is_string(), "{healthz}");
            }
            let ready = client.get("/readyz").await.expect_status(200).json();
            assert_eq!(ready["status"], "ok");
        }
    }

    /// Degraded, not unready: most of the work goes on.
    async fn without_proof_service_it_is_degraded(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let kv = Kv::start(&db, &proof_service).await;
        for behaviour in [Behaviour::Fails(503), Behaviour::Hangs] {
            proof_service.behave(behaviour);
            let ready = kv.client.get("/readyz").await.expect_status(200).json();
            assert_eq!(ready["status"], "degraded", "{ready}");
            let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "proof_service");
            assert_eq!(check.unwrap()["why"], "proof-service does not answer");
        }
    }

    async fn metrics_are_for_the_operator_only(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        kv.client.get("/healthz").await.expect_status(200);
        kv.client.get("/metrics").await.expect_error(404, "not_found");
        let metrics = kv.admin.get("/metrics").await.expect_status(200).text();
        assert!(metrics.contains("service=\"kv-service\""), "{metrics}");
    }

    async fn it_is_shown_how_many_share_a_batch(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        Person::new("alice").own_write(&kv, json!({"a": 1})).await;
        let metrics = kv.admin.get("/metrics").await.expect_status(200).text();
        for batcher in ["append", "submit context", "payload context", "head", "contents"] {
            let label = format!("nextid_batched_calls_total{{batcher=\"{batcher}\",service=\"kv-service\"}} ");
            assert!(metrics.contains(&label), "{label} is not in\n{metrics}");
        }
        let appended = "nextid_batches_total{batcher=\"append\",service=\"kv-service\"} 1\n";
        assert!(metrics.contains(appended), "{metrics}");
    }

    /// What was accepted is there after a restart.
    async fn a_restart_loses_nothing(db: TestDatabase) {
        let proof_service = ProofStandIn::start().await;
        let alice = Person::new("alice");
        let kv = Kv::start(&db, &proof_service).await;
        alice.own_write(&kv, json!({"a": 1})).await;
        kv.stop().await;
        let kv = Kv::start(&db, &proof_service).await;
        let second = alice.own_write(&kv, json!({"b": 2})).await;
        assert_eq!(second["link"]["seq"], 1);
        assert_eq!(second["proofs"][0]["content"], json!({"a": 1, "b": 2}));
    }

    /// Two services may not share a database.
    async fn the_database_of_another_service_is_refused(db: TestDatabase) {
        db.execute("CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)");
        db.execute("INSERT INTO meta VALUES ('service', 'proof-service')");
        let env = [("NEXTID__DATABASE__URL".to_owned(), db.url().to_owned())];
        let config = Config::load(config::Service::Kv, None, env.into_iter()).unwrap();
        let refused = Service::start(&config, &Shutdown::new()).await.unwrap_err();
        assert!(matches!(refused, StartError::Database(_)), "{refused}");
        assert!(refused.to_string().contains("proof-service"), "{refused}");
    }
}
