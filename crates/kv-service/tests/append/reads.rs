//! Reads of many Avatars at once.

use futures_util::future::join_all;
use kv_service::store::append::NewLink;
use kv_service::store::namespaces::NamespaceFilter;
use kv_service::store::{Head, Marks, Standing, Store};
use nextid_core::{Avatar, Identity, Platform};
use nextid_testkit::on_both_databases;
use serde_json::{Value, json};

use crate::support::{append, avatar, link, stores};

/// A reader that has nothing yet.
const NOTHING: Option<fn(Option<&Head>, &Marks) -> bool> = None;

/// What an Avatar published: the head's place, and identities with contents.
async fn published(
    store: &Store,
    avatar: Avatar,
    filter: NamespaceFilter,
) -> (Option<i64>, Vec<(String, Value)>) {
    let found = store.published(avatar, filter, NOTHING).await.unwrap();
    let contents = found.namespaces.unwrap().into_iter();
    let contents = contents.map(|one| (one.identity, serde_json::from_str(&one.content).unwrap()));
    (found.head.map(|head| head.seq), contents.collect())
}

on_both_databases! {
    /// Avatars without anything, with a few namespaces, and with more than goes into a common answer.
    async fn each_gets_its_own(db: TestDatabase) {
        let [store] = stores(&db).await;
        let large = "x".repeat(100_000);
        let contents = |number: usize| -> Vec<(String, Value)> {
            let text = if number % 5 == 4 { large.as_str() } else { "small" };
            (0..number % 4).map(|place| (format!("user-{place}"), json!({"of": number, "text": text}))).collect()
        };
        for number in 0..20 {
            for (seq, (name, content)) in (0..).zip(contents(number)) {
                append(&store, &link(avatar(number), seq, &name, &content)).await.unwrap();
            }
        }
        let everything = join_all((0..60).map(|number| published(&store, avatar(number % 20), NamespaceFilter::default()))).await;
        for (number, found) in everything.into_iter().enumerate() {
            let wanted = contents(number % 20);
            assert_eq!(found, (i64::try_from(wanted.len()).unwrap().checked_sub(1).filter(|seq| *seq >= 0), wanted));
        }
        let one = |platform| NamespaceFilter { platform: Some(platform), identity: Some("user-1".to_owned()) };
        let selected = join_all((0..40).map(|number| {
            let platform = if number < 20 { Platform::Github } else { Platform::Twitter };
            published(&store, avatar(number % 20), one(platform))
        }))
        .await;
        for (number, (_, found)) in selected.into_iter().enumerate() {
            let wanted = contents(number % 20).into_iter().filter(|(name, _)| number < 20 && name == "user-1");
            assert_eq!(found, wanted.collect::<Vec<_>>());
        }
    }

    /// The head, the same uuid, the contents and the binding of each, whoever else asks at the same time.
    async fn each_submit_sees_its_own_chain(db: TestDatabase) {
        let [store] = stores(&db).await;
        let text = |number: usize| if number == 3 { "y".repeat(70_000) } else { format!("of {number}") };
        let links: Vec<NewLink> =
            (0..10).map(|number| link(avatar(number), 0, "octocat", &json!({"text": text(number)}))).collect();
        for link in &links {
            append(&store, link).await.unwrap();
        }
        let octocat = Identity::parse(Platform::Github, "octocat").unwrap();
        db.execute("UPDATE follow SET serving = 7, live_at = 1234");
        for number in [1, 3, 5] {
            let hex: String = avatar(number).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let (before, after) = match db.backend() {
                nextid_testkit::Backend::Sqlite => ("X'", "'"),
                nextid_testkit::Backend::Postgres => ("'\\x", "'"),
            };
            for (generation, bound) in [(6, number == 1), (7, number != 1)] {
                db.execute(&format!(
                    "INSERT INTO bindings (generation, avatar, platform, identity, alt_id, is_bound, is_valid, feed_id, seen_at) \
                     VALUES ({generation}, {before}{hex}{after}, 'github', 'octocat', 'id of octocat', {bound}, true, {number}, 0)",
                ));
            }
        }
        join_all((0..40).map(|number| {
            let (store, octocat, known, text) = (&store, &octocat, links.get(number % 13), text(number % 13));
            async move {
                let number = number % 13;
                let stranger = link(avatar(number), 0, "octocat", &json!({}));
                let asked = known.filter(|_| number % 2 == 1).unwrap_or(&stranger);
                let context = store.submit_context(asked.avatar, asked.uuid, octocat).await.unwrap();
                assert_eq!(context.head.as_ref().map(|head| head.signature.clone()), known.map(|link| link.signature.clone()));
                let same = context.same_uuid.map(|link| link.signature);
                assert_eq!(same, known.filter(|_| number % 2 == 1).map(|link| link.signature.clone()));
                let contents: Vec<_> = context.namespaces.iter().map(|one| (one.content.clone(), one.standing)).collect();
                let standing = if number == 3 || number == 5 { Standing::InForce } else { Standing::Unbound };
                let wanted = known.map(|_| (json!({"text": text}).to_string(), standing));
                assert_eq!(contents, wanted.into_iter().collect::<Vec<_>>());
                let binding = context.known.binding.as_ref().map(|binding| binding.is_bound);
                assert_eq!(binding, match number { 1 => Some(false), 3 | 5 => Some(true), _ => None });
                assert_eq!((context.known.is_whole, context.known.live_at), (true, Some(1234)));
                let payload = store.payload_context(asked.avatar, octocat).await.unwrap();
                assert_eq!((payload.head, payload.known), (context.head.clone(), context.known));
                assert_eq!(store.head(asked.avatar).await.unwrap(), context.head);
            }
        }))
        .await;
    }
}
