//! Two replicas that batch over the same Avatars.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kv_service::store::append::NewLink;
use nextid_core::{Identity, LinkUuid, Platform};
use nextid_testkit::on_both_databases;
use nextid_testkit::rivals::{Chances, RIVALS, rounds};
use serde_json::json;

use crate::support::{append, avatar, link, rows, stores};

on_both_databases! {
    /// Of fifty links for one place, through two replicas at once, one gets it, in every round, and the content is its.
    async fn of_fifty_rivals_one_wins(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        let alice = avatar(0);
        let mut chances = Chances::new(1);
        for seq in 0..rounds(10) {
            let rivals: Vec<NewLink> =
                (0..RIVALS).map(|number| link(alice, seq, "octocat", &json!({"seq": seq, "rival": number}))).collect();
            let appends = rivals.iter().enumerate().map(|(number, link)| {
                let (store, pause) = (&stores[number % 2], chances.below(4));
                async move {
                    for _ in 0..pause {
                        tokio::task::yield_now().await;
                    }
                    append(store, link).await
                }
            });
            let outcomes = join_all(appends).await;
            let mut winners = outcomes.iter().zip(&rivals).filter(|(outcome, _)| outcome.is_some());
            let (_, winner) = winners.next().unwrap();
            assert!(winners.next().is_none(), "round {seq}");
            for store in &stores {
                assert_eq!(store.head(alice).await.unwrap().unwrap().signature, winner.signature);
            }
            assert_eq!(rows(&stores[0], &db).await.namespaces[0].3, winner.content.as_str());
        }
        assert_eq!((db.count("links"), db.count("outbox")), (rounds(10), rounds(10)));
        assert_eq!(db.number("SELECT max(seq) + 1 AS n FROM links"), rounds(10));
    }

    /// Writers on two replicas count up a number of each Avatar, in opposite orders: none of the counts that were accepted
    /// is lost, and nobody waits for a deadlock to be found.
    async fn no_update_is_lost(db: TestDatabase) {
        let stores: [_; 2] = stores(&db).await;
        let octocat = Identity::parse(Platform::Github, "octocat").unwrap();
        let started = Instant::now();
        let writers = (0..40).map(|writer| {
            let (store, octocat) = (&stores[writer % 2], &octocat);
            async move {
                let mut accepted = 0_usize;
                for step in 0..12 {
                    let alice = avatar(if writer % 4 < 2 { step } else { 11 - step });
                    let uuid = LinkUuid::new(uuid::Uuid::new_v4()).unwrap();
                    let context = store.submit_context(alice, uuid, octocat).await.unwrap();
                    let seq = context.head.as_ref().map_or(0, |head| head.seq + 1);
                    let before = context.namespaces.first().map_or(0, |one| one.content.parse::<i64>().unwrap());
                    assert!(before >= seq, "contents are never older than the head");
                    let prev = context.head.map(|head| head.signature);
                    let link = NewLink { uuid, prev, ..link(alice, seq, "octocat", &json!(before + 1)) };
                    accepted += usize::from(append(store, &link).await.is_some());
                }
                accepted
            }
        });
        let accepted: usize = join_all(writers).await.into_iter().sum();
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        let written = rows(&stores[0], &db).await;
        assert_eq!(written.links.len(), accepted);
        let counted: i64 = written.namespaces.iter().map(|row| row.3.parse::<i64>().unwrap()).sum();
        assert_eq!(usize::try_from(counted).unwrap(), accepted);
        let mut before: Option<(Vec<u8>, i64, Vec<u8>)> = None;
        for (avatar, seq, _, _, _, _, signature, prev, _) in written.links {
            let expected =
                before.filter(|(other, _, _)| *other == avatar).map(|(_, seq, signature)| (seq + 1, signature));
            assert_eq!((seq, prev), expected.map_or((0, None), |(seq, signature)| (seq, Some(signature))));
            before = Some((avatar, seq, signature));
        }
    }
}
