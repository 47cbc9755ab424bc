//! Streams and feed are equal, item by item, under load.

use futures_util::future::join_all;
use nextid_client::EventFilter;
use nextid_core::{Platform, SecretKey};
use nextid_testkit::keys::key;
use nextid_testkit::on_both_databases;
use tokio::sync::oneshot;

use super::{Events, avatar_of, change_states, open, platform_of, stored, up_to};
use crate::support::App;

const WRITERS: usize = 5;
const LINKS: usize = 6;
/// Each link, and a change of state for those of the first half.
const LAST: i64 = 2 * 30;

async fn write(app: &App, round: usize) {
    let writer = |number: usize| async move {
        let avatar = key(&format!("writer {number}"));
        for link in 0..LINKS {
            let other: SecretKey = key(&format!("other {round} {number} {link}"));
            if link % 2 == 0 {
                app.bind_wallet(&avatar, &other).await;
            } else {
                app.bind_alias(&avatar, &other).await;
            }
        }
    };
    join_all((0..WRITERS).map(writer)).await;
}

/// Reads a few events at a time, each time over a new connection, as one does whose network is bad.
async fn reconnecting(app: &App) -> Events {
    let (mut events, mut last_id) = (Events::new(), 0);
    while last_id < LAST + 30 {
        let mut reader = open(app, Some(last_id), EventFilter::default()).await;
        assert_eq!(reader.hello().last_id, last_id);
        events.extend(up_to(&mut reader, (last_id + 7).min(LAST + 30)).await);
        last_id = reader.last_id();
    }
    events
}

on_both_databases! {
    /// Whoever reads, from wherever, however slowly and with whatever filter, is told what the feed has.
    async fn streams_and_feed_are_equal(db: TestDatabase) {
        let app = App::start(&db).await;
        let avatar = key("writer 0").avatar();
        let all = EventFilter::default();
        let one = EventFilter { avatar: Some(avatar), platform: None };
        let aliases = EventFilter { platform: Some(Platform::Nextid), avatar: None };
        let both = EventFilter { platform: Some(Platform::Ethereum), avatar: Some(avatar) };
        let end = LAST + 30;
        let (tell, told) = oneshot::channel();
        let follow = |filter| {
            let app = &app;
            async move { up_to(&mut open(app, Some(0), filter).await, end).await }
        };
        // It is there from the beginning, and reads when everything is over.
        let slow = async {
            let mut reader = open(&app, None, all).await;
            assert_eq!(reader.hello().last_id, 0);
            told.await.expect("the load ends");
            up_to(&mut reader, end).await
        };
        let load = async {
            write(&app, 0).await;
            change_states(&db);
            write(&app, 1).await;
            app.changes(2 * WRITERS * LINKS).await;
            tell.send(()).expect("somebody listens");
        };
        // Those with a filter are never told the last event; they end when they know that they passed it, which a sign of
        // life says. So they read by their own count.
        let narrow = |filter: EventFilter, count: usize| {
            let app = &app;
            async move {
                let mut reader = open(app, Some(0), filter).await;
                let mut events = Events::new();
                while events.len() < count {
                    events.push(super::next(&mut reader).await.expect("the stream goes on"));
                }
                events
            }
        };
        let (first, second, slow, again, of_one, of_aliases, of_both, ()) = tokio::join!(
            follow(all),
            follow(all),
            slow,
            reconnecting(&app),
            narrow(one, 2 * LINKS + LINKS),
            narrow(aliases, WRITERS * LINKS + WRITERS * LINKS / 2),
            narrow(both, LINKS + LINKS / 2),
            load
        );
        let feed = stored(&db).await;
        let ids: Vec<i64> = feed.iter().map(|event| event.id).collect();
        assert_eq!(ids, (1..=end).collect::<Vec<_>>());
        for events in [first, second, slow, again] {
            assert_eq!(events, feed);
        }
        let wanted = |filter: fn(&str, &str, &str) -> bool| -> Events {
            let avatar = avatar.to_hex();
            let fits = |event: &&_| filter(&avatar, avatar_of(event), platform_of(event));
            feed.iter().filter(fits).cloned().collect()
        };
        assert_eq!(of_one, wanted(|avatar, of, _| avatar == of));
        assert_eq!(of_aliases, wanted(|_, _, platform| platform == "nextid"));
        assert_eq!(of_both, wanted(|avatar, of, platform| avatar == of && platform == "ethereum"));
        let links = app.changes(2 * WRITERS * LINKS).await;
        let told: Vec<serde_json::Value> = feed.iter().filter_map(|event| {
            let nextid_client::EventBody::Link(link) = &event.body else { return None };
            let mut link = serde_json::to_value(link).expect("JSON");
            link["id"] = event.id.into();
            Some(link)
        }).collect();
        assert_eq!(links, told);
        for number in 0..WRITERS {
            let hex = key(&format!("writer {number}")).avatar().to_hex();
            let seqs: Vec<_> = links.iter().filter(|link| link["avatar"] == hex).map(|link| link["seq"].as_u64()).collect();
            assert_eq!(seqs, (0..2 * LINKS as u64).map(Some).collect::<Vec<_>>());
        }
    }
}
