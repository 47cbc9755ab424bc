//! Endpoints in the database.

use std::time::Duration;

use nextid_service::http::Page;
use nextid_service::webhooks::store::{Grip, NewWebhook, Places, Progress, Replay};
use nextid_service::webhooks::{DeadLetter, Filter, SigningSecret, ddl};

use crate::support::{Bench, START};

const LEASE: Duration = Duration::from_secs(3600);
const ALL: Places = Places { brisk: 100, slow: 100 };

/// What these tests migrate is what services migrate.
#[test]
fn the_tables_are_the_shared_ones() {
    assert_eq!(include_str!("migrations/postgres/2025-01-02-000000_webhooks/up.sql"), ddl::POSTGRES_UP);
    assert_eq!(include_str!("migrations/postgres/2025-01-02-000000_webhooks/down.sql"), ddl::POSTGRES_DOWN);
    assert_eq!(include_str!("migrations/sqlite/2025-01-02-000000_webhooks/up.sql"), ddl::SQLITE_UP);
    assert_eq!(include_str!("migrations/sqlite/2025-01-02-000000_webhooks/down.sql"), ddl::SQLITE_DOWN);
}

fn letter(feed_id: i64) -> DeadLetter {
    DeadLetter {
        feed_id,
        attempts: 3,
        first_attempt_at: START,
        last_attempt_at: START,
        last_status: None,
        error: "answered 500".to_owned(),
    }
}

