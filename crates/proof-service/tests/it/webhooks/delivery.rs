//! What applications get: every link, in the order of its chain, signed.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use http::Method;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use nextid_testkit::webhook::{Reaction, WebhookReceiver};
use serde_json::Value;

use super::setup;
use crate::support::steps::until;
use crate::support::{App, Setup};

const PEOPLE: usize = 6;
const LINKS: usize = 5;

/// Binds and revokes aliases, and returns the links as they were answered.
async fn write_chain(app: &App, person: usize) -> Vec<Value> {
    let (own, other) = (key(&format!("person{person}")), key(&format!("friend{person}")));
    let mut links = Vec::new();
    for step in 0..LINKS {
        links.push(if step % 2 == 0 {
            app.bind_alias(&own, &other).await
        } else {
            app.revoke(&own, "nextid", &other.avatar().to_hex()).await
        });
    }
    links
}

on_both_databases! {
    /// An application that now and then fails gets every link of every chain once it has answered, in the chain's order, as
    /// it was answered to the one who submitted it, signed with the secret that it was given.
    async fn every_link_arrives_in_order(db: TestDatabase) {
        let app = setup(&db).start().await;
        let receiver = WebhookReceiver::start();
        let (path, secret) = app.register_all(&receiver.url("/hook")).await;
        receiver.queue([Reaction::Status(200), Reaction::Status(500), Reaction::Status(200), Reaction::Status(429)]);
        let chains = join_all((0..PEOPLE).map(|person| write_chain(&app, person))).await;
        until("everything has arrived", || receiver.accepted().len() == PEOPLE * LINKS).await;
        let accepted = receiver.accepted();
        assert!(receiver.seen().iter().all(|delivery| delivery.is_signed_by(&secret)));
        let events: Vec<i64> = accepted.iter().map(nextid_testkit::webhook::Delivery::event).collect();
        assert_eq!(events, (1..=30).collect::<Vec<_>>());
        let mut arrived: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for delivery in &accepted {
            let body = delivery.json();
            assert_eq!(body["type"], "link.created");
            let link = body["data"]["link"].clone();
            let avatar = body["data"]["avatar"].as_str().expect("an Avatar").to_owned();
            arrived.entry(avatar).or_default().push(link);
        }
        for (person, links) in chains.iter().enumerate() {
            let avatar = key(&format!("person{person}")).avatar().to_hex();
            let signatures = |links: &[Value]| -> Vec<Value> {
                links.iter().map(|link| link["signature"].clone()).collect()
            };
            assert_eq!(signatures(&arrived[&avatar]), signatures(links), "{person}");
            let places: Vec<i64> = arrived[&avatar].iter().map(|link| link["seq"].as_i64().unwrap()).collect();
            assert_eq!(places, (0..5).collect::<Vec<_>>());
        }
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while app.look(&path).await["lag"] != 0 {
            assert!(std::time::Instant::now() < deadline, "the place is written");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let admin = nextid_testkit::http::TestClient::new(format!("http://{}", app.admin_address));
        let metrics = admin.send(Method::GET, "/metrics", &[], "").await.text();
        let delivered = r#"nextid_webhook_deliveries_total{outcome="delivered",service="proof-service"} 30"#;
        assert!(metrics.contains(delivered), "{metrics}");
    }

    /// A replica without the operator's token delivers as well, and so does a service that was restarted.
    async fn it_goes_on_after_a_restart(db: TestDatabase) {
        let receiver = WebhookReceiver::start();
        let app = setup(&db).start().await;
        app.register_all(&receiver.url("/hook")).await;
        app.bind_alias(&key("alice"), &key("bob")).await;
        until("the first has arrived", || receiver.accepted_events() == [1]).await;
        drop(app);
        let app = Setup::new(&db).set("net.allow_hosts", "127.0.0.1").start().await;
        app.bind_alias(&key("alice"), &key("carol")).await;
        until("the second has arrived", || receiver.accepted_events().ends_with(&[2])).await;
    }
}
