//! A link that the database does not take fails alone; stopping finishes what was accepted.

use std::sync::Arc;

use futures_util::future::join_all;
use kv_service::store::append::{AppendOutcome, NewLink};
use nextid_service::db::DbError;
use nextid_testkit::{Backend, on_both_databases};
use serde_json::json;

use crate::support::{append, avatar, link, stores};

on_both_databases! {
    /// One of thirty is refused by the database: the others are appended.
    async fn a_poisonous_link_fails_alone(db: TestDatabase) {
        let [store] = stores(&db).await;
        if db.backend() == Backend::Sqlite {
            db.execute(
                "CREATE TRIGGER poison BEFORE INSERT ON links WHEN NEW.signature_payload = 'poison' \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END",
            );
        }
        // PostgreSQL has no NUL in its texts.
        let poison = if db.backend() == Backend::Sqlite { "poison" } else { "poi\0son" };
        let links = (0..30).map(|number| {
            let link = link(avatar(number), 0, "octocat", &json!({}));
            if number == 17 { NewLink { signature_payload: poison.to_owned(), ..link } } else { link }
        });
        let outcomes = join_all(links.map(|link| store.append(Arc::new(link)))).await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            if number == 17 {
                assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
            } else {
                assert!(matches!(outcome, Ok(AppendOutcome::Appended(_))), "{outcome:?}");
            }
        }
        assert_eq!((db.count("links"), db.count("namespaces"), db.count("outbox")), (29, 29, 29));
    }

    /// Contents of 20 MB in all go in statements of a bounded size.
    async fn large_contents_go_in_parts(db: TestDatabase) {
        let [store] = stores(&db).await;
        let content = json!({"text": "x".repeat(1_000_000)});
        let links: Vec<NewLink> = (0..20).map(|number| link(avatar(number), 0, "octocat", &content)).collect();
        let outcomes = join_all(links.iter().map(|link| append(&store, link))).await;
        assert!(outcomes.iter().all(Option::is_some));
        assert_eq!(db.number("SELECT sum(length(content)) AS n FROM namespaces"), 20 * 1_000_011);
    }

    /// Stopping finishes what was accepted, and takes no more.
    async fn stopping_drains(db: TestDatabase) {
        let [store] = stores(&db).await;
        let links: Vec<NewLink> = (0..41).map(|number| link(avatar(number), 0, "octocat", &json!({}))).collect();
        let (late, accepted) = links.split_last().unwrap();
        let appends = join_all(accepted.iter().map(|link| append(&store, link)));
        let stop = async {
            tokio::task::yield_now().await;
            store.stop().await;
        };
        let (outcomes, ()) = futures_util::join!(appends, stop);
        assert!(outcomes.iter().all(Option::is_some));
        let late = store.append(Arc::new(late.clone())).await;
        assert!(matches!(late, Err(DbError::Unavailable { .. })), "{late:?}");
    }
}
