//! What an operator can do.

use http::Method;
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use nextid_testkit::webhook::{Reaction, WebhookReceiver};
use serde_json::{Value, json};

use super::setup;
use crate::support::steps::until;

on_both_databases! {
    /// From its making to its end. The secret is shown when it is made, and never again.
    async fn the_life_of_an_endpoint(db: TestDatabase) {
        let app = setup(&db).start().await;
        let receiver = WebhookReceiver::start();
        let new = json!({
            "url": receiver.url("/hook?x=y#fragment"), "description": "the search index",
            "types": ["link.created", "link.created"], "persona": key("alice").avatar().to_hex(), "platform": "ethereum",
        });
        let made = app.tell("/v1/webhooks", &new).await.expect_status(201).json();
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("whsec_"), "{made}");
        let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
        let shown = app.look(&path).await;
        for (field, wanted) in [
            ("description", json!("the search index")),
            ("types", json!(["link.created"])),
            ("avatar", json!(key("alice").avatar().to_hex())),
            ("platform", json!("ethereum")),
            ("enabled", json!(true)),
            ("disabled_because", Value::Null),
            ("cursor", json!(0)),
            ("lag", json!(0)),
            ("dead", json!(0)),
            ("failing_since", Value::Null),
            ("next_attempt_at", Value::Null),
            ("old_secret_until", Value::Null),
        ] {
            assert_eq!(shown[field], wanted, "{field}");
        }
        let listed = app.look("/v1/webhooks?page=1").await;
        assert_eq!((&listed["webhooks"][0], &listed["pagination"]["total"]), (&shown, &json!(1)));
        assert_eq!(app.look("/v1/webhooks?page=2").await["webhooks"], json!([]));

        let off = app.tell(&format!("{path}/disable"), &Value::Null).await.expect_status(200).json();
        assert_eq!((&off["enabled"], &off["disabled_because"]), (&json!(false), &json!("asked")));
        let on = app.tell(&format!("{path}/enable"), &Value::Null).await.expect_status(200).json();
        assert_eq!((&on["enabled"], &on["disabled_because"]), (&json!(true), &Value::Null));

        let rotated = app.tell(&format!("{path}/rotate?keep_old_secs=60"), &Value::Null).await.expect_status(200).json();
        assert_ne!(rotated["secret"], secret.as_str());
        assert_eq!(app.look(&path).await["old_secret_until"], rotated["old_secret_until"]);
        let again = app.tell(&format!("{path}/rotate"), &Value::Null).await.expect_status(200).json();
        let kept = again["old_secret_until"].as_i64().unwrap() - rotated["old_secret_until"].as_i64().unwrap();
        assert!((86_000..87_000).contains(&kept), "a day: {kept}");
        for text in [app.look(&path).await, app.look("/v1/webhooks").await] {
            assert!(!text.to_string().contains("whsec_"), "{text}");
        }

        app.ask(Method::DELETE, &path, &Value::Null).await.expect_status(200);
        app.ask(Method::DELETE, &path, &Value::Null).await.expect_error(404, "not_found");
        app.ask(Method::GET, &path, &Value::Null).await.expect_error(404, "not_found");
        assert_eq!(db.count("webhooks"), 0);
    }

    /// A test message goes out at once, and the answer says what the endpoint made of it.
    async fn testing(db: TestDatabase) {
        let app = setup(&db).start().await;
        let receiver = WebhookReceiver::start();
        let (path, secret) = app.register_all(&receiver.url("/hook")).await;
        let tested = app.tell(&format!("{path}/test"), &Value::Null).await.expect_status(200).json();
        assert_eq!((&tested["delivered"], &tested["status"]), (&json!(true), &json!(200)));
        let delivery = receiver.seen().remove(0);
        assert!(delivery.is_signed_by(&secret));
        assert_eq!((tested["webhook_id"].as_str(), &delivery.json()["type"]), (Some(delivery.id.as_str()), &json!("webhook.test")));

        receiver.queue([Reaction::Status(418)]);
        app.tell(&format!("{path}/disable"), &Value::Null).await.expect_status(200);
        let tested = app.tell(&format!("{path}/test"), &Value::Null).await.expect_status(200).json();
        assert_eq!((&tested["delivered"], &tested["status"], &tested["error"]), (&json!(false), &json!(418), &json!("answered 418")));
        let (path, _) = app.register_all("http://127.0.0.1:9/").await;
        let tested = app.tell(&format!("{path}/test"), &Value::Null).await.expect_status(200).json();
        assert_eq!((&tested["status"], &tested["error"]), (&Value::Null, &json!("cannot connect to 127.0.0.1")));
        let shown = app.look(&path).await;
        assert_eq!((&shown["failing_since"], &shown["attempts"]), (&Value::Null, &json!(0)), "tests leave no trace");
    }

    /// A failing endpoint shows how it stands; one that is replayed gets everything from there, under the same ids.
    async fn state_and_replay(db: TestDatabase) {
        let app = setup(&db).start().await;
        let receiver = WebhookReceiver::start();
        let (path, secret) = app.register_all(&receiver.url("/hook")).await;
        for label in ["bob", "carol", "dave"] {
            app.bind_alias(&key("alice"), &key(label)).await;
        }
        until("three links have arrived", || receiver.accepted().len() == 3).await;
        receiver.react(|_| Reaction::Status(503));
        app.bind_alias(&key("alice"), &key("erin")).await;
        until("the fourth was refused", || receiver.seen().len() == 4).await;
        let mut shown = app.look(&path).await;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while shown["failing_since"].is_null() {
            assert!(std::time::Instant::now() < deadline, "{shown}");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            shown = app.look(&path).await;
        }
        for (field, wanted) in
            [("cursor", json!(3)), ("lag", json!(1)), ("last_status", json!(503)), ("last_error", json!("answered 503"))]
        {
            assert_eq!(shown[field], wanted, "{field}");
        }
        assert!(shown["attempts"].as_i64() >= Some(1) && shown["next_attempt_at"].is_i64(), "{shown}");

        receiver.react(|_| Reaction::Status(200));
        app.tell(&format!("{path}/replay"), &json!({"after": 1})).await.expect_status(200);
        until("it goes on after the first", || receiver.accepted_events() == [1, 2, 3, 2, 3, 4]).await;
        let accepted = receiver.accepted();
        assert_eq!((&accepted[1].id, &accepted[1].body), (&accepted[3].id, &accepted[3].body));
        assert!(accepted.iter().all(|delivery| delivery.is_signed_by(&secret)));
        for bad in [-1, 5, i64::MAX] {
            app.tell(&format!("{path}/replay"), &json!({"after": bad})).await.expect_error(400, "bad_field");
        }
        app.tell(&format!("{path}/replay"), &json!({})).await.expect_error(400, "missing_field");
    }

    /// What was given up is listed, and can be sent again.
    async fn dead_letters(db: TestDatabase) {
        let app = setup(&db).start().await;
        let receiver = WebhookReceiver::start();
        let (path, secret) = app.register(&json!({"url": receiver.url("/hook"), "types": ["proof.state_changed"]})).await;
        app.bind_alias(&key("alice"), &key("bob")).await;
        // Passing an event takes it from the dead ones, so that is waited for.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while app.look(&path).await["cursor"] != 1 {
            assert!(std::time::Instant::now() < deadline, "the link is passed over");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let id = path.rsplit('/').next().unwrap();
        db.execute(&format!(
            "INSERT INTO webhook_dead (webhook_id, feed_id, attempts, first_attempt_at, last_attempt_at, last_status, error) \
             VALUES ('{id}', 1, 19, 1700000000000, 1700259200000, 500, 'answered 500')"
        ));
        let dead = app.look(&format!("{path}/dead")).await;
        assert_eq!(dead["dead"], json!([{
            "event": 1, "attempts": 19, "first_attempt_at": 1_700_000_000, "last_attempt_at": 1_700_259_200,
            "last_status": 500, "error": "answered 500",
        }]));
        assert_eq!((&dead["pagination"]["total"], &app.look(&path).await["dead"]), (&json!(1), &json!(1)));
        let retry = format!("{path}/dead/1/retry");
        receiver.queue([Reaction::Status(500)]);
        let failed = app.tell(&retry, &Value::Null).await.expect_status(200).json();
        assert_eq!((&failed["delivered"], &app.look(&path).await["dead"]), (&json!(false), &json!(1)));
        let sent = app.tell(&retry, &Value::Null).await.expect_status(200).json();
        assert_eq!((&sent["delivered"], &app.look(&path).await["dead"]), (&json!(true), &json!(0)));
        let seen = receiver.seen();
        assert_eq!((seen.len(), &seen[0].id), (2, &seen[1].id));
        assert!(seen[1].is_signed_by(&secret));
        for nothing in [retry.as_str(), &format!("{path}/dead/x/retry"), "/v1/webhooks/nobody/dead/1/retry"] {
            app.tell(nothing, &Value::Null).await.expect_error(404, "not_found");
        }
    }
}
