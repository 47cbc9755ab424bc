//! What a feed may do: begin again, go back, say what cannot be understood.

use nextid_testkit::on_both_databases;
use serde_json::json;

use super::writes::ask;
use crate::support::{Behaviour, Kv, Person, ProofStandIn, ScriptedFeed, until};

on_both_databases! {
    /// What was known serves on until the new feed was read to its end, and not an item longer.
    async fn another_life_of_the_database_is_read_from_its_beginning(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        for name in ["one", "two", "three"] {
            feed.bind(&alice.hex(), "github", name, "7");
        }
        let kv = Kv::following(&db, &proof_service, &feed).await;
        alice.write(&kv, "github", "one", json!({"a": 1})).await;
        proof_service.behave(Behaviour::Fails(500));

        feed.tell_end(false);
        feed.begin_new_life("life 2");
        feed.bind(&bob.hex(), "github", "bob", "8");
        feed.bind(&alice.hex(), "github", "two", "7");
        until("the new feed is read", async || db.count("bindings") == 5).await;
        kv.until_followed("degraded").await;
        let why = kv.followed().await["why"].as_str().unwrap().to_owned();
        assert_eq!(why, "proof-service's feed is being read again from its beginning");
        alice.write(&kv, "github", "one", json!({"b": 2})).await;
        kv.payload(&ask(&bob, "bob")).await.expect_error(503, "proof_service_unavailable");

        feed.tell_end(true);
        kv.until_followed("ok").await;
        kv.payload(&ask(&bob, "bob")).await.expect_status(200);
        kv.payload(&ask(&alice, "two")).await.expect_status(200);
        kv.payload(&ask(&alice, "one")).await.expect_error(503, "proof_service_unavailable");
        assert_eq!(kv.contents(&alice.hex()).await[0]["bound"], false);
        until("the old is cleared away", async || db.count("bindings") == 2).await;
        // And on it goes.
        feed.unbind(&bob.hex(), "github", "bob");
        until("the next item is read", async || kv.payload(&ask(&bob, "bob")).await.status == 503).await;
    }

    /// A database that was restored from an old copy has the same name, and less in it.
    async fn a_place_that_is_not_there_any_more(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let alice = Person::new("alice");
        for name in ["one", "two", "three"] {
            feed.bind(&alice.hex(), "github", name, "7");
        }
        let kv = Kv::following(&db, &proof_service, &feed).await;
        proof_service.behave(Behaviour::Fails(500));
        feed.forget_after(1);
        until("the feed is read again", async || kv.metric("proof_feed_position").await == 1).await;
        kv.until_followed("ok").await;
        kv.payload(&ask(&alice, "one")).await.expect_status(200);
        kv.payload(&ask(&alice, "two")).await.expect_error(503, "proof_service_unavailable");
    }

    /// It is left out and shown, and what it may have been about is asked for.
    async fn what_cannot_be_understood(db: TestDatabase) {
        let (proof_service, feed) = (ProofStandIn::start().await, ScriptedFeed::new());
        let (alice, bob) = (Person::new("alice"), Person::new("bob"));
        for (person, name) in [(&alice, "one"), (&alice, "two"), (&bob, "bob")] {
            feed.bind(&person.hex(), "github", name, "7");
        }
        let kv = Kv::following(&db, &proof_service, &feed).await;
        proof_service.behave(Behaviour::Fails(500));
        // Of a newer proof-service: nothing to complain about.
        feed.link("create", &bob.hex(), "myspace", "tom", "1");
        feed.tell(json!({"type": "subkey", "avatar": bob.hex()}));
        feed.link("create", &bob.hex(), "github", "next", "9");
        until("the last item is read", async || kv.payload(&ask(&bob, "next")).await.status == 200).await;
        assert_eq!(kv.followed().await["status"], "ok");

        feed.tell(serde_json::Value::Null);
        feed.link("suspend", &alice.hex(), "github", "one", "7");
        feed.bind(&bob.hex(), "github", "last", "9");
        until("the last item is read", async || kv.payload(&ask(&bob, "last")).await.status == 200).await;
        for (person, name) in [(&alice, "two"), (&bob, "bob")] {
            kv.payload(&ask(person, name)).await.expect_status(200);
        }
        kv.payload(&ask(&alice, "one")).await.expect_error(503, "proof_service_unavailable");
        let told = kv.followed().await;
        let why = "2 items of proof-service's feed were not understood, the last of them 8";
        assert_eq!((told["status"].as_str(), told["why"].as_str()), (Some("degraded"), Some(why)));
        assert_eq!(kv.metric("proof_feed_malformed_total").await, 2);
        kv.client.get("/readyz").await.expect_status(200);

        // All that is bound to her.
        feed.link("create", &alice.hex(), "github", "not a name", "7");
        until("nothing of hers is relied on", async || kv.payload(&ask(&alice, "two")).await.status == 503).await;
        // The next word about it counts.
        feed.judge(&alice.hex(), "github", "two", true);
        until("it is relied on again", async || kv.payload(&ask(&alice, "two")).await.status == 200).await;
    }
}
