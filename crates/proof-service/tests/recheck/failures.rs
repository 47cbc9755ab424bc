//! A platform that does not say anything never makes a proof invalid.

use std::time::Duration;

use nextid_core::Platform;
use nextid_platforms::{PlatformSettings, Registry, Secret};
use nextid_testkit::github::GithubStandIn;
use nextid_testkit::keys::key;
use nextid_testkit::{Outcome, on_both_databases};
use proof_service::recheck::RecheckRules;

use crate::support::{Answer, Bench, START, Scripted, bind_gist, bind_many};

const DAYS: i64 = 86_400;

on_both_databases! {
    /// Refused, limited, broken, silent or confused: five times in a row, and the proof is as valid as before.
    async fn nothing_of_this_flips(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let alice = key("alice");
        bind_gist(&bench.store, &github, &alice, "octocat", 7, START).await;
        bench.clock.advance(5 * DAYS);
        for outcome in [
            Outcome::Status(401),
            Outcome::Status(403),
            Outcome::Status(429),
            Outcome::Status(500),
            Outcome::Status(503),
            Outcome::Garbage,
            Outcome::Slow(Duration::from_secs(20)),
            Outcome::Redirect("http://127.0.0.1:9/elsewhere".to_owned()),
        ] {
            github.script(outcome.clone());
            let worker = bench.github_worker(&github);
            for look in 1..=5 {
                db.execute(&format!("UPDATE bindings SET next_check_at = {}", bench.clock.now()));
                bench.clock.advance(2 * 3600);
                worker.run().await;
                let standing = bench.standing(alice.avatar(), "octocat").await;
                assert_eq!(standing, ("unreachable".to_owned(), true), "{outcome:?}, look {look}");
            }
            assert_eq!(worker.metric(r#"recheck_checks_total{outcome="unreachable",platform="github"}"#), 5);
        }
        let row = bench.binding(alice.avatar(), Platform::Github, "octocat").await;
        assert_eq!(row.last_checked_at, START, "nobody has seen the proof since");
        github.script(Outcome::Ok);
        bench.clock.advance(5 * DAYS);
        bench.github_worker(&github).run().await;
        assert_eq!(bench.standing(alice.avatar(), "octocat").await, ("valid".to_owned(), true));
        assert_eq!(bench.changes().await.len(), 2, "to unreachable and back");
    }

    /// With an expired token every answer is 401; when the operator has renewed it all is well.
    async fn an_expired_token(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let mut settings = PlatformSettings::default();
        settings.github.base_url = github.base_url().to_owned();
        settings.github.token = Some(Secret::new("expired"));
        let worker = bench.worker_with(Registry::new(&settings, bench.net()).unwrap(), RecheckRules::default());
        let avatars: Vec<_> = (0..6).map(|number| key(&format!("person {number}"))).collect();
        for (number, person) in (1..).zip(&avatars) {
            bind_gist(&bench.store, &github, person, &format!("cat-{number}"), number, START).await;
        }
        github.script(Outcome::Status(401));
        for _ in 0..50 {
            bench.clock.advance(12 * 3600);
            worker.run().await;
        }
        assert!(github.requests().len() > 30);
        assert_eq!(github.requests()[0].header("authorization"), Some("Bearer expired"));
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE is_valid AND state = 'unreachable'"), 6);
        github.script(Outcome::Ok);
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE is_valid AND state = 'valid'"), 6);
    }

    /// A blocked address gets 403 with a page for people, and no more questions than it asks for.
    async fn a_blocked_address(db: TestDatabase) {
        let (bench, github) = (Bench::new(&db).await, GithubStandIn::start().unwrap());
        let worker = bench.github_worker(&github);
        for number in 1..=20 {
            let person = key(&format!("person {number}"));
            bind_gist(&bench.store, &github, &person, &format!("cat-{number}"), number, START).await;
        }
        github.script(Outcome::Status(403));
        bench.clock.advance(5 * DAYS);
        worker.run().await;
        let asked = github.requests().len();
        assert!(asked <= 4, "the others wait until the time that the platform named, {asked} were asked");
        assert_eq!(worker.metric(r#"recheck_due{platform="github"}"#), 16);
        worker.run().await;
        assert_eq!(github.requests().len(), asked);
        for _ in 0..30 {
            bench.clock.advance(12 * 3600);
            worker.run().await;
        }
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE is_valid"), 20);
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE state = 'missing' OR state = 'mismatch'"), 0);
    }

    /// A platform that is down is asked ever more rarely, about every proof in turn.
    async fn retries_become_rarer(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|_| Answer::Limited(Duration::from_secs(1)));
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 1).await;
        let worker = bench.worker([platform.clone() as _]);
        for _ in 0..(14 * 24 * 4) {
            worker.run().await;
            bench.clock.advance(900);
        }
        let asked: Vec<i64> = platform.asked().into_iter().map(|(_, at)| at).collect();
        let waits: Vec<i64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(waits.windows(2).all(|pair| pair[1] >= pair[0]), "{waits:?}");
        assert!(waits[0] >= 3600 && waits[0] <= 5400 && *waits.last().unwrap() >= 3 * DAYS, "{waits:?}");
    }

    /// A platform whose answers break our own code keeps nobody else waiting.
    async fn a_panic_is_a_failure_like_others(db: TestDatabase) {
        let bench = Bench::new(&db).await;
        let platform = Scripted::new(Platform::Minds, &bench.clock, Duration::ZERO);
        platform.answer(|name| if name == "user1" { Answer::Panic } else { Answer::Good });
        bind_many(&db, &bench.store, &key("alice"), Platform::Minds, 10).await;
        bench.worker([platform.clone() as _]).run().await;
        assert_eq!(platform.count(), 10);
        assert_eq!(db.number("SELECT count(*) AS n FROM bindings WHERE state = 'unreachable' AND is_valid"), 1);
    }
}
