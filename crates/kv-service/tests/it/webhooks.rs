//! `/v1/webhooks`: what proof-service's tests do not show, that kv-service has them as well, and tells of its own links.

use nextid_service::config::{Config, Secret};
use nextid_testkit::on_both_databases;
use nextid_testkit::webhook::WebhookReceiver;
use serde_json::{Value, json};

use crate::support::{Kv, Person, ProofStandIn};

const TOKEN: &str = "a-token-of-the-operator";

fn switched_on(config: &mut Config) {
    config.webhooks.admin_token = Some(Secret::new(TOKEN));
    config.net.allow_hosts = vec!["127.0.0.1".to_owned()];
}

async fn ask(kv: &Kv, path: &str, body: &Value) -> nextid_testkit::http::Answer {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    kv.client.send("POST".parse().unwrap(), path, &headers, body.to_string()).await
}

on_both_databases! {
    async fn every_write_arrives_in_order(db: TestDatabase) {
        let kv = Kv::with(&db, ProofStandIn::start().await.url(), switched_on).await;
        let receiver = WebhookReceiver::start();
        let person = Person::new("alice");
        let new = json!({"url": receiver.url("/hook"), "after": 0, "avatar": person.hex(), "types": ["link.created"]});
        let made = ask(&kv, "/v1/webhooks", &new).await.expect_status(201).json();
        assert_eq!(made["avatar"], person.avatar().to_uncompressed_hex());
        for number in 0..10 {
            person.own_write(&kv, json!({"number": number})).await;
            Person::new("bob").own_write(&kv, json!({"number": number})).await;
        }
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while receiver.accepted().len() < 10 {
            assert!(std::time::Instant::now() < deadline, "{} of 10 have arrived", receiver.accepted().len());
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let secret = made["secret"].as_str().unwrap();
        let numbers: Vec<Value> = receiver
            .accepted()
            .iter()
            .map(|delivery| {
                assert!(delivery.is_signed_by(secret));
                delivery.json()["data"]["link"]["patch"]["number"].clone()
            })
            .collect();
        assert_eq!(numbers, (0..10).map(Value::from).collect::<Vec<_>>());
        let states = json!({"url": receiver.url("/hook"), "types": ["proof.state_changed"]});
        ask(&kv, "/v1/webhooks", &states).await.expect_error(400, "bad_field");
        kv.client.get("/v1/webhooks").await.expect_error(401, "unauthorized");
    }

    async fn they_are_off_without_a_token(db: TestDatabase) {
        let kv = Kv::start(&db, &ProofStandIn::start().await).await;
        ask(&kv, "/v1/webhooks", &json!({})).await.expect_error(404, "not_found");
    }
}
