//! Two services over one database, of which one numbers the feed.

use std::time::{Duration, Instant};

use nextid_client::EventFilter;
use nextid_testkit::TestDatabase;
use nextid_testkit::keys::key;

use super::{next, open, stored, up_to};
use crate::support::App;

/// Whichever replica accepts a link, the readers of both are told soon; and when the one that numbers goes away, the other
/// takes over, and readers go on there.
#[test]
fn readers_of_both_replicas_are_told() {
    let Some(db) = TestDatabase::postgres_unless_left_out() else { return };
    nextid_testkit::block_on(async move {
        let (one, two) = (App::start(&db).await, App::start(&db).await);
        let mut readers = [
            open(&one, Some(0), EventFilter::default()).await,
            open(&two, Some(0), EventFilter::default()).await,
        ];
        let alice = key("alice");
        for id in 1..=10 {
            let app = if id % 2 == 0 { &one } else { &two };
            app.bind_wallet(&alice, &key(&format!("wallet {id}"))).await;
            let accepted = Instant::now();
            for reader in &mut readers {
                assert_eq!(next(reader).await.unwrap().id, id);
            }
            assert!(accepted.elapsed() < Duration::from_secs(1), "{:?}", accepted.elapsed());
        }
        let [mut here, _] = readers;
        drop(one);
        assert_eq!(next(&mut here).await, None);
        let mut there = open(&two, Some(here.last_id()), EventFilter::default()).await;
        for id in 11..=13 {
            two.bind_wallet(&alice, &key(&format!("wallet {id}"))).await;
        }
        let rest = up_to(&mut there, 13).await;
        assert_eq!(rest, stored(&db).await.split_off(10));
    });
}
