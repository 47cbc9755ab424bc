//! A link that the database does not take fails alone, and one that nobody waits for any more is whole or not there.

use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use nextid_service::db::DbError;
use nextid_testkit::{Backend, on_both_databases};
use proof_service::store::append::{AppendOutcome, NewLink};

use crate::support::{append, avatar, link, stores};

on_both_databases! {
    /// One of thirty is refused by the database: the others are appended.
    async fn a_poisonous_link_fails_alone(db: TestDatabase) {
        let [store] = stores(&db).await;
        db.execute(&match db.backend() {
            Backend::Sqlite => "CREATE TRIGGER poison BEFORE INSERT ON links WHEN NEW.alt_id = 'poison' \
                BEGIN SELECT RAISE(ABORT, 'poison'); END".to_owned(),
            // PostgreSQL has no NUL in its texts.
            Backend::Postgres => String::from("SELECT 1"),
        });
        let poison = if db.backend() == Backend::Sqlite { "poison" } else { "poi\0son" };
        let links = (0..30).map(|number| {
            let link = link(avatar(number), 0, "octocat");
            if number == 17 { NewLink { alt_id: poison.to_owned(), ..link } } else { link }
        });
        let outcomes = join_all(links.map(|link| store.append(link))).await;
        for (number, outcome) in outcomes.into_iter().enumerate() {
            if number == 17 {
                assert!(matches!(outcome, Err(DbError::Other(_))), "{outcome:?}");
            } else {
                assert!(matches!(outcome, Ok(AppendOutcome::Appended(_))), "{outcome:?}");
            }
        }
        assert_eq!((db.count("links"), db.count("bindings"), db.count("outbox")), (29, 29, 29));
    }

    /// Callers that go away leave whole links or none, and hold up nobody.
    async fn callers_go_away(db: TestDatabase) {
        let [store] = stores(&db).await;
        for number in 0..20 {
            let mut append = Box::pin(store.append(link(avatar(number), 0, "octocat")));
            // It waits in the queue now, and is dropped there or while its batch runs.
            assert!((&mut append).now_or_never().is_none());
            if number % 2 == 0 {
                tokio::task::yield_now().await;
            }
        }
        append(&store, link(avatar(99), 0, "octocat")).await.expect("a free place");
        let deadline = Instant::now() + Duration::from_secs(10);
        store.stop().await;
        assert!(Instant::now() < deadline);
        let links = db.count("links");
        assert_eq!((db.count("bindings"), db.count("outbox")), (links, links));
        assert!((1..=21).contains(&links));
    }

    /// Stopping finishes what was accepted, and takes no more.
    async fn stopping_drains(db: TestDatabase) {
        let [store] = stores(&db).await;
        let appends = join_all((0..40).map(|number| append(&store, link(avatar(number), 0, "octocat"))));
        let stop = async {
            tokio::task::yield_now().await;
            store.stop().await;
        };
        let (outcomes, ()) = futures_util::join!(appends, stop);
        assert!(outcomes.iter().all(Option::is_some));
        let late = store.append(link(avatar(0), 1, "late")).await;
        assert!(matches!(late, Err(DbError::Unavailable { .. })), "{late:?}");
    }
}
