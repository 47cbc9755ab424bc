//! A batch with everything in it.

use futures_util::future::join_all;
use nextid_testkit::{Backend, TestDatabase, on_both_databases};
use proof_service::store::append::NewLink;

use crate::support::{NOW, append, avatar, link, revocation, rows, stores};

on_both_databases! {
    /// Who has a free place gets it, whoever else waits in the same batch; and nobody gets anything of another's.
    async fn each_has_its_own_outcome(db: TestDatabase) {
        let [store] = stores(&db).await;
        let first: Vec<NewLink> = (0..4).map(|number| link(avatar(number), 0, "first")).collect();
        for link in &first {
            append(&store, link.clone()).await.expect("free places");
        }
        let twice = link(avatar(5), 0, "twice");
        let batch = [
            (link(avatar(3), 1, "second"), true),
            (link(avatar(0), 0, "too-late"), false),
            (revocation(avatar(1), 1, "first"), true),
            (NewLink { uuid: first[2].uuid, ..link(avatar(2), 1, "uuid-again") }, false),
            (link(avatar(4), 0, "new"), true),
            (link(avatar(4), 0, "rival"), false),
            (twice.clone(), true),
            (twice, false),
            (revocation(avatar(1), 1, "rival"), false),
            (link(avatar(2), 1, "after-uuid-again"), true),
            (NewLink { uuid: first[0].uuid, ..link(avatar(6), 0, "uuid-of-another") }, true),
        ];
        let outcomes = join_all(batch.iter().map(|(link, _)| append(&store, link.clone()))).await;
        for ((link, wins), outcome) in batch.iter().zip(&outcomes) {
            assert_eq!(outcome.is_some(), *wins, "{}", link.identity);
        }

        let names: Vec<String> = rows(&store, &db).await.bindings.into_iter().map(|row| row.0.2).collect();
        let mut bound = names.clone();
        bound.sort();
        assert_eq!(bound, ["after-uuid-again", "first", "first", "first", "new", "second", "twice", "uuid-of-another"]);
        assert_eq!((db.count("links"), db.count("outbox")), (10, 10));
        // The feed has what was appended, and nothing else.
        assert_eq!(db.number("SELECT count(*) AS n FROM outbox o JOIN links l ON l.id = o.ref"), 10);
        for (id, (link, _)) in outcomes.iter().flatten().zip(batch.iter().filter(|(_, wins)| *wins)) {
            let stored = store.links_at(link.avatar, link.seq..link.seq + 1).await.unwrap().remove(0);
            assert_eq!((stored.id, stored.signature), (*id, link.signature.clone()));
        }
    }

    /// Bound, bound again and revoked together: the rows are those of one after the other.
    async fn the_rows_are_those_of_one_by_one(db: TestDatabase) {
        let other = match db.backend() {
            Backend::Sqlite => TestDatabase::sqlite(),
            Backend::Postgres => TestDatabase::postgres(),
        };
        let ([together], [apart]) = (stores(&db).await, stores(&other).await);
        let later = |link: NewLink| NewLink { stored_at: NOW + 60, alt_name: "New Name".to_owned(), ..link };
        let mut avatars: Vec<_> = (0..20).map(avatar).collect();
        // The order of a batch, so that both databases give out the same ids.
        avatars.sort_by_key(|avatar| *avatar.as_bytes());
        let rounds: Vec<Vec<NewLink>> = vec![
            avatars.iter().map(|avatar| link(*avatar, 0, "Octocat")).collect(),
            avatars
                .iter()
                .enumerate()
                .map(|(number, avatar)| match number % 3 {
                    0 => later(link(*avatar, 1, "Octocat")),
                    1 => later(revocation(*avatar, 1, "Octocat")),
                    _ => later(link(*avatar, 1, "hubot")),
                })
                .collect(),
        ];
        for round in rounds {
            // What a look at the proof has left behind is forgotten when it is bound again.
            for database in [&db, &other] {
                database.execute(
                    "UPDATE bindings SET state = 'missing', is_valid = false, invalid_reason = 'gone', \
                     negative_since = 5, failures = 3, next_check_at = 7",
                );
            }
            for link in &round {
                append(&apart, link.clone()).await.expect("free places");
            }
            let outcomes = join_all(round.iter().map(|link| append(&together, link.clone()))).await;
            assert!(outcomes.iter().all(Option::is_some));
            assert_eq!(rows(&together, &db).await, rows(&apart, &other).await);
        }
        assert_eq!((db.count("bindings"), db.count("outbox")), (7 + 12, 40));
    }

    /// The head and the same uuid of each, whoever else asks at the same time.
    async fn each_reads_its_own_chain(db: TestDatabase) {
        let [store] = stores(&db).await;
        let links: Vec<NewLink> = (0..10).map(|number| link(avatar(number), 0, &format!("user-{number}"))).collect();
        for link in &links {
            append(&store, link.clone()).await.expect("free places");
        }
        append(&store, link(avatar(0), 1, "other")).await.expect("a free place");
        let questions = (0..40).map(|number| (number % 13, number % 2 == 0));
        join_all(questions.map(|(number, same)| {
            let (store, known) = (&store, links.get(number));
            async move {
                let stranger = link(avatar(number), 0, "stranger");
                let asked = known.filter(|_| same).unwrap_or(&stranger);
                let context = store.submit_context(asked.avatar, asked.uuid, &asked.identity).await.unwrap();
                let seq = known.map(|_| if number == 0 { 1 } else { 0 });
                assert_eq!(context.head.as_ref().map(|head| head.seq), seq);
                assert_eq!(store.head(asked.avatar).await.unwrap(), context.head);
                assert_eq!(context.binding_count, seq.map_or(0, |seq| seq + 1));
                assert_eq!(context.is_bound, same && known.is_some());
                let found = context.same_uuid.map(|link| link.signature);
                assert_eq!(found, known.filter(|_| same).map(|link| link.signature.clone()));
                let name = asked.identity.as_str().to_owned();
                let binding = store.binding(asked.avatar, asked.identity.platform(), name.clone()).await.unwrap();
                assert_eq!(binding.map(|row| row.identity), (same && known.is_some()).then_some(name));
            }
        }))
        .await;
    }
}
