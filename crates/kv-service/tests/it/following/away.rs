//! What goes on while proof-service is away, and for how long.

use std::time::Duration;

use kv_service::follow::{FeedError, FollowSettings};
use nextid_testkit::on_both_databases;
use serde_json::json;

use super::writes::ask;
use crate::support::{Behaviour, Kv, Person, ProofStandIn, ScriptedFeed, TestClock, until};

/// The default of `proof_service.grace_secs`.
const GRACE: Duration = Duration::from_secs(3600);

on_both_databases! {
    async fn known_bindings_work_for_the_grace(db: TestDatabase) {
        let (proof_service, feed, clock) = (ProofStandIn::start().await, ScriptedFeed::new(), TestClock::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "7");
        let kv = Kv::following_by(&db, &proof_service, &feed, &clock).await;
        kv.until_followed("ok").await;
        alice.write(&kv, "github", "alice", json!({"a": 1})).await;

        clock.advance(Duration::from_secs(100));
        proof_service.behave(Behaviour::Fails(500));
        feed.cut();
        kv.until_followed("degraded").await;
        clock.advance(GRACE);
        alice.write(&kv, "github", "alice", json!({"b": 2})).await;
        kv.payload(&ask(&alice, "other")).await.expect_error(503, "proof_service_unavailable");
        assert_eq!(kv.metric("proof_feed_live").await, 0);
        assert_eq!(kv.metric("proof_feed_lag_seconds").await, 3600);

        clock.advance(Duration::from_millis(1));
        let answer = kv.payload(&ask(&alice, "alice")).await;
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!(wait >= 1);
        answer.expect_error(503, "proof_service_unavailable");

        // Reads go on, and so does the service.
        assert_eq!(kv.contents(&alice.hex()).await[0]["content"], json!({"a": 1, "b": 2}));
        let path = "/v1/kv/by_identity?platform=github&identity=alice";
        assert_eq!(kv.client.get(path).await.expect_status(200).json()["values"].as_array().unwrap().len(), 1);
        let ready = kv.client.get("/readyz").await.expect_status(200).json();
        assert_eq!(ready["status"], "degraded");
        let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "bindings").unwrap();
        let why = "proof-service's feed has not been followed for 3600 s: it cannot be reached";
        assert_eq!(check["why"], why);
        assert_eq!(kv.followed().await, *check);

        // It comes back, and what happened meanwhile is caught up with.
        feed.bind(&alice.hex(), "github", "other", "8");
        feed.unbind(&alice.hex(), "github", "alice");
        feed.mend();
        kv.until_followed("ok").await;
        alice.write(&kv, "github", "other", json!({"c": 3})).await;
        kv.payload(&ask(&alice, "alice")).await.expect_error(503, "proof_service_unavailable");
        proof_service.behave(Behaviour::Tells);
        until("what is revoked is refused", async || kv.payload(&ask(&alice, "alice")).await.status == 400).await;
        assert_eq!(kv.metric("proof_feed_live").await, 1);
        assert_eq!(kv.metric("proof_feed_lag_seconds").await, 0);
    }

    /// The grace is counted from when the feed was live last, not from when this process began.
    async fn a_restart_does_not_begin_it_again(db: TestDatabase) {
        let (proof_service, feed, clock) = (ProofStandIn::start().await, ScriptedFeed::new(), TestClock::new());
        let alice = Person::new("alice");
        feed.bind(&alice.hex(), "github", "alice", "7");
        let kv = Kv::following_by(&db, &proof_service, &feed, &clock).await;
        kv.until_followed("ok").await;
        kv.stop().await;
        feed.cut();
        proof_service.behave(Behaviour::Fails(500));

        clock.advance(GRACE);
        let kv = Kv::following_by(&db, &proof_service, &feed, &clock).await;
        alice.write(&kv, "github", "alice", json!({"a": 1})).await;
        clock.advance(Duration::from_secs(1));
        kv.payload(&ask(&alice, "alice")).await.expect_error(503, "proof_service_unavailable");
        // Asking may still help where following does not.
        proof_service.behave(Behaviour::Tells);
        proof_service.put(&alice.hex(), "github", "alice", "7", true);
        until("it is asked", async || kv.payload(&ask(&alice, "alice")).await.status == 200).await;
    }

    /// A table that was never read to its end is no ground to stand on.
    async fn half_of_a_feed_is_not_relied_on(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        feed.tell_end(false);
        feed.bind(&alice.hex(), "github", "alice", "7");
        let kv = Kv::following_by(&db, &proof_service, &feed, &TestClock::new()).await;
        until("the item is written", async || db.count("bindings") == 1).await;
        kv.payload(&ask(&alice, "alice")).await.expect_error(400, "not_bound_for_kv");
        assert_eq!(proof_service.asks().len(), 1);
        feed.tell_end(true);
        until("the table counts", async || kv.payload(&ask(&alice, "alice")).await.status == 200).await;
        kv.until_followed("ok").await;
    }

    /// A connection that is dead without saying so is given up.
    async fn silence_is_not_taken_for_peace(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let settings = FollowSettings { silence: Duration::from_millis(50), ..FollowSettings::default() };
        feed.tell_end(false);
        let kv = Kv::following_with(&db, &proof_service, &feed, &TestClock::new(), settings).await;
        until("another stream is opened", async || feed.opened() >= 2).await;
        until("the silence is named", async || {
            kv.followed().await["why"].as_str().is_some_and(|why| why.ends_with("it gives no sign of life"))
        })
        .await;
        feed.fail(FeedError::Broken("scripted".to_owned()));
        until("the reason is the last one", async || {
            kv.followed().await["why"].as_str().is_some_and(|why| why.ends_with("it is not as agreed"))
        })
        .await;
    }
}
