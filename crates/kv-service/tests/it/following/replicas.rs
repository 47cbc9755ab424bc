//! Several that write the same table.

use kv_service::store::Store;
use kv_service::store::follow::{Batch, Change, Effect, Position};
use nextid_core::{Avatar, Identity, LinkUuid, Platform};
use nextid_service::db::{Db, DbSettings};
use nextid_testkit::{TestDatabase, on_both_databases};
use serde_json::json;

use super::writes::ask;
use crate::support::{Kv, Person, ProofStandIn, ScriptedFeed, TestClock, until};

async fn store(db: &TestDatabase) -> Store {
    let settings = DbSettings::new(db.url());
    kv_service::store::MIGRATIONS.run(&settings).await.unwrap();
    Store::new(Db::open(settings).await.unwrap())
}

fn change(avatar: Avatar, effect: Effect) -> Change {
    Change { avatar, identity: Some((Platform::Github, "alice".to_owned())), effect }
}

fn bound(alt_id: &str) -> Effect {
    Effect::Bound { is_valid: true, alt_id: alt_id.to_owned() }
}

async fn write(store: &Store, generation: i64, id: i64, effect: Effect) -> Position {
    let changes = vec![(id, change(Person::new("alice").avatar(), effect))];
    store.follow(Batch { generation, changes, cursor: id, is_whole: true, now: id }).await.unwrap()
}

/// The account that the identity is bound to.
async fn account(store: &Store) -> Option<String> {
    let identity = Identity::parse(Platform::Github, "alice").unwrap();
    let uuid = LinkUuid::parse("353449e6-3a6f-4ac8-ae65-ba14bf466baf").unwrap();
    let context = store.submit_context(Person::new("alice").avatar(), uuid, &identity).await.unwrap();
    context.known.binding.filter(|binding| binding.is_bound).map(|binding| binding.alt_id)
}

on_both_databases! {
    /// Both follow; each sees what the other wrote, and a revocation holds on both.
    async fn two_services_on_one_database(db: TestDatabase) {
        let (proof_service, feed, clock) = (ProofStandIn::start().await, ScriptedFeed::new(), TestClock::new());
        let replicas = [
            Kv::following_by(&db, &proof_service, &feed, &clock).await,
            Kv::following_by(&db, &proof_service, &feed, &clock).await,
        ];
        let alice = Person::new("alice");
        for round in 0..10 {
            for number in 0..20 {
                feed.bind(&alice.hex(), "github", &format!("name{number}"), "7");
            }
            until("all is bound", async || {
                db.number("SELECT count(*) AS n FROM bindings WHERE is_bound") == 20
            })
            .await;
            for kv in &replicas {
                kv.until_followed("ok").await;
                alice.write(kv, "github", "name7", json!({"round": round})).await;
            }
            for number in 0..20 {
                feed.unbind(&alice.hex(), "github", &format!("name{number}"));
            }
            for kv in &replicas {
                until("it is revoked", async || kv.payload(&ask(&alice, "name19")).await.status == 400).await;
            }
            assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE is_bound"), 0);
        }
        assert_eq!(db.count("bindings"), 20);
        assert_eq!(db.number("SELECT cursor AS n FROM follow"), 400);
    }

    /// Where one is behind, what it says is not written over what is known.
    async fn an_older_item_changes_nothing(db: TestDatabase) {
        let store = store(&db).await;
        let generation = store.begin_again(0, "life".to_owned()).await.unwrap().generation;
        write(&store, generation, 5, bound("2")).await;
        let position = write(&store, generation, 3, Effect::Unbound).await;
        assert_eq!((position.cursor, position.live_at), (5, Some(5)));
        assert_eq!(account(&store).await.as_deref(), Some("2"));
        write(&store, generation, 6, Effect::Unbound).await;
        assert_eq!(account(&store).await, None);
        write(&store, generation, 4, bound("1")).await;
        assert_eq!(account(&store).await, None);
    }

    /// Nor what it has read of a feed that another one has left already.
    async fn an_older_generation_changes_nothing(db: TestDatabase) {
        let store = store(&db).await;
        let first = store.begin_again(0, "one".to_owned()).await.unwrap();
        write(&store, first.generation, 1, bound("1")).await;
        let second = store.begin_again(first.generation, "two".to_owned()).await.unwrap();
        assert_eq!(store.begin_again(first.generation, "two".to_owned()).await.unwrap(), second);
        assert_eq!((second.cursor, second.serving), (0, first.generation));
        let position = write(&store, first.generation, 9, Effect::Unbound).await;
        assert_eq!((position.generation, position.cursor), (second.generation, 0));
        assert_eq!(account(&store).await.as_deref(), Some("1"), "it serves on");
        assert!(!store.clear_old_generations().await.unwrap(), "both are in use");
        write(&store, second.generation, 1, bound("2")).await;
        assert_eq!(account(&store).await.as_deref(), Some("2"));
        assert!(store.clear_old_generations().await.unwrap());
        assert!(!store.clear_old_generations().await.unwrap());
        assert_eq!(db.count("bindings"), 1);
    }

    /// An answer that comes late does not bring back what the feed has taken away.
    async fn an_answer_does_not_overrule_the_feed(db: TestDatabase) {
        let store = store(&db).await;
        let generation = store.begin_again(0, "life".to_owned()).await.unwrap().generation;
        write(&store, generation, 1, Effect::Unbound).await;
        let identity = Identity::parse(Platform::Github, "alice").unwrap();
        let avatar = Person::new("alice").avatar();
        store.remember(avatar, &identity, "1".to_owned(), 9).await.unwrap();
        assert_eq!(account(&store).await, None);
    }
}