nextid_testkit::on_both_databases! {
    /// A claim is exclusive until it is given back.
    async fn claims(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let endpoint = bench.endpoint("https://example.com/").await;
        assert_eq!(bench.store.claim(ALL, START, LEASE).await.unwrap().len(), 0, "nothing waits");
        bench.append(1..=3).await;
        let claimed = bench.store.claim(ALL, START, LEASE).await.unwrap();
        assert_eq!((claimed.len(), &claimed[0].id), (1, &endpoint.id));
        assert_eq!(bench.store.due(START, LEASE).await.unwrap().waiting, Places::default());
        assert_eq!(bench.store.claim(ALL, START, LEASE).await.unwrap().len(), 0);
        let mut progress = Progress {
            id: endpoint.id.clone(),
            claim: claimed[0].claim,
            from: 0,
            standing: claimed[0].standing.clone(),
            dead: Vec::new(),
            gone: false,
            is_over: true,
        };
        progress.standing.after_id = 2;
        let grips = bench.store.record(vec![progress.clone()], LEASE).await.unwrap();
        assert_eq!(grips, [Grip::Held]);
        let again = bench.store.claim(ALL, START, LEASE).await.unwrap();
        assert_eq!(again[0].standing.after_id, 2);
        // Who had it before writes nothing any more.
        progress.standing.after_id = 1;
        assert_eq!(bench.store.record(vec![progress], LEASE).await.unwrap(), [Grip::Lost]);
        assert_eq!(bench.stored(&endpoint).await.standing.after_id, 2);
    }

    /// A lease that ends later than anybody could have made it end, by a clock that was set back.
    async fn an_impossible_lease_is_free(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        bench.endpoint("https://example.com/").await;
        bench.append([1]).await;
        db.execute(&format!("UPDATE webhooks SET lease_until = {}", i64::MAX));
        assert_eq!(bench.store.claim(ALL, START, LEASE).await.unwrap().len(), 1);
    }

    /// Slow ones and the others have places of their own, and those come first that waited longest.
    async fn places(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        for _ in 0..6 {
            bench.endpoint("https://example.com/").await;
        }
        bench.append([1]).await;
        db.execute("UPDATE webhooks SET is_slow = true WHERE id IN (SELECT id FROM webhooks ORDER BY id LIMIT 3)");
        let due = bench.store.due(START, LEASE).await.unwrap();
        assert_eq!(due.waiting, Places { brisk: 3, slow: 3 });
        let claimed = bench.store.claim(Places { brisk: 1, slow: 2 }, START, LEASE).await.unwrap();
        let slow = claimed.iter().filter(|one| one.standing.is_slow).count();
        assert_eq!((claimed.len(), slow), (3, 2));
        db.execute("UPDATE webhooks SET lease_until = 0");
        let next = bench.store.claim(Places { brisk: 2, slow: 1 }, START, LEASE).await.unwrap();
        assert!(next.iter().all(|one| claimed.iter().all(|before| before.id != one.id)));
    }

    /// What is disabled is not claimed; who has it is told to stop, and may still write.
    async fn disabling(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let endpoint = bench.endpoint("https://example.com/").await;
        bench.append([1]).await;
        let claimed = bench.store.claim(ALL, START, LEASE).await.unwrap();
        let stored = bench.store.set_enabled(endpoint.id.clone(), false, START).await.unwrap().unwrap();
        assert_eq!((stored.enabled, stored.disabled_because.as_deref()), (false, Some("asked")));
        let mut progress = Progress {
            id: endpoint.id.clone(),
            claim: claimed[0].claim,
            from: 0,
            standing: claimed[0].standing.clone(),
            dead: Vec::new(),
            gone: false,
            is_over: true,
        };
        progress.standing.after_id = 1;
        assert_eq!(bench.store.record(vec![progress], LEASE).await.unwrap(), [Grip::Stop]);
        bench.append([2]).await;
        assert_eq!(bench.store.claim(ALL, START, LEASE).await.unwrap().len(), 0);
        bench.store.set_enabled(endpoint.id.clone(), true, START).await.unwrap();
        assert_eq!(bench.store.claim(ALL, START, LEASE).await.unwrap()[0].standing.after_id, 1);
    }

    /// Moving an endpoint takes it from who has it.
    async fn moving(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let endpoint = bench.endpoint("https://example.com/").await;
        bench.append(1..=5).await;
        let claimed = bench.store.claim(ALL, START, LEASE).await.unwrap();
        let moved = bench.store.replay(endpoint.id.clone(), 3, START + 5).await.unwrap();
        assert!(matches!(moved, Replay::Done(stored) if stored.standing.after_id == 3));
        let progress = Progress {
            id: endpoint.id.clone(),
            claim: claimed[0].claim,
            from: 0,
            standing: claimed[0].standing.clone(),
            dead: vec![letter(1)],
            gone: true,
            is_over: true,
        };
        assert_eq!(bench.store.record(vec![progress], LEASE).await.unwrap(), [Grip::Lost]);
        let stored = bench.stored(&endpoint).await;
        assert_eq!((stored.standing.after_id, stored.enabled), (3, true));
        assert_eq!(bench.dead(&endpoint).await, [0_i64; 0]);
        assert!(matches!(bench.store.replay(endpoint.id.clone(), 6, START).await.unwrap(), Replay::BeyondEnd(5)));
        assert!(matches!(bench.store.replay("nobody".to_owned(), 1, START).await.unwrap(), Replay::NotFound));
    }

    /// What was given up is written with the way that was come, once, and goes when it is passed anew.
    async fn dead_letters(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let endpoint = bench.endpoint("https://example.com/").await;
        bench.append(1..=9).await;
        let claim = bench.store.claim(ALL, START, LEASE).await.unwrap().remove(0);
        let write = async |from: i64, to: i64, dead: Vec<DeadLetter>| {
            let mut standing = claim.standing.clone();
            standing.after_id = to;
            let (id, claim) = (claim.id.clone(), claim.claim);
            let progress = Progress { id, claim, from, standing, dead, gone: false, is_over: false };
            assert_eq!(bench.store.record(vec![progress], LEASE).await.unwrap(), [Grip::Held]);
            bench.dead(&endpoint).await
        };
        assert_eq!(write(0, 5, vec![letter(2), letter(5)]).await, [2, 5]);
        assert_eq!(write(5, 5, Vec::new()).await, [2, 5]);
        assert_eq!(write(5, 8, vec![letter(8)]).await, [2, 5, 8]);
        assert_eq!(write(1, 5, vec![letter(5)]).await, [5, 8]);
        let counts = bench.store.count_dead(vec![endpoint.id.clone(), "nobody".to_owned()]).await.unwrap();
        assert_eq!((counts.len(), counts[&endpoint.id]), (1, 2));
        assert!(bench.store.is_dead(endpoint.id.clone(), 8).await.unwrap());
        bench.store.revive(endpoint.id.clone(), 8).await.unwrap();
        assert!(!bench.store.is_dead(endpoint.id.clone(), 8).await.unwrap());
        let overview = bench.store.overview().await.unwrap();
        assert_eq!((overview.dead, overview.lag), (1, 4));
        assert!(bench.store.delete(endpoint.id.clone()).await.unwrap());
        assert!(!bench.store.delete(endpoint.id.clone()).await.unwrap());
        assert_eq!(db.count("webhook_dead"), 0);
    }

    /// There are as many endpoints as the limit says, even if they are made at the same time.
    async fn the_limit(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let make = || {
            let new = NewWebhook {
                url: "https://example.com/".to_owned(),
                description: "one of many".to_owned(),
                filter: Filter::default(),
                secret: SigningSecret::generate(),
                after: None,
            };
            bench.store.create(new, 5, START)
        };
        let made = futures_util::future::join_all((0..12).map(|_| make())).await;
        let made = made.into_iter().filter(|made| made.as_ref().unwrap().is_some()).count();
        assert_eq!((made, db.count("webhooks")), (5, 5));
        let (listed, total) = bench.store.list(Page::new(2), 3).await.unwrap();
        assert_eq!((listed.len(), total), (2, 5));
    }

    /// Without a place to begin, an endpoint begins at the present end of the feed.
    async fn a_new_endpoint_begins_now(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        bench.append(1..=7).await;
        let new = NewWebhook {
            url: "https://example.com/".to_owned(),
            description: String::new(),
            filter: Filter::default(),
            secret: SigningSecret::generate(),
            after: None,
        };
        let stored = bench.store.create(new, 5, START).await.unwrap().unwrap();
        assert_eq!((stored.standing.after_id, stored.created_at_secs), (7, START / 1000));
    }
}
