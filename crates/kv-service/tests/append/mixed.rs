//! A batch with everything in it.

use futures_util::future::join_all;
use kv_service::store::append::NewLink;
use nextid_testkit::{Backend, TestDatabase, on_both_databases};
use serde_json::json;

use crate::support::{append, avatar, link, rows, stores};

on_both_databases! {
    /// Who has a free place gets it, whoever else waits in the same batch; and no content is written but the winners'.
    async fn each_has_its_own_outcome(db: TestDatabase) {
        let [store] = stores(&db).await;
        let first: Vec<NewLink> = (0..4).map(|number| link(avatar(number), 0, "octocat", &json!({"first": number}))).collect();
        for link in &first {
            append(&store, link).await.unwrap();
        }
        let twice = link(avatar(5), 0, "octocat", &json!("twice"));
        let batch = [
            (link(avatar(3), 1, "octocat", &json!("second")), true),
            (link(avatar(0), 0, "octocat", &json!("too late")), false),
            (link(avatar(1), 1, "hubot", &json!("another")), true),
            (NewLink { uuid: first[2].uuid, ..link(avatar(2), 1, "octocat", &json!("uuid again")) }, false),
            (link(avatar(4), 0, "octocat", &json!("new")), true),
            (link(avatar(4), 0, "octocat", &json!("rival")), false),
            (twice.clone(), true),
            (twice, false),
            (link(avatar(1), 1, "octocat", &json!("rival")), false),
            (link(avatar(2), 1, "octocat", &json!("after uuid again")), true),
            (NewLink { uuid: first[0].uuid, ..link(avatar(6), 0, "octocat", &json!("uuid of another")) }, true),
        ];
        let outcomes = join_all(batch.iter().map(|(link, _)| append(&store, link))).await;
        for ((link, wins), outcome) in batch.iter().zip(&outcomes) {
            assert_eq!(outcome.is_some(), *wins, "{}", link.content.as_str());
        }
        let mut contents: Vec<String> = rows(&store, &db).await.namespaces.into_iter().map(|row| row.3).collect();
        contents.sort();
        let wanted = [
            r#""after uuid again""#, r#""another""#, r#""new""#, r#""second""#, r#""twice""#, r#""uuid of another""#,
            r#"{"first":0}"#, r#"{"first":1}"#,
        ];
        assert_eq!(contents, wanted);
        assert_eq!((db.count("links"), db.count("outbox")), (10, 10));
        assert_eq!(db.number("SELECT count(*) AS n FROM outbox o JOIN links l ON l.id = o.ref"), 10);
        let winners = batch.iter().filter(|(_, wins)| *wins);
        for (id, (link, _)) in outcomes.iter().flatten().zip(winners) {
            let stored = store.links_at(link.avatar, link.seq..link.seq + 1).await.unwrap().remove(0);
            assert_eq!(stored.id, *id);
            let patch = serde_json::from_str(link.patch.as_str()).unwrap();
            assert_eq!(stored.to_link(), link.to_link(patch));
        }
    }

    /// Written and written again together: the rows are those of one after the other.
    async fn the_rows_are_those_of_one_by_one(db: TestDatabase) {
        let other = match db.backend() {
            Backend::Sqlite => TestDatabase::sqlite(),
            Backend::Postgres => TestDatabase::postgres(),
        };
        let ([together], [apart]) = (stores(&db).await, stores(&other).await);
        let mut avatars: Vec<_> = (0..20).map(avatar).collect();
        // The order of a batch, so that both databases give out the same ids.
        avatars.sort_by_key(|avatar| *avatar.as_bytes());
        for seq in 0..3 {
            let round: Vec<NewLink> = avatars
                .iter()
                .enumerate()
                .map(|(number, avatar)| {
                    let name = if number % 3 == 0 { "Octocat" } else { "hubot" };
                    NewLink {
                        alt_id: format!("{seq}"),
                        ..link(*avatar, seq, name, &json!({"seq": seq, "text": "\u{0}\"\u{2028}"}))
                    }
                })
                .collect();
            for link in &round {
                append(&apart, link).await.unwrap();
            }
            let outcomes = join_all(round.iter().map(|link| append(&together, link))).await;
            assert!(outcomes.iter().all(Option::is_some));
            assert_eq!(rows(&together, &db).await, rows(&apart, &other).await);
        }
        assert_eq!((db.count("namespaces"), db.count("outbox")), (20, 60));
    }
}
